"""Fan out: exports in, read a little ahead; outcomes out, as they finish. All tasks live in one task group."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable, Iterable
from contextlib import aclosing, nullcontext
from contextvars import copy_context
from types import TracebackType
from typing import Self, TypeAlias

import anyio
from anyio.abc import TaskGroup
from anyio.lowlevel import checkpoint_if_cancelled
from attrs import frozen

from looker_tasks.aio.files.destination import Destination, Target
from looker_tasks.aio.files.journal import Entry, Journal
from looker_tasks.aio.run.effects import Effects
from looker_tasks.aio.run.gate import Slot
from looker_tasks.aio.run.notifier import Subject
from looker_tasks.aio.run.resume import resume
from looker_tasks.aio.run.runner import run_export
from looker_tasks.errors import FileNotWritten, InvalidExport
from looker_tasks.events import ExportFinished
from looker_tasks.exports import Export
from looker_tasks.models import TaskKind
from looker_tasks.outcomes import Cancelled, Exported, Failed, Outcome
from looker_tasks.sansio.admission import Admission, Lane
from looker_tasks.sansio.directives import Done
from looker_tasks.sansio.export_requests import task_kind
from looker_tasks.sansio.names import NameSet
from looker_tasks.sansio.naming import file_name

Exports: TypeAlias = Iterable[Export] | AsyncIterable[Export]


#: So many exports are read ahead of those that have begun: enough to be fair between kinds, and to order a batch's end.
LOOK_AHEAD = 256


@frozen(eq=False)
class _Wanted:
    """An export that waits for its begin."""

    export: Export
    name: str = ""
    entry: Entry | None = None  # its place in the journal
    refusal: InvalidExport | None = None

    @property
    def lane(self) -> Lane:
        """What it needs: nothing, where an earlier run has made it or it cannot be made at all."""
        is_done = self.entry is not None and self.entry.record is not None and self.entry.record.state == "exported"
        return None if is_done or self.refusal is not None else task_kind(self.export)

    @property
    def seconds(self) -> float:
        """How long its task took in an earlier run; 0: nobody knows."""
        return 0.0 if self.entry is None else self.entry.seconds


class Run:
    """One run over many exports: ``async with`` it, and iterate over its outcomes.

    At most *alive* exports are begun and not yet taken from the iteration. Leaving the block cancels what still runs.
    What ends a run as a whole (refused credentials, an error in the caller's own iterator, a bug) is raised from the
    iteration, after the outcomes that there were.
    """

    def __init__(
        self, exports: Exports, destination: Destination, effects: Effects, journal: Journal | None, *, alive: int
    ) -> None:
        self._exports = exports
        self._destination = destination
        self._effects = effects
        self._journal = journal
        self._most_alive = alive
        self._alive = 0
        self._order: Admission[_Wanted] = Admission(LOOK_AHEAD)
        self._begin_one: Callable[[_Wanted, Slot | None], None] | None = None  # while there may be more to begin
        self._is_due = False  # to look, in this turn of the loop, who can begin
        self._all_begun = asyncio.Event()
        self._space = asyncio.Event()  # for one more to wait
        self._names = NameSet()
        self._fatal: BaseException | None = None
        self._group: TaskGroup = anyio.create_task_group()
        # Needs no bound of its own: an export counts as alive until its outcome is taken.
        self._outcomes: asyncio.Queue[Outcome | None] = asyncio.Queue()  # None: there will be no more
        for gate in effects.gates.values():
            gate.watch(self._begin)

    async def __aenter__(self) -> Self:
        await self._group.__aenter__()
        self._group.start_soon(self._go)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._begin_one = None
        self._group.cancel_scope.cancel()
        await self._group.__aexit__(None, None, None)
        if error is None and self._fatal is not None:
            raise self._fatal

    def __aiter__(self) -> AsyncIterator[Outcome]:
        return self

    async def __anext__(self) -> Outcome:
        outcome = await self._outcomes.get()
        if outcome is None:
            self._outcomes.put_nowait(None)  # for whoever asks again
            if self._fatal is not None:
                fatal, self._fatal = self._fatal, None
                raise fatal
            raise StopAsyncIteration
        self._alive -= 1
        self._begin_soon()
        return outcome

    def stop(self) -> None:
        """Ask politely to stop: nothing new is created, ready results are still fetched, queries are killed.

        What is not done within `Deadlines.stop` is cut off.
        """
        self._effects.stop()
        self._begin()

    async def _go(self) -> None:
        """Read exports ahead and begin each as soon as there is room for it; end the run when all have ended."""
        try:
            async with anyio.create_task_group() as group:
                group.start_soon(self._cut_off, group)
                group.start_soon(self._read)
                async with anyio.create_task_group() as exporting:
                    context = copy_context()  # and not that of the export that makes room

                    def begin(wanted: _Wanted, slot: Slot | None) -> None:
                        context.run(lambda: exporting.start_soon(self._run, wanted, slot, group))

                    self._begin_one = begin
                    self._begin()
                    await self._all_begun.wait()
                group.cancel_scope.cancel()
        except Exception as error:  # noqa: BLE001  # the caller's iterator, or a bug: raised from the iteration
            self._fatal = self._fatal or _sole(error)
        finally:
            self._begin_one = None
            self._outcomes.put_nowait(None)

    async def _cut_off(self, group: TaskGroup) -> None:
        await self._effects.stopping.wait()
        await anyio.sleep(self._effects.policy.deadlines.stop)
        group.cancel_scope.cancel()

    async def _read(self) -> None:
        async with aclosing(_each(self._exports)) as each:
            async for export in each:
                while self._order.is_full:
                    self._space.clear()
                    await self._space.wait()
                wanted = self._wanted(export)
                self._order.add(wanted, wanted.lane, wanted.seconds)
                self._begin_soon()
        self._order.close()
        self._begin_soon()

    def _begin_soon(self) -> None:
        """Look who can begin, once for all who ask for it in this turn of the loop."""
        if not self._is_due:
            self._is_due = True
            asyncio.get_running_loop().call_soon(self._begin)

    def _begin(self) -> None:
        """Begin those for whom there is room."""
        self._is_due = False
        while self._begin_one is not None and not self._effects.stopping.is_set() and self._alive < self._most_alive:
            following = self._order.take(self._has_room)
            if following is None:
                break
            wanted, lane = following
            self._alive += 1
            self._space.set()
            self._begin_one(wanted, None if lane is None else self._effects.gates[lane].claimed())
        if self._order.is_over or self._effects.stopping.is_set():
            self._begin_one = None
            self._all_begun.set()

    def _has_room(self, kind: TaskKind) -> bool:
        return self._effects.gates[kind].has_room

    def _wanted(self, export: Export) -> _Wanted:
        try:
            name = file_name(export)
        except InvalidExport as error:
            return _Wanted(export, refusal=error)
        if not self._names.add(name):
            twice = InvalidExport(f"{name!r} is the file or a folder of another export of this run", field="name")
            return _Wanted(export, refusal=twice)
        entry = None if self._journal is None else self._journal.entry(export, name)
        return _Wanted(export, name, entry)

    async def _run(self, wanted: _Wanted, slot: Slot | None, group: TaskGroup) -> None:
        done = Done(Cancelled(wanted.export))
        subject = Subject(wanted.export, self._effects.base_url, wanted.name)
        try:
            with slot or nullcontext():
                await checkpoint_if_cancelled()  # a run that is being left creates nothing more
                done = await self._done(wanted, slot, subject)
        finally:
            self._outcomes.put_nowait(done.outcome)
            self._effects.notifier.notify(ExportFinished, done.outcome, subject=subject)
        if done.stops_run and isinstance(done.outcome, Failed):
            self._fatal = self._fatal or done.outcome.error
            self._begin_one = None
            group.cancel_scope.cancel()

    async def _done(self, wanted: _Wanted, slot: Slot | None, subject: Subject) -> Done:
        if wanted.refusal is not None:
            return Done(Failed(wanted.export, wanted.refusal))
        target = Target(self._destination, wanted.name)
        task_id = None
        if wanted.entry is not None:
            left = await resume(wanted.entry, wanted.export, target)
            if isinstance(left, Exported):
                return Done(left)
            task_id = left
        if (obstacle := await self._destination.obstacle(wanted.name)) is not None:
            return Done(Failed(wanted.export, FileNotWritten(path=target.location, reason=obstacle)))
        return await run_export(
            wanted.export, target, self._effects, subject, claim=slot, entry=wanted.entry, task_id=task_id
        )


async def _each(exports: Exports) -> AsyncGenerator[Export, None]:
    if isinstance(exports, AsyncIterable):
        async for export in exports:
            yield export
    else:
        for export in exports:
            yield export


def _sole(error: Exception) -> BaseException:
    """Return the one error that a group holds, or the group."""
    while isinstance(error, ExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error
