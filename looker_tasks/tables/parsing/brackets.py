"""Where values of JSON end, found by their brackets and strings alone. Pure.

Nothing else is checked here: whoever parses what was found finds out whether it is JSON.
"""

import re

from looker_tasks.tables.errors import TableError

BLANKS = b" \t\r\n"
BLANK = rb"[ \t\r\n]*"
STRING = rb'"(?:[^"\\]++|\\.)*+'  # without its closing quotation mark, which may not have come
_FLAT = rb'[^{}\[\]"]*+(?:' + STRING + rb'"[^{}\[\]"]*+)*+'  # what is in an object that holds no other
_TOKEN = re.compile(rb"\{" + _FLAT + rb"\}|" + STRING + rb'("?)|[{}\[\]]', re.DOTALL)
_SCALAR = re.compile(rb"[^ \t\r\n,\]}]+(?=[ \t\r\n,\]}])")
_QUOTE, _OPENING, _CLOSING = ord('"'), b"{[", ord("]")

Bounds = list[tuple[int, int]]


def end_of_value(text: bytearray, start: int) -> int | None:
    """Return where the value that begins at *start* of *text* ends; None where its end has not come."""
    if text[start] not in _OPENING and text[start] != _QUOTE:
        scalar = _SCALAR.match(text, start)
        return scalar.end() if scalar else None
    depth = 0
    for token in _TOKEN.finditer(text, start):
        first = text[token.start()]
        if first == _QUOTE:
            if not token[1]:
                return None
        elif token.end() == token.start() + 1:
            depth += 1 if first in _OPENING else -1
        if depth <= 0:
            return token.end()
    return None


def row_bounds(text: bytearray, end: int) -> tuple[Bounds, int | None]:
    """Return where each row begins and ends that is whole in the first *end* bytes, and where the rows' array closes.

    The latter is None where it does not close in these bytes. Raises TableError where something else is between rows.
    """
    bounds: Bounds = []
    depth = begun = 0
    for token in _TOKEN.finditer(text, 0, end):
        start, first = token.start(), text[token.start()]
        if first == _QUOTE:
            if not token[1]:
                break
            _check(is_right=depth > 0)
        elif token.end() > start + 1:  # a flat object
            if depth == 0:
                _check_between(text, bounds, start)
                bounds.append((start, token.end()))
        elif first in _OPENING:
            if depth == 0:
                _check(is_right=first == ord("{"))
                _check_between(text, bounds, start)
                begun = start
            depth += 1
        elif depth == 0:
            _check(is_right=first == _CLOSING and not text[bounds[-1][1] if bounds else 0 : start].strip(BLANKS))
            return bounds, start
        else:
            depth -= 1
            if depth == 0:
                bounds.append((begun, token.end()))
    return bounds, None


def _check_between(text: bytearray, bounds: Bounds, start: int) -> None:
    between = bytes(text[bounds[-1][1] : start] if bounds else text[:start])
    _check(is_right=between.strip(BLANKS) == (b"," if bounds else b""))


def _check(*, is_right: bool) -> None:
    if not is_right:
        raise TableError("it is not JSON: its rows are not objects that are separated by one comma each")
