"""Renders that nobody waits for any more: no Looker can stop one, so that it counts as in flight until it has ended."""

import asyncio

import anyio
from attrs import define, field

from looker_tasks.aio import clock
from looker_tasks.aio.http.paced_session import PacedSession
from looker_tasks.aio.run.admission import Slot
from looker_tasks.aio.run.effects import Effects
from looker_tasks.exports import Export
from looker_tasks.sansio.machine.directives import Call, Wait
from looker_tasks.sansio.machine.lifecycle import Lifecycle
from looker_tasks.sansio.machine.notes import RenderLeft
from looker_tasks.sansio.machine.states import Watching
from looker_tasks.sansio.polling.pacing import Pacing


@define(eq=False)
class LeftRenders:
    """The renders that the exports of one client have left, each with the slot that it holds."""

    _effects: Effects
    _watches: set[asyncio.Task[None]] = field(factory=set, init=False)

    def watch(self, left: RenderLeft, export: Export, slot: Slot, session: PacedSession, pacing: Pacing) -> None:
        """Poll a render, and give its *slot* back once it has ended, or when hardly any would still run.

        What nobody has seen the like of gets a few seconds: whoever comes next must not wait for long.
        """
        watch = asyncio.create_task(self._watch(left, export, slot, session, pacing))
        self._watches.add(watch)
        watch.add_done_callback(self._watches.discard)
        watch.add_done_callback(lambda _: slot.release())

    async def aclose(self) -> None:
        """Watch none of them any more."""
        for watch in self._watches:
            watch.cancel()
        if self._watches:
            await asyncio.wait(self._watches)

    async def _watch(self, left: RenderLeft, export: Export, slot: Slot, session: PacedSession, pacing: Pacing) -> None:
        effects, begun = self._effects, clock.now()
        flow = Lifecycle.watch(export, effects.policy, session.version, left, now=begun)
        with anyio.CancelScope() as scope:
            while isinstance(flow.state, Watching):
                scope.deadline = begun + pacing.remaining(flow.kind, left.age)  # more may be known by now
                match flow.directive:
                    case Call() as call:
                        event = await effects.call(call, session)
                    case Wait(until=until):
                        event = await effects.wait(until)
                flow = flow.advance(event, now=clock.now(), rand=effects.rand(), pacing=pacing)
                for note in flow.notes:
                    slot.learn(note)
