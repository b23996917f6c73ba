"""The database behind the emulator: it runs queries. What SQL they become is `compile`'s."""

import math
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from time import perf_counter

import duckdb
from attrs import evolve

from looker_tasks.emulator.content import Query, Rows, Value
from looker_tasks.emulator.warehouse.compile import UNLIMITED, Statement, compile_query
from looker_tasks.emulator.warehouse.dataset import TODAY, Source, fill_with_files, fill_with_shop
from looker_tasks.emulator.warehouse.errors import QueryError
from looker_tasks.emulator.warehouse.fragments import prepared, readable
from looker_tasks.emulator.warehouse.model import Model
from looker_tasks.emulator.warehouse.pivot import pivoted
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
    ) -> None:
        self.models = tuple(models)
        self.today = today or TODAY
        self._connection = duckdb.connect(config={"threads": _THREADS})
        if sources:
            fill_with_files(self._connection, sources)
        else:
            fill_with_shop(self._connection, seed=seed)

    def run(self, query: Query, *, limit: int | None = None) -> Rows:
        """Answer *query*; *limit*, if given, stands in for its own (-1: all rows, 0: none). Raises QueryError."""
        started = perf_counter()
        statement = compile_query(query, self.models, today=self.today, limit=limit)
        flat = self._fetch(statement)
        pivots = tuple(each.as_column() for each in statement.pivots)
        if pivots:
            columns, values = pivoted(statement, flat)
        else:
            columns = tuple(each.as_column() for each in (*statement.dimensions, *statement.measures))
            values = tuple(flat)
        totals = self._totals(query, statement) if query.total and statement.measures else None
        return Rows(columns, values, readable(statement.sql), perf_counter() - started, pivots, totals)

    def sql(self, query: Query, *, limit: int | None = None) -> str:
        """Give the SQL of *query* with its values as literals, for reading. Raises QueryError."""
        return readable(compile_query(query, self.models, today=self.today, limit=limit).sql)

    def close(self) -> None:
        """Forget the data."""
        self._connection.close()

    def _fetch(self, statement: Statement) -> list[tuple[Value, ...]]:
        text, parameters = prepared(statement.sql)
        with self._connection.cursor() as cursor:
            try:
                cursor.execute(text, parameters)
                rows = cursor.fetchall()
            except (duckdb.Error, UnicodeError, OverflowError) as error:
                raise _database_error(error, readable(statement.sql)) from error
            types = [str(column[1]) for column in cursor.description or ()]
        converters = [(index, _CONVERTERS[kind]) for index, kind in enumerate(map(_family, types)) if kind]
        return [_converted(row, converters) for row in rows] if converters else rows

    def _totals(self, query: Query, statement: Statement) -> tuple[Value, ...]:
        """Run the measures alone: a total is computed from all rows, not from those shown."""
        measures = tuple(each.name for each in statement.measures)
        alone = evolve(query, fields=measures, sorts=(), total=False)
        total = self.run(alone, limit=UNLIMITED)
        dimensions = (None,) * len(statement.dimensions)
        return (*dimensions, *(total.values[0] if total.values else ()))


def _family(type_name: str) -> str:
    """Sort a DuckDB type by what has to be done to its values for JSON; "" for nothing."""
    if type_name.startswith("DECIMAL"):
        return "decimal"
    if type_name in {"FLOAT", "DOUBLE"}:
        return "float"
    if type_name == "BOOLEAN":
        return "yesno"
    return "" if type_name == "VARCHAR" or "INT" in type_name else "other"


def _yesno(value: object) -> Value:
    return "Yes" if value else "No"


def _finite(value: object) -> Value:
    return value if isinstance(value, float) and math.isfinite(value) else None


def _decimal(value: object) -> Value:
    return float(value) if isinstance(value, Decimal) else None


def _text(value: object) -> Value:
    return value.isoformat(" ") if isinstance(value, datetime) else str(value)


_CONVERTERS: dict[str, Callable[[object], Value]] = {
    "decimal": _decimal,
    "float": _finite,
    "yesno": _yesno,
    "other": _text,
}


def _converted(
    row: tuple[object, ...], converters: Sequence[tuple[int, Callable[[object], Value]]]
) -> tuple[Value, ...]:
    cells: list[Value] = list(row)  # type: ignore[arg-type]  # what is left without a converter is a string or integer
    for index, convert in converters:
        value = cells[index]
        if value is not None:
            cells[index] = convert(value)
    return tuple(cells)


def _database_error(error: Exception, sql: str) -> QueryError:
    details = str(error).strip()
    line = re.search(r"LINE (\d+):", details)
    return QueryError(
        "The DuckDB database encountered an error while running this query.",
        details=details,
        sql=sql,
        line=int(line[1]) if line else None,
    )
