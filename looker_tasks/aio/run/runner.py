"""One Export: obey its Lifecycle's directives until it is done. The only loop over a lifecycle that there is."""

from collections.abc import Callable
from typing import cast

import anyio
from attrs import evolve

from looker_tasks.aio import clock
from looker_tasks.aio.run.context import ExportContext
from looker_tasks.errors import InvalidExport
from looker_tasks.events import ExportStarted
from looker_tasks.outcomes import Cancelled, Failed
from looker_tasks.sansio.machine.directives import Done, Woke
from looker_tasks.sansio.machine.flow import Task
from looker_tasks.sansio.machine.lifecycle import Lifecycle


async def run_export(this: ExportContext, *, task_id: str | None = None, expected: float = 0.0) -> Done:
    """Bring an export to its end, within its slot; with *task_id*, go on with a task that was created before.

    Its task took *expected* seconds before (0: nobody knows). A query that runs when this is cancelled is killed.
    """
    if not await this.slot.hold(True) or this.run.is_stopping:
        return Done(Cancelled(this.export))
    this.notify(ExportStarted)
    try:
        flow = this.begin(task_id, expected)
    except InvalidExport as error:
        return Done(Failed(this.export, error))
    flow = await _obey(this, flow, until=lambda _: False)
    done = cast("Done", flow.directive)
    if done.outcome.export is this.export:
        return done
    return evolve(done, outcome=evolve(done.outcome, export=this.export))


async def create_task(this: ExportContext) -> str:
    """Create the task of an export, within its slot, and return its id. Raises what went wrong."""
    await this.slot.hold(True)
    flow = await _obey(this, this.begin(None, 0.0), until=lambda flow: flow.task is not None)
    if isinstance(flow.directive, Done) and isinstance(flow.directive.outcome, Failed):
        raise flow.directive.outcome.error
    return cast("Task", flow.task).id


async def _obey(this: ExportContext, flow: Lifecycle, until: Callable[[Lifecycle], bool]) -> Lifecycle:
    """Go on with *flow* until it is done, or as far as that."""
    run = this.run
    try:
        while not (isinstance(directive := flow.directive, Done) or until(flow)):
            is_free_to_go = await this.slot.hold(flow.holds_slot)
            event = await this.obey(directive) if is_free_to_go else Woke()
            flow = flow.advance(
                event, now=clock.now(), rand=run.effects.rand(), pacing=run.pacing, is_stopping=run.is_stopping
            )
            for note in flow.notes:
                this.take(note)
    except anyio.get_cancelled_exc_class():
        await this.give_up(flow)
        raise
    return flow
