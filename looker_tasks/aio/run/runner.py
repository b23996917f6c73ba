"""One Export: obey its Lifecycle's directives until it is done. The only loop over a lifecycle that there is."""

from typing import assert_never

import anyio

from looker_tasks.aio import clock
from looker_tasks.aio.files.destination import Target
from looker_tasks.aio.files.journal import Entry
from looker_tasks.aio.run.effects import Effects
from looker_tasks.aio.run.gate import Slot
from looker_tasks.aio.run.notifier import Subject
from looker_tasks.errors import InvalidExport, NotReady
from looker_tasks.events import BackedOff, DownloadStarted, ExportStarted, Polled, TaskCreated
from looker_tasks.exports import Export
from looker_tasks.outcomes import Cancelled, Failed
from looker_tasks.sansio.directives import Answered, Call, CallFailed, Done, Event, Save, Wait
from looker_tasks.sansio.export_requests import task_kind
from looker_tasks.sansio.lifecycle import Lifecycle
from looker_tasks.sansio.polling.observation import Observation

_KILL_WITHIN = 5.0  # seconds, where the run is cut off and not asked to stop


async def run_export(
    export: Export,
    target: Target,
    effects: Effects,
    subject: Subject,
    *,
    claim: Slot | None = None,
    entry: Entry | None = None,
    task_id: str | None = None,
) -> Done:
    """Bring *export* to *target* and return its end. With *task_id*, go on with the task of an earlier run.

    *claim* is its place at the gate, if it has one; *entry* its place in the journal. A query that still runs when this
    is cancelled is killed on the server.
    """
    with claim or effects.gates[task_kind(export)].slot() as slot:
        await slot.hold(True)
        if effects.stopping.is_set():
            return _ended(entry, Done(Cancelled(export)))
        effects.notifier.notify(ExportStarted, export, subject=subject)
        now = clock.now()
        try:
            flow = Lifecycle.begin(
                export,
                effects.policy,
                effects.session.version,
                now=now,
                cadence=effects.cadence,
                task_id=task_id,
                expected=0.0 if entry is None else entry.seconds,
            )
        except InvalidExport as error:
            return _ended(entry, Done(Failed(export, error)))
        try:
            while not isinstance(order := flow.directive, Done):
                event = await _obey(order, effects, target, export, slot)
                before, now = flow, clock.now()
                flow = flow.advance(event, now=now, rand=effects.rand())
                if effects.stopping.is_set():
                    flow = flow.stop(now=now)
                _record(entry, before, flow)
                _learn(effects, slot, before, event, flow)
                _show(effects, subject, before, event, flow, now)
                await slot.hold(flow.holds_slot)
        except anyio.get_cancelled_exc_class():
            await _kill(effects, flow)
            raise
        return _ended(entry, order)


async def _obey(order: Wait | Call | Save, effects: Effects, target: Target, export: Export, slot: Slot) -> Event:
    match order:
        case Wait(until=until):
            return await effects.wait(until)
        case Call():
            return await effects.call(order)
        case Save():
            return await effects.save(order, target, export.result_format, slot.release)
        case never:
            assert_never(never)


async def _kill(effects: Effects, flow: Lifecycle) -> None:
    order = flow.stop(now=clock.now()).directive
    if isinstance(order, Call):
        with anyio.move_on_after(_KILL_WITHIN, shield=True):
            await effects.call(order)


def _ended(entry: Entry | None, done: Done) -> Done:
    if entry is not None:
        entry.ended(done.outcome)
    return done


def _record(entry: Entry | None, before: Lifecycle, flow: Lifecycle) -> None:
    """Have the journal remember a task as soon as Looker gave it."""
    if entry is not None and flow.task_id is not None and flow.task_id != before.task_id:
        entry.created(flow.task_id)


def _learn(effects: Effects, slot: Slot, before: Lifecycle, event: Event, flow: Lifecycle) -> None:
    """Let what Looker just told of the task serve the others: how far it has come, and how long it took."""
    if before.step != "watch":
        return
    if isinstance(event, CallFailed) and isinstance(event.error, NotReady):
        effects.cadence.learn_pause(flow.kind, event.error.retry_after or 0.0)
    if flow.history.creates:  # of an earlier run's task nobody knows the age
        is_lost = isinstance(flow.directive, Done) and flow.seen.ended is None  # failed, or given up
        seen = Observation() if is_lost else flow.seen
        if seen is not before.seen and effects.cadence.learn(flow.kind, before.seen, seen, effects.rand()):
            effects.wake()
    if isinstance(event, Answered) and flow.seen.ended is None:
        slot.saw(flow.stage)


def _show(effects: Effects, subject: Subject, before: Lifecycle, event: Event, flow: Lifecycle, now: float) -> None:
    """Let the observers see what the step was."""
    notify = effects.notifier.notify
    if flow.task_id is not None and flow.task_id != before.task_id:
        notify(TaskCreated, flow.export, flow.task_id, subject=subject)
    if isinstance(event, Answered) and flow.step == "watch" and flow.task_id is not None:
        notify(Polled, flow.export, flow.task_id, flow.phase, subject=subject)
    if isinstance(event, CallFailed) and isinstance(flow.directive, Wait) and not isinstance(event.error, NotReady):
        notify(BackedOff, flow.export, flow.directive.until - now, event.error, subject=subject)
    if isinstance(flow.directive, Save) and flow.step == "fetch":
        notify(DownloadStarted, flow.export, flow.directive.task_id, subject=subject)
