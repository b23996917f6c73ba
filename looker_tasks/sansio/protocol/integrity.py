"""Whether the bytes of a result are a whole file of their format, and whether they tell of an error instead.

A gateway's error page, a body cut short and a query's own error all come with status 200. Bytes in, a defect out.
"""

import json
import re
from typing import Any

from attrs import frozen

from looker_tasks.formats import FORMATS, Format
from looker_tasks.sansio.protocol.responses import one_line

#: How many bytes at each end are looked at.
ENDS = 2048

#: JSON up to this size, in bytes, is parsed whole; of longer one the ends are looked at.
PARSED = 2 * 2**20

# The title as a gateway or a login page has it, and no explore's: "Errors by country" and "Top 500" are results.
_ERROR_TITLE = re.compile(
    rb"<title>\s*((error\s*:?\s*)?[45]\d\d\b"
    rb"|(server )?error\s*<|bad gateway|gateway time-?out|(service|site) (temporarily )?unavailable|forbidden\s*<"
    rb"|(page )?not found\s*<|(sign|log) ?in\s*<|looker\s*<)",
    re.IGNORECASE,
)
_ERROR_ROWS = re.compile(
    rb'\A\s*(\{.{0,1500}?"rows"\s*:\s*)?\[\s*\{\s*"looker_error"\s*:\s*"(?P<said>[^"]*)', re.DOTALL
)


@frozen
class Defect:
    """Why the bytes are no file to keep. With *is_query_error*, they tell of a query that failed."""

    reason: str
    is_query_error: bool = False


def defect_of_ends(result_format: str, content_type: str, head: bytes, tail: bytes, size: int) -> Defect | None:
    """Return what is wrong with a body of *size* bytes by its first and last `ENDS` bytes, or None."""
    row = FORMATS[result_format]
    if size == 0:
        return Defect("it is empty")
    if _is_error_page(row, content_type, head):
        return Defect("it is an HTML page, as gateways and login pages send")
    if row.begins:
        return _defect_of_binary(row, head, tail)
    if row.is_json:
        return _defect_of_json_ends(head, tail)
    if head.lstrip(b"\xef\xbb\xbf \"'").startswith(b"looker_error"):
        return Defect(_second_line(head), is_query_error=True)
    return None


def _defect_of_binary(row: Format, head: bytes, tail: bytes) -> Defect | None:
    if not head.startswith(row.begins):
        return Defect(f"it does not begin as {row.name} does, but with {head[:16]!r}")
    if row.ends not in tail:
        return Defect(f"it does not end as {row.name} does: it was cut short")
    return None


def _defect_of_json_ends(head: bytes, tail: bytes) -> Defect | None:
    if (error := _ERROR_ROWS.search(head)) is not None:
        return Defect(one_line(error["said"].decode("utf-8", "replace")) or "looker_error", is_query_error=True)
    if head.lstrip()[:1] not in {b"[", b"{"} or tail.rstrip()[-1:] not in {b"]", b"}"}:
        return Defect("it is not JSON from its beginning to its end")
    return None


def _is_error_page(row: Format, content_type: str, head: bytes) -> bool:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:15].lower()
    is_page = start.startswith((b"<!doctype html", b"<html"))
    if row.is_html:
        return _ERROR_TITLE.search(head) is not None
    return is_page or (content_type == "text/html" and not row.begins)


def _second_line(head: bytes) -> str:
    lines = head.decode("utf-8", "replace").splitlines()
    return one_line(" ".join(lines[1:2])).strip(" \"'") or "looker_error"


def defect_of_json(result_format: str, body: bytes) -> Defect | None:
    """Return what is wrong with a whole JSON body, or None. A warning (``fatal: false``) is no error."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return Defect("it is not JSON from its beginning to its end")
    if result_format == "json_detail" and isinstance(said, dict):
        return _defect_of_errors(said.get("errors"))
    rows = said.get("rows") if isinstance(said, dict) else said
    if isinstance(rows, list) and rows and isinstance(rows[0], dict) and "looker_error" in rows[0]:
        return Defect(one_line(rows[0]["looker_error"]) or "looker_error", is_query_error=True)
    return None


def _defect_of_errors(errors: Any) -> Defect | None:  # noqa: ANN401  # whatever a server put there
    rows = [row for row in errors if isinstance(row, dict)] if isinstance(errors, list) else []
    fatal = [row for row in rows if row.get("fatal") is not False]
    if not fatal:
        return None
    said = [one_line(part) for row in fatal[:3] for part in (row.get("message"), row.get("message_details"))]
    return Defect("; ".join(filter(None, said)) or "the query failed", is_query_error=True)
