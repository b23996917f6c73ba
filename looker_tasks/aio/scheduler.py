"""Fan out: exports in, as lazily as they come; outcomes out, as they finish. All tasks live in one task group."""

from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Iterable
from contextlib import aclosing
from math import inf
from pathlib import Path
from types import TracebackType
from typing import Self, TypeAlias

import anyio
from anyio.abc import TaskGroup

from looker_tasks.aio.journal import Journal
from looker_tasks.aio.names import Names
from looker_tasks.aio.ports import Ports
from looker_tasks.aio.resume import recall
from looker_tasks.aio.runner import run_export
from looker_tasks.errors import InvalidExport
from looker_tasks.events import ExportFinished
from looker_tasks.exports import Export
from looker_tasks.outcomes import Cancelled, Exported, Failed, Outcome
from looker_tasks.sansio.directives import Done
from looker_tasks.sansio.naming import file_name

Exports: TypeAlias = Iterable[Export] | AsyncIterable[Export]


class Run:
    """One run over many exports: ``async with`` it, and iterate over its outcomes.

    At most *alive* exports are begun and not yet taken from the iteration. Leaving the block cancels what still runs.
    What ends a run as a whole (refused credentials, an error in the caller's own iterator, a bug) is raised from the
    iteration, after the outcomes that there were.
    """

    def __init__(self, exports: Exports, folder: Path, ports: Ports, journal: Journal | None, *, alive: int) -> None:
        self._exports = exports
        self._folder = folder
        self._ports = ports
        self._journal = journal
        self._alive = anyio.Semaphore(alive)
        self._names = Names()
        self._fatal: BaseException | None = None
        self._group: TaskGroup = anyio.create_task_group()
        # Needs no bound of its own: an export counts as alive until its outcome is taken.
        self._out, self._in = anyio.create_memory_object_stream[Outcome](inf)

    async def __aenter__(self) -> Self:
        await self._group.__aenter__()
        self._group.start_soon(self._feed)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._group.cancel_scope.cancel()
        try:
            await self._group.__aexit__(None, None, None)
        finally:
            self._in.close()
            self._names.close()
        if error is None and self._fatal is not None:
            raise self._fatal

    def __aiter__(self) -> AsyncIterator[Outcome]:
        return self

    async def __anext__(self) -> Outcome:
        try:
            outcome = await self._in.receive()
        except anyio.EndOfStream:
            if self._fatal is not None:
                fatal, self._fatal = self._fatal, None
                raise fatal from None
            raise StopAsyncIteration from None
        self._alive.release()
        return outcome

    def stop(self) -> None:
        """Ask politely to stop: nothing new is created, ready results are still fetched, queries are killed.

        What is not done within `Deadlines.stop` is cut off.
        """
        self._ports.stopping.set()

    async def _feed(self) -> None:
        """Start each export as soon as there is room for it; end the run when all have ended."""
        with self._out:
            try:
                async with anyio.create_task_group() as group:
                    group.start_soon(self._cut_off, group)
                    async with anyio.create_task_group() as exporting, aclosing(_each(self._exports)) as each:
                        async for export in each:
                            await self._alive.acquire()
                            if self._ports.stopping.is_set():
                                break
                            exporting.start_soon(self._run, export, group)
                    group.cancel_scope.cancel()
            except Exception as error:  # noqa: BLE001  # the caller's iterator, or a bug: raised from the iteration
                self._fatal = self._fatal or _sole(error)

    async def _cut_off(self, group: TaskGroup) -> None:
        await self._ports.stopping.wait()
        await anyio.sleep(self._ports.policy.deadlines.stop)
        group.cancel_scope.cancel()

    async def _run(self, export: Export, group: TaskGroup) -> None:
        done = Done(Cancelled(export))
        try:
            done = await self._done(export)
        finally:
            self._out.send_nowait(done.outcome)
        if done.stops_run and isinstance(done.outcome, Failed):
            self._fatal = self._fatal or done.outcome.error
            group.cancel_scope.cancel()

    async def _done(self, export: Export) -> Done:
        try:
            name = self._name(export)
        except InvalidExport as error:
            return self._told(Failed(export, error))
        path = self._folder / name
        if self._journal is None:
            return await run_export(export, path, self._ports)
        entry = self._journal.entry(export, name)
        left = await recall(entry, export, path)
        if isinstance(left, Exported):
            return self._told(left)
        return await run_export(export, path, self._ports, entry=entry, task_id=left)

    def _name(self, export: Export) -> str:
        name = file_name(export)
        if not self._names.take(name):
            raise InvalidExport(f"{name!r} is the file of another export of this run", field="name")
        return name

    def _told(self, outcome: Outcome) -> Done:
        self._ports.tell(ExportFinished(outcome))
        return Done(outcome)


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
