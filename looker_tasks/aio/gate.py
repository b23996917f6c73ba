"""The gate over a limit: so many exports may have a task on the server at a time, first come, first served."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count

import anyio

from looker_tasks.sansio.limit import Limit
from looker_tasks.sansio.statuses import Place


class Gate:
    """Bounds how many tasks are in flight, from their create until Looker has finished them.

    *changed* is told each new limit.
    """

    def __init__(self, limit: Limit, changed: Callable[[int], None] = lambda _: None) -> None:
        self._limit = limit
        self._changed = changed
        self._limiter = anyio.CapacityLimiter(limit.slots)
        self._tickets = count()

    @asynccontextmanager
    async def slot(self) -> AsyncIterator["Slot"]:
        """Give a slot, not yet held; whatever happens, it is let go at the end."""
        slot = Slot(self)
        try:
            yield slot
        finally:
            slot.release()

    def refused(self, now: float, pause: float) -> None:
        """Take note of a 429 or a 503 at *now* that holds us back for *pause* seconds."""
        self._limit.refused(now, pause)
        self._adapt()

    async def enter(self, slot: "Slot") -> int:
        """Wait for a place, and return the ticket of whoever has it now."""
        await self._limiter.acquire_on_behalf_of(slot)
        ticket = next(self._tickets)
        self._limit.entered(ticket)
        return ticket

    def saw(self, ticket: int, where: Place) -> None:
        """Take note of how far Looker says that the task has come."""
        self._limit.seen(ticket, where)
        self._adapt()

    def leave(self, slot: "Slot", ticket: int) -> None:
        """Give the place to the next."""
        self._limit.left(ticket)
        self._limiter.release_on_behalf_of(slot)
        self._adapt()

    def _adapt(self) -> None:
        slots = self._limit.slots
        if slots != self._limiter.total_tokens:
            self._limiter.total_tokens = slots
            self._changed(slots)


class Slot:
    """One export's claim on the gate: held while Looker works for it, let go while its result is fetched."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._ticket: int | None = None

    async def hold(self, wanted: bool) -> None:
        """Wait for a place if one is *wanted* and not held; give it back if it is not wanted any more."""
        if not wanted:
            self.release()
        elif self._ticket is None:
            self._ticket = await self._gate.enter(self)

    def release(self) -> None:
        """Give the place back, if it is held."""
        if self._ticket is not None:
            ticket, self._ticket = self._ticket, None
            self._gate.leave(self, ticket)

    def saw(self, where: Place) -> None:
        """Take note of how far Looker says that the task has come."""
        if self._ticket is not None:
            self._gate.saw(self._ticket, where)
