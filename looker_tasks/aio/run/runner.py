"""One Export: obey its Lifecycle's directives until it is done. The only loop over a lifecycle that there is."""

import anyio

from looker_tasks.aio import clock
from looker_tasks.aio.run.context import ExportContext
from looker_tasks.errors import InvalidExport
from looker_tasks.events import ExportStarted
from looker_tasks.outcomes import Cancelled, Failed
from looker_tasks.sansio.machine.directives import Done, Woke
from looker_tasks.sansio.machine.lifecycle import Lifecycle


async def run_export(this: ExportContext, *, task_id: str | None = None, expected: float = 0.0) -> Done:
    """Bring an export to its end, within its slot; with *task_id*, go on with a task that was created before.

    Its task took *expected* seconds before (0: nobody knows). A query that runs when this is cancelled is killed.
    """
    run, rand = this.run, this.run.effects.rand
    if not await this.slot.hold(True) or run.is_stopping:
        return Done(Cancelled(this.export))
    this.notify(ExportStarted)
    try:
        flow = Lifecycle.begin(
            this.export, run.effects.policy, run.session.version, now=clock.now(), task_id=task_id, expected=expected
        )
    except InvalidExport as error:
        return Done(Failed(this.export, error))
    try:
        while not isinstance(directive := flow.directive, Done):
            is_free_to_go = await this.slot.hold(flow.holds_slot)
            event = await this.obey(directive) if is_free_to_go else Woke()
            flow = flow.advance(event, now=clock.now(), rand=rand(), pacing=run.pacing, is_stopping=run.is_stopping)
            for note in flow.notes:
                this.take(note)
    except anyio.get_cancelled_exc_class():
        await this.give_up(flow)
        raise
    return directive
