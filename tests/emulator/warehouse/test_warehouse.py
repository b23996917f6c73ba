"""Running queries: values as JSON has them, totals, threads, and the database's own errors."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest

from looker_tasks.emulator.content import Query
from looker_tasks.emulator.warehouse import Explore, Field, Model, QueryError, Warehouse
from looker_tasks.emulator.warehouse.thelook import THELOOK
from tests.emulator.shop import query, run, shop


def test_every_field_of_the_model_can_be_asked_for() -> None:
    """Each field of each explore runs, and gives values that JSON can hold, of the type that it claims."""
    for explore in THELOOK.explores:
        for field in explore.fields:
            rows = run(field.name, view=explore.name, limit=5)
            assert rows.values, field.name
            (value,) = rows.values[0]
            assert isinstance(value, int | float | Decimal if field.type == "number" else str), field.name
            json.dumps(rows.values, allow_nan=False, default=float)


def test_days_are_iso_and_months_shorter() -> None:
    """A date is an ISO day, a month and a year what is left of it."""
    rows = run("orders.created_date", "orders.created_week", "orders.created_month", "orders.created_year", limit=1)
    assert rows.values == (("2026-06-30", "2026-06-29", "2026-06", 2026),)


def test_money_is_exact() -> None:
    """Sums of prices are those of their cents, whatever the number of threads."""
    by_state = run("customers.state", "orders.total_revenue").values
    (total,) = run("orders.total_revenue").values[0]
    assert sum(round(100 * float(str(row[1]))) for row in by_state) == round(100 * float(str(total)))


def test_totals_are_of_all_rows() -> None:
    """A total counts the rows that the limit cut off, and stands under its measure."""
    rows = run("customers.state", "orders.count", limit=3, total=True)
    assert rows.totals == (None, 24000)
    assert run("customers.state", "orders.count", limit=3).totals is None


def test_today_is_the_last_day_of_the_data() -> None:
    """Relative dates always mean the same days, and may be told to count from elsewhere."""
    assert run("orders.created_date", filters={"orders.created_date": "today"}).values == (("2026-06-30",),)
    other = Warehouse(today=date(2025, 3, 1))
    rows = other.run(query("orders.created_date", filters={"orders.created_date": "yesterday"}))
    assert rows.values == (("2025-02-28",),)
    other.close()


def test_many_threads_get_the_same_answer() -> None:
    """Queries of several threads do not disturb one another."""
    asked = query("products.category", "orders.total_revenue", total=True)
    expected = shop().run(asked)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: shop().run(asked), range(40)))
    assert all(answer.values == expected.values and answer.totals == expected.totals for answer in answers)


def test_the_seconds_and_the_sql_come_with_the_rows() -> None:
    """Rows tell the SQL that was run and how long that took."""
    asked = query("orders.count")
    rows = shop().run(asked)
    assert rows.sql == shop().sql(asked)
    assert 0 < rows.seconds < 5


def test_an_error_of_the_database_is_a_query_error() -> None:
    """SQL that does not run is told as Looker tells it: its own words, the database's, the SQL and the line."""
    broken = Field("products.broken", "Products Broken", "dimension", "string", "products.no_such_column")
    warehouse = Warehouse(models=(Model("m", "M", (Explore("products", "Products", (broken,)),)),))
    with pytest.raises(QueryError) as caught:
        warehouse.run(Query("1", "m", "products", ("products.broken",)))
    warehouse.close()
    error = caught.value
    assert error.message == "The DuckDB database encountered an error while running this query."
    assert "no_such_column" in error.details
    assert "products.no_such_column" in error.sql
    assert error.line == 2
