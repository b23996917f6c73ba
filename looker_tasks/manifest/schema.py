"""The manifest's JSON Schema (draft 2020-12), for editors: made of the tables that read manifests. Pure.

It describes the documents, YAML and JSON. What it takes may still be wrong in a way that only all rows together show.
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

from looker_tasks.exports import PAPER_SIZES, STYLES
from looker_tasks.formats import DATA_FORMATS, FORMATS
from looker_tasks.manifest.forms import documents
from looker_tasks.manifest.keys import EXPORTS, KEYS, SEARCH_PARAMETERS, SOURCES
from looker_tasks.manifest.readers import read_whole, read_yes_or_no

Schema: TypeAlias = dict[str, Any]

_FIELD = {"type": "string", "pattern": r"\{"}  # a field may stand for anything
_ID: Schema = {"type": ["string", "integer"]}
_YES_OR_NO: Schema = {"anyOf": [{"type": "boolean"}, {"enum": ["yes", "no", "on", "off", "true", "false"]}, _FIELD]}
_WHOLE: Schema = {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": r"^-?\d+$"}, _FIELD]}
_TEXT: Schema = {"type": ["string", "integer"]}
_VALUE: Schema = {"type": ["string", "number", "boolean"]}


def json_schema() -> Schema:
    """Return the schema, ready to be written as JSON."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A manifest of looker-tasks",
        "description": "What to export of a Looker: rows, for values, into files.",
        "type": "object",
        "required": ["exports"],
        "properties": {
            "exports": _described("exports", {"type": "array", "items": {"$ref": "#/$defs/row"}}),
            "defaults": _described("defaults", {"$ref": "#/$defs/keys"}),
            "values": _described("values", {"type": "object", "additionalProperties": {"$ref": "#/$defs/values"}}),
        },
        "patternProperties": {"^x-": {"description": "The writer's own, for YAML's anchors."}},
        "additionalProperties": False,
        "$defs": {
            "keys": {"type": "object", "properties": _keys(), "additionalProperties": False},
            "row": {"$ref": "#/$defs/keys", "not": {"anyOf": _two_contents()}},
            "filter": _filter(),
            "values": _values(),
            "source": _source(),
        },
    }


def _described(key: str, schema: Schema) -> Schema:
    return {**schema, "description": documents.KEYS[key]}


def _keys() -> Schema:
    return {name: {**_key(name), "description": key.description} for name, key in KEYS.items()}


def _key(name: str) -> Schema:
    if name in _SHAPES:
        return _or_null(_SHAPES[name])
    read = KEYS[name].read
    if read is read_whole:
        return _or_null(_WHOLE)
    return _or_null(_YES_OR_NO if read is read_yes_or_no else _TEXT)


def _or_null(schema: Schema) -> Schema:
    """Return *schema* or null, which takes a default away."""
    return {"anyOf": [*schema.get("anyOf", [schema]), {"type": "null"}]}


def _one_of(*words: str) -> Schema:
    return {"anyOf": [{"enum": list(words)}, _FIELD]}


_SHAPES: Mapping[str, Schema] = {
    **dict.fromkeys((*EXPORTS, "folder", "board", "as_user"), _ID),
    "format": _one_of(*FORMATS),
    "tiles": _one_of(*DATA_FORMATS),
    "paper_size": _one_of(*PAPER_SIZES),
    "style": _one_of(*STYLES),
    "tabs": {"anyOf": [{"type": "array", "items": _TEXT}, _TEXT]},
    "filters": {"type": "object", "additionalProperties": {"$ref": "#/$defs/filter"}},
    "for_each": {"type": "object", "minProperties": 1, "additionalProperties": {"$ref": "#/$defs/values"}},
    "search": {
        "type": "object",
        "minProperties": 1,
        "properties": dict.fromkeys(SEARCH_PARAMETERS, _VALUE),
        "additionalProperties": False,
    },
    "combine": {
        "anyOf": [
            {"type": "string"},
            {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": {"type": "string", "description": "The combined file's name."},
                    "partial": {**_YES_OR_NO, "description": "Make it even where a part has failed."},
                },
                "additionalProperties": False,
            },
        ]
    },
}


def _two_contents() -> list[Schema]:
    """Return what no row may be: one with two of the keys that say what is exported."""
    contents = (*EXPORTS, "folder", "search", "board")
    return [{"required": [one, other]} for index, one in enumerate(contents) for other in contents[index + 1 :]]


def _filter() -> Schema:
    return {
        "anyOf": [
            {**_VALUE, "description": "A filter expression; nothing but one {variable} matches exactly its value."},
            {
                "type": "object",
                "required": ["is"],
                "properties": {"is": {**_VALUE, "description": "The text that is matched exactly, as it is."}},
                "additionalProperties": False,
            },
            {
                "type": "object",
                "required": ["remove"],
                "properties": {"remove": {"enum": [True, "true", "yes"], "description": "Take the default away."}},
                "additionalProperties": False,
            },
        ]
    }


def _values() -> Schema:
    return {
        "anyOf": [
            {"type": "array", "items": _VALUE, "description": "The values themselves."},
            {"$ref": "#/$defs/source"},
            {"type": "string", "description": "A name under `values`."},
        ]
    }


def _source() -> Schema:
    """Return a schema for each kind of source: its own key, its column, and whether it may be empty."""
    return {
        "anyOf": [
            {
                "type": "object",
                "required": [kind],
                "properties": {
                    kind: {**(_ID if source.column == "field" else {"type": "string"}), "description": source.what},
                    source.column: {
                        "type": "string",
                        "description": f"The {source.column} with the values; without one, whole rows are bound.",
                    },
                    "allow_empty": {**_YES_OR_NO, "description": "No values are no mistake."},
                },
                "additionalProperties": False,
            }
            for kind, source in SOURCES.items()
        ]
    }
