"""The outer form of a `json_bi` result, found in bytes that come in pieces of any cut: its members, and runs of rows.

Most rows are not even looked at: `likely_rows` cuts where the next row seems to begin, by its first key. Whoever parses
the run finds out whether that was right: JSON is read from left to right, so a run that begins at a row and parses as
rows ends at the end of one. `certain_rows` counts brackets, and is slower.
"""

import json
import re
from typing import Literal

from attrs import evolve, frozen

from looker_tasks.tables.errors import TableError
from looker_tasks.tables.parsing.brackets import BLANK, BLANKS, STRING, end_of_value, row_bounds

_NOT_BLANK = re.compile(rb"[^ \t\r\n]")
_KEY = rb"(" + STRING + rb'")' + BLANK + rb":"
_MEMBER = re.compile(BLANK + rb"(,?)" + BLANK + _KEY + BLANK, re.DOTALL)
_FIRST_KEY = re.compile(BLANK + rb"\{" + BLANK + _KEY, re.DOTALL)
_NEXT_ROW = (rb"\}" + BLANK + rb"(,)" + BLANK + rb"\{" + BLANK, BLANK + rb":")  # around the first key of a row
_TAILS = (1 << 14, 1 << 18)  # bytes at a window's end in which the last row is looked for first
_LARGEST_MEMBER = 64 << 20  # bytes; the metadata of ten thousand pivoted columns has a fifth of that


@frozen
class Member:
    """A member of the outer object that is not the rows."""

    name: str
    value: bytes


@frozen
class Rows:
    """Some rows as they are written, with the commas between them."""

    data: bytes
    size: int  # bytes of the document that they take, with the comma after them
    bounds: tuple[tuple[int, int], ...] = ()  # of each row in `data`; none where they were not counted
    is_end: bool = False  # whether no rows come after them

    def without_last(self) -> "Rows":
        """Leave out the last of these rows, which were counted."""
        bounds = self.bounds[:-1]
        return evolve(self, data=self.data[: bounds[-1][1]] if bounds else b"", bounds=bounds)


