"""What the emulator's own database holds is what DuckDB reads back from a file that is made of its json_bi."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from looker_tasks.emulator.content import Query
from looker_tasks.emulator.formats.encode import encode
from looker_tasks.tables.encoder import TableEncoder
from looker_tasks.tables.table import read_table
from tests.emulator.shop import query, shop

_ROWS = 30_000
_FIELDS = (
    *("id", "code", "serial", "posted_date", "posted_week", "posted_month", "posted_year", "settled_time"),
    *("account", "memo", "amount", "rate", "units", "weight", "is_cleared"),
)
_OF_THE_DATABASE = """
    SELECT id, code, serial, posted, CAST(date_trunc('week', posted) AS DATE), strftime(posted, '%Y-%m'),
        year(posted), settled, account, memo, amount, rate, units, weight, is_cleared
    FROM ledger ORDER BY id LIMIT 30000
"""


def _json_bi(asked: Query, **options: bool) -> bytes:
    body, _ = encode(shop().stream(asked), "json_bi", query=asked, task_id="t", **options)
    return body.read()


def _read_back(asked: Query, folder: Path) -> tuple[list[str], list[tuple[Any, ...]]]:
    path = folder / "rows.parquet"
    encoder = TableEncoder("parquet")
    encoder.feed(_json_bi(asked))
    path.write_bytes(b"".join(encoder.finish()))
    with duckdb.connect() as connection:
        found = connection.read_parquet(str(path))
        return [str(each) for each in found.types], found.fetchall()


def _plain(type_name: object) -> str:
    """Return a type of the database as it comes back: integers as BIGINT, decimals by their scale alone."""
    text = str(type_name)
    if text.startswith("DECIMAL"):
        return f"DECIMAL(38,{text.rstrip(')').rpartition(',')[2]})"
    return "BIGINT" if text.endswith("INTEGER") else text


@pytest.mark.long
def test_the_ledger_comes_back_as_it_is(tmp_path: Path) -> None:
    """A field of every type: types and values are the database's own, dates and decimals exact."""
    asked = query(*(f"ledger.{each}" for each in _FIELDS), view="ledger", sorts=("ledger.id",), limit=_ROWS)
    own = shop()._connection.execute(_OF_THE_DATABASE)
    expected_types = [_plain(column[1]) for column in own.description or ()]
    types, rows = _read_back(asked, tmp_path)
    assert types == expected_types
    assert rows == own.fetchall()


def test_measures_come_back_as_they_are(tmp_path: Path) -> None:
    """Counts, exact sums and averages that are doubles."""
    measures = ("count", "total_amount", "average_rate", "largest_amount")
    asked = query("ledger.account", *(f"ledger.{each}" for each in measures), view="ledger", sorts=("ledger.account",))
    own = shop()._connection.execute(
        "SELECT account, count(*), sum(amount), avg(rate), max(amount) FROM ledger GROUP BY account ORDER BY account"
    )
    types, rows = _read_back(asked, tmp_path)
    assert types == ["VARCHAR", "BIGINT", "DECIMAL(38,2)", "DOUBLE", "DECIMAL(38,2)"]
    assert rows == own.fetchall()


@pytest.mark.parametrize("apply_formatting", [False, True])
def test_links_and_rendered_values_change_nothing(apply_formatting: bool) -> None:
    """Only values are data."""
    asked = query("orders.status", "orders.count", "orders.total_revenue", sorts=("orders.status",))
    plain = read_table([_json_bi(asked)])
    assert read_table([_json_bi(asked, with_links=True, apply_formatting=apply_formatting)]).equals(plain)


def test_a_pivot_has_the_columns_that_the_emulator_names() -> None:
    """Pivoted columns have the names, the order and the values of the emulator's own table."""
    asked = query(
        "orders.created_month", "orders.status", "orders.count", "orders.total_revenue", pivots=("orders.status",)
    )
    own = shop().run(asked)
    table = read_table([_json_bi(asked)])
    assert table.column_names == [column.name for column in own.columns]
    assert list(zip(*table.to_pydict().values(), strict=True)) == [*own.values]


def test_totals_are_left_out() -> None:
    """The row of totals is no row of the table, and the rest is whole."""
    asked = query("orders.status", "orders.count", total=True)
    table = read_table([_json_bi(asked)])
    assert table.num_rows == len(shop().run(asked).values)
    assert json.loads(table.schema.metadata[b"looker_tasks.notes"])[0].startswith("the row of totals is left out")
