"""A pool of slots: first come, first served, as many at once as it has, changeable while it runs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio import CapacityLimiter

from looker_tasks.emulator.statistics import Gauge


class Pool:
    """The slots of one kind of work, and the gauge that counts how many are taken."""

    def __init__(self, slots: int, gauge: Gauge) -> None:
        self._limiter = CapacityLimiter(slots)
        self._gauge = gauge

    def resize(self, slots: int) -> None:
        """Have *slots* slots from now on; what runs keeps its slot even where that is fewer."""
        self._limiter.total_tokens = slots

    @asynccontextmanager
    async def slot(self, patience: float | None = None) -> AsyncIterator[None]:
        """Wait for a slot, at most *patience* seconds (None: for ever), and hold it for the block.

        Raises TimeoutError when the patience ended first.
        """
        async with asyncio.timeout(patience):
            await self._limiter.acquire()
        try:
            with self._gauge.one():
                yield
        finally:
            self._limiter.release()
