"""Whether the bytes of a result are a whole file of their format, and whether they tell of an error instead.

A gateway's error page, a body cut short and a query's own error all come with status 200. Bytes in, a defect out.
"""

import csv
import re
from collections.abc import Iterable
from itertools import islice
from typing import Any

from attrs import frozen

from looker_tasks.formats import FORMATS, Format
from looker_tasks.sansio.protocol.json_stream import Found, JsonStream, Path
from looker_tasks.sansio.protocol.responses import one_line
from looker_tasks.sansio.rows.records import Records

#: How many bytes at each end are looked at.
ENDS = 2048

_HTML_PAGE = "it is an HTML page, as gateways and login pages send"
_NOT_JSON = "it is not JSON from its beginning to its end"
_FIRST = 3  # of a failed query's errors, these are quoted
# The title as a gateway or a login page has it, and no explore's: "Errors by country" and "Top 500" are results.
_ERROR_TITLE = re.compile(
    rb"<title>\s*((error\s*:?\s*)?[45]\d\d\b"
    rb"|(server )?error\s*<|bad gateway|gateway time-?out|(service|site) (temporarily )?unavailable|forbidden\s*<"
    rb"|(page )?not found\s*<|(sign|log) ?in\s*<|looker\s*<)",
    re.IGNORECASE,
)
_ERROR_ROWS = re.compile(
    rb'\A\s*(\{.{0,1500}?"rows"\s*:\s*)?\[\s*\{\s*"looker_error"\s*:\s*"(?P<message>[^"]*)', re.DOTALL
)
_ERROR_COLUMN = "looker_error"


@frozen
class Defect:
    """Why the bytes are no file to keep. With *is_query_error*, they tell of a query that failed."""

    reason: str
    is_query_error: bool = False


class Inspection:
    """The check of one result: give it all bytes, in order, then ask for the defect. It keeps little of them.

    JSON that *is_parsed* by somebody else, who refuses what is none, is not parsed here as well.
    """

    def __init__(self, result_format: str, content_type: str, *, is_parsed: bool = False) -> None:
        self._row = FORMATS[result_format]
        self._content_type = content_type
        self._head = b""
        self._tail = b""
        self._size = 0
        self._json = _JsonCheck(result_format) if self._row.is_json and not is_parsed else None
        self._records = Records() if self._row.name == "csv" else None

    @property
    def proves_its_end(self) -> bool:
        """Whether a result of this format that was cut short always shows."""
        return self._row.is_json or bool(self._row.ends)

    def update(self, chunk: bytes) -> None:
        """Look at the next bytes."""
        self._size += len(chunk)
        if len(self._head) < ENDS:
            self._head += chunk[: ENDS - len(self._head)]
        self._tail = chunk[-ENDS:] if len(chunk) >= ENDS else (self._tail + chunk)[-ENDS:]
        if self._json is not None:
            self._json.update(chunk)
        if self._records is not None:
            self._records.update(chunk)

    @property
    def rows(self) -> int | None:
        """How many rows of data came; None where that cannot be known, or there are very many."""
        if self._json is not None:
            return self._json.rows
        return self._records.rows if self._records is not None else None

    def defect_of_beginning(self) -> Defect | None:
        """Return what already shows in the bytes that came, though more are to come."""
        if _is_error_page(self._row, self._content_type, self._head):
            return Defect(_HTML_PAGE)
        if self._row.begins and not self._head.startswith(self._row.begins[: len(self._head)]):
            return Defect(f"it does not begin as {self._row.name} does, but with {self._head[:16]!r}")
        return self._json.defect_of_beginning(self._head) if self._json is not None else None

    def defect(self) -> Defect | None:
        """Return what is wrong with the bytes that came, or None."""
        if self._size == 0:
            return None if self._row.may_be_empty else Defect("it is empty")
        if _is_error_page(self._row, self._content_type, self._head):
            return Defect(_HTML_PAGE)
        if self._row.begins:
            return _defect_of_binary(self._row, self._head, self._tail)
        if self._json is not None:
            return self._json.defect(self._head)
        return None if self._row.is_json else _defect_of_rows(self._row, self._head)


def _defect_of_binary(row: Format, head: bytes, tail: bytes) -> Defect | None:
    if not head.startswith(row.begins):
        return Defect(f"it does not begin as {row.name} does, but with {head[:16]!r}")
    if row.ends not in tail:
        return Defect(f"it does not end as {row.name} does: it was cut short")
    return None


def _is_error_page(row: Format, content_type: str, head: bytes) -> bool:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:15].lower()
    is_page = start.startswith((b"<!doctype html", b"<html"))
    if row.is_html:
        return _ERROR_TITLE.search(head) is not None
    return is_page or (content_type == "text/html" and not row.begins)


