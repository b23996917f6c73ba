"""One cell of a result as a format shows it, and the rows of headings over the cells. Pure."""

from looker_tasks.emulator.content import Column, Rows, Value
from looker_tasks.emulator.drawing.wording import format_of

_NULL_KEY = "null"
_KEY_SEPARATOR = "|FIELD|"  # Looker's own between the values of several pivots


def rendered(value: Value, column: Column) -> str:
    """Write *value* as Looker does under `apply_formatting`: numbers in their value_format, a missing value empty."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return format_of(column).worded(value) if column.value_format else str(value)


def shown(value: Value, column: Column, *, apply_formatting: bool) -> Value:
    """Give *value* as it is, or rendered; a missing one stays missing."""
    return rendered(value, column) if apply_formatting and value is not None else value


def pivot_key(column: Column) -> str:
    """Name the pivot values of a pivoted *column*, as the keys of Looker's JSON do."""
    return _KEY_SEPARATOR.join(_NULL_KEY if each is None else str(each) for each in column.pivots)


def headings(rows: Rows) -> list[list[str]]:
    """Give the rows of headings: labels, and over them a row of values for each pivot, led by the pivot's label."""
    labels = [(column.measure or column).label for column in rows.columns]
    over = []
    for index, pivot in enumerate(rows.pivots):
        values = [str(column.pivots[index] or "") if column.pivots else "" for column in rows.columns]
        if rows.columns and not rows.columns[0].pivots:
            values[0] = pivot.label
        over.append(values)
    return [*over, labels]
