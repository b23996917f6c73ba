"""The shop's data: repeatable, of the promised size, and shaped like a shop's."""

import csv
from datetime import date
from functools import cache
from pathlib import Path
from time import perf_counter

import duckdb
import pytest

from looker_tasks.emulator.warehouse.dataset import FIRST_DAY, TODAY, Source, fill_with_files, fill_with_shop

_TABLES = ("customers", "products", "orders", "events")


@cache
def _filled(seed: int, copy: int = 1) -> duckdb.DuckDBPyConnection:
    """Make the shop of *seed*, once for each *copy*."""
    connection = duckdb.connect()
    fill_with_shop(connection, seed=seed)
    return connection


def _one(connection: duckdb.DuckDBPyConnection, sql: str) -> object:
    row = connection.execute(sql).fetchone()
    assert row is not None
    return row[0]


def _digest(connection: duckdb.DuckDBPyConnection, table: str) -> object:
    return _one(connection, f"SELECT md5(string_agg({table}::VARCHAR, ';' ORDER BY id)) FROM {table}")  # noqa: S608  # our own names


@pytest.mark.parametrize("table", _TABLES)
def test_the_seed_decides_every_row(table: str) -> None:
    """Equal seeds give equal tables, another seed other ones."""
    first, again, other = _filled(7), _filled(7, copy=3), _filled(8)
    assert _digest(first, table) == _digest(again, table)
    assert _digest(first, table) != _digest(other, table)


def test_it_is_made_in_a_moment() -> None:
    """The whole shop takes well under a second, so that an emulator starts at once."""
    started = perf_counter()
    _filled(0, copy=2).close()
    assert perf_counter() - started < 1.5  # 0.15 s on an idle core


def test_it_has_the_size_of_a_small_shop() -> None:
    """Each table has rows enough for charts and few enough for milliseconds."""
    shop = _filled(0)
    counts = {table: _one(shop, f"SELECT count(*) FROM {table}") for table in _TABLES}  # noqa: S608  # our own names
    assert counts["customers"] == 4000
    assert counts["products"] == 320
    assert counts["orders"] == 24000
    assert 15_000 < int(str(counts["events"])) < 40_000


def test_every_day_is_within_the_calendar_of_the_shop() -> None:
    """Orders run from the first day to the last, which is what filters call today."""
    shop = _filled(0)
    assert shop.execute("SELECT min(created), max(created) FROM orders").fetchone() == (FIRST_DAY, TODAY)
    assert shop.execute("SELECT count(DISTINCT created) FROM orders").fetchone() == ((TODAY - FIRST_DAY).days + 1,)


def test_every_order_has_its_customer_and_its_product() -> None:
    """No order is lost in a join, and nobody signs up after an order of theirs."""
    shop = _filled(0)
    joined = """
        SELECT count(*), bool_and(customers.signup <= orders.created)
        FROM orders JOIN customers ON customers.id = customer_id JOIN products ON products.id = product_id
    """
    assert shop.execute(joined).fetchone() == (24000, True)


def test_winter_sells_jackets_and_summer_swimwear() -> None:
    """The charts have seasons to show."""
    shop = _filled(0)
    sold = dict(
        shop.execute("""
            SELECT (category, quarter(created)), count(*) FROM orders JOIN products ON products.id = product_id
            WHERE category IN ('Jackets', 'Swimwear') AND year(created) = 2025 GROUP BY 1
        """).fetchall()
    )
    assert sold["Swimwear", 3] > 2 * sold["Swimwear", 1]
    assert sold["Jackets", 1] > 2 * sold["Jackets", 3]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_file_becomes_a_table(tmp_path: Path, kind: str) -> None:
    """CSV and Parquet files are read with the types of their columns."""
    connection = duckdb.connect()
    path = tmp_path / f"visits.{kind}"
    if kind == "csv":
        with path.open("w", newline="") as file:
            csv.writer(file).writerows([["day", "visits"], ["2025-03-01", 4], ["2025-03-02", 5]])
    else:
        relation = connection.sql(
            "SELECT DATE '2025-03-01' + CAST(i AS INTEGER) AS day, 4 + i AS visits FROM range(2) r(i)"
        )
        relation.write_parquet(str(path))
    fill_with_files(connection, [Source("visits", path)])
    rows = connection.execute("SELECT CAST(day AS DATE), visits FROM visits ORDER BY 1").fetchall()
    assert rows == [(date(2025, 3, 1), 4), (date(2025, 3, 2), 5)]
