"""The tables that parts hold, as values: cells, rows and tables of a sheet-to-be."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import TypeAlias

from attrs import frozen

from looker_tasks.combining.exact_numbers import Number

MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384


@frozen
class Moment:
    """A date, a time or a duration, and the number format that shows it."""

    value: date | datetime | time | timedelta
    number_format: str


Cell: TypeAlias = str | bool | Number | Moment | None


@frozen
class Row:
    """The cells of a row; whether they are headings."""

    cells: Sequence[Cell]
    is_heading: bool = False


@frozen
class Table:
    """One sheet-to-be, whose *rows* may be read once."""

    title: str
    rows: Iterator[Row]


def check_size(rows: int, columns: int) -> None:
    """Raise ValueError for a table that no sheet holds."""
    if rows > MOST_ROWS:
        raise ValueError(f"it has more than {MOST_ROWS:,} rows, which no sheet holds")
    if columns > MOST_COLUMNS:
        raise ValueError(f"it has more than {MOST_COLUMNS:,} columns, which no sheet holds")
