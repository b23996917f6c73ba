"""Filling a database: with the shop of the demo, or with a user's own files."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from importlib.resources import files
from pathlib import Path
from string import Template

import duckdb
from attrs import frozen

from looker_tasks.emulator.settings import LEDGER_ROWS

FIRST_DAY = date(2024, 1, 1)
TODAY = date(2026, 6, 30)  # the last day of the shop's data, and what its filters mean by "today"


@frozen
class Source:
    """A CSV or Parquet file that becomes the table *name*."""

    name: str
    path: Path


def fill_with_shop(connection: duckdb.DuckDBPyConnection, *, seed: int, ledger_rows: int = LEDGER_ROWS) -> None:
    """Create the tables customers, products, orders and events, and the view ledger; *seed* decides the rows."""
    connection.execute("SET VARIABLE seed = ?", [seed])
    connection.execute("SET VARIABLE first_day = ?", [FIRST_DAY])
    connection.execute("SET VARIABLE last_day = ?", [TODAY])
    connection.execute(_script("thelook.sql"))
    connection.execute(Template(_script("ledger.sql")).substitute(rows=ledger_rows))


def fill_with_files(connection: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> None:
    """Create a table from each file; raises duckdb.Error where DuckDB cannot read one."""
    for source in sources:
        _read(connection, source).create(source.name)


def columns_of(source: Source) -> Mapping[str, str]:
    """Return DuckDB's type of each column of a file; raises duckdb.Error where DuckDB cannot read it."""
    with duckdb.connect() as connection:
        relation = _read(connection, source)
        return dict(zip(relation.columns, map(str, relation.types), strict=True))


def last_day(source: Source, columns: Iterable[str]) -> date | None:
    """Find the latest day in *columns* of dates or timestamps; None without any."""
    with duckdb.connect() as connection:
        relation = _read(connection, source)
        latest = [relation.aggregate(f'CAST(max("{name}") AS DATE)').fetchall()[0][0] for name in columns]
    return max((day for day in latest if day is not None), default=None)


def _script(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _read(connection: duckdb.DuckDBPyConnection, source: Source) -> duckdb.DuckDBPyRelation:
    path = str(source.path)
    return connection.read_parquet(path) if source.path.suffix == ".parquet" else connection.read_csv(path)
