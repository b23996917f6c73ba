"""What the exports of one run share, and what one export has of its own: who takes note of what happens to it."""

import asyncio
from typing import Any, Protocol, assert_never

import anyio
import attrs
from attrs import define, evolve, field

from looker_tasks import events
from looker_tasks.aio import clock
from looker_tasks.aio.files.journal.entry import Entry
from looker_tasks.aio.http.paced_session import PacedSession
from looker_tasks.aio.notifier import Notifier, Subject
from looker_tasks.aio.run.admission import Admission, Slot
from looker_tasks.aio.run.checks.filter_checks import FilterChecks
from looker_tasks.aio.run.checks.row_limits import RowLimits
from looker_tasks.aio.run.effects import Effects, Receiver
from looker_tasks.aio.run.left_renders import LeftRenders
from looker_tasks.errors import ConfigurationError
from looker_tasks.exports import Export
from looker_tasks.outcomes import Exported, Failed
from looker_tasks.sansio.admission import Lane, Source
from looker_tasks.sansio.machine import notes
from looker_tasks.sansio.machine.directives import Call, Done, Event, Save, Wait
from looker_tasks.sansio.machine.lifecycle import Lifecycle
from looker_tasks.sansio.machine.notes import Note
from looker_tasks.sansio.polling.pacing import Pacing

_KILL_WITHIN = 5.0  # seconds, where an export is cut off and not asked to stop


@define(eq=False)
class RunContext:
    """What the exports of a batch share, or those that are exported one by one: all but *source* is the client's."""

    effects: Effects
    session: PacedSession
    admission: Admission
    pacing: Pacing
    notifier: Notifier
    left_renders: LeftRenders
    base_url: str
    source: Source = field(factory=Source)
    filter_checks: FilterChecks | None = None  # None: filters go out as they are
    row_limits: RowLimits = field(factory=RowLimits)
    stopping: anyio.Event = field(factory=anyio.Event)

    @property
    def is_stopping(self) -> bool:
        """Whether the run was asked to stop."""
        return self.stopping.is_set()

    def stop(self) -> None:
        """Ask the run to stop: nothing begins any more, and whoever waits looks up."""
        self.stopping.set()
        self.admission.dismiss(self.source)
        self.effects.wake()

    def aside(self) -> "RunContext":
        """Return the context of what an export of this run needs beside its own task: it is no export of the run."""
        return evolve(self, source=Source())

    def session_of(self, export: Export) -> PacedSession:
        """Return the session whose calls are made in the name that *export* says."""
        return self.session if export.as_user is None else self.session.for_user(export.as_user)

    async def refusal(self, export: Export) -> Done | None:
        """Return the end of an export that cannot be had: its dashboard has no such filter, an extra is missing.

        None where it may go on.
        """
        try:
            self.effects.encoders(export.result_format)
        except ConfigurationError as error:
            return Done(Failed(export, error))
        return None if self.filter_checks is None else await self.filter_checks.refusal(export, self.session_of(export))

    async def noticed(self, done: Done) -> Done:
        """Return *done* with what a person should know of its file."""
        match done.outcome:
            case Exported(export=export, artifact=artifact) as exported:
                notice = await self.row_limits.notice(export, artifact.rows, self.session_of(export))
                return attrs.evolve(done, outcome=attrs.evolve(exported, notice=notice)) if notice else done
            case _:
                return done

    def slot(self, lane: Lane, seconds: float = 0.0) -> Slot:
        """Return a slot for an export whose task took *seconds* before (0: nobody knows)."""
        return self.admission.slot(self.source, lane, seconds)

    def subject(self, export: Export, name: str) -> Subject:
        """Return what events say of *export*, whose file has this *name*."""
        return Subject(export, self.base_url, name)


class ExportSlot(Protocol):
    """The slot of one export: of this client (`run.admission`), or of that which assigned it (`run.remote`)."""

    async def hold(self, is_needed: bool) -> bool:  # the sense of the call
        """Wait for the slot if it *is_needed* and not held; give it back if it is not needed any more.

        Return whether it stands as needed.
        """

    def release(self) -> None:
        """Give the slot back."""

    def handed_on(self) -> Slot | None:
        """Hand what is held to a slot of its own, and return that; None where it is not this client's to hand on."""

    def learn(self, note: Note) -> None:
        """Let the limits learn from what happened to the task."""


