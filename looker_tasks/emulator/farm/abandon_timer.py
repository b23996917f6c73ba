"""Whether anybody still asks about a task. What is lost when nobody does is `queries`' to decide."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class AbandonTimer:
    """A limit, for each task that runs, on how long it may go without a question about it."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._limits: dict[str, asyncio.Timeout] = {}

    @asynccontextmanager
    async def of(self, task_id: str) -> AsyncIterator[None]:
        """Run the block; raises TimeoutError into it when nobody asked about *task_id* for the patience."""
        async with asyncio.timeout(self._patience) as limit:
            self._limits[task_id] = limit
            try:
                yield
            finally:
                del self._limits[task_id]

    def note(self, task_id: str) -> None:
        """Note that somebody asked about *task_id* just now."""
        limit = self._limits.get(task_id)
        if limit is not None and not limit.expired():
            limit.reschedule(asyncio.get_running_loop().time() + self._patience)
