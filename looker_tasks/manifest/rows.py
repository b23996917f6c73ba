"""What every form of a manifest is read into: rows and mistakes, each with its position in the file. Values alone."""

from collections.abc import Iterable, Mapping
from typing import Self, TypeAlias

from attrs import field, frozen


@frozen
class Position:
    """Where a row stands: its number, from 1, and the line of the file that it begins on where that is known."""

    row: int
    line: int | None = None

    def __str__(self) -> str:
        return f"row {self.row}" if self.line is None else f"row {self.row} (line {self.line})"


@frozen
class Row:
    """A row as it was written: keys to texts, numbers, yes/no, lists and mappings."""

    position: Position
    raw: Mapping[str, object]


@frozen
class Mistake:
    """What could not even be read as a row."""

    position: Position
    complaint: str


Entry: TypeAlias = Row | Mistake


@frozen
class Rows:
    """All of a manifest. *entries* can be gone through more than once, and need not be in memory."""

    entries: Iterable[Entry]
    defaults: Mapping[str, object] = field(factory=dict)
    values: Mapping[str, object] = field(factory=dict)


@frozen
class Null:
    """YAML's null, with the word for it: under `filters` the word may have been meant."""

    written: str


class Block(str):
    """A text that YAML read from a block (``>`` or ``|``), with the block's *header*: it may have been a filter."""

    __slots__ = ("header",)

    def __new__(cls, text: str, header: str) -> Self:
        """Return *text* as a block that began with *header*."""
        block = super().__new__(cls, text)
        block.header = header
        return block

    header: str


def is_null(value: object) -> bool:
    """Tell whether *value* is the null of JSON or of YAML."""
    return value is None or isinstance(value, Null)


def entry(position: Position, value: object) -> Entry:
    """Make a row of *value*, or the mistake that it is none."""
    if isinstance(value, Mapping):
        return Row(position, value)
    return Mistake(position, f"{shown(value)} is not a mapping of keys to values")


#: The longest piece of a manifest that a complaint quotes, in characters.
_LONGEST_QUOTE = 80


def shown(value: object) -> str:
    """Quote *value* on one short line; of what holds other values, say only what it is."""
    match value:
        case Mapping():
            return "a mapping"
        case list() | tuple() | set():
            return "a list"
        case None | Null():
            return "nothing"
        case _:
            quote = repr(value)
            return quote if len(quote) <= _LONGEST_QUOTE else f"{quote[:_LONGEST_QUOTE]}…"
