"""From what stands under a key to what an export has there. Each raises `ValueError`, saying what is wrong.

A value may be the text that CSV and YAML have or the number, yes/no or list that JSON has.
"""

import math
import re
from collections.abc import Mapping
from enum import Enum
from typing import Final, Literal, TypeAlias

from attrs import frozen

from looker_tasks.exports import FilterValue
from looker_tasks.manifest.forms.spreadsheets import trimmed
from looker_tasks.manifest.rows import Block, is_null, shown

_YES = ("true", "yes", "on", "1")
_NO = ("false", "no", "off", "0")
_LONGEST_NUMBER = 18  # characters
_DECIMAL_ID = re.compile(r"(\d+)\.0+", re.ASCII)
_SCIENTIFIC_ID = re.compile(r"(\d)\.(\d+)E\+(\d{1,2})", re.ASCII)  # as spreadsheets write long numbers
_LOOKERS_NULL = "NULL"  # as Looker's documentation writes it

_EXPECTED = "a text, a number or a yes/no, nor {is: a text} or {remove: true}"


@frozen
class Exact:
    """A filter that matches exactly *text*, whatever the type of the filter makes of that."""

    text: str


class _Removed(Enum):
    REMOVED = "removed"


#: The word that takes a filter of the defaults away.
REMOVED: Final = _Removed.REMOVED
RawFilter: TypeAlias = FilterValue | Exact | Literal[_Removed.REMOVED]


def read_text(value: object) -> str:
    """Read a text; a whole number counts as one."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not is_unicode(value):
        raise ValueError(f"{shown(value)} is not a text")
    return str(value) if isinstance(value, Block) else value


def is_unicode(text: str) -> bool:
    """Tell whether *text* can be sent at all: JSON can write half a character."""
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def read_trimmed(value: object) -> str:
    """Read a text around which blanks mean nothing."""
    text = read_text(value)
    return trimmed(text) or text


def read_id(value: object) -> str:
    """Read an id; spreadsheets and data frames write 42 as 42.0 or 4.2E+01, too."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**_LONGEST_NUMBER:
        return str(int(value))
    text = read_trimmed(value)
    if found := _DECIMAL_ID.fullmatch(text):
        return found[1]
    if found := _SCIENTIFIC_ID.fullmatch(text):
        digits, places = found[1] + found[2], int(found[3])
        if places > len(found[2]) or digits[places + 1 :].strip("0"):
            raise ValueError(f"{text!r} is a number that a spreadsheet has shortened; expected all digits of the id")
        return digits[: places + 1]
    return text


def read_format(value: object) -> str:
    """Read a result format; spreadsheets and people write PDF, too."""
    return read_trimmed(value).lower()


def read_whole(value: object) -> int:
    """Read a whole number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        value = str(int(value))
    text = trimmed(value) if isinstance(value, str) else ""
    if found := _DECIMAL_ID.fullmatch(text):
        text = found[1]
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= _LONGEST_NUMBER):
        raise ValueError(f"{shown(value)} is not a whole number")
    return int(text)


def read_yes_or_no(value: object) -> bool:
    """Read true or false."""
    if isinstance(value, bool):
        return value
    word = trimmed(value).lower() if isinstance(value, str) else ""
    if word not in _YES + _NO:
        raise ValueError(f"{shown(value)} is not one of true, false")
    return word in _YES


def read_texts(value: object) -> tuple[str, ...]:
    """Read a list of texts; one alone needs no list."""
    return tuple(read_text(each) for each in value) if isinstance(value, list) else (read_text(value),)


def read_filters(value: object) -> dict[str, RawFilter]:
    """Read filters by title."""
    if not isinstance(value, Mapping):
        raise ValueError(f"{shown(value)} is not a mapping of filter titles to values")  # noqa: TRY004  # wrong in the file
    for title in value:
        if not isinstance(title, str) or not title or not is_unicode(title):
            raise ValueError(f"{shown(title)} is not a filter's title")
    return {title: _read_filter(title, wanted) for title, wanted in value.items()}


def _read_filter(title: str, value: object) -> RawFilter:
    match value:
        case Block():
            return _block(title, value)
        case str() if is_unicode(value):
            return value
        case Exact() | bool() | int() | _Removed():
            return value
        case float() if math.isfinite(value):
            return value
        case Mapping() if len(value) == 1:
            return _word(title, value)
    if is_null(value):
        return _null(title, value)
    raise ValueError(f"{shown(title)}: {shown(value)} is not {_EXPECTED}")


def _word(title: str, value: Mapping[str, object]) -> RawFilter:
    """Read `{is: a text}` or `{remove: true}`."""
    if "is" in value:
        return Exact(_exact(title, value["is"]))
    if "remove" in value and str(value["remove"]).lower() in _YES:
        return REMOVED
    raise ValueError(f"{shown(title)}: {shown(value)} is not {_EXPECTED}")


def _exact(title: str, value: object) -> str:
    """Return the text that a filter is to match; numbers and yes/no are written as filters have them."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, float) and math.isfinite(value):
        return repr(value)
    try:
        return read_text(value)
    except ValueError as wrong:
        raise ValueError(f"{shown(title)}: is: {wrong}") from None


def _block(title: str, block: Block) -> str:
    """Return the text of a block, unless it was meant as a comparison: YAML takes ``>5`` for a block's beginning."""
    if not block or any(character.isdigit() for character in block.header):
        raise ValueError(f'{shown(title)}: {block.header} begins a block of text in YAML; expected it in quotes: "…"')
    return str(block).removesuffix("\n")


def _null(title: str, null: object) -> str:
    """Return Looker's keyword where YAML takes it for its own null; all else that means nothing is refused."""
    written = getattr(null, "written", None)
    if written == _LOOKERS_NULL:
        return _LOOKERS_NULL
    what = f"{written} is nothing in YAML" if written else "there is nothing"
    raise ValueError(
        f'{shown(title)}: {what}; expected a text ("NULL" in quotes for Looker\'s own),'
        " or {remove: true} to take the default away"
    )
