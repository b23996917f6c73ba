"""Running queries on a warehouse that is opened when it is first needed, through the cache of their rows."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from looker_tasks.emulator.backend.query_cache import LARGEST, QueryCache, row_limit
from looker_tasks.emulator.content import Query
from looker_tasks.emulator.farm.backend import Answer, QueryFailedError
from looker_tasks.emulator.farm.tasks import QueryOrder, Result
from looker_tasks.emulator.results import Rows

if TYPE_CHECKING:
    from looker_tasks.emulator.warehouse import Warehouse  # brings DuckDB, which waits until it is needed


class QueryRunner:
    """The queries of one emulator. Every method blocks; any thread may call them."""

    def __init__(self, open_warehouse: "Callable[[], Warehouse]", cache: QueryCache) -> None:
        self._open = open_warehouse
        self._opening = threading.Lock()
        self._warehouse: Warehouse | None = None
        self._cache = cache

    def warehouse(self) -> "Warehouse":
        """Open the warehouse, or give the one that is open."""
        with self._opening:
            if self._warehouse is None:
                self._warehouse = self._open()
            return self._warehouse

    def close(self) -> None:
        """Forget the data."""
        with self._opening:
            if self._warehouse is not None:
                self._warehouse.close()

    def rows(self, query: Query) -> Rows:
        """Run *query*, or give its rows of lately; raises QueryFailedError."""
        return self._rows(query, None) or self._run(query, None)

    def answer(self, order: QueryOrder, task_id: str, is_stopped: Callable[[], bool]) -> Answer:
        """Run the query of *order* and write its rows; raises QueryFailedError, also as soon as *is_stopped*."""
        from looker_tasks.emulator.formats.encode import encode  # noqa: PLC0415  # only when needed

        query, limit = order.query, order.limit
        cached = self._rows(query, limit) if order.cache else None
        with _failures():
            if cached is None and not _is_small(query, limit):
                table = self.warehouse().stream(query, limit=limit, is_stopped=is_stopped)
            else:
                table = cached or self._run(query, limit)
            body, content_type = encode(
                table,
                order.format,
                query=query,
                task_id=task_id,
                apply_formatting=order.apply_formatting,
                with_links=bool(order.flags.get("generate_links")),
                from_cache=cached is not None,
            )
        return Answer(Result(body, content_type), table.sql, "query" if cached is None else "cache")

    def _rows(self, query: Query, limit: int | None) -> Rows | None:
        return self._cache.get(query, limit)

    def _run(self, query: Query, limit: int | None) -> Rows:
        with _failures():
            rows = self.warehouse().run(query, limit=limit)
        self._cache.put(query, limit, rows)
        return rows


def _is_small(query: Query, limit: int | None) -> bool:
    """Return whether there cannot be more rows than the cache keeps."""
    return 0 <= row_limit(query, limit) <= LARGEST


@contextmanager
def _failures() -> Iterator[None]:
    """Raise the QueryError of a warehouse as the farm knows it."""
    from looker_tasks.emulator.warehouse import QueryError  # noqa: PLC0415  # only when needed

    try:
        yield
    except QueryError as error:
        raise QueryFailedError(error.message, details=error.details, sql=error.sql, line=error.line) from error
