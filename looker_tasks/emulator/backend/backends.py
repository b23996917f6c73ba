"""What does the farm's work: queries in threads, drawings in processes; or files that are only valid.

DuckDB and the drawing libraries are imported, and the data made, when the first task needs them: an emulator whose
tests draw nothing starts at once.
"""

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from looker_tasks.emulator.backend.query_runner import QueryRunner
from looker_tasks.emulator.backend.render_pool import RenderPool
from looker_tasks.emulator.catalogue import Catalogue
from looker_tasks.emulator.drawing.fakes import fake
from looker_tasks.emulator.drawing.page import Page
from looker_tasks.emulator.farm.backend import Answer
from looker_tasks.emulator.farm.pages import fill, lay_out
from looker_tasks.emulator.farm.tasks import QueryOrder, RenderOrder

if TYPE_CHECKING:
    from looker_tasks.emulator.warehouse import Model

T = TypeVar("T")
_QUICKLY_MADE = 20_000_000  # pixels
THREADS = 4  # more only contend for the interpreter


class RealBackend:
    """QueryRunner the queries and draws the pages of *catalogue*."""

    def __init__(self, catalogue: Catalogue, runs: QueryRunner) -> None:
        self._catalogue = catalogue
        self._runs = runs
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="emulator-query")
        self._pool = RenderPool()

    async def prepare(self, order: RenderOrder) -> Page:
        """Run all queries of what *order* draws."""
        layout = lay_out(order, self._catalogue)
        return await self._in_thread(partial(fill, layout, self._runs.rows))

    async def draw(self, page: Page, order: RenderOrder) -> bytes:
        """Draw *page* in the order's format and size."""
        return await self._pool.draw(page, order.format, order.width, order.height)

    async def answer(self, order: QueryOrder, task_id: str) -> Answer:
        """Run the query of *order* and write its rows; raises QueryFailedError."""
        stop = threading.Event()
        try:
            return await self._in_thread(partial(self._runs.answer, order, task_id, stop.is_set))
        finally:
            stop.set()  # for the thread of a query that was killed

    async def models(self) -> "Sequence[Model]":
        """Return the models over the data."""
        return (await self._in_thread(self._runs.warehouse)).models

    async def close(self) -> None:
        """Wait for what runs."""
        await asyncio.to_thread(self._close)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def _close(self) -> None:
        self._threads.shutdown(cancel_futures=True)
        self._pool.close()
        self._runs.close()


class FakeBackend:
    """Draws nothing: each render is a tiny valid file at once, whatever was asked for. Its queries are real."""

    def __init__(self, catalogue: Catalogue, runs: QueryRunner) -> None:
        self._real = RealBackend(catalogue, runs)
        self.answer = self._real.answer
        self.models = self._real.models
        self.close = self._real.close

    async def prepare(self, order: RenderOrder) -> Page:
        """Run nothing."""
        return Page(title=order.target_id, tiles=())

    async def draw(self, page: Page, order: RenderOrder) -> bytes:
        """Make the smallest file of the order's format; in a thread where that takes longer."""
        make = partial(fake, page.title, order.format, order.width, order.height)
        return make() if order.width * order.height <= _QUICKLY_MADE else await asyncio.to_thread(make)