@define(eq=False)
class ExportContext:
    """One export of a run: its slot, where its result goes, its entry in the journal if there is one."""

    run: RunContext
    subject: Subject
    slot: ExportSlot
    receiver: Receiver
    entry: Entry | None = None
    _create: "asyncio.Future[Event] | None" = field(default=None, init=False)  # under way

    @property
    def export(self) -> Export:
        """The export."""
        return self.subject.export

    @property
    def sent(self) -> Export:
        """The export in the words of its create."""
        checks = self.run.filter_checks
        return self.export if checks is None else checks.as_looker_knows_it(self.export)

    def begin(self, task_id: str | None, expected: float) -> Lifecycle:
        """Return the beginning of the export. Raises `InvalidExport` for what the API's version cannot make."""
        policy, version = self.run.effects.policy, self.run.session.version
        return Lifecycle.begin(self.sent, policy, version, now=clock.now(), task_id=task_id, expected=expected)

    def notify(self, event: type[events.Event], *facts: Any) -> None:  # noqa: ANN401  # the event's own
        """Let the observers see an event of this export."""
        self.run.notifier.notify(event, self.export, *facts, subject=self.subject)

    async def obey(self, directive: Wait | Call | Save) -> Event:
        """Do what the lifecycle directs, and return what came of it."""
        effects, session = self.run.effects, self.run.session_of(self.export)
        match directive:
            case Wait(until=until):
                return await effects.wait(until)
            case Call():
                return await self._call(directive)
            case Save():
                return await effects.save(directive, session, self.receiver, lambda: self._begin_download(directive))
            case never:
                assert_never(never)

    def take(self, note: Note) -> None:
        """Hand a note to whom it concerns: the journal, the observers, the pacing, the limits."""
        match note:
            case notes.TaskCreated(task_id=task_id, phase=phase):
                if self.entry is not None:
                    self.entry.created(task_id)
                self.notify(events.TaskCreated, task_id)
                self.notify(events.Polled, task_id, phase)
            case notes.Polled(task_id=task_id, phase=phase):
                self.notify(events.Polled, task_id, phase)
            case notes.BackedOff(seconds=seconds, error=error):
                self.notify(events.BackedOff, seconds, error)
            case notes.DownloadBegun(task_id=task_id):
                self.notify(events.DownloadStarted, task_id)
            case notes.RenderLeft() if (slot := self.slot.handed_on()) is not None:
                session = self.run.session_of(self.export)
                self.run.left_renders.watch(note, self.export, slot, session, self.run.pacing)
        if self.run.pacing.learn(note, self.run.effects.rand()):
            self.run.effects.wake()
        self.slot.learn(note)

    async def give_up(self, flow: Lifecycle) -> None:
        """End an export that was cut off: a query is killed on the server, as far as that takes a few seconds.

        A create that is under way is waited for, or its task would go on unknown. A render goes on: see `LeftRenders`.
        """
        with anyio.move_on_after(_KILL_WITHIN, shield=True):
            if self._create is not None:
                flow = flow.advance(await self._create, now=clock.now(), rand=0.0, pacing=self.run.pacing)
                self._take_all(flow)
            stopped = flow.stop(now=clock.now())
            if stopped is not flow:
                self._take_all(stopped)
            if isinstance(stopped.directive, Call):
                await self.run.effects.call(stopped.directive, self.run.session_of(self.export))
        if self._create is not None:
            self._create.cancel()

    def _take_all(self, flow: Lifecycle) -> None:
        for note in flow.notes:
            self.take(note)

    async def _call(self, directive: Call) -> Event:
        """Make a call; a create goes on where this is cancelled: see `give_up`."""
        calling = self.run.effects.call(directive, self.run.session_of(self.export))
        if directive.request.operation.method != "POST":
            return await calling
        self._create = asyncio.ensure_future(calling)
        event = await asyncio.shield(self._create)
        self._create = None
        return event

    def _begin_download(self, directive: Save) -> None:
        self.slot.release()
        self.take(notes.DownloadBegun(directive.task_id))
