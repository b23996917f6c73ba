"""The database behind the emulator: it runs queries. What SQL they become is `compile`'s."""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import partial
from time import perf_counter
from typing import Any

import duckdb
from attrs import evolve

from looker_tasks.emulator.content import Query
from looker_tasks.emulator.results import BATCH, Row, Rows, Table, Value
from looker_tasks.emulator.settings import LEDGER_ROWS
from looker_tasks.emulator.warehouse.compile import UNLIMITED, Statement, compile_query
from looker_tasks.emulator.warehouse.dataset import TODAY, Source, fill_with_files, fill_with_shop
from looker_tasks.emulator.warehouse.errors import QueryError
from looker_tasks.emulator.warehouse.fragments import Sql, prepared, readable
from looker_tasks.emulator.warehouse.model import Model
from looker_tasks.emulator.warehouse.pivot import pivoted
from looker_tasks.emulator.warehouse.stream import RowStream
from looker_tasks.emulator.warehouse.thelook import THELOOK

_THREADS = 2  # the tables are small: more threads cost more to wake than they save


class Warehouse:
    """Tables in memory and the models over them: the demo's shop, or the files of *sources*.

    *today* is what relative dates in filters count from; None: the last day of the demo's data. Every method may be
    called from any thread; `run` blocks for some milliseconds.
    """

    def __init__(
        self,
        *,
        seed: int = 0,
        models: Sequence[Model] = (THELOOK,),
        sources: Sequence[Source] = (),
        today: date | None = None,
        ledger_rows: int = LEDGER_ROWS,
    ) -> None:
        self.models = tuple(models)
        self.today = today or TODAY
        self._connection = duckdb.connect(config={"threads": _THREADS})
        if sources:
            fill_with_files(self._connection, sources)
        else:
            fill_with_shop(self._connection, seed=seed, ledger_rows=ledger_rows)

    def run(self, query: Query, *, limit: int | None = None) -> Rows:
        """Answer *query*; *limit*, if given, stands in for its own (-1: all rows, 0: none). Raises QueryError."""
        started = perf_counter()
        statement = compile_query(query, self.models, today=self.today, limit=limit)
        flat = [row for batch in self._batches(statement.sql) for row in batch]
        if statement.pivots:
            columns, values, truncated = pivoted(statement, flat)
        else:
            columns, values, truncated = statement.columns(), tuple(flat), False
        return Rows(
            columns,
            values,
            readable(statement.sql),
            perf_counter() - started,
            tuple(each.as_column() for each in statement.pivots),
            self._totals(query, statement),
            truncated,
        )

    def stream(
        self, query: Query, *, limit: int | None = None, is_stopped: Callable[[], bool] = lambda: False
    ) -> Table:
        """Answer *query* as `run` does, but with rows that are read once, so that there may be any number of them.

        A pivoted result is made in memory: its rows are as few as its columns are many. The rows must be read in the
        thread that called; a QueryError ends them as soon as *is_stopped*.
        """
        if query.pivots:
            return self.run(query, limit=limit)
        statement = compile_query(query, self.models, today=self.today, limit=limit)
        return RowStream(
            statement.sql,
            statement.columns(),
            self._types(statement.sql),
            self._totals(query, statement),
            partial(self._batches, is_stopped=is_stopped),
        )

    def sql(self, query: Query, *, limit: int | None = None) -> str:
        """Return the SQL of *query* with its values as literals, for reading. Raises QueryError."""
        return readable(compile_query(query, self.models, today=self.today, limit=limit).sql)

    def load(self, sql: str) -> None:
        """Change the data by *sql*; raises duckdb.Error."""
        with self._connection.cursor() as cursor:
            cursor.execute(sql)

    def close(self) -> None:
        """Forget the data."""
        self._connection.close()

    def _batches(self, sql: Sql, is_stopped: Callable[[], bool] = lambda: False) -> Iterator[list[Row]]:
        """Yield the rows as the database gives them: at least one batch, which may be empty. Raises QueryError."""
        text, parameters = prepared(sql)
        with self._connection.cursor() as cursor, _refusals(sql):
            cursor.execute(text, parameters)
            families = (_family(str(column[1])) for column in cursor.description or ())
            converters = [(index, _CONVERTERS[family]) for index, family in enumerate(families) if family]
            yield _converted(cursor.fetchmany(BATCH), converters)
            while rows := cursor.fetchmany(BATCH):
                yield _converted(rows, converters)
                if is_stopped():
                    raise QueryError("Query killed.")

    def _types(self, sql: Sql) -> list[str]:
        """Return DuckDB's types of the columns; raises QueryError."""
        text, parameters = prepared(("SELECT * FROM (", *sql, ") LIMIT 0"))
        with self._connection.cursor() as cursor, _refusals(sql):
            cursor.execute(text, parameters)
            return [str(column[1]) for column in cursor.description or ()]

    def _totals(self, query: Query, statement: Statement) -> Row | None:
        """Run the measures alone: a total is computed from all rows, not from those shown."""
        if not (query.total and statement.measures):
            return None
        measures = tuple(each.name for each in statement.measures)
        alone = evolve(query, fields=measures, sorts=(), total=False, raw={})
        total = self.run(alone, limit=UNLIMITED)
        dimensions = (None,) * len(statement.dimensions)
        return (*dimensions, *(total.values[0] if total.values else ()), *(None,) * len(statement.calculations))


@contextmanager
def _refusals(sql: Sql) -> Iterator[None]:
    """Raise what the database refuses as a QueryError."""
    try:
        yield
    except (duckdb.Error, UnicodeError, OverflowError) as error:
        raise _database_error(error, readable(sql)) from error


def _family(type_name: str) -> str:
    """Sort a DuckDB type by what has to be done to its values for JSON; "" for nothing."""
    if type_name in {"FLOAT", "DOUBLE"}:
        return "float"
    if type_name == "BOOLEAN":
        return "yesno"
    return "" if type_name == "VARCHAR" or type_name.startswith("DECIMAL") or "INT" in type_name else "other"


def _yesno(value: object) -> Value:
    return "Yes" if value else "No"


def _finite(value: object) -> Value:
    return value if isinstance(value, float) and math.isfinite(value) else None


def _text(value: object) -> Value:
    return value.isoformat(" ") if isinstance(value, datetime) else str(value)


_CONVERTERS: dict[str, Callable[[object], Value]] = {
    "float": _finite,
    "yesno": _yesno,
    "other": _text,
}


def _converted(rows: list[tuple[Any, ...]], converters: Sequence[tuple[int, Callable[[object], Value]]]) -> list[Row]:
    """Convert the columns that need it; a column without a converter holds texts, integers or decimals."""
    if not converters or not rows:
        return rows
    columns = [list(column) for column in zip(*rows, strict=True)]
    for index, convert in converters:
        columns[index] = [None if value is None else convert(value) for value in columns[index]]
    return list(zip(*columns, strict=True))


def _database_error(error: Exception, sql: str) -> QueryError:
    details = str(error).strip()
    line = re.search(r"LINE (\d+):", details)
    return QueryError(
        "The DuckDB database encountered an error while running this query.",
        details=details,
        sql=sql,
        line=int(line[1]) if line else None,
    )
