"""Table calculations: computed from the columns of a result, and told as such."""

import json

import pytest
from attrs import evolve

from looker_tasks.emulator.content import Query
from looker_tasks.emulator.formats.encode import encode
from looker_tasks.emulator.warehouse import QueryError
from tests.emulator.shop import query, shop


def calculating(expression: str, asked: Query | None = None) -> Query:
    """Make a query with one table calculation."""
    entry = {
        "table_calculation": "share",
        "label": "Share",
        "expression": expression,
        "value_format": "0.0%",
        "_kind_hint": "measure",
        "_type_hint": "number",
    }
    asked = asked or query("products.category", "orders.total_margin", "orders.total_revenue", total=True)
    return evolve(asked, raw={"dynamic_fields": json.dumps([entry])})


def test_a_calculation_is_a_column() -> None:
    """It follows the measures, has its label and format, and its value in each row; totals leave it empty."""
    asked = calculating("${orders.total_margin} / ${orders.total_revenue}")
    rows = shop().run(asked)
    assert [column.label for column in rows.columns][-1] == "Share"
    for _, margin, revenue, share in rows.values:
        assert share == pytest.approx(float(str(margin)) / float(str(revenue)))
    assert rows.totals is not None
    assert rows.totals[-1] is None
    bi = json.loads(encode(shop().stream(asked), "json_bi", query=asked, task_id="t")[0].read())
    assert bi["metadata"]["fields"]["table_calculations"] == [
        {
            "name": "share",
            "label": "Share",
            "align": "right",
            "expression": "${orders.total_margin} / ${orders.total_revenue}",
            "value_format": "0.0%",
            "measure": True,
        }
    ]
    assert [field["name"] for field in bi["metadata"]["fields"]["measures"]] == [
        "orders.total_margin",
        "orders.total_revenue",
    ]
    assert bi["rows"][0]["share"]["rendered"].endswith("%")


@pytest.mark.parametrize(
    ("expression", "complaint"),
    [
        ("${orders.count}", 'Unknown field "orders.count"'),
        ("1; DROP TABLE orders", "Invalid table calculation"),
        ("${orders.total_margin} +", "DuckDB"),
        ("(" * 3_000, "Invalid table calculation"),
    ],
)
def test_what_cannot_be_computed_is_told(expression: str, complaint: str) -> None:
    """An expression that is none, or of fields that are not there, is an error of the query."""
    with pytest.raises(QueryError, match=complaint):
        shop().run(calculating(expression))


def test_a_pivoted_query_has_none() -> None:
    """What the emulator does not compute it refuses."""
    pivoted = query("products.category", "orders.count", pivots=("customers.region",))
    with pytest.raises(QueryError, match="pivoted"):
        shop().run(calculating("${orders.count} * 2", pivoted))
