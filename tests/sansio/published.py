"""Looker's own OpenAPI documents, as far as requests are held against them. They are Looker's, and not committed."""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from looker_tasks.sansio.protocol.operations import ApiVersion
from looker_tasks.sansio.protocol.requests import Request

_FOLDER = Path(__file__).parents[3] / "shared" / "spec"
_PYTHON_TYPES = {"string": str, "integer": int, "boolean": bool, "array": list}

#: Operations that API 3.1 has and the extract of its document leaves out.
NOT_IN_THE_EXTRACT = frozenset(
    {
        ("3.1", name)
        for name in (
            "folder_looks",
            "search_looks",
            "folder",
            "folder_children",
            "all_folders",
            "board",
            "all_boards",
            "all_scheduled_plans",
        )
    }
)


@frozen
class Documented:
    """One operation as Looker documents it."""

    method: str
    path: str
    parameters: Mapping[str, Mapping[str, Any]]  # by name
    body: Mapping[str, Any] | None  # the schema of its JSON
    responses: Mapping[str, Any]  # by status

    def named(self, place: str) -> dict[str, Mapping[str, Any]]:
        """Return the parameters in the path or in the query, by name."""
        return {name: row for name, row in self.parameters.items() if row["in"] == place}


@cache
def _document(version: ApiVersion) -> Mapping[str, Any] | None:
    paths = [_FOLDER / f"looker-{version}-{part}.oas.json" for part in ("tasks", "content")]
    documents = [json.loads(path.read_bytes()) for path in paths if path.exists()]
    if not documents:
        return None
    return {
        "paths": {
            f"/api/{version}{path.removeprefix(f'/api/{version}')}": row
            for document in documents
            for path, row in document["paths"].items()
        },
        "components": {
            "schemas": {name: row for document in documents for name, row in document["components"]["schemas"].items()}
        },
    }


def schema(version: ApiVersion, described: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return *described*, or what it refers to."""
    document = _document(version)
    assert document is not None
    name = described.get("$ref", "").rpartition("/")[2]
    found: Mapping[str, Any] = document["components"]["schemas"][name] if name else described
    return found


@cache
def documented(version: ApiVersion) -> Mapping[str, Documented]:
    """Return the operations of *version* by name; skip the test where its document is not at hand."""
    document = _document(version)
    if document is None:
        pytest.skip(f"Looker's OpenAPI document of API {version} is not beside the repository ({_FOLDER.name}/)")
    return {
        described["operationId"]: Documented(
            method=method.upper(),
            path=path,
            parameters={row["name"]: row for row in described.get("parameters", ())},
            body=_body(version, described),
            responses=described["responses"],
        )
        for path, methods in document["paths"].items()
        for method, described in methods.items()
    }


def _body(version: ApiVersion, described: Mapping[str, Any]) -> Mapping[str, Any] | None:
    content = described.get("requestBody", {}).get("content", {})
    return schema(version, content["application/json"]["schema"]) if "application/json" in content else None


def breaches(request: Request, version: ApiVersion) -> list[str]:
    """Return in what *request* departs from Looker's document; nothing at best."""
    operation = documented(version)[request.operation.name]
    found = []
    if request.operation.method != operation.method:
        found.append(f"method {request.operation.method}")
    found += _path_breaches(request, operation)
    asked = operation.named("query")
    found += [f"query parameter {name} is unknown" for name in request.query if name not in asked]
    found += [
        f"query parameter {name} lacks" for name, row in asked.items() if row["required"] and name not in request.query
    ]
    found += [
        f"query parameter {name} is {value!r}"
        for name, value in request.query.items()
        if name in asked and not _is_written_as(value, asked[name]["schema"])
    ]
    return found + _body_breaches(request, operation)


def _path_breaches(request: Request, operation: Documented) -> list[str]:
    pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/?#]+)", re.escape(operation.path))
    match = re.fullmatch(pattern, request.path)
    if match is None:
        return [f"path {request.path} is not {operation.path}"]
    return [
        f"path parameter {name} is {match[name]!r}"
        for name, row in operation.named("path").items()
        if not _is_written_as(match[name], row["schema"])
    ]


def _is_written_as(value: str, described: Mapping[str, Any]) -> bool:
    """Tell whether a text is what a parameter's schema wants written."""
    match described["type"]:
        case "integer":
            return re.fullmatch(r"-?[0-9]+", value) is not None
        case "boolean":
            return value in {"true", "false"}
        case _:
            return True


def _body_breaches(request: Request, operation: Documented) -> list[str]:
    if operation.body is None:
        return [] if request.json is None else ["it has no body"]
    if request.json is None:
        return ["its body lacks"]
    properties = operation.body["properties"]
    found = [f"{name} lacks in the body" for name in operation.body.get("required", ()) if name not in request.json]
    for name, value in request.json.items():
        if name not in properties:
            found.append(f"{name} in the body is unknown")
        elif type(value) is not _PYTHON_TYPES[properties[name]["type"]]:
            found.append(f"{name} in the body is {value!r}")
        elif value not in properties[name].get("enum", [value]):
            found.append(f"{name} in the body is none of those allowed: {value!r}")
    return found
