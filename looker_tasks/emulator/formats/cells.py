"""One cell of a result as a format shows it, and the rows of headings over the cells. Pure."""

from collections.abc import Callable
from decimal import Decimal

from looker_tasks.emulator.drawing.number_format import format_of
from looker_tasks.emulator.results import Column, Table, Value

_NULL_KEY = "null"
_KEY_SEPARATOR = "|FIELD|"  # Looker's own between the values of several pivots


def renderer(column: Column) -> Callable[[Value], str]:
    """Make what writes a value of *column* as Looker does under `apply_formatting`: numbers in their value_format."""
    number_format = format_of(column) if column.value_format else None

    def render(value: Value) -> str:
        if isinstance(value, int | float | Decimal) and number_format is not None:
            return number_format.worded(float(value))
        return text(value)

    return render


def text(value: Value) -> str:
    """Write *value* as it is; a missing one is empty."""
    if isinstance(value, Decimal):
        return format(value, "f")
    return "" if value is None else str(value)


def pivot_key(column: Column) -> str:
    """Name the pivot values of a pivoted *column*, as the keys of Looker's JSON do."""
    return _KEY_SEPARATOR.join(_NULL_KEY if each is None else str(each) for each in column.pivots)


def headings(rows: Table) -> list[list[str]]:
    """Return the rows of headings: labels, and over them a row of values for each pivot, led by the pivot's label."""
    labels = [(column.measure or column).label for column in rows.columns]
    over = []
    for index, pivot in enumerate(rows.pivots):
        values = [str(column.pivots[index] or "") if column.pivots else "" for column in rows.columns]
        if rows.columns and not rows.columns[0].pivots:
            values[0] = pivot.label
        over.append(values)
    return [*over, labels]
