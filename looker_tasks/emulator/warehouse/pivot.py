"""Pivoting: values of dimensions become columns, as Looker does after the SQL has run. Pure."""

from collections.abc import Sequence

from attrs import evolve

from looker_tasks.emulator.results import Column, Row, Value
from looker_tasks.emulator.warehouse.compile import Sort, Statement

COLUMN_LIMIT = 50  # Looker's default: pivoted values beyond it are left out
NULL = "∅"  # Looker's sign for a missing value


def pivoted(statement: Statement, flat: Sequence[Row]) -> tuple[tuple[Column, ...], tuple[Row, ...], bool]:
    """Turn *flat* rows (dimensions, pivots, measures, rank) into the columns and rows of the pivoted result.

    The last value tells whether there were more pivoted columns than the limit allows.
    """
    wide, deep = len(statement.dimensions), len(statement.pivots)
    ranks = {row[wide : wide + deep]: row[-1] for row in flat}
    pivots = sorted(ranks, key=lambda pivot: int(ranks[pivot] or 0))[:COLUMN_LIMIT]
    truncated = len(ranks) > COLUMN_LIMIT
    cells: dict[tuple[Value, ...], dict[tuple[Value, ...], tuple[Value, ...]]] = {}
    for row in flat:
        cells.setdefault(row[:wide], {})[row[wide : wide + deep]] = row[wide + deep : -1]
    missing = (None,) * len(statement.measures)
    rows = [
        (*key, *(value for pivot in pivots for value in by_pivot.get(pivot, missing)))
        for key, by_pivot in cells.items()
    ]
    columns = (
        *(each.as_column() for each in statement.dimensions),
        *(_column(each.as_column(), pivot, len(statement.measures)) for pivot in pivots for each in statement.measures),
    )
    ordered = _ordered(rows, statement)
    return columns, tuple(ordered[: statement.limit]), truncated


def _column(measure: Column, pivot: tuple[Value, ...], measures: int) -> Column:
    values = " - ".join(NULL if each is None else str(each) for each in pivot)
    label = values if measures == 1 else f"{values} - {measure.label}"
    return evolve(measure, name=f"{values} - {measure.name}", label=label, measure=measure, pivots=pivot)


def _ordered(rows: list[tuple[Value, ...]], statement: Statement) -> list[tuple[Value, ...]]:
    """Sort whole rows by one pivoted column of a measure, where the first sort is by a measure."""
    first = next((sort for sort in statement.sorts if sort.field not in statement.pivots), None)
    if first is None or first.field.kind != "measure":
        return rows
    index = _index(first, statement)
    with_value = [row for row in rows if index < len(row) and row[index] is not None]
    without = [row for row in rows if index >= len(row) or row[index] is None]
    with_value.sort(key=lambda row: float(row[index] or 0), reverse=first.descending)
    return with_value + without


def _index(sort: Sort, statement: Statement) -> int:
    measures = statement.measures
    return len(statement.dimensions) + sort.pivot * len(measures) + measures.index(sort.field)