class Document:
    """A json_bi result that is coming: bytes go in by `feed`, members and rows come out in their order."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._stage: Literal["before", "members", "rows", "after"] = "before"
        self._after_rows: Literal["members", "after"] = "members"
        self._seen: set[str] = set()
        self._is_whole = False
        self._enough = 0  # bytes; with fewer the next member cannot be whole, or it was looked for not long ago

    @property
    def is_at_rows(self) -> bool:
        """Whether rows are what comes next."""
        return self._stage == "rows"

    @property
    def had_rows(self) -> bool:
        """Whether it has rows, be it none of them."""
        return "rows" in self._seen

    @property
    def has_ended(self) -> bool:
        """Whether the outer value is closed."""
        return self._stage == "after"

    def feed(self, data: bytes) -> None:
        """Take the next bytes. Raises TableError where the document has ended and they are not blank."""
        self._buffer += data
        if self.has_ended:
            self._refuse_more()

    def finish(self) -> None:
        """Take note that no more bytes come."""
        self._is_whole = True

    def member(self) -> Member | None:
        """Return the next member of the outer object; None where the rows or the end come first, or more bytes must.

        Raises TableError where no more bytes come, and where these are not JSON.
        """
        if self._stage == "before":
            self._begin()
        if self._stage != "members" or (len(self._buffer) < self._enough and not self._is_whole):
            return None
        start = self._start()
        if start is not None and self._buffer[start] == ord("}"):
            self._end(start + 1)
            return None
        return self._read_member(start)

    def likely_rows(self, window: int) -> Rows | None:
        """Return rows of the first *window* bytes, if so many or all have come; None where no end of one is seen."""
        first = _FIRST_KEY.match(self._buffer) if len(self._buffer) >= window or self._is_whole else None
        if first is None:
            return None
        window = min(window, len(self._buffer))
        next_row = re.compile(re.escape(first[1]).join(_NEXT_ROW))
        for tail in (*_TAILS, window):
            commas = [found.start(1) for found in next_row.finditer(self._buffer, max(0, window - tail), window)]
            if commas:
                return Rows(self._first(commas[-1]), commas[-1] + 1)
        return None

    def certain_rows(self, window: int) -> Rows | None:
        """Return the rows that end in the first *window* bytes, or at least one; None where more bytes must come.

        Raises TableError where no more come, and where these are not rows.
        """
        window = max(window, self._enough)
        while len(self._buffer) >= window or self._is_whole:
            bounds, closing = row_bounds(self._buffer, window)
            if closing is not None:
                end = bounds[-1][1] if bounds else 0
                return Rows(self._first(end), closing + 1, tuple(bounds), is_end=True)
            if len(bounds) > 1:  # and the last may be the last of all, which nobody can tell yet
                *bounds, (next_row, _) = bounds
                return Rows(self._first(bounds[-1][1]), next_row, tuple(bounds))
            if window >= len(self._buffer):
                raise TableError("it ends in the middle of its rows")
            window *= 2
        self._enough = window
        return None

    def take(self, rows: Rows) -> None:
        """Go on behind *rows*."""
        del self._buffer[: rows.size]
        self._enough = 0
        if rows.is_end:
            self._stage = self._after_rows
            if self.has_ended:
                self._refuse_more()

    def _first(self, size: int) -> bytes:
        with memoryview(self._buffer) as view:  # one copy, where a slice would be another
            return bytes(view[:size])

    def _start(self) -> int | None:
        found = _NOT_BLANK.search(self._buffer)
        return found.start() if found else None

    def _begin(self) -> None:
        start = self._start()
        if start is None:
            if self._is_whole:
                raise TableError("it is empty")
        elif self._buffer[start] == ord("["):  # rows alone, as `json` has them: a failed query may answer so
            del self._buffer[: start + 1]
            self._stage, self._after_rows = "rows", "after"
        elif self._buffer[start] == ord("{"):
            del self._buffer[: start + 1]
            self._stage = "members"
        else:
            raise TableError(f"it is no json_bi: it begins with {self._excerpt()}")

    def _end(self, size: int) -> None:
        del self._buffer[:size]
        self._stage = "after"
        self._refuse_more()

    def _read_member(self, start: int | None) -> Member | None:
        head = _MEMBER.match(self._buffer)
        if head is None:
            if start is not None and self._buffer[start] not in b',"':
                raise TableError(f"it is not JSON: no member begins with {self._excerpt()}")
            self._wait()
            return None
        if (head[1] == b",") != bool(self._seen):
            raise TableError("it is not JSON: its members are not separated by one comma each")
        if head.end() == len(self._buffer):
            self._wait()
            return None
        name = _text(bytes(head[2]))
        if name == "rows":
            if self._buffer[head.end()] != ord("["):
                raise TableError("its rows are no array")
            self._note(name, head.end() + 1)
            self._stage = "rows"
            return None
        end = end_of_value(self._buffer, head.end())
        if end is None:
            self._wait()
            return None
        member = Member(name, bytes(self._buffer[head.end() : end]))
        self._note(name, end)
        return member

    def _note(self, name: str, size: int) -> None:
        if name in self._seen:
            raise TableError(f"it has two members {name!r}")
        self._seen.add(name)
        del self._buffer[:size]
        self._enough = 0

    def _wait(self) -> None:
        if self._is_whole:
            raise TableError("it ends in the middle")
        if len(self._buffer) > _LARGEST_MEMBER:
            raise TableError(f"it is no json_bi: a member other than its rows has more than {_LARGEST_MEMBER} bytes")
        self._enough = 2 * len(self._buffer)

    def _refuse_more(self) -> None:
        if self._start() is not None:
            raise TableError(f"something comes after its end: {self._excerpt()}")
        self._buffer.clear()

    def _excerpt(self) -> str:
        return repr(bytes(self._buffer.strip(BLANKS)[:40]).decode(errors="replace"))


def _text(raw: bytes) -> str:
    try:
        return str(json.loads(raw))
    except ValueError as error:
        raise TableError(f"it is not JSON: {error}") from error
