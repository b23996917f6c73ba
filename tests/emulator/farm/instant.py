"""A backend whose work takes no time, for tests of the farm's own time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from looker_tasks.emulator.clock import Clock
from looker_tasks.emulator.content import Query
from looker_tasks.emulator.drawing.page import Page
from looker_tasks.emulator.farm.backend import Answer, QueryFailedError
from looker_tasks.emulator.farm.farm import Farm
from looker_tasks.emulator.farm.tasks import QueryOrder, RenderOrder, Result
from looker_tasks.emulator.settings import Settings
from looker_tasks.emulator.statistics import Statistics

RENDER = RenderOrder("dashboard", "1", "pdf", 800, 600)
QUERY = QueryOrder(Query("1", "thelook", "orders", ("orders.count",)), "json")
BROKEN = QueryOrder(Query("2", "thelook", "orders", ("orders.nothing",)), "json")


class Instant:
    """Does everything at once, and refuses the query BROKEN."""

    async def prepare(self, order: RenderOrder) -> Page:
        """Return an empty page."""
        return Page(order.target_id, ())

    async def draw(self, page: Page, order: RenderOrder) -> bytes:
        """Return bytes that tell what was asked for."""
        return f"{order.format} of {page.title}".encode()

    async def answer(self, order: QueryOrder, task_id: str) -> Answer:
        """Return no rows."""
        if order is BROKEN:
            raise QueryFailedError("There is no field orders.nothing.", sql="SELECT 1")
        return Answer(Result(b"[]", "application/json"), "SELECT 1")


class Slow(Instant):
    """Takes *seconds* for each drawing."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    async def draw(self, page: Page, order: RenderOrder) -> bytes:
        """Take the seconds."""
        await asyncio.sleep(self._seconds)
        return await super().draw(page, order)


@asynccontextmanager
async def running_farm(settings: Settings, work: Instant | None = None) -> AsyncIterator[tuple[Farm, Statistics]]:
    """Run a farm with *settings* for the block."""
    statistics = Statistics()
    farm = Farm(settings, Clock(), work or Instant(), statistics)
    try:
        yield farm, statistics
    finally:
        await farm.close()
