"""The gate over a limit: so many exports may have a task on the server at a time, first come, first served."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio


class Slot:
    """One export's claim on the gate: held while Looker works for it, let go while its result is fetched."""

    def __init__(self, limiter: anyio.CapacityLimiter) -> None:
        self._limiter = limiter
        self._is_held = False

    async def hold(self, wanted: bool) -> None:
        """Wait for a place if one is *wanted* and not held; give it back if it is not wanted any more."""
        if wanted and not self._is_held:
            await self._limiter.acquire_on_behalf_of(self)
            self._is_held = True
        elif self._is_held and not wanted:
            self._is_held = False
            self._limiter.release_on_behalf_of(self)


class Gate:
    """Bounds how many tasks are in flight, from their create until Looker has finished them."""

    def __init__(self, limit: float) -> None:
        self._limiter = anyio.CapacityLimiter(limit)

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[Slot]:
        """Give a slot, not yet held; whatever happens, it is let go at the end."""
        slot = Slot(self._limiter)
        try:
            yield slot
        finally:
            await slot.hold(False)
