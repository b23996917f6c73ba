"""Fan out: exports in, as lazily as they come; outcomes out, as they finish. All tasks live in one task group."""

from collections.abc import AsyncIterable, AsyncIterator, Iterable
from pathlib import Path
from types import TracebackType
from typing import Self, TypeAlias

import anyio
from anyio.abc import TaskGroup
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from looker_tasks.aio.names import Names
from looker_tasks.aio.ports import Ports
from looker_tasks.aio.runner import run_export
from looker_tasks.errors import InvalidExport
from looker_tasks.events import ExportFinished
from looker_tasks.exports import Export
from looker_tasks.outcomes import Failed, Outcome
from looker_tasks.sansio.naming import file_name

Exports: TypeAlias = Iterable[Export] | AsyncIterable[Export]


class Run:
    """One run over many exports: ``async with`` it, and iterate over its outcomes.

    Leaving the block cancels what still runs. What ends a run as a whole (refused credentials, an error in the
    caller's own iterator, a bug) is raised from the iteration, after the outcomes that there were.
    """

    def __init__(self, exports: Exports, folder: Path, ports: Ports, *, alive: int) -> None:
        self._exports = exports
        self._folder = folder
        self._ports = ports
        self._alive = anyio.Semaphore(alive)
        self._names = Names()
        self._fatal: BaseException | None = None
        self._group: TaskGroup = anyio.create_task_group()
        self._out: MemoryObjectSendStream[Outcome]
        self._in: MemoryObjectReceiveStream[Outcome]
        self._out, self._in = anyio.create_memory_object_stream[Outcome](alive)

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
            self._out.close()
            self._names.close()
        if error is None and self._fatal is not None:
            raise self._fatal

    def __aiter__(self) -> AsyncIterator[Outcome]:
        return self

    async def __anext__(self) -> Outcome:
        try:
            return await self._in.receive()
        except anyio.EndOfStream:
            if self._fatal is not None:
                fatal, self._fatal = self._fatal, None
                raise fatal from None
            raise StopAsyncIteration from None

    def stop(self) -> None:
        """Ask politely to stop: nothing new is created, ready results are still fetched, queries are killed."""
        self._ports.stopping.set()

    async def _feed(self) -> None:
        """Start each export as soon as there is room for it; end the run when all have ended."""
        async with self._out:
            try:
                async with anyio.create_task_group() as group:
                    async for export in _each(self._exports):
                        await self._alive.acquire()
                        if self._ports.stopping.is_set() or self._fatal is not None:
                            break
                        group.start_soon(self._run, export, self._out, group)
            except Exception as error:  # noqa: BLE001  # the caller's iterator, or a bug: raised from the iteration
                self._fatal = self._fatal or _sole(error)

    async def _run(self, export: Export, out: MemoryObjectSendStream[Outcome], group: TaskGroup) -> None:
        try:
            outcome, stops_run = await self._outcome(export)
            await out.send(outcome)
        finally:
            self._alive.release()
        if stops_run and isinstance(outcome, Failed):
            self._fatal = self._fatal or outcome.error
            group.cancel_scope.cancel()

    async def _outcome(self, export: Export) -> tuple[Outcome, bool]:
        try:
            name = self._name(export)
        except InvalidExport as error:
            failed = Failed(export, error)
            self._ports.tell(ExportFinished(failed))
            return failed, False
        done = await run_export(export, self._folder / name, self._ports)
        return done.outcome, done.stops_run

    def _name(self, export: Export) -> str:
        name = file_name(export)
        if not self._names.take(name):
            raise InvalidExport(f"{name!r} is the file of another export of this run", field="name")
        return name


async def _each(exports: Exports) -> AsyncIterator[Export]:
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
