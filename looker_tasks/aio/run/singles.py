"""Exports one by one, as a service makes them: into a file, as a stream, or as a task that somebody collects later.

All of them are one source under the client's limit, and share what the client has learnt.
"""

import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from looker_tasks.aio.files.destination import Target
from looker_tasks.aio.http.result import Result
from looker_tasks.aio.run.context import ExportContext, RunContext
from looker_tasks.aio.run.effects import Receiver
from looker_tasks.aio.run.fresh import run_queries_anew
from looker_tasks.aio.run.results.receivers import FileReceiver
from looker_tasks.aio.run.results.streams import OpenReceiver
from looker_tasks.aio.run.runner import create_task, run_export
from looker_tasks.errors import LookerTasksError, NotFound
from looker_tasks.events import ExportFinished
from looker_tasks.exports import Export
from looker_tasks.models import TaskStatus
from looker_tasks.outcomes import Cancelled, Exported, Failed, Outcome
from looker_tasks.sansio import export_requests
from looker_tasks.sansio.export_requests import TaskState, task_kind
from looker_tasks.sansio.machine.directives import Done
from looker_tasks.sansio.polling.observation import Observation
from looker_tasks.sansio.protocol.statuses import Meaning, meaning, stage
from looker_tasks.sansio.task_token import TaskToken


class Singles:
    """The exports of a client that are made one by one."""

    def __init__(self, context: RunContext) -> None:
        self._run = context

    async def save(self, export: Export, target: Target, *, task_id: str | None = None) -> Outcome:
        """Bring *export* to the file *target*; with *task_id*, go on with a task. Raises what concerns all exports."""
        receiver = FileReceiver(self._run.effects, target, export.result_format)
        async with self._exporting(export, receiver, target.name, task_id) as done:
            if done.stops_run and isinstance(done.outcome, Failed):
                raise done.outcome.error
            return (await self._run.noticed(done)).outcome

    @asynccontextmanager
    async def open(self, export: Export) -> AsyncIterator[Result]:
        """Give the result of *export* as it comes, its beginning checked. Raises what went wrong."""
        async with AsyncExitStack() as stack:
            receiver = OpenReceiver(self._run.effects, export.result_format, stack)
            async with self._exporting(export, receiver, "") as done:
                if isinstance(done.outcome, Failed):
                    raise done.outcome.error
                if receiver.result is None:
                    raise AssertionError("a result that is open has no chunks")
                yield receiver.result

    @asynccontextmanager
    async def _exporting(
        self, export: Export, receiver: Receiver, name: str, task_id: str | None = None
    ) -> AsyncGenerator[Done, None]:
        """Run *export*, and notify the observers of its end when the block ends: a stream may break in it."""
        run = self._run
        subject = run.subject(export, name)
        outcome: Outcome = Cancelled(export)
        try:
            done = None if task_id is not None else await run.refusal(export) or await run_queries_anew(export, run)
            if done is None:
                with run.slot(task_kind(export)) as slot:
                    done = await run_export(ExportContext(run, subject, slot, receiver), task_id=task_id)
            outcome = Cancelled(export, done.outcome.history)
            yield done
            outcome = _ended(done.outcome, receiver)
        except LookerTasksError as error:
            outcome = Failed(export, error, outcome.history)
            raise
        finally:
            run.notifier.notify(ExportFinished, outcome, subject=subject)

    async def start(self, export: Export) -> TaskToken:
        """Create the task of *export*, within the limit, and return what is needed to go on with it.

        Raises what went wrong.
        """
        run = self._run
        done = await run.refusal(export) or await run_queries_anew(export, run)
        if done is not None and isinstance(done.outcome, Failed):
            raise done.outcome.error
        with run.slot(task_kind(export)) as slot:
            this = ExportContext(run, run.subject(export, ""), slot, OpenReceiver(run.effects, "", AsyncExitStack()))
            task_id = await create_task(this)
        return TaskToken(run.base_url, this.sent, task_id, time.time())

    async def poll(self, token: TaskToken) -> TaskStatus:
        """Return how far the task has come. Raises what went wrong, once it has been tried again as a call deserves."""
        kind = task_kind(token.export)
        request = export_requests.poll(kind, token.task_id, self._run.session.version)
        try:
            found: TaskState = await self._run.session_of(token.export).insistent().call(request)
        except NotFound as error:
            return TaskStatus(is_finished=True, status="missing", detail=error.message)
        status = (found.status or "unknown").lower()
        detail = found.status_detail or ""
        if meaning(kind, status) not in {Meaning.RUNNING, Meaning.EXPIRED}:
            return TaskStatus(is_finished=True, status=status, detail=detail)
        age = max(0.0, time.time() - token.created_at)
        seen = Observation().unfinished(stage(status), age)
        following = self._run.pacing.next_poll(kind, seen, age, self._run.effects.rand())
        return TaskStatus(is_finished=False, status=status, detail=detail, poll_again_in=following.wait)

    async def kill(self, token: TaskToken) -> bool:
        """Stop a query on the server; return False where there is nothing to stop. No Looker can stop a render."""
        if task_kind(token.export) == "render":
            return False
        request = export_requests.kill(token.task_id, self._run.session.version)
        try:
            await self._run.session_of(token.export).insistent().call(request)
        except NotFound:
            return False
        return True


def _ended(outcome: Outcome, receiver: Receiver) -> Outcome:
    """Return the outcome of an export whose block has ended: a stream that nobody read to its end is no export."""
    if not isinstance(outcome, Exported) or not isinstance(receiver, OpenReceiver):
        return outcome
    if receiver.artifact is None:
        return Cancelled(outcome.export, outcome.history)
    return Exported(outcome.export, receiver.artifact, outcome.history)
