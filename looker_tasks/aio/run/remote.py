"""Exports that run in other processes: the client here decides, the worker there obeys.

The client keeps what a run has once: names, journal, resume, the limit, the observers. It hands an `Executor` one
`RemoteExport` at a time, as slots become free. Whatever carries the messages, a `Worker` runs the `Assignment` with a
client of its own, and each fact comes back as a `Report`: values that pickle, and say nothing to whoever carries them.
"""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeAlias

from attrs import define, evolve, field, frozen

from looker_tasks.aio.files.destination import Destination, Target
from looker_tasks.aio.run.context import ExportContext, RunContext
from looker_tasks.aio.run.results.receivers import FileReceiver
from looker_tasks.aio.run.runner import run_export
from looker_tasks.errors import LookerTasksError
from looker_tasks.events import ExportStarted
from looker_tasks.exports import Export
from looker_tasks.outcomes import Cancelled, Failed, Outcome
from looker_tasks.sansio.machine.directives import Done
from looker_tasks.sansio.machine.notes import Note, TaskCreated


@frozen
class Assignment:
    """One export for a worker to run."""

    export: Export
    name: str  # of its file, below the destination
    key: str = ""  # in the journal; "" without one
    task_id: str | None = None  # of a task to go on with
    expected: float = 0.0  # seconds that its task took before; 0: nobody knows


@frozen
class _SlotReleased:
    """No task of the export is in flight any more."""


_Fact: TypeAlias = Note | Done | _SlotReleased


@frozen
class Report:
    """What happened to an export that a worker runs, for `RemoteExport.take`. It pickles."""

    _fact: _Fact

    @property
    def fact(self) -> object:
        """What it is, for the client alone."""
        return self._fact


class Executor(Protocol):
    """Has exports run elsewhere, for `LookerTasks.export_all`."""

    async def execute(self, export: "RemoteExport") -> None:
        """Have a worker run the assignment of *export*, and return once it has ended.

        Where this is cancelled, the worker's `Worker.run` has to be cancelled as well.
        """

    def stop(self) -> None:
        """Have each worker stop: `Worker.stop`."""


class RemoteExport:
    """An export that runs elsewhere, as the client sees it that has its slot and its place in the journal."""

    def __init__(self, this: ExportContext, target: Target, assignment: Assignment) -> None:
        self._this = this
        self._target = target
        self._end: Done | None = None
        self.assignment = assignment
        """What is left to do: with the task that is known of by now."""

    @property
    def has_ended(self) -> bool:
        """Whether it has its outcome."""
        return self._end is not None

    @property
    def outcome(self) -> Outcome:
        """How it ended; cancelled, where nobody has reported an end."""
        end = Cancelled(self._this.export) if self._end is None else self._end.outcome
        return evolve(end, export=self._this.export)

    @property
    def stops_run(self) -> bool:
        """Whether its end is that of every other export too."""
        return self._end is not None and self._end.stops_run

    def take(self, report: Report) -> None:
        """Take note of what the worker reports: the journal, the observers and the limit learn of it."""
        match report.fact:
            case Done() as end:
                self._end = end
            case _SlotReleased():
                self._this.slot.release()
            case TaskCreated(task_id=task_id) as note:
                self.assignment = evolve(self.assignment, task_id=task_id)
                self._this.take(note)
            case note:
                self._this.take(note)  # type: ignore[arg-type]  # whatever else a report holds is a note

    async def hold_slot(self) -> bool:
        """Wait until its task may be created again; return False where the run is asked to stop."""
        return await self._this.slot.hold(True)

    async def lose_worker(self) -> None:
        """Take note that its worker is gone: what it has written is removed, and a slot is needed again."""
        await self._target.destination.sweep([self._target.name])
        await self.hold_slot()

    def fail(self, error: LookerTasksError, *, stops_run: bool = False) -> None:
        """End it: nobody can run it; with *stops_run*, nor any other export."""
        self._end = Done(Failed(self.assignment.export, error), stops_run=stops_run)


async def run_remotely(
    this: ExportContext, executor: Executor, target: Target, *, task_id: str | None, expected: float
) -> Done:
    """Bring an export to its end, within its slot, by *executor*; with *task_id*, go on with a task."""
    if not await this.slot.hold(True) or this.run.is_stopping:
        return Done(Cancelled(this.export))
    this.notify(ExportStarted)
    key = "" if this.entry is None else this.entry.key
    remote = RemoteExport(this, target, Assignment(this.sent, target.name, key, task_id, expected))
    await executor.execute(remote)
    return Done(remote.outcome, stops_run=remote.stops_run)


class Worker:
    """Runs exports that a client in another process has assigned, with the calls and connections of a client here."""

    def __init__(self, context: RunContext, destination: Destination) -> None:
        self._context = context
        self._destination = destination

    async def run(
        self, assignment: Assignment, report: Callable[[Report], None], hold_slot: Callable[[], Awaitable[bool]]
    ) -> None:
        """Bring *assignment* to its end, the slot held for it; *report* each fact as it happens, and the end last.

        *hold_slot* asks for the slot again, by `RemoteExport.hold_slot`. A query that runs when this is cancelled is
        killed.
        """
        export, name = assignment.export, assignment.name
        target = Target(self._destination, name, {"exportkey": assignment.key} if assignment.key else {})
        receiver = FileReceiver(self._context.effects, target, export.result_format)
        slot = _RemoteSlot(report, hold_slot)
        this = ExportContext(self._context, self._context.subject(export, name), slot, receiver)
        done = Done(Cancelled(export))
        try:
            done = await run_export(this, task_id=assignment.task_id, expected=assignment.expected)
        finally:
            report(Report(done))

    def stop(self) -> None:
        """Ask politely to stop: nothing new is created, ready results are still fetched, queries are killed."""
        self._context.stop()


@define(eq=False)
class _RemoteSlot:
    """The slot of an export, held by the client that assigned it."""

    _report: Callable[[Report], None]
    _hold: Callable[[], Awaitable[bool]]
    _is_held: bool = field(default=True, init=False)

    async def hold(self, is_needed: bool) -> bool:  # as a slot's
        """Hold it if it *is_needed*; give it back if it is not. Return whether it stands as needed."""
        if not is_needed:
            self.release()
            return True
        if not self._is_held:
            self._is_held = await self._hold()
        return self._is_held

    def release(self) -> None:
        """Give the slot back."""
        if self._is_held:
            self._is_held = False
            self._report(Report(_SlotReleased()))

    def handed_on(self) -> None:
        """Return None: the client that holds the slot learns of the note, and does so there."""

    def learn(self, note: Note) -> None:
        """Report what happened to the task."""
        self._report(Report(note))
