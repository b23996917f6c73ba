r"""Looker's filter expressions: the expression that matches one text or value exactly.

The grammar is Looker's own (npm `@looker/filter-expressions` 1.0.4, the one that its filter fields parse with). In the
expression of a string filter ``,`` separates alternatives, ``%`` and ``_`` are wildcards, a leading ``-`` negates, NULL
and EMPTY are keywords. A text in double quotes is none of that; inside, ``\`` escapes, and ``^`` does where it stands
before a character that it could escape.
"""

import re
from typing import Literal, TypeAlias

from looker_tasks.errors import InvalidExport
from looker_tasks.plain import plain

#: What a filter compares with. "unquoted": the value of a LookML parameter of that type, which has no grammar.
FilterType: TypeAlias = Literal["string", "number", "date", "yesno", "unquoted"]

_PLAIN = re.compile(r"[^-\s'\",%_^\\\x00-\x1f{][^'\",%_^\\\x00-\x1f]*(?<!\s)")
_KEYWORDS = {"null", "empty"}
_CARET_THAT_ESCAPES = re.compile(r"\^(?=[%_,^\- ])")
_ESCAPED = re.compile(r'["\\\x00-\x1f]')
_SHORT_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_NUMBER = re.compile(r"([+-]?)(?:0*(?=\d))?(\d+(?:\.\d+)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_YES = {"yes", "true", "1"}
_NO = {"no", "false", "0"}


def literal(text: str, filter_type: FilterType = "string") -> str:
    """Return the filter expression that matches exactly *text* in a filter of *filter_type*.

    A string is quoted as Looker's own filter fields quote it, where it must be. The empty text becomes EMPTY, which
    matches null too: Looker has no expression for it alone. Dates and unquoted parameters know no quotes and stay.
    Raises `InvalidExport` for a text that a filter of that type can never match.
    """
    found = plain(text)
    if not isinstance(found, str):
        raise InvalidExport(f"{text!r} is not a text", field="filters")
    match filter_type:
        case "string":
            return _string(found)
        case "number":
            return _number(found.strip())
        case "yesno":
            return _yes_or_no(found.strip())
        case _:
            return _as_it_is(found.strip(), filter_type)


def _string(text: str) -> str:
    if not text:
        return "EMPTY"
    if _PLAIN.fullmatch(text) and text.lower() not in _KEYWORDS:
        return text
    quoted = _CARET_THAT_ESCAPES.sub("^^", text)
    return f'"{_ESCAPED.sub(_escaped, quoted)}"'


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    return _SHORT_ESCAPES.get(character) or f"\\u{ord(character):04x}"


def _number(text: str) -> str:
    """Return *text* as the grammar of numbers has it: no plus sign and no leading zeros."""
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise InvalidExport(f"{text!r} is not a number, and the filter takes numbers", field="filters")
    sign, digits, exponent = found.groups()
    return f"{'-' if sign == '-' else ''}{digits}{exponent or ''}"


def _yes_or_no(text: str) -> str:
    word = text.lower()
    if word not in _YES | _NO:
        raise InvalidExport(f"{text!r} is not one of Yes, No, and the filter takes those", field="filters")
    return "Yes" if word in _YES else "No"


def _as_it_is(text: str, filter_type: FilterType) -> str:
    if not text:
        raise InvalidExport(f"an empty text matches nothing in a filter of type {filter_type}", field="filters")
    return text
