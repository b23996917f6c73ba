"""The JSON formats: plain rows, rows with the description of their fields, and the one for BI tools. Pure."""

from collections.abc import Callable
from itertools import starmap

from looker_tasks.emulator.content import Column, Query, Rows, Value
from looker_tasks.emulator.formats.cells import pivot_key, rendered, shown

Json = dict[str, object]


def plain(rows: Rows, *, apply_formatting: bool) -> list[Json]:
    """Make an object a row, by field name; a pivoted measure holds an object by pivot value."""

    def cell(value: Value, column: Column) -> object:
        return shown(value, column, apply_formatting=apply_formatting)

    return [_row(rows, values, cell) for values in rows.values]


def detailed(rows: Rows, query: Query) -> Json:
    """Make what json_detail holds: the rows, and all about the query that made them."""
    answer: Json = {
        "id": query.slug,
        "runtime": round(rows.seconds, 3),
        "sql": rows.sql,
        "fields": described(rows),
        "pivots": _pivots(rows) if rows.pivots else None,
        "applied_filters": dict(query.filters),
        "has_totals": rows.totals is not None,
        "has_row_totals": False,
        "expired": False,
        "from_cache": False,
        "timezone": "UTC",
        "data": [_row(rows, values, _detail) for values in rows.values],
    }
    if rows.totals is not None:
        answer["totals_data"] = _row(rows, rows.totals, _detail)
    return answer


def for_bi(rows: Rows, *, apply_formatting: bool) -> Json:
    """Make what json_bi holds: metadata beside plain rows."""
    return {
        "metadata": {"sql": rows.sql, "fields": described(rows)},
        "rows": plain(rows, apply_formatting=apply_formatting),
    }


def described(rows: Rows) -> Json:
    """Describe the fields of *rows* by what they are."""
    fields = dict.fromkeys(column.measure or column for column in rows.columns)
    return {
        "dimensions": [_described(each) for each in fields if each.kind == "dimension"],
        "measures": [_described(each) for each in fields if each.kind == "measure"],
        "table_calculations": [],
        "pivots": [_described(each) for each in rows.pivots],
    }


def _described(column: Column) -> Json:
    view, _, name = column.name.partition(".")
    view_label = " ".join(word.capitalize() for word in view.split("_"))
    return {
        "name": column.name,
        "label": column.label,
        "label_short": column.label.removeprefix(f"{view_label} "),
        "view": view,
        "view_label": view_label,
        "type": column.type,
        "category": column.kind,
        "align": "right" if column.type == "number" else "left",
        "is_numeric": column.type == "number",
        "is_timeframe": column.type == "date",
        "field_group_variant": name,
        "value_format": column.value_format,
        "sortable": True,
        "can_filter": True,
        "hidden": False,
    }


def _row(rows: Rows, values: tuple[Value, ...], cell: Callable[[Value, Column], object]) -> Json:
    row: Json = {}
    for value, column in zip(values, rows.columns, strict=True):
        if column.measure is None:
            row[column.name] = cell(value, column)
        else:
            by_pivot = row.setdefault(column.measure.name, {})
            assert isinstance(by_pivot, dict)  # noqa: S101 - for the type checker: a measure has no other cells
            by_pivot[pivot_key(column)] = cell(value, column)
    return row


def _detail(value: Value, column: Column) -> Json:
    if column.value_format is None or value is None:
        return {"value": value}
    return {"value": value, "rendered": rendered(value, column)}


def _pivots(rows: Rows) -> list[Json]:
    keys = {pivot_key(column): column.pivots for column in rows.columns if column.pivots}

    def entry(key: str, values: tuple[Value, ...]) -> Json:
        by_name = dict(zip((each.name for each in rows.pivots), values, strict=True))
        return {
            "key": key,
            "is_total": False,
            "data": by_name,
            "metadata": {name: {"value": value} for name, value in by_name.items()},
        }

    return list(starmap(entry, keys.items()))
