"""The table of operations against Looker's own documents."""

import re
from typing import Any, get_args, get_origin

import pytest
from attrs import fields

from looker_tasks.sansio.protocol.operations import API_VERSIONS, OPERATIONS, ApiVersion, Operation
from tests.sansio.published import NOT_IN_THE_EXTRACT, documented, schema

_DOCUMENTED = [
    pytest.param(operation, version, id=f"{operation.name}-{version}")
    for operation in OPERATIONS.values()
    for version in operation.versions
    if (version, operation.name) not in NOT_IN_THE_EXTRACT
]
_OF_ONE_VERSION = [
    pytest.param(operation, version, id=f"{operation.name}-{version}")
    for operation in OPERATIONS.values()
    for version in API_VERSIONS
    if version not in operation.versions
]


@pytest.mark.parametrize(("operation", "version"), _DOCUMENTED)
def test_an_operation_is_asked_as_looker_documents_it(operation: Operation, version: ApiVersion) -> None:
    """Method and path, with the names of its parameters, are the document's."""
    described = documented(version)[operation.name]
    assert operation.method == described.method
    assert f"/api/{version}{operation.path}" == described.path


@pytest.mark.parametrize(("operation", "version"), _OF_ONE_VERSION)
def test_an_operation_of_the_other_version_is_not_documented(operation: Operation, version: ApiVersion) -> None:
    """What we refuse in a version is not there."""
    assert operation.name not in documented(version)


@pytest.mark.parametrize(("operation", "version"), _DOCUMENTED)
def test_ids_are_numbers_where_looker_says_so(operation: Operation, version: ApiVersion) -> None:
    """The integers of a row are the int64 path parameters of API 3.1; API 4.0 has none."""
    path = documented(version)[operation.name].named("path")
    numbers = {name for name, row in path.items() if row["schema"]["type"] == "integer"}
    assert numbers == (set(operation.integers) if version == "3.1" else set())


@pytest.mark.parametrize(("operation", "version"), _DOCUMENTED)
def test_an_answer_is_structured_as_looker_documents_it(operation: Operation, version: ApiVersion) -> None:
    """Each attribute of a model is a property of the document's, a list is a list, and what streams is no object."""
    answered = documented(version)[operation.name].responses.get("200")
    if operation.model is None:
        assert operation.streams is (answered is not None)
        return
    assert answered is not None
    described = answered["content"]["application/json"]["schema"]
    model: Any = operation.model
    if get_origin(model) is tuple:
        assert described["type"] == "array"
        (model, _), described = get_args(model), described["items"]
    if get_origin(model) is dict:
        assert described["type"] == "object"
        return
    properties = schema(version, described)["properties"]
    assert {attribute.name for attribute in fields(model)} <= properties.keys()


@pytest.mark.parametrize("version", API_VERSIONS)
def test_every_task_operation_of_looker_is_here(version: ApiVersion) -> None:
    """Nothing that the documents' extract tells of tasks and logins lacks in the table."""
    wanted = {name for name, row in documented(version).items() if re.search("task|login|logout", row.path)}
    assert wanted - {"logout_unversioned"} <= {name for name, row in OPERATIONS.items() if version in row.versions}


def test_the_tables_keys_are_its_names() -> None:
    """Each row is found under its own name, and every parameter in a path is told."""
    assert all(name == row.name for name, row in OPERATIONS.items())
    assert all(parameter in row.path for row in OPERATIONS.values() for parameter in row.integers)
