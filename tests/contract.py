"""Looker's published OpenAPI documents as a judge: each request and each response, of API 4.0 and of 3.1.

The documents are Looker's own and not part of this repository: they are read from `shared/spec` beside it. Where they
are wrong, or say less than the real server does, the exception stands here with its reason.
"""

import re
import warnings
from collections.abc import Iterator
from functools import cache
from http import HTTPStatus
from pathlib import Path

import pytest
from attrs import define, field, frozen
from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from werkzeug.datastructures import Headers, ImmutableMultiDict

SPECIFICATIONS = Path(__file__).parents[2] / "shared" / "spec"
needs_specifications = pytest.mark.skipif(
    not SPECIFICATIONS.is_dir(), reason=f"Looker's OpenAPI documents are not at {SPECIFICATIONS}"
)

UNPUBLISHED = re.compile(
    r"/alive|/emulator/statistics"  # not of the API
    r"|/api/[^/]+/(user|queries/slug/[^/]+|folders/[^/]+|folders/[^/]+/looks)"  # left out of these excerpts
    r"|/api/[^/]+/(session|projects/.+|lookml_models.*)"  # the same
)
UNPUBLISHED_STATUSES = frozenset(
    {
        405,  # no operation: there is nothing that could declare it
        429,  # API 3.1 declares it on creates alone, the server limits every call
        500,  # no operation declares what a server in trouble answers
        502,
        503,
        504,
    }
)
FILE_TYPES = (  # whose bodies are bytes, or text that is not to be parsed
    "application/pdf",
    "application/sql",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/xml",
    "image/jpeg",
    "image/png",
    "text/csv",
    "text/html",
    "text/markdown",
    "text/plain",
    "text/x-ms-odc",
)
EMPTY_BODIES = frozenset({202, 204})  # 202 of query results declares the types of the 200, and has no body


@frozen
class Exchange:
    """One request and its response, as they were on the wire."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    request_headers: tuple[tuple[str, str], ...] = field(repr=False)
    request_body: bytes
    status: int
    response_headers: tuple[tuple[str, str], ...] = field(repr=False)
    response_body: bytes = field(repr=False)


@define
class _Request:
    """The exchange's request as openapi-core reads it; it writes the path's parameters into `parameters`."""

    exchange: Exchange
    parameters: RequestParameters
    host_url: str = "http://127.0.0.1"

    @property
    def path(self) -> str:
        return self.exchange.path

    @property
    def method(self) -> str:
        return self.exchange.method.lower()

    @property
    def body(self) -> bytes | None:
        return self.exchange.request_body or None

    @property
    def content_type(self) -> str:
        return Headers(self.exchange.request_headers).get("Content-Type", "")


@frozen
class _Response:
    """The exchange's response as openapi-core reads it."""

    exchange: Exchange

    @property
    def status_code(self) -> int:
        return self.exchange.status

    @property
    def headers(self) -> Headers:
        return Headers(self.exchange.response_headers)

    @property
    def content_type(self) -> str:
        return self.headers.get("Content-Type", "")

    @property
    def data(self) -> bytes | None:
        return self.exchange.response_body or None


def breaches(exchange: Exchange) -> list[str]:
    """Tell how *exchange* breaks the contract: a response outside it, or a success for a request outside it."""
    if UNPUBLISHED.fullmatch(exchange.path) or exchange.status in UNPUBLISHED_STATUSES:
        return []
    document = _document("3.1" if exchange.path.startswith("/api/3.1/") else "4.0")
    headers = Headers(exchange.request_headers)
    request = _Request(exchange, RequestParameters(query=ImmutableMultiDict(exchange.query), header=headers))
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):  # Looker deprecates some
        return [*_of_request(document, request), *_of_response(document, request)]


def _of_request(document: OpenAPI, request: _Request) -> Iterator[str]:
    if request.exchange.status >= HTTPStatus.BAD_REQUEST:
        return  # a request outside the contract is refused, as it should be
    try:
        document.validate_request(request)
    except OpenAPIError as wrong:
        yield _told("request", request.exchange, wrong)


def _of_response(document: OpenAPI, request: _Request) -> Iterator[str]:
    exchange = request.exchange
    if exchange.status in EMPTY_BODIES:
        if exchange.response_body:
            yield f"response of {exchange}: a body where there should be none"
        return
    try:
        document.validate_response(request, _Response(exchange))
    except OpenAPIError as wrong:
        yield _told("response", exchange, wrong)


@cache
def _document(version: str) -> OpenAPI:
    path = SPECIFICATIONS / f"looker-{version}-tasks.strict.oas.json"
    config = Config(spec_validator_cls=None, extra_media_type_deserializers=dict.fromkeys(FILE_TYPES, _as_string))
    return OpenAPI.from_file_path(str(path), config=config)


def _as_string(body: bytes, **_: str) -> str:
    """Read a body as the document types it: it calls every file a string."""
    return body.decode("latin-1")


def _told(part: str, exchange: Exchange, wrong: OpenAPIError) -> str:
    causes = []
    cause: BaseException | None = wrong
    while cause is not None:
        errors = getattr(cause, "schema_errors", None)
        causes += [str(cause), *(f"{'/'.join(map(str, each.path))}: {each.message}" for each in errors or ())]
        cause = cause.__cause__
    return f"{part} of {exchange}: {' | '.join(causes)}"
