"""How the fields of a result are described: for json_detail, and for json_bi as its schema (JsonBiField) asks. Pure."""

from collections.abc import Callable

from looker_tasks.emulator.results import Column, Table

Json = dict[str, object]


def detailed_fields(table: Table) -> Json:
    """Describe the fields of *table* for json_detail."""
    return _by_category(table, _detailed)


def bi_fields(table: Table) -> Json:
    """Describe the fields of *table* for json_bi."""
    return _by_category(table, _bi)


def _by_category(table: Table, described: Callable[[Column], Json]) -> Json:
    fields = dict.fromkeys(column.measure or column for column in table.columns)
    return {
        "dimensions": [described(each) for each in fields if each.kind == "dimension"],
        "measures": [described(each) for each in fields if each.kind == "measure" and each.lookml.calculation is None],
        "table_calculations": [_calculation(each) for each in fields if each.lookml.calculation is not None],
        "pivots": [described(each) for each in table.pivots],
    }


def _detailed(column: Column) -> Json:
    return _bi(column) | {
        "label_short": column.label.removeprefix(f"{_view_label(column)} "),
        "align": "right" if column.type == "number" else "left",
        "is_numeric": column.type == "number",
        "is_timeframe": column.lookml.group is not None,
        "value_format": column.value_format,
        "sortable": True,
        "can_filter": True,
    }


def _bi(column: Column) -> Json:
    lookml = column.lookml
    return {
        "name": column.name,
        "label": column.label,
        "view": column.name.partition(".")[0],
        "view_label": _view_label(column),
        "type": lookml.type or column.type,
        "category": column.kind,
        "description": lookml.description,
        "hidden": lookml.hidden,
        "dimension_group": lookml.group,
        "field_group_label": lookml.group_label,
        "field_group_variant": lookml.variant or column.label,
        "sql": lookml.sql,
    }


def _calculation(column: Column) -> Json:
    return {
        "name": column.name,
        "label": column.label,
        "align": "right",
        "expression": column.lookml.calculation,
        "value_format": column.value_format,
        "measure": column.lookml.is_of_measures,
    }


def _view_label(column: Column) -> str:
    return " ".join(word.capitalize() for word in column.name.partition(".")[0].split("_"))
