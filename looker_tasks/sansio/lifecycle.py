"""One Export from its create to its Outcome, as a frozen value with one `advance`. Whoever drives it only obeys.

    resolve ──▶ create ──▶ watch ◀──▶ (wait) ──▶ fetch ──▶ done
    (a look's      ▲         │                     │
     query)        └─────────┴──── created again ──┘          whatever ends it while a query still runs: kill ──▶ done

Every transition of an export is in this file. Three budgets bound it, kept apart: the attempts of one call, the tasks
of one export, and the export's deadline; so every order of events ends, within the deadline, in exactly one Outcome.
"""

from collections.abc import Mapping
from typing import Literal, assert_never

from attrs import evolve, field, frozen

from looker_tasks.errors import (
    DeadlineExceeded,
    InvalidExport,
    LookerTasksError,
    NotFound,
    RequestRefused,
    ResultRejected,
    TaskFailed,
)
from looker_tasks.exports import Export, LookExport
from looker_tasks.models import Look, TaskKind
from looker_tasks.outcomes import Cancelled, Exported, Failed, History, Outcome
from looker_tasks.policy import Policy
from looker_tasks.sansio import wire
from looker_tasks.sansio.answers import one_line
from looker_tasks.sansio.backoff import full_jitter
from looker_tasks.sansio.cadence import next_poll
from looker_tasks.sansio.directives import Answered, Call, CallFailed, Directive, Done, Event, Save, Saved, Wait, Woke
from looker_tasks.sansio.operations import ApiVersion
from looker_tasks.sansio.retry import Verdict, asked_wait, is_unauthorized, may_have_arrived, verdict
from looker_tasks.sansio.statuses import Meaning, meaning
from looker_tasks.sansio.wire import TaskState

Step = Literal["resolve", "create", "watch", "fetch", "kill", "done"]

_CREATING = "creating"
_DOWNLOADING = "downloading"


