"""Requests out: an operation of the table, filled in. Nothing here knows what is exported, or how it is sent."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode

from attrs import field, frozen

from looker_tasks.errors import InvalidExport
from looker_tasks.exports import FilterValue
from looker_tasks.sansio.protocol.operations import OPERATIONS, ApiVersion, Operation

_LONGEST_NUMBER = len(str(2**63 - 1))  # int64, in digits


@frozen
class Request:
    """One call, ready to be sent: everything but the host and the token."""

    operation: Operation
    path: str  # from the host's root, percent-encoded
    query: Mapping[str, str] = field(factory=dict, hash=False)
    json: Mapping[str, Any] | None = field(default=None, hash=False)
    form: Mapping[str, str] | None = field(default=None, hash=False, repr=False)  # holds the client secret
    model: Any = None  # what the body is structured as, where the operation's own is more than is needed

    @property
    def target(self) -> str:
        """The path with the query, as the request line has it."""
        return f"{self.path}?{_encoded(tuple(self.query.items()))}" if self.query else self.path

    def with_model(self, model: Any) -> "Request":  # noqa: ANN401  # any model
        """Return the same call whose response is read as *model*."""
        return Request(self.operation, self.path, self.query, self.json, self.form, model)


@lru_cache(maxsize=1024)
def _encoded(query: tuple[tuple[str, str], ...]) -> str:
    """Return *query* as it is sent; most calls of a run have one of a few."""
    return urlencode(query, safe="/")


def request(
    name: str,
    version: ApiVersion,
    *,
    path: Mapping[str, str] | None = None,
    query: Mapping[str, object] | None = None,
    json: Mapping[str, Any] | None = None,
    form: Mapping[str, str] | None = None,
) -> Request:
    """Return the call of operation *name*. Query parameters that are None stay out.

    Raises `InvalidExport` where *version* of the API has no such operation or no such id.
    """
    operation = OPERATIONS[name]
    if version not in operation.versions:
        raise InvalidExport(f"API {version} has no {name}", field="api_version")
    filled = operation.path
    for parameter, value in (path or {}).items():
        if value in {"", ".", ".."}:  # a path would lead elsewhere: percent-encoding keeps dots
            raise InvalidExport(f"{value!r} is not an id", field=parameter)
        found = id_in(parameter, value, version) if parameter in operation.integers else value
        filled = filled.replace(f"{{{parameter}}}", quote(str(found), safe=""))
    parameters = {key: _parameter(value) for key, value in (query or {}).items() if value is not None}
    return Request(operation, f"/api/{version}{filled}", parameters, json, form, operation.model)


def _parameter(value: object) -> str:
    """Return a query parameter as Looker writes it: booleans as in JSON."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def id_in(name: str, found: str, version: ApiVersion) -> str | int:
    """Return an id as *version* has it: a string in 4.0, a number in 3.1.

    Raises `InvalidExport` for parameter *name* where it is no number and must be one.
    """
    if version == "4.0":
        return found
    if not (found.isascii() and found.isdecimal() and len(found) <= _LONGEST_NUMBER):
        raise InvalidExport(f"{found!r} is not a number, and API 3.1 has numbers for ids", field=name)
    return int(found)


def dashboard_filters(filters: Mapping[str, FilterValue]) -> str | None:
    """Return *filters* as `dashboard_filters` wants them: a percent-encoded query string keyed by filter title."""
    if not filters:
        return None
    return urlencode({title: filter_expression(value) for title, value in filters.items()})


def filter_expression(value: FilterValue) -> str:
    """Return a filter expression; a yes/no field is filtered by Yes or No."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return str(value)
