"""One Export from its create to its Outcome, as a frozen value with one `advance`. Whoever drives it only obeys.

Every transition of an export is in this file; `sansio.machine.states` has the table of the states. Three budgets
bound it, kept apart: the attempts of one call, the tasks of one export, and the export's deadline; so any events
end, within the deadline, in exactly one Outcome. What happened in a step is in `notes`: nobody compares two states.
"""

from typing import assert_never

from attrs import frozen

from looker_tasks.errors import (
    FileNotWritten,
    InvalidExport,
    LookerTasksError,
    NotFound,
    RequestRefused,
    ResultRejected,
    TaskFailed,
    UnexpectedResponse,
)
from looker_tasks.exports import Export, LookExport
from looker_tasks.models import Look
from looker_tasks.outcomes import Cancelled, Exported, Failed
from looker_tasks.policy import Policy
from looker_tasks.sansio import export_requests
from looker_tasks.sansio.evolving import evolve
from looker_tasks.sansio.export_requests import TaskState
from looker_tasks.sansio.machine import notes
from looker_tasks.sansio.machine.directives import Answered, CallFailed, Event, Saved, Wait, Woke
from looker_tasks.sansio.machine.flow import RESUMING, Flow, Task
from looker_tasks.sansio.machine.notes import RenderLeft
from looker_tasks.sansio.machine.states import Asking, Creating, Ended, Fetching, Killing, Watching
from looker_tasks.sansio.polling.observation import Observation
from looker_tasks.sansio.polling.pacing import Pacing
from looker_tasks.sansio.polling.schedule import NextPoll, align
from looker_tasks.sansio.protocol.operations import ApiVersion
from looker_tasks.sansio.protocol.responses import one_line
from looker_tasks.sansio.protocol.statuses import Meaning, meaning, stage
from looker_tasks.sansio.retrying.retry import (
    Attempts,
    Verdict,
    asked_wait,
    is_over_full,
    is_unauthorized,
    may_have_arrived,
)

_PATIENCE = 1 / 4  # of the export's deadline: what expired for good must leave time for another task
_AT_ONCE = 1e-3  # seconds; timers are as exact as that


@frozen
class _Moment:
    """What a step goes by, beside the state and the event."""

    now: float
    rand: float  # in [0, 1)
    pacing: Pacing


