"""The hands that do the farm's work: queries in threads, drawings by the press.

DuckDB and the drawing libraries are imported, and the data made, when the first task needs them: an emulator whose
tests draw nothing starts at once.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from looker_tasks.emulator.catalogue import Catalogue
from looker_tasks.emulator.content import Query
from looker_tasks.emulator.drawing.fakes import fake
from looker_tasks.emulator.drawing.page import Page
from looker_tasks.emulator.farm.pages import fill, lay_out
from looker_tasks.emulator.farm.tasks import QueryOrder, RenderOrder, Result
from looker_tasks.emulator.farm.work import Answer, QueryFailedError
from looker_tasks.emulator.results import Rows
from looker_tasks.emulator.workshop.press import Press

if TYPE_CHECKING:
    from looker_tasks.emulator.warehouse import Model, Warehouse

T = TypeVar("T")
THREADS = 4  # more only contend for the interpreter


class Hands:
    """Does the work over *catalogue*; *open_warehouse* makes the data when it is first needed."""

    def __init__(self, catalogue: Catalogue, open_warehouse: "Callable[[], Warehouse]") -> None:
        self._catalogue = catalogue
        self._open_warehouse = open_warehouse
        self._opening: asyncio.Future[Warehouse] | None = None
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="emulator-query")
        self._press = Press()

    async def prepare(self, order: RenderOrder) -> Page:
        """Run all queries of what *order* draws."""
        layout = lay_out(order, self._catalogue)
        warehouse = await self._warehouse()
        return await self._in_thread(partial(fill, layout, partial(_run, warehouse)))

    async def draw(self, page: Page, order: RenderOrder) -> bytes:
        """Draw *page* in the order's format and size."""
        return await self._press.draw(page, order.format, order.width, order.height)

    async def answer(self, order: QueryOrder, task_id: str) -> Answer:
        """Run the query of *order* and write its rows; raises QueryFailedError."""
        warehouse = await self._warehouse()
        stop = threading.Event()
        try:
            return await self._in_thread(partial(_answer, warehouse, order, task_id, stop.is_set))
        finally:
            stop.set()  # for the thread of a query that was killed

    async def models(self) -> "Sequence[Model]":
        """Tell the models over the data."""
        return (await self._warehouse()).models

    async def close(self) -> None:
        """Wait for what runs, and forget the data."""
        await asyncio.to_thread(self._close)

    async def _warehouse(self) -> "Warehouse":
        if self._opening is None:
            self._opening = asyncio.get_running_loop().run_in_executor(self._threads, self._open_warehouse)
        return await asyncio.shield(self._opening)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def _close(self) -> None:
        self._threads.shutdown(cancel_futures=True)
        self._press.close()
        if self._opening is not None and self._opening.done() and not self._opening.cancelled():
            self._opening.result().close()


class LightHands(Hands):
    """Draws nothing: each render is a tiny valid file at once, whatever was asked for. Queries are real."""

    async def prepare(self, order: RenderOrder) -> Page:
        """Run nothing."""
        return Page(title=order.target_id, tiles=())

    async def draw(self, page: Page, order: RenderOrder) -> bytes:
        """Give the smallest file of the order's format."""
        return fake(page.title, order.format, order.width, order.height)


def _answer(warehouse: "Warehouse", order: QueryOrder, task_id: str, is_stopped: Callable[[], bool]) -> Answer:
    from looker_tasks.emulator.formats.encode import encode  # noqa: PLC0415  # only when needed

    with _failures():
        table = warehouse.stream(order.query, limit=order.limit, is_stopped=is_stopped)
        body, content_type = encode(
            table,
            order.format,
            query=order.query,
            task_id=task_id,
            apply_formatting=order.apply_formatting,
            with_links=bool(order.flags.get("generate_links")),
        )
    return Answer(Result(body, content_type), table.sql)


def _run(warehouse: "Warehouse", query: Query) -> Rows:
    with _failures():
        return warehouse.run(query)


@contextmanager
def _failures() -> Iterator[None]:
    """Raise the QueryError of a warehouse as the farm knows it."""
    from looker_tasks.emulator.warehouse import QueryError  # noqa: PLC0415  # only when needed

    try:
        yield
    except QueryError as error:
        raise QueryFailedError(error.message, details=error.details, sql=error.sql, line=error.line) from error
