"""Fan out: exports in, read a little ahead; outcomes out, as they finish. All tasks live in one task group."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Iterable
from contextlib import aclosing
from types import TracebackType
from typing import Self, TypeAlias

import anyio
from anyio.abc import TaskGroup
from anyio.lowlevel import checkpoint_if_cancelled
from attrs import frozen

from looker_tasks.aio.files.destination import Destination, Target
from looker_tasks.aio.files.journal import Journal
from looker_tasks.aio.files.journal.entry import Entry
from looker_tasks.aio.notifier import Subject
from looker_tasks.aio.run.admission import Slot
from looker_tasks.aio.run.context import ExportContext, RunContext
from looker_tasks.aio.run.fresh import needs_fresh_queries, run_queries_anew
from looker_tasks.aio.run.remote import Executor, run_remotely
from looker_tasks.aio.run.results.receivers import FileReceiver
from looker_tasks.aio.run.resume import resume
from looker_tasks.aio.run.runner import run_export
from looker_tasks.errors import FileNotWritten, InvalidExport, LookerTasksError
from looker_tasks.events import ExportFinished
from looker_tasks.exports import Export
from looker_tasks.outcomes import Cancelled, Exported, Failed, Outcome
from looker_tasks.sansio.admission import Lane
from looker_tasks.sansio.export_requests import task_kind
from looker_tasks.sansio.machine.directives import Done
from looker_tasks.sansio.names import NameSet
from looker_tasks.sansio.naming import file_name

Exports: TypeAlias = Iterable[Export | Failed] | AsyncIterable[Export | Failed]
"""What a run takes. A `Failed` among them is an export that could not even be made: it is its own outcome."""


#: So many exports are read ahead of those that have begun: enough to be fair between kinds, and to sort a batch's end.
LOOK_AHEAD = 256


@frozen(eq=False)
class _Requested:
    """An export that waits to begin."""

    export: Export
    name: str = ""
    entry: Entry | None = None  # of the journal
    refusal: LookerTasksError | None = None

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

    Leaving the block cancels what still runs. What ends a run as a whole (refused credentials, an error in the caller's
    own iterator, a bug) is raised from the iteration, after the outcomes that there were.
    """

    def __init__(
        self,
        exports: Exports,
        destination: Destination,
        context: RunContext,
        journal: Journal | None,
        *,
        not_before: float = 0.0,
        executor: Executor | None = None,
    ) -> None:
        self._exports = exports
        self._destination = destination
        self._context = context
        self._journal = journal
        self._not_before = not_before
        self._executor = executor
        self._reading = anyio.CancelScope()
        self._space = asyncio.Event()  # for one more to wait
        self._names = NameSet()
        self._fatal: BaseException | None = None
        self._group: TaskGroup = anyio.create_task_group()
        # Needs no bound of its own: an export counts as alive until its outcome is taken.
        self._outcomes: asyncio.Queue[Outcome | None] = asyncio.Queue()  # None: there will be no more

    async def __aenter__(self) -> Self:
        await self._group.__aenter__()
        self._group.start_soon(self._go)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
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
        self._context.admission.take(self._context.source)
        return outcome

    def stop(self) -> None:
        """Ask politely to stop: nothing new is created, ready results are still fetched, queries are killed.

        What is not done within `Deadlines.stop` is cut off.
        """
        self._reading.cancel()
        self._context.stop()
        if self._executor is not None:
            self._executor.stop()

    async def _go(self) -> None:
        """Read exports ahead, each waiting to begin; end the run when all have ended."""
        try:
            async with anyio.create_task_group() as group:
                group.start_soon(self._cut_off, group)
                async with anyio.create_task_group() as exporting:
                    with self._reading:
                        await self._read(exporting, group)
                if self._journal is not None and not self._context.is_stopping:
                    self._journal.complete()
                group.cancel_scope.cancel()
        except Exception as error:  # noqa: BLE001  # the caller's iterator, or a bug: raised from the iteration
            self._fatal = self._fatal or _sole(error)
        finally:
            self._outcomes.put_nowait(None)

    async def _cut_off(self, group: TaskGroup) -> None:
        await self._context.stopping.wait()
        await anyio.sleep(self._context.effects.policy.deadlines.stop)
        group.cancel_scope.cancel()

    async def _read(self, exporting: TaskGroup, group: TaskGroup) -> None:
        source = self._context.source
        async with aclosing(each(self._exports)) as exports:
            async for found in exports:
                while source.waiting >= LOOK_AHEAD:
                    self._space.clear()
                    await self._space.wait()
                requested = self._requested(found)
                slot = self._context.slot(requested.lane, requested.seconds)
                self._context.admission.ask(slot)
                exporting.start_soon(self._run, requested, slot, group)
        self._context.admission.close(source)

    def _requested(self, found: Export | Failed) -> _Requested:
        export = found.export if isinstance(found, Failed) else found
        try:
            name = file_name(export)
        except InvalidExport as error:
            return _Requested(export, refusal=error)
        if not self._names.add(name):
            twice = InvalidExport(f"{name!r} is the file or a folder of another export of this run", field="name")
            return _Requested(export, refusal=twice)
        if isinstance(found, Failed):  # the journal has nothing of it: the export is not what was asked for
            return _Requested(export, name, refusal=found.error)
        entry = None if self._journal is None else self._journal.entry(export, name)
        return _Requested(export, name, entry)

    async def _run(self, requested: _Requested, slot: Slot, group: TaskGroup) -> None:
        done = Done(Cancelled(requested.export))
        subject = self._context.subject(requested.export, requested.name)
        with slot:
            try:
                has_begun = await slot.hold(True)
                self._space.set()
                if not has_begun:
                    return
                await checkpoint_if_cancelled()  # a run that is being left creates nothing more
                done = await self._export(requested, slot, subject)
            finally:
                if slot.has_begun:
                    self._outcomes.put_nowait(done.outcome)
                    self._context.notifier.notify(ExportFinished, done.outcome, subject=subject)
        if done.stops_run and isinstance(done.outcome, Failed):
            self._fatal = self._fatal or done.outcome.error
            group.cancel_scope.cancel()

    async def _export(self, requested: _Requested, slot: Slot, subject: Subject) -> Done:
        export, entry = requested.export, requested.entry
        target = Target(self._destination, requested.name, {} if entry is None else {"exportkey": entry.key})
        if requested.refusal is not None:
            return Done(Failed(export, requested.refusal))
        left = None if entry is None else await resume(entry, export, target, not_before=self._not_before)
        if isinstance(left, Exported):
            return Done(left)
        if (obstacle := await self._destination.obstacle(requested.name)) is not None:
            return Done(Failed(export, FileNotWritten(path=target.location, reason=obstacle)))
        # Also where an earlier run left a task: it may have to be created again, with its filters by their titles.
        if (refused := await self._context.refusal(export)) is not None:
            if entry is not None:
                entry.ended(refused.outcome)
            return refused
        if needs_fresh_queries(export):
            slot.release()  # they need slots of their own
            if (failed := await run_queries_anew(export, self._context)) is not None:
                return failed
        slot.need(task_kind(export))
        receiver = FileReceiver(self._context.effects, target, export.result_format)
        this = ExportContext(self._context, subject, slot, receiver, entry)
        if self._executor is None:
            done = await run_export(this, task_id=left, expected=requested.seconds)
        else:
            done = await run_remotely(this, self._executor, target, task_id=left, expected=requested.seconds)
        if entry is not None:
            entry.ended(done.outcome)
        return await self._context.noticed(done)


async def each(exports: Exports) -> AsyncGenerator[Export | Failed, None]:
    """Give each of *exports*, whatever kind of iterable they are."""
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
