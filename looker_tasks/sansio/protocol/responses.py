"""Answers in: what a server sent becomes a value or one of our errors, whatever it sent.

The converter here is the only one; models know nothing of JSON.
"""

import json
import math
import re
from collections.abc import Callable, Mapping
from types import GenericAlias
from typing import Any, get_args, get_origin

import cattrs
from attrs import field, frozen
from cattrs.cols import list_structure_factory
from cattrs.v import transform_error

from looker_tasks.errors import (
    EXCERPT,
    ApiError,
    CredentialsRefused,
    NotFound,
    NotReady,
    RequestRefused,
    ServerBroken,
    Throttled,
    UnexpectedResponse,
)
from looker_tasks.sansio.protocol import headers as header_fields
from looker_tasks.sansio.protocol.operations import AccessToken
from looker_tasks.sansio.protocol.requests import Request

_UNREADY = frozenset({202, 204})
_PAGE = "an HTML page"


@frozen
class Response:
    """What came back: *wall* is the time here, in seconds since 1970, when it did."""

    status: int
    headers: Mapping[str, str] = field(hash=False, repr=False)  # servers send back here what they were sent, too
    body: bytes = field(default=b"", repr=False)  # that of a login holds the token
    wall: float = 0.0


def parse(request: Request, response: Response) -> Any:  # noqa: ANN401  # the table says what each operation answers
    """Return what *response* says, structured as *request* wants it; raise an `ApiError` if not."""
    if not 200 <= response.status < 300:  # noqa: PLR2004  # the class of successes
        raise error_from(request, response)
    if request.model is None:
        return None
    value = _structured(request, response)
    if isinstance(value, ApiError):
        raise value  # from here, where no local variable holds what a login was answered
    return value


def not_ready(request: Request, response: Response) -> NotReady | None:
    """Return the error to raise where results are "not yet": 202 or 204."""
    return NotReady(**_facts(request, response)) if response.status in _UNREADY else None


def not_whole(request: Request, response: Response) -> UnexpectedResponse:
    """Return the error to raise where results come with another success than 200: a part (206), or who knows."""
    return UnexpectedResponse(**_facts(request, response), message="a whole result comes with 200")


def error_from(request: Request, response: Response) -> ApiError:
    """Return the error that *response*, not a 2xx, stands for. The body may be anything: a gateway's HTML, nothing."""
    facts = _facts(request, response)
    content = _loads(response.body)
    if isinstance(content, dict):
        facts["message"] = one_line(content.get("message"))
        facts["documentation_url"] = one_line(content.get("documentation_url"))
        facts["errors"] = tuple(_complaints(content.get("errors")))
    else:
        facts["message"] = _excerpt(response)
    return _error_class(request, response.status, facts["message"])(**facts)


def _error_class(request: Request, status: int, message: str) -> type[ApiError]:
    # Looker's Ruby SDK knows 403 bodies that say the same as a 429.
    if status == 429 or (status == 403 and "rate limit exceeded" in message.lower()):  # noqa: PLR2004  # statuses
        return Throttled
    if status >= 500:  # noqa: PLR2004  # the class of the server's own errors
        return ServerBroken
    if request.operation.name == "login" and status in {400, 401, 403, 404, 422}:
        # Looker answers 404 to wrong credentials, in JSON; a page comes from something else at that address.
        return UnexpectedResponse if message == _PAGE else CredentialsRefused
    return NotFound if status == 404 else RequestRefused  # noqa: PLR2004  # a status


def _facts(request: Request, response: Response) -> dict[str, Any]:
    return {
        "operation": request.operation.name,
        "status": response.status,
        "retry_after": header_fields.retry_after(response.headers, response.wall),
        "request_id": one_line(response.headers.get("X-Request-Id")),
        "location": _location(response),
    }


def _location(response: Response) -> str:
    """Return where a redirection leads, without its query; "" for what is none."""
    if not 300 <= response.status < 400:  # noqa: PLR2004  # the class of redirections
        return ""
    return one_line(re.split("[?#]", response.headers.get("Location", ""), maxsplit=1)[0])