@frozen(kw_only=True, slots=False)
class Lifecycle(Flow):
    """The state of one export: obey *directive*, then `advance` with what came of it."""

    @classmethod
    def begin(
        cls,
        export: Export,
        policy: Policy,
        version: ApiVersion,
        *,
        now: float,
        task_id: str | None = None,
        expected: float = 0.0,
    ) -> "Lifecycle":
        """Return the beginning of *export*; with *task_id*, of one whose task was created before.

        *expected* is for how many seconds its task ran in an earlier run; 0: nobody knows.
        Raises `InvalidExport` for what *version* of the API cannot make.
        """
        if isinstance(export, LookExport) or task_id is not None:  # what else is begun is checked as its create is made
            export_requests.check(export, version)
        flow = cls(
            export=export,
            policy=policy,
            version=version,
            kind=export_requests.task_kind(export),
            started=now,
            phase_since=now,
            directive=Wait(now),
            state=Creating(),
            expected=expected,
        )
        if task_id is None:
            return flow._create(now)
        task, history = Task(task_id, now, Observation(expected=expected)), evolve(flow.history, task_id=task_id)
        return evolve(flow, state=Watching(), phase=RESUMING, task=task, history=history)._send(now)

    @classmethod
    def watch(cls, export: Export, policy: Policy, version: ApiVersion, left: RenderLeft, *, now: float) -> "Lifecycle":
        """Return the beginning of a watch over a render that was left: as long as it runs, the state is `Watching`."""
        flow = cls.begin(export, policy, version, now=now, task_id=left.task_id)
        return evolve(flow, task=Task(left.task_id, now - left.age), may_ask_result=False)

    def advance(
        self, event: Event, *, now: float, rand: float, pacing: Pacing, is_stopping: bool = False
    ) -> "Lifecycle":
        """Return the state after *event*; *rand* is in [0, 1), *pacing* says when to poll.

        With *is_stopping*, a result that is ready is still fetched, and all else ends.
        """
        if isinstance(self.state, Ended):
            return self
        history = self.history
        if not isinstance(event, Woke):  # a call was made; one that a stop forestalled was not
            is_retry = self.attempts.trouble is not None
            history = evolve(history, calls=history.calls + 1, retries=history.retries + is_retry)
        flow = evolve(self, history=history, notes=())._advanced(event, _Moment(now, rand, pacing))
        return flow._stopped(now) if is_stopping else flow

    def stop(self, *, now: float) -> "Lifecycle":
        """Return the state after a request to stop at once: a query that may run is to be killed."""
        return evolve(self, notes=())._stopped(now) if self.can_be_stopped else self

    @property
    def can_be_stopped(self) -> bool:
        """Whether there is something to stop: a result that is ready is still fetched."""
        return not isinstance(self.state, Fetching | Killing | Ended)

    def _stopped(self, now: float) -> "Lifecycle":
        return self._end(now, Cancelled(self.export)) if self.can_be_stopped else self

    def _advanced(self, event: Event, at: _Moment) -> "Lifecycle":
        if isinstance(self.state, Killing):  # well or not: a query that is gone need not be killed
            return self._done(at.now, self.state.outcome)
        match event:
            case Saved(artifact=artifact):
                flow = self
                if isinstance(self.state, Asking):
                    flow = self._see(evolve(self._task.seen, ended=self.state.asked_at - self._task.since))
                return flow._done(at.now, Exported(self.export, artifact))
            case Answered(value=value):
                return self._untroubled()._answered(value, at)
            case CallFailed(error=error, endpoint_proven=endpoint_proven):
                return self._failed(error, at, endpoint_proven=endpoint_proven)
            case Woke():
                return self._woken(at)
            case never:
                assert_never(never)

    def _woken(self, at: _Moment) -> "Lifecycle":
        """Go on after a wait; where it was cut short because the run has learnt something, think again."""
        if not isinstance(self.directive, Wait) or at.now >= self.directive.until - _AT_ONCE:
            return self._send(at.now)
        if not isinstance(self.state, Watching | Asking) or not self.state.may_rethink:
            return self
        poll = at.pacing.next_poll(self.kind, self._task.seen, at.now - self._task.since, at.rand)
        return self if poll.is_guess and at.now + poll.wait >= self.directive.until else self._poll_after(poll, at)

    def _answered(self, value: TaskState | Look | None, at: _Moment) -> "Lifecycle":
        match value:
            case TaskState():
                creating = isinstance(self.state, Creating)
                return self._created(value, at) if creating else self._reported(self._task, value, at)
            case Look(query_id=str(query_id)) if query_id:
                try:
                    return evolve(self, query_id=query_id)._create(at.now)
                except InvalidExport as error:  # an id that its version of the API cannot have
                    return self._end(at.now, Failed(self.export, error))
            case _:
                lacking = TaskFailed(task_id="-", status="error", detail="the look has no query")
                return self._end(at.now, Failed(self.export, lacking))

    def _created(self, found: TaskState, at: _Moment) -> "Lifecycle":
        history = evolve(self.history, task_id=found.id, creates=self.history.creates + 1)
        task, phase = Task(found.id, at.now, Observation(expected=self.expected)), _status(found)
        flow = evolve(self, state=Watching(), task=task, history=history)
        return flow._noting(notes.TaskCreated(found.id, phase))._reported(task, found, at, is_new=True)

    def _reported(self, task: Task, found: TaskState, at: _Moment, *, is_new: bool = False) -> "Lifecycle":
        """Go by what Looker says of the task."""
        age, status = at.now - task.since, _status(found)
        says, reached = meaning(self.kind, status), stage(status)
        if says in {Meaning.READY, Meaning.DOUBTFUL}:
            return self._see(evolve(task.seen, ended=age), silently=is_new)._fetch(at.now)
        flow = evolve(self._in_phase(status, at.now), detail=one_line(found.status_detail))
        if not is_new:
            flow = flow._noting(notes.Polled(task.id, status, reached))
        deadlines = self.policy.deadlines
        patience = min(deadlines.expired, deadlines.export * _PATIENCE)
        is_passing = says is Meaning.EXPIRED and at.now - flow.phase_since < patience
        if says is Meaning.RUNNING or is_passing:
            return flow._see(task.seen.unfinished(reached, age), silently=is_new)._poll_later(at)
        return flow._create_again(TaskFailed(task_id=found.id, status=status, detail=flow.detail), at.now)

    def _poll_later(self, at: _Moment, error: LookerTasksError | None = None) -> "Lifecycle":
        """Wait until the next question about the task is worth its call."""
        poll = at.pacing.next_poll(self.kind, self._task.seen, at.now - self._task.since, at.rand)
        return self._poll_after(poll, at, error)

    def _poll_after(self, poll: NextPoll, at: _Moment, error: LookerTasksError | None = None) -> "Lifecycle":
        until = min(align(at.now + poll.wait, poll.slack), at.now + self.policy.cadence.ceiling)
        may_rethink = error is None  # a wait that the server asked for is not cut short
        asks = poll.result and self.may_ask_result
        state = Asking(may_rethink) if asks else Watching(may_rethink)
        return evolve(self, state=state)._wait(at.now, until - at.now, error)

    def _failed(self, error: LookerTasksError, at: _Moment, *, endpoint_proven: bool) -> "Lifecycle":
        if isinstance(self.state, Asking):
            if isinstance(error, TaskFailed | FileNotWritten):  # there was a result
                there = self._see(evolve(self._task.seen, ended=at.now - self._task.since))
                return there._has_finished(at.now)._failed(error, at, endpoint_proven=endpoint_proven)
            if isinstance(error, NotFound | RequestRefused | ResultRejected | UnexpectedResponse) and not (
                is_unauthorized(error)
            ):  # this server answers so before the result is there: its status tells
                return evolve(self, state=Watching(), may_ask_result=False)._send(at.now)
        flow = self._refused(error) if isinstance(self.state, Creating) else self
        attempts, judgement = self.attempts.after(error, self.policy.retry, endpoint_proven=endpoint_proven)
        flow = evolve(flow, attempts=attempts)
        match judgement:
            case Verdict.NOT_YET:
                return flow._untroubled()._not_ready(error, at)
            case Verdict.AGAIN | Verdict.LATER:
                return flow._retry(error, at)
            case Verdict.GIVE_UP:
                return flow._given_up(error, at.now)
            case Verdict.STOP_RUN:
                return flow._done(at.now, Failed(self.export, error), stops_run=True)
            case never:
                assert_never(never)

    def _refused(self, error: LookerTasksError) -> "Lifecycle":
        """Count a create that may have made a task all the same; note one that the server had no room for."""
        lost = self.history.lost_creates + may_have_arrived(error)
        flow = evolve(self, history=evolve(self.history, lost_creates=lost))
        return flow._noting(notes.Refused(self.kind, asked_wait(error) or 0.0)) if is_over_full(error) else flow

    def _not_ready(self, error: LookerTasksError, at: _Moment) -> "Lifecycle":
        """Go on watching a task whose result was asked for too early, or was said to be there and is not."""
        seen = evolve(self._task.seen, alive=at.now - self._task.since, ended=None)
        if not isinstance(self.state, Asking):
            return evolve(self._see(seen, silently=True), state=Watching())._poll_later(at, error)
        early = notes.AskedTooEarly(self.kind, asked_wait(error) or 0.0)
        return self._noting(early)._see(seen)._poll_later(at, error)

    def _retry(self, error: LookerTasksError, at: _Moment) -> "Lifecycle":
        """Send the call again after a backoff; one for a result that may not be there is followed by a poll."""
        wait = self.attempts.wait(self.policy.backoff, at.rand)
        state = Watching() if isinstance(self.state, Watching | Asking) else self.state
        flow = evolve(self, state=state)._wait(at.now, wait, error)
        if not isinstance(flow.directive, Wait):
            return flow
        return flow._noting(notes.BackedOff(flow.directive.until - at.now, error))

    def _given_up(self, error: LookerTasksError, now: float) -> "Lifecycle":
        """No further try of this call will do; perhaps another task will."""
        if isinstance(self.state, Fetching) and isinstance(error, RequestRefused) and error.status >= 400:  # noqa: PLR2004  # a status
            # So Looker answers for a query that failed.
            message = "; ".join(filter(None, (error.message, *error.errors))) or str(error)
            error = TaskFailed(task_id=self._task.id, status="error", detail=message)
        is_gone = isinstance(error, NotFound) and self.task is not None
        if is_gone or isinstance(error, ResultRejected | TaskFailed):
            return self._create_again(error, now)
        return self._end(now, Failed(self.export, error))

    def _create_again(self, reason: LookerTasksError, now: float) -> "Lifecycle":
        """Have another task made for the one that is gone, or end for *reason*."""
        if self.history.creates >= self.policy.retry.task_attempts:
            return self._lost()._done(now, Failed(self.export, reason))
        return evolve(self._lost(), attempts=Attempts(trouble=reason))._create(now)


def _status(found: TaskState) -> str:
    return one_line(found.status).lower() or "unknown"