@frozen(kw_only=True)
class Lifecycle:
    """The state of one export. *directive* is what to do next; `advance` with what came of it."""

    export: Export
    policy: Policy
    version: ApiVersion
    kind: TaskKind
    started: float  # when the export's deadline began to run
    phase_since: float
    directive: Directive
    step: Step = "create"
    phase: str = _CREATING  # or one of Looker's statuses, or `downloading`
    query_id: str | None = None  # the look's, once it is known
    task_id: str | None = None
    task_since: float = 0.0
    is_finished: bool = False  # Looker is done with the task, one way or the other
    failures: int = 0  # of the present call, in a row
    throttles: int = 0  # of the same: a 429 costs none of a call's attempts
    refusals: int = 0  # of the same: the last so many were 401s, each with a new token
    trouble: LookerTasksError | None = None  # the last of them
    history: History = field(factory=History)
    ending: Outcome | None = None  # decided already, while the query is killed

    @classmethod
    def begin(
        cls, export: Export, policy: Policy, version: ApiVersion, *, now: float, task_id: str | None = None
    ) -> "Lifecycle":
        """Return the beginning of *export*; with *task_id*, of one whose task an earlier run had created.

        Raises `InvalidExport` for what *version* of the API cannot make.
        """
        wire.check(export, version)
        flow = cls(
            export=export,
            policy=policy,
            version=version,
            kind=wire.task_kind(export),
            started=now,
            phase_since=now,
            directive=Wait(now),
        )
        if task_id is None:
            return flow._create(now)
        history = evolve(flow.history, task_id=task_id)
        return evolve(flow, step="watch", task_id=task_id, task_since=now, history=history)._send(now)

    @property
    def deadline(self) -> float:
        """When the export fails at the latest."""
        return self.started + self.policy.deadlines.export

    @property
    def holds_slot(self) -> bool:
        """Whether Looker works, or is about to work, for this export."""
        return self.step in {"resolve", "create", "watch", "kill"} or (self.step == "fetch" and not self.is_finished)

    def advance(self, event: Event, *, now: float, rand: float) -> "Lifecycle":
        """Return the state after *event*; *rand* is in [0, 1)."""
        if isinstance(self.directive, Done):
            return self
        if self.ending is not None:  # the kill came to an end, well or not: a query that is gone need not be killed
            return self._done(now, self.ending)
        match event:
            case Saved(artifact=artifact):
                return self._done(now, Exported(self.export, artifact))
            case Answered(value=value):
                return self._untroubled()._answered(value, now, rand)
            case CallFailed(error=error):
                return self._failed(error, now, rand)
            case Woke():
                return self._send(now)
            case never:
                assert_never(never)

    def stop(self, *, now: float) -> "Lifecycle":
        """Return the state after a polite request to stop: a result that is ready is still fetched, all else ends."""
        if self.is_finished or self.ending is not None or isinstance(self.directive, Done):
            return self
        return self._end(now, Cancelled(self.export))

    def _untroubled(self) -> "Lifecycle":
        return evolve(self, failures=0, throttles=0, refusals=0, trouble=None)

    def _answered(self, value: TaskState | Look | None, now: float, rand: float) -> "Lifecycle":
        match value:
            case TaskState():
                return self._told(value, now, rand)
            case Look(query_id=str(query_id)) if query_id:
                try:
                    return evolve(self, query_id=query_id)._create(now)
                except InvalidExport as error:  # an id that its version of the API cannot have
                    return self._end(now, Failed(self.export, error))
            case _:
                lacking = TaskFailed(task_id="-", status="error", detail="the look has no query")
                return self._end(now, Failed(self.export, lacking))

    def _told(self, state: TaskState, now: float, rand: float) -> "Lifecycle":
        """Go by what Looker says of the task: it was just created, or polled."""
        flow = self
        if self.step == "create":
            history = evolve(self.history, task_id=state.id, creates=self.history.creates + 1)
            flow = evolve(self, step="watch", task_id=state.id, task_since=now, history=history)
        status = one_line(state.status).lower() or "unknown"
        says = meaning(self.kind, status)
        if says in {Meaning.READY, Meaning.DOUBTFUL}:
            return flow._fetch(now)
        flow = flow._in_phase(status, now)
        is_passing = says is Meaning.EXPIRED and now - flow.phase_since < self.policy.deadlines.expired
        if says is Meaning.RUNNING or is_passing:
            return flow._wait(now, next_poll(now - flow.task_since, self.policy.cadence, rand))
        ended = TaskFailed(task_id=state.id, status=status, detail=one_line(state.status_detail))
        return evolve(flow, is_finished=True)._create_again(ended, now)

    def _failed(self, error: LookerTasksError, now: float, rand: float) -> "Lifecycle":
        lost = self.history.lost_creates + (self.step == "create" and may_have_arrived(error))
        refusals = self.refusals + 1 if is_unauthorized(error) else 0
        flow = evolve(self, refusals=refusals, history=evolve(self.history, lost_creates=lost))
        attempt = refusals or self.failures + 1
        judgement = verdict(error, attempt, self.policy.retry, is_poll=self.step == "watch")
        match judgement:
            case Verdict.NOT_YET:
                wait = next_poll(now - self.task_since, self.policy.cadence, rand)
                return evolve(flow._untroubled(), step="watch", is_finished=False)._wait(now, wait, error)
            case Verdict.AGAIN | Verdict.LATER:
                flow = evolve(
                    flow,
                    failures=self.failures + (judgement is Verdict.AGAIN),
                    throttles=self.throttles + (judgement is Verdict.LATER),
                    trouble=error,
                )
                return flow._wait(now, full_jitter(flow.failures + flow.throttles, self.policy.backoff, rand), error)
            case Verdict.GIVE_UP:
                return flow._given_up(error, now)
            case Verdict.STOP_RUN:
                return flow._done(now, Failed(self.export, error), stops_run=True)
            case never:
                assert_never(never)

    def _given_up(self, error: LookerTasksError, now: float) -> "Lifecycle":
        """No further try of this call will do; perhaps another task will."""
        is_gone = isinstance(error, NotFound) and self.step in {"watch", "fetch"}
        if is_gone or isinstance(error, ResultRejected):
            return evolve(self, is_finished=True)._create_again(error, now)
        if self.step == "fetch" and isinstance(error, RequestRefused):  # how Looker answers for a query that failed
            said = "; ".join(filter(None, (error.message, *error.errors)))
            error = TaskFailed(task_id=self.task_id or "-", status="error", detail=said)
        return self._end(now, Failed(self.export, error))

    def _create_again(self, reason: LookerTasksError, now: float) -> "Lifecycle":
        if self.history.creates >= self.policy.retry.task_attempts:
            return self._end(now, Failed(self.export, reason))
        return evolve(self._untroubled(), trouble=reason)._create(now)

    def _order(self, now: float, directive: Call | Save | Wait) -> "Lifecycle":
        """Order *directive*, or end where a deadline has passed."""
        if now >= self.deadline:
            return self._late(now, "the export's deadline")
        if self.step == "watch" and now >= self.phase_since + self.policy.deadlines.progress:
            return self._late(now, "the deadline for progress")
        if isinstance(directive, Wait):
            return evolve(self, directive=directive)
        retries = self.history.retries + (self.trouble is not None)
        history = evolve(self.history, calls=self.history.calls + 1, retries=retries)
        return evolve(self, directive=directive, history=history)

    def _late(self, now: float, waited: str, cause: str = "") -> "Lifecycle":
        error = DeadlineExceeded(
            seconds=now - self.started, phase=self.phase, waited=waited, cause=cause or str(self.trouble or "")
        )
        return self._end(now, Failed(self.export, error))

    def _create(self, now: float) -> "Lifecycle":
        unresolved = isinstance(self.export, LookExport) and self.kind == "query" and self.query_id is None
        step: Step = "resolve" if unresolved else "create"
        return evolve(self._in_phase(_CREATING, now), step=step, task_id=None, is_finished=False)._send(now)

    def _fetch(self, now: float) -> "Lifecycle":
        return evolve(self._in_phase(_DOWNLOADING, now), step="fetch", is_finished=True)._send(now)

    def _send(self, now: float) -> "Lifecycle":
        """Order the call that the present step is about."""
        if self.step == "fetch" and self.task_id is not None:
            request = wire.results(self.kind, self.task_id, self.version)
            return self._order(now, Save(request, self.task_id, self.deadline))
        if self.step == "watch" and self.task_id is not None:
            request = wire.poll(self.kind, self.task_id, self.version)
        elif self.step == "resolve" and isinstance(self.export, LookExport):
            request = wire.look_query(self.export, self.version)
        else:
            request = wire.create(self.export, self.version, query_id=self.query_id)
        until = min(self.deadline, now + self.policy.deadlines.call)
        return self._order(now, Call(request, until))

    def _wait(self, now: float, seconds: float, error: LookerTasksError | None = None) -> "Lifecycle":
        """Order a wait, no shorter than the server asked for; past the deadline there is nothing to wait for."""
        asked = asked_wait(error) if error is not None else None
        if asked is not None and now + asked >= self.deadline:
            return self._late(
                now, "the export's deadline", f"{error} (it asks to wait {asked:.0f} s, past the deadline)"
            )
        until = min(self.deadline, now + max(seconds, asked or 0.0))
        if self.step == "watch":
            until = min(until, self.phase_since + self.policy.deadlines.progress)
        return self._order(now, Wait(until))

    def _in_phase(self, phase: str, now: float) -> "Lifecycle":
        if phase == self.phase:
            return self
        return evolve(self, phase=phase, phase_since=now, history=evolve(self.history, phases=self._phases(now)))

    def _phases(self, now: float) -> Mapping[str, float]:
        spent = self.history.phases.get(self.phase, 0.0) + now - self.phase_since
        return {**self.history.phases, self.phase: spent}

    def _end(self, now: float, outcome: Outcome) -> "Lifecycle":
        """End in *outcome*, once a query that still runs on the server is killed. Nothing can stop a render."""
        if self.kind == "render" or self.task_id is None or self.is_finished:
            return self._done(now, outcome)
        history = evolve(self.history, calls=self.history.calls + 1)
        call = Call(wire.kill(self.task_id, self.version), now + self.policy.deadlines.stop)
        return evolve(self, step="kill", ending=outcome, history=history, directive=call)

    def _done(self, now: float, outcome: Outcome, *, stops_run: bool = False) -> "Lifecycle":
        history = evolve(self.history, seconds=now - self.started, phases=self._phases(now))
        return evolve(
            self, step="done", history=history, directive=Done(evolve(outcome, history=history), stops_run=stops_run)
        )
