"""From a query to SQL: grouping, joins, order, limits, and what is refused."""

import pytest

from looker_tasks.emulator.content import Query
from looker_tasks.emulator.warehouse import QueryError
from tests.emulator.shop import query, run, shop


def test_the_sql_is_readable() -> None:
    """A query reads as a person would write it, with the values in place."""
    asked = query(
        "products.category",
        "orders.total_revenue",
        filters={"orders.status": "Complete", "orders.created_date": "2025"},
        sorts=("orders.total_revenue desc",),
        limit=5,
    )
    assert shop().sql(asked).splitlines() == [
        "SELECT",
        '    products.category AS "products.category",',
        '    SUM(orders.revenue) AS "orders.total_revenue"',
        "FROM orders",
        "LEFT JOIN products ON orders.product_id = products.id",
        "WHERE orders.status = 'Complete'",
        "    AND (orders.created >= DATE '2025-01-01' AND orders.created < DATE '2026-01-01')",
        "GROUP BY 1",
        "ORDER BY 2 DESC, 1",
        "LIMIT 5",
    ]


def test_only_views_in_use_are_joined() -> None:
    """A filter joins its view, a view that nothing names is left out."""
    sql = shop().sql(query("orders.count", filters={"customers.region": "West"}))
    assert "JOIN customers" in sql
    assert "JOIN products" not in sql


def test_dimensions_come_before_measures() -> None:
    """Columns are in Looker's order, whatever the order of the fields; a field named twice is there once."""
    rows = run("orders.count", "orders.status", "orders.count")
    assert [column.name for column in rows.columns] == ["orders.status", "orders.count"]
    assert [column.label for column in rows.columns] == ["Orders Status", "Orders Count"]


@pytest.mark.parametrize(("limit", "rows"), [(None, 500), (3, 3), (0, 0), (-1, 912), (100_000, 912)])
def test_the_limit(limit: int | None, rows: int) -> None:
    """No limit is Looker's 500, -1 is all, 0 is none; the columns are there all the same."""
    result = run("orders.created_date", "orders.count", limit=limit)
    assert len(result.values) == rows
    assert len(result.columns) == 2


def test_a_limit_beside_the_query_wins() -> None:
    """The limit of the task stands in for the one of the query."""
    assert len(shop().run(query("orders.id", limit=10), limit=4).values) == 4


@pytest.mark.parametrize(
    ("fields", "sorts", "expected"),
    [
        (("orders.created_month", "orders.count"), (), (0, True)),
        (("orders.status", "orders.count"), (), (1, True)),
        (("orders.status",), (), (0, False)),
        (("orders.status", "orders.count"), ("orders.status desc",), (0, True)),
        (("orders.status", "orders.count"), ("orders.count",), (1, False)),
        (("orders.status", "orders.count"), ("orders.channel", "orders.count asc"), (1, False)),
    ],
)
def test_the_order(fields: tuple[str, ...], sorts: tuple[str, ...], expected: tuple[int, bool]) -> None:
    """Without sorts Looker takes the date, else the measure, downwards; a sort by what is not shown is left out."""
    index, descending = expected
    values = [row[index] for row in run(*fields, sorts=sorts).values]
    assert values == sorted(
        values, key=lambda value: str(value) if index == 0 else float(str(value)), reverse=descending
    )
    assert len(set(values)) > 1


def test_unsorted_is_unsorted() -> None:
    """Looker's word for no order leaves ORDER BY out."""
    assert "ORDER BY" not in shop().sql(query("orders.status", "orders.count", sorts=("__UNSORTED__",)))


def test_months_and_weekdays_are_in_the_order_of_the_calendar() -> None:
    """Names of months and days sort as time does, not by the alphabet."""
    months = run("orders.created_month_name", "orders.count", sorts=("orders.created_month_name",))
    days = run("orders.created_day_of_week", sorts=("orders.created_day_of_week desc",))
    assert [row[0] for row in months.values][:3] == ["January", "February", "March"]
    assert [row[0] for row in days.values][:2] == ["Sunday", "Saturday"]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (query("orders.nope"), 'Unknown field "orders.nope".'),
        (query("orders.count", filters={"a.b": "1"}), 'Unknown field "a.b".'),
        (query("orders.count", sorts=("orders.nope desc",)), 'Unknown field "orders.nope".'),
        (query("orders.count", view="nope"), 'Unknown explore "nope" in model "thelook".'),
        (query("orders.count", model="nope"), 'Unknown model "nope".'),
        (query(), "You must select at least one dimension or measure."),
        (query("orders.status", pivots=("orders.status",)), "A pivoted query needs at least one measure."),
        (query("orders.status", pivots=("orders.count",)), "Only dimensions can be pivoted."),
    ],
)
def test_what_cannot_be_asked_is_told_in_looker_s_words(asked: Query, message: str) -> None:
    """A query that cannot be compiled names what is wrong with it."""
    with pytest.raises(QueryError) as caught:
        shop().run(asked)
    assert caught.value.message == message
