"""The gate over a limit: so many exports may have a task on the server at a time, first come, first served."""

import asyncio
from collections import deque
from collections.abc import Callable
from itertools import count
from types import TracebackType
from typing import Self

from looker_tasks.sansio.limit import Limit
from looker_tasks.sansio.protocol.statuses import Stage


class Gate:
    """Bounds how many tasks are in flight, from their create until Looker has finished them.

    *changed* is told each new limit.
    """

    def __init__(self, limit: Limit, changed: Callable[[int], None] = lambda _: None) -> None:
        self._limit = limit
        self._changed = changed
        self._slots = limit.slots
        self._inside = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._tickets = count()
        self._news: Callable[[], None] = lambda: None

    @property
    def has_room(self) -> bool:
        """Whether who comes now need not wait."""
        return self._inside < self._slots and not self._waiting

    def watch(self, news: Callable[[], None]) -> None:
        """Have *news* told when there may be room."""
        self._news = news

    def slot(self) -> "Slot":
        """Return a slot, not yet held."""
        return Slot(self)

    def claimed(self) -> "Slot":
        """Return a slot that is held already; there must be room."""
        self._inside += 1
        return Slot(self, self._ticket())

    def refused(self, now: float, pause: float) -> None:
        """Take note of a 429 or a 503 at *now* that holds us back for *pause* seconds."""
        self._limit.refused(now, pause)
        self._adapt()

    async def enter(self) -> int:
        """Wait for a place, and return the ticket of whoever has it now."""
        if self.has_room:
            self._inside += 1
        else:
            await self._turn()
        return self._ticket()

    def saw(self, ticket: int, where: Stage) -> None:
        """Take note of how far Looker says that the task has come."""
        self._limit.seen(ticket, where)
        self._adapt()

    def leave(self, ticket: int) -> None:
        """Give the place to the next."""
        self._limit.left(ticket)
        self._inside -= 1
        self._adapt()

    def _ticket(self) -> int:
        ticket = next(self._tickets)
        self._limit.entered(ticket)
        return ticket

    async def _turn(self) -> None:
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # it had come at the same moment
                self._inside -= 1
                self._let_in()
            raise

    def _let_in(self) -> None:
        """Give each free place to who waits the longest."""
        while self._waiting and self._inside < self._slots:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                self._inside += 1

    def _adapt(self) -> None:
        slots = self._limit.slots
        if slots != self._slots:
            self._slots = slots
            self._changed(slots)
        self._let_in()
        if self.has_room:
            self._news()


class Slot:
    """One export's claim on the gate: held while Looker works for it, let go while its result is fetched.

    ``with`` it: whatever happens, it is let go at the end.
    """

    def __init__(self, gate: Gate, ticket: int | None = None) -> None:
        self._gate = gate
        self._ticket = ticket

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    async def hold(self, wanted: bool) -> None:
        """Wait for a place if one is *wanted* and not held; give it back if it is not wanted any more."""
        if not wanted:
            self.release()
        elif self._ticket is None:
            self._ticket = await self._gate.enter()

    def release(self) -> None:
        """Give the place back, if it is held."""
        if self._ticket is not None:
            ticket, self._ticket = self._ticket, None
            self._gate.leave(ticket)

    def saw(self, where: Stage) -> None:
        """Take note of how far Looker says that the task has come."""
        if self._ticket is not None:
            self._gate.saw(self._ticket, where)
