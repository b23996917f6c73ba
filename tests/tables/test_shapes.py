"""The form of the table: its columns, their names and order, and what is said beside them."""

import json
from collections.abc import Mapping

import pyarrow as pa
import pytest

from looker_tasks.tables.errors import TableError
from looker_tasks.tables.table import read_table
from tests.tables.results import Json, Raw, cell, cut, field, metadata, result

_COUNT = field("orders.count", "count", "measure")
_REVENUE = field("orders.revenue", "sum", "measure")
_STATUS = field("orders.status", "string")
_REGION = field("customers.region", "string")


def _pivot(key: str, data: Mapping[str, object], *, is_total: bool = False) -> Json:
    return {"key": key, "data": data, "sort_values": {}, "is_total": is_total}


def _table(head: object, rows: list[object]) -> pa.Table:
    return read_table([result(head, rows)])


def _notes(table: pa.Table) -> list[str]:
    notes: list[str] = json.loads(table.schema.metadata[b"looker_tasks.notes"])
    return notes


def test_columns_come_as_looker_lists_them() -> None:
    """Dimensions, measures and calculations, hidden ones too, in the order of the metadata and not of the cells."""
    calculation = field("share", None, value_format="0.0%")
    head = metadata([_STATUS, field("orders.id", "number", hidden=True)], [_COUNT], [calculation])
    row = {"share": cell(0.5), "orders.count": cell(2), "orders.id": cell(7), "orders.status": cell("Complete")}
    table = _table(head, [row])
    assert table.column_names == ["orders.status", "orders.id", "orders.count", "share"]
    assert table.schema.field("orders.id").metadata[b"looker.hidden"] == b"true"
    assert table.schema.field("share").metadata[b"looker.value_format"] == b"0.0%"


def test_columns_carry_labels_and_descriptions_and_no_sql() -> None:
    """A field's metadata is what people are told of it; neither SQL nor filters are anywhere in the file."""
    head = metadata([field("orders.status", "string", description="How far it is", label="Orders Status")])
    table = _table(head, [{"orders.status": cell("Complete")}])
    facts = table.schema.field(0).metadata
    assert facts[b"looker.label"] == b"Orders Status"
    assert facts[b"looker.description"] == b"How far it is"
    assert facts[b"looker.type"] == b"string"
    assert b"secret" not in table.schema.serialize().to_pybytes()


def test_rendered_values_and_links_are_passed_over() -> None:
    """Only the value of a cell is data, whatever stands beside it and wherever."""
    links = [{"label": "Show All", "url": "/explore?fields=x", "value": "y"}]
    rows = [{"orders.count": cell(1, rendered="1.0", links=links)}, {"orders.count": Raw('{"links":[],"value":2}')}]
    assert _table(metadata([], [_COUNT]), rows).to_pydict() == {"orders.count": [1, 2]}


def test_missing_and_null_cells_are_null() -> None:
    """A cell may be missing, null, or have a null value."""
    rows = [{"orders.count": cell(None)}, {"orders.count": None}, {}, {"orders.count": cell(1)}]
    assert _table(metadata([], [_COUNT]), rows).to_pydict() == {"orders.count": [None, None, None, 1]}


def test_a_pivoted_measure_is_a_column_for_each_value() -> None:
    """Columns are named as Looker names series, value by value, and know their key."""
    pivots = [_pivot("West", {"customers.region": "West"}), _pivot("null", {"customers.region": None})]
    head = metadata([_STATUS], [_COUNT, _REVENUE], [], [_REGION], pivots)
    row = {
        "orders.status": cell("Complete"),
        "orders.count": {"West": cell(1), "null": cell(2)},
        "orders.revenue": {"West": cell(Raw("1.50"))},
    }
    table = _table(head, [row])
    assert table.column_names == [
        "orders.status",
        "West - orders.count",
        "West - orders.revenue",
        "∅ - orders.count",
        "∅ - orders.revenue",
    ]
    assert table.column("∅ - orders.count").to_pylist() == [2]
    assert table.column("∅ - orders.revenue").to_pylist() == [None]
    assert table.schema.field("∅ - orders.count").metadata[b"looker.pivot"] == b"null"


def test_several_pivots_and_row_totals() -> None:
    """The values of several pivots are joined, and totals of rows are a column of their own."""
    year = field("orders.created_year", "date_year")
    data = {"customers.region": "West", "orders.created_year": "2026"}
    pivots = [_pivot("West|FIELD|2026", data), _pivot("$$$_row_total_$$$", {}, is_total=True)]
    head = metadata([], [_COUNT], [], [_REGION, year], pivots)
    table = _table(head, [{"orders.count": {"West|FIELD|2026": cell(1), "$$$_row_total_$$$": cell(3)}}])
    assert table.to_pydict() == {"West - 2026 - orders.count": [1], "Row Totals - orders.count": [3]}


