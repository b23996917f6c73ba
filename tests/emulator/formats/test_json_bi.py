"""json_bi as Looker's schema of it asks: typed metadata, and rows of cells."""

import json
from typing import Any

import pytest

from looker_tasks.emulator.content import Query
from looker_tasks.emulator.formats.encode import encode
from tests.emulator.shop import query, shop

METADATA = {  # JsonBiMetadata of API 4.0, all of it required: key → the types of its values
    "big_query_metadata": dict,
    "fields": dict,
    "pivots": list,
    "has_subtotals": bool,
    "has_totals": bool,
    "columns_truncated": str,
    "filter_expression": str | None,
    "filters": dict,
    "sql": str | None,
}
FIELD = {  # JsonBiField, the same
    "name": str,
    "label": str,
    "view": str | None,
    "view_label": str | None,
    "type": str,
    "category": str,
    "hidden": bool,
    "description": str | None,
    "dimension_group": str | None,
    "field_group_label": str | None,
    "field_group_variant": str,
    "sql": str | None,
}
PIVOT = {"key": str, "data": dict, "sort_values": dict, "is_total": bool}  # JsonBiPivots
TYPES = {  # a field → its type in Looker's words
    "orders.created_date": "date_date",
    "orders.created_week": "date_week",
    "orders.created_month": "date_month",
    "orders.created_year": "date_year",
    "orders.created_month_name": "date_month_name",
    "orders.created_day_of_week": "date_day_of_week",
    "orders.status": "string",
    "orders.sale_price": "number",
    "orders.is_returned": "yesno",
    "orders.count": "count",
    "orders.total_revenue": "sum",
    "orders.average_order_value": "average",
    "orders.customer_count": "count_distinct",
    "orders.margin_rate": "number",
}


def told(asked: Query, **options: bool) -> dict[str, Any]:
    """Run *asked* and read its json_bi."""
    body, content_type = encode(shop().stream(asked), "json_bi", query=asked, task_id="t", **options)
    assert content_type == "application/json"
    answer: dict[str, Any] = json.loads(body.read())
    return answer


def assert_shape(value: dict[str, Any], shape: dict[str, Any]) -> None:
    """Check that *value* has the keys of *shape* and no other, each of its type."""
    assert value.keys() == shape.keys()
    for key, type_ in shape.items():
        assert isinstance(value[key], type_), key


def test_the_metadata_has_every_key_of_the_schema() -> None:
    """All nine keys are there, each of its type; so are the four kinds of fields."""
    answer = told(query("orders.status", "orders.count", filters={"customers.region": "West"}))
    assert answer.keys() == {"metadata", "rows"}
    assert_shape(answer["metadata"], METADATA)
    assert answer["metadata"]["big_query_metadata"] == {"total_bytes_processed": 0, "backend_cache_hit": False}
    assert answer["metadata"]["fields"].keys() == {"dimensions", "measures", "pivots", "table_calculations"}
    assert answer["metadata"]["filters"] == {"customers.region": "West"}


@pytest.mark.parametrize(("name", "type_"), TYPES.items())
def test_a_field_has_the_type_that_looker_names(name: str, type_: str) -> None:
    """Each field is described as the schema asks, with the type of its LookML."""
    fields = told(query(name, limit=1))["metadata"]["fields"]
    (field,) = fields["dimensions"] + fields["measures"]
    assert_shape(field, FIELD)
    assert (field["name"], field["type"]) == (name, type_)


def test_a_timeframe_tells_its_group() -> None:
    """A dimension of a group names the group, its label and which part of it it is; a hidden field says so."""
    asked = query("ledger.settled_time", "ledger.serial", view="ledger", limit=1)
    time, serial = told(asked)["metadata"]["fields"]["dimensions"]
    assert (time["type"], time["dimension_group"]) == ("date_time", "ledger.settled")
    assert (time["field_group_label"], time["field_group_variant"]) == ("Settled Date", "Time")
    assert (serial["hidden"], serial["description"]) == (True, "A whole number of 17 digits.")


def test_a_cell_is_a_value_and_its_rendering() -> None:
    """A cell holds the value as it is, and how it is shown where the field has a format; a missing one is null."""
    asked = query("ledger.id", "ledger.memo", "ledger.amount", view="ledger", filters={"ledger.memo": "NULL"}, limit=1)
    (row,) = told(asked)["rows"]
    assert row.keys() == {"ledger.id", "ledger.memo", "ledger.amount"}
    assert row["ledger.memo"] == {"value": None}
    assert row["ledger.amount"] == {
        "value": row["ledger.amount"]["value"],
        "rendered": row["ledger.amount"]["rendered"],
    }
    assert f"{row['ledger.amount']['value']:,.2f}" == row["ledger.amount"]["rendered"]


def test_a_pivoted_measure_has_a_cell_for_each_key() -> None:
    """Below a pivoted measure stands a cell for each pivot key, and the metadata lists the keys."""
    answer = told(query("products.category", "orders.count", pivots=("customers.region",)))
    keys = ["East", "Midwest", "South", "West"]
    assert [pivot["key"] for pivot in answer["metadata"]["pivots"]] == keys
    for pivot in answer["metadata"]["pivots"]:
        assert_shape(pivot, PIVOT)
        assert pivot["data"] == {"customers.region": pivot["key"]}
    assert list(answer["rows"][0]["orders.count"]) == keys
    assert isinstance(answer["rows"][0]["orders.count"]["West"]["value"], int)
    assert [field["name"] for field in answer["metadata"]["fields"]["pivots"]] == ["customers.region"]


def test_too_many_pivots_are_told() -> None:
    """Where pivoted columns were left out the metadata says so, in text."""
    assert told(query("orders.count", pivots=("customers.name",), limit=1))["metadata"]["columns_truncated"] == "yes"
    assert told(query("orders.count"))["metadata"]["columns_truncated"] == "no"


@pytest.mark.parametrize("pivots", [(), ("customers.region",)])
def test_the_last_row_are_the_totals(pivots: tuple[str, ...]) -> None:
    """A query with totals says so, and its last row holds them, empty under the dimensions."""
    asked = query("products.category", "orders.count", pivots=pivots, total=True)
    answer = told(asked)
    rows = shop().run(asked)
    assert answer["metadata"]["has_totals"] is True
    assert len(answer["rows"]) == len(rows.values) + 1
    assert answer["rows"][-1]["products.category"] == {"value": None}
    cells = answer["rows"][-1]["orders.count"]
    found = [cell["value"] for cell in cells.values()] if pivots else [cells["value"]]
    assert rows.totals is not None
    assert found == list(rows.totals[1:])


def test_links_come_when_asked_for() -> None:
    """With drill links a measure's cell has the way to the rows behind it, a dimension's has none."""
    asked = query("orders.status", "orders.count", "orders.average_delivery_days", limit=1)
    (row,) = told(asked, with_links=True)["rows"]
    assert row["orders.count"]["links"][0]["url"].startswith("/explore/thelook/orders?")
    assert row["orders.average_delivery_days"]["links"]
    assert "links" not in row["orders.status"]
    assert "links" not in told(asked)["rows"][0]["orders.count"]