def _defect_of_rows(row: Format, head: bytes) -> Defect | None:
    """Return the error of a query that failed: one column, called so, with one row at the most."""
    text = head.decode("utf-8-sig", "replace")
    if not text.lstrip(" \"'").startswith(_ERROR_COLUMN):  # nearly none does
        return None
    delimiter = "\t" if row.name == "txt" else ","
    records = list(islice(csv.reader(text.splitlines(keepends=True), delimiter=delimiter), _FIRST))
    if [cell.strip(" '") for cell in records[0]] != [_ERROR_COLUMN] or len(records) == _FIRST:
        return None
    rest = delimiter.join(records[1]) if len(records) > 1 else ""
    return Defect(one_line(rest) or _ERROR_COLUMN, is_query_error=True)


class _JsonCheck:
    """Whether all of a result is JSON, and no query's error."""

    def __init__(self, result_format: str) -> None:
        self._is_detail = result_format == "json_detail"
        self._stream = JsonStream()
        self._is_broken = False
        self._rows = 0
        self._details = 0  # rows of json_detail and json_fe
        self._first: Any = None  # row
        self._errors: list[Any] = []  # the first of those that json_detail has a place for

    @property
    def rows(self) -> int:
        return self._details if self._is_detail else max(self._rows, self._details)

    def update(self, chunk: bytes) -> None:
        if not self._is_broken:
            try:
                self._look_at(self._stream.feed(chunk))
            except ValueError:
                self._is_broken = True

    def defect_of_beginning(self, head: bytes) -> Defect | None:
        error = _ERROR_ROWS.search(head) if self._is_broken else None
        if error is not None:
            return Defect(one_line(error["message"].decode("utf-8", "replace")) or _ERROR_COLUMN, is_query_error=True)
        return Defect(_NOT_JSON) if self._is_broken else None

    def defect(self, head: bytes) -> Defect | None:
        if not self._is_broken:
            try:
                self._look_at(self._stream.finish())
            except ValueError:
                self._is_broken = True
        if self._is_broken or head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in {b"[", b"{"}:
            error = _ERROR_ROWS.search(head)
            if error is None:
                return Defect(_NOT_JSON)
            return Defect(one_line(error["message"].decode("utf-8", "replace")) or _ERROR_COLUMN, is_query_error=True)
        if self._is_detail:
            return _defect_of_errors(self._errors)
        if self._rows == 1 and isinstance(self._first, dict) and set(self._first) == {_ERROR_COLUMN}:
            return Defect(one_line(self._first[_ERROR_COLUMN]) or _ERROR_COLUMN, is_query_error=True)
        return None

    def _look_at(self, found: Iterable[Found]) -> None:
        name = "errors" if self._is_detail else "rows"
        for path, value in found:
            self._count_details(path, value)
            if not path:
                self._take_all(value.get(name) if isinstance(value, dict) else None if self._is_detail else value)
                continue
            inner = path[1:] if path[0] == name else () if self._is_detail or isinstance(path[0], str) else path
            if inner and isinstance(inner[0], int):
                self._take(inner[0], value if len(inner) == 1 else None)
            elif path == (name,):
                self._take_all(value)

    def _count_details(self, path: Path, value: Any) -> None:  # noqa: ANN401  # whatever a server put there
        rows = value.get("data") if not path and isinstance(value, dict) else value if path == ("data",) else None
        if isinstance(rows, list):
            self._details = len(rows)
        elif path[:1] == ("data",) and len(path) > 1 and isinstance(path[1], int):
            self._details = max(self._details, path[1] + 1)

    def _take_all(self, values: Any) -> None:  # noqa: ANN401  # whatever a server put there
        if isinstance(values, list):
            for index, value in enumerate(values):
                self._take(index, value)

    def _take(self, index: int, value: Any) -> None:  # noqa: ANN401  # the same
        self._rows = max(self._rows, index + 1)
        if index == 0 and value is not None:
            self._first = value
        if self._is_detail and isinstance(value, dict) and value.get("fatal") is not False:
            self._errors.extend([value] if len(self._errors) < _FIRST else [])


def _defect_of_errors(errors: list[Any]) -> Defect | None:
    """Return what is wrong by the *errors* of json_detail. A warning (``fatal: false``) is no error."""
    if not errors:
        return None
    parts = [one_line(part) for error in errors for part in (error.get("message"), error.get("message_details"))]
    return Defect("; ".join(filter(None, parts)) or "the query failed", is_query_error=True)