def test_calculations_may_be_pivoted_or_not() -> None:
    """Only the rows show whether a table calculation has a value for each pivot."""
    pivots = [_pivot("West", {"customers.region": "West"})]
    head = metadata([], [_COUNT], [field("each", None), field("whole", None)], [_REGION], pivots)
    table = _table(head, [{"orders.count": {"West": cell(1)}, "each": {"West": cell(2)}, "whole": cell(3)}])
    assert table.to_pydict() == {"West - orders.count": [1], "West - each": [2], "whole": [3]}


def test_a_pivot_named_value_is_a_pivot() -> None:
    """A value of a pivot may have the name of a cell's own key."""
    pivots = [_pivot("value", {"customers.region": "value"})]
    head = metadata([], [_COUNT], [], [_REGION], pivots)
    assert _table(head, [{"orders.count": {"value": cell(1)}}]).to_pydict() == {"value - orders.count": [1]}


def test_pivots_of_one_name_are_told_apart_by_their_keys() -> None:
    """Where two series would have one name, no value gets under the name of the other."""
    data = {"customers.region": "West"}
    head = metadata([], [_COUNT], [], [_REGION], [_pivot("a", data), _pivot("b", data)])
    table = _table(head, [{"orders.count": {"a": cell(1), "b": cell(2)}}])
    assert table.to_pydict() == {"orders.count|a": [1], "orders.count|b": [2]}


def test_a_result_without_rows_has_its_columns() -> None:
    """No rows: the columns are there, with the types that their metadata gives."""
    pivots = [_pivot("West", {"customers.region": "West"})]
    table = _table(metadata([_STATUS], [_COUNT], [field("share", None)], [_REGION], pivots), [])
    assert table.column_names == ["orders.status", "West - orders.count", "share"]
    assert table.num_rows == 0
    assert table.schema.types == [pa.string(), pa.int64(), pa.string()]


def test_a_column_that_the_metadata_lacks_is_kept_and_noted() -> None:
    """A cell of an unknown field is data all the same, under its own name."""
    table = _table(metadata([_STATUS]), [{"orders.status": cell("a")}, {"orders.extra": cell(Raw("1.5"))}])
    assert table.column("orders.extra").to_pylist()[1] is not None
    assert _notes(table) == ["orders.extra is in the rows alone: the metadata does not describe it"]


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_the_row_of_totals_is_left_out_and_noted(rows: int) -> None:
    """With has_totals the last row is no data, and its values decide no types."""
    data = [{"orders.status": cell("a"), "orders.count": cell(1)}] * rows
    totals = {"orders.status": cell(None), "orders.count": cell("∑ 3")}
    table = _table(metadata([_STATUS], [_COUNT], has_totals=True), [*data, totals])
    assert table.column("orders.count").to_pylist() == [1] * rows
    assert table.schema.types == [pa.string(), pa.int64()]
    assert _notes(table) == ["the row of totals is left out: it is no row of the data"]


@pytest.mark.parametrize(
    ("facts", "note"),
    [
        ({"has_subtotals": True}, "subtotals"),
        ({"columns_truncated": "yes"}, "columns_truncated: yes"),
        ({"errors": [{"message": "Note: development mode", "fatal": False}]}, "Note: development mode"),
    ],
)
def test_what_looker_warns_of_is_noted(facts: Mapping[str, object], note: str) -> None:
    """Whatever makes the table less than it seems is a note."""
    table = _table({**metadata([], [_COUNT]), **facts}, [{"orders.count": cell(1)}])
    assert len(_notes(table)) == 1
    assert note in _notes(table)[0]


def test_rows_may_come_before_the_metadata() -> None:
    """The members of the result may have any order, and others may stand among them."""
    head = metadata([_STATUS], [_COUNT], has_totals=True)
    rows = [{"orders.status": cell(f"{each}"), "orders.count": cell(each)} for each in range(5000)]
    late = result(head, rows, metadata_first=False)
    expected = read_table([result(head, rows)])
    assert read_table(cut(late, size=1000)).equals(expected, check_metadata=True)
    with_more = late.replace(b'{"rows":', b' { "more" : [ 1, {"rows": []} ] , "rows" : ', 1)
    assert read_table([with_more]).equals(expected, check_metadata=True)


def test_a_field_that_is_listed_twice_is_one_column() -> None:
    """A row has one cell of a name."""
    table = _table(metadata([_STATUS, _STATUS], [_STATUS]), [{"orders.status": cell("a")}])
    assert table.column_names == ["orders.status"]


def test_a_table_needs_columns() -> None:
    """A result without any field becomes no file."""
    with pytest.raises(TableError, match="no columns"):
        _table(metadata(), [{}])