def _complaints(errors: object) -> list[str]:
    """Return the single complaints of a 422 as "field: message"."""
    if not isinstance(errors, list):
        return []
    rows = [row for row in errors[:10] if isinstance(row, dict)]
    return [": ".join(filter(None, (one_line(row.get("field")), one_line(row.get("message"))))) for row in rows]


def one_line(content: object) -> str:
    """Return the beginning of a text of the server's, fit to be shown on one line; "" for what is no text."""
    if not isinstance(content, str):
        return ""
    line = " ".join(content[: 2 * EXCERPT].split())[:EXCERPT]
    if line.isprintable():  # nearly every one is, and each poll brings some
        return line
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in line)


def _excerpt(response: Response) -> str:
    """Return what a body that is not JSON says, where it is worth quoting."""
    kind = header_fields.media_type(response.headers)
    if kind == "text/html":
        return _PAGE
    if 300 <= response.status < 400:  # noqa: PLR2004  # the class of redirections
        return f"a redirection to {_location(response) or 'nowhere'}"
    return one_line(response.body[: 2 * EXCERPT].decode("utf-8", "replace"))


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


_decoder = json.JSONDecoder(parse_constant=_no_constant)


def _loads(body: bytes) -> object:
    """Return parsed JSON, or None where *body* is none."""
    try:
        return _decoder.decode(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None


_converter = cattrs.Converter(forbid_extra_keys=False, detailed_validation=True)


def _string(value: object, _: type) -> str:
    if isinstance(value, str):
        return value.encode(errors="replace").decode()  # JSON can hold half of a surrogate pair; no request can
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)  # API 3.1 has numbers for ids
    raise TypeError("expected a string")


def _number(value: object, _: type) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if math.isfinite(number):  # JSON's 1e999 is not
            return number
    raise TypeError("expected a number")


def _integer(value: object, _: type) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise TypeError("expected a whole number")


def _boolean(value: object, _: type) -> bool:
    if isinstance(value, bool):
        return value
    raise TypeError("expected true or false")


def _is_tuple(model: Any) -> bool:  # noqa: ANN401  # a type
    return get_origin(model) is tuple


def _tuple_of(model: Any) -> Callable[[object, Any], tuple[Any, ...]]:  # noqa: ANN401  # a type
    all_of = GenericAlias(list, get_args(model)[:1])
    structure = list_structure_factory(all_of, _converter)  # type: ignore[arg-type]  # an alias, as cattrs has them

    def tuple_of(value: object, _: Any) -> tuple[Any, ...]:  # noqa: ANN401  # the type again
        if not isinstance(value, list):  # a text and an object can be iterated over too
            raise TypeError("expected a list")
        return tuple(structure(value, all_of))

    return tuple_of


_converter.register_structure_hook_factory(_is_tuple, _tuple_of)
_converter.register_structure_hook(str, _string)
_converter.register_structure_hook(float, _number)
_converter.register_structure_hook(int, _integer)
_converter.register_structure_hook(bool, _boolean)


def _structured(request: Request, response: Response) -> Any:  # noqa: ANN401  # as the table says
    """Return what *response* says, structured as *request* wants it, or the error where it cannot be."""
    content = _loads(response.body)
    if content is None:
        got = _excerpt(response) or "nothing"
        if request.model is AccessToken and got != _PAGE:
            got = "something else"  # it may hold the token all the same
        return _unexpected(request, response, f"expected JSON, got {got}")
    wants_list = _is_tuple(request.model)
    if not isinstance(content, list if wants_list else dict):
        expected = f"expected {'a list' if wants_list else 'an object'}, got {type(content).__name__}"
        return _unexpected(request, response, expected)
    try:
        return _converter.structure(content, request.model)
    except (cattrs.BaseValidationError, TypeError, ValueError) as wrong:
        return _unexpected(request, response, one_line("; ".join(transform_error(wrong))))


def _unexpected(request: Request, response: Response, message: str) -> UnexpectedResponse:
    return UnexpectedResponse(**_facts(request, response) | {"message": message})
