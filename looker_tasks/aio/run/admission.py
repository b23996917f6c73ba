"""Slots to wait for: `sansio.admission` decides who is next, futures wake them.

A slot is acquired and given back in one ``with``: whatever happens to whoever waits for it, holds it, or was given it
in the same moment, it is free after the block.
"""

import asyncio
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

from looker_tasks.aio import clock
from looker_tasks.models import TaskKind
from looker_tasks.sansio import admission as decisions
from looker_tasks.sansio.admission import Hold, Lane, Source
from looker_tasks.sansio.limit import Limit
from looker_tasks.sansio.machine.notes import Note


class Admission:
    """The slots of one client. *changed* is called with each new limit, and the kind of tasks that it is for."""

    def __init__(
        self, limits: Mapping[TaskKind, Limit], changed: Callable[[str, int], None] = lambda _kind, _limit: None
    ) -> None:
        self._decisions: decisions.Admission[Slot] = decisions.Admission(limits)
        self._changed = changed
        self._limits = dict(self._decisions.limits())
        self._is_due = False  # to look, in this turn of the loop, for whom there is room

    def slot(self, source: Source, lane: Lane, seconds: float = 0.0) -> "Slot":
        """Return a slot, not yet held, for an export of *source* whose task took *seconds* before (0: nobody knows)."""
        return Slot(self, source, lane, seconds)

    def ask(self, slot: "Slot") -> None:
        """Let *slot* wait. Who comes in one turn of the event loop is looked at together, the longest known first."""
        self._decisions.ask(slot)
        if not self._is_due:
            self._is_due = True
            asyncio.get_running_loop().call_soon(self._admit)

    def release(self, slot: "Slot") -> None:
        """Take back what *slot* holds, or its turn."""
        if slot.state is not Hold.FREE:
            self._decisions.release(slot)
            self._adapt()

    def learn(self, slot: "Slot", note: Note) -> None:
        """Let the limits learn from what happened to the task of *slot*."""
        if self._decisions.learn(slot, note, clock.now()):
            self._adapt()

    def close(self, source: Source) -> None:
        """Take note that no more will come from *source*."""
        self._decisions.close(source)

    def take(self, source: Source) -> None:
        """Take note that an outcome of *source* was taken: one more may begin."""
        source.alive -= 1
        self._admit()

    def dismiss(self, source: Source) -> None:
        """Wake all of *source* that wait, without a slot: it begins nothing more."""
        for slot in self._decisions.waiting(source):
            self._decisions.release(slot)
            slot.wake()

    def _adapt(self) -> None:
        for kind, limit in self._decisions.limits():
            if limit != self._limits[kind]:
                self._limits[kind] = limit
                self._changed(kind, limit)
        self._admit()

    def _admit(self) -> None:
        self._is_due = False
        for slot in self._decisions.admit():
            slot.wake()


class Slot(decisions.Slot):
    """One export's room on the server: held while Looker works for it, free while its result is fetched."""

    def __init__(self, admission: Admission, source: Source, lane: Lane, seconds: float) -> None:
        super().__init__(source, lane, seconds)
        self._admission = admission
        self._waiter: asyncio.Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def need(self, lane: Lane) -> None:
        """Need a slot of *lane* from now on, where it was not known before which."""
        if lane != self.lane:
            self.release()
            self.lane = lane

    async def hold(self, is_needed: bool) -> bool:
        """Wait for the slot if it *is_needed* and not held; give it back if it is not needed any more.

        Return whether it stands as needed: False where the source was turned away meanwhile.
        """
        if not is_needed:
            self.release()
            return True
        if self.state is Hold.FREE:
            self._admission.ask(self)
        if self.state is Hold.WAITING:
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        return self.state is Hold.HELD

    def release(self) -> None:
        """Give the slot back, or the turn."""
        self._admission.release(self)

    def handed_on(self) -> "Slot | None":
        """Hand what is held to a slot of its own, and return that; None where nothing is held."""
        if self.state is not Hold.HELD:
            return None
        successor = self._admission.slot(self.source, self.lane)
        successor.state, successor.ticket, self.state = Hold.HELD, self.ticket, Hold.FREE
        return successor

    def wake(self) -> None:
        """End the wait for the slot."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def learn(self, note: Note) -> None:
        """Let the limits learn from what happened to the task."""
        self._admission.learn(self, note)
