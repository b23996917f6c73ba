"""One Export from its create to its Outcome, as a frozen value with one `advance`. Whoever drives it only obeys.

    resolve ──▶ create ──▶ watch ◀──▶ (wait) ──▶ fetch ──▶ done
    (a look's      ▲         │                     │
     query)        └─────────┴──── created again ──┘          whatever ends it while a query still runs: kill ──▶ done

Every transition of an export is in this file. Three budgets bound it, kept apart: the attempts of one call, the tasks
of one export, and the export's deadline; so every order of events ends, within the deadline, in exactly one Outcome.
"""

from collections.abc import Mapping
from typing import Literal, assert_never

import attrs
from attrs import field, frozen

from looker_tasks.errors import (
    DeadlineExceeded,
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
from looker_tasks.models import Look, TaskKind
from looker_tasks.outcomes import Cancelled, Exported, Failed, History, Outcome
from looker_tasks.policy import Policy
from looker_tasks.sansio import export_requests
from looker_tasks.sansio.directives import Answered, Call, CallFailed, Directive, Done, Event, Save, Saved, Wait, Woke
from looker_tasks.sansio.evolving import evolve
from looker_tasks.sansio.export_requests import TaskState
from looker_tasks.sansio.polling.learned import LearnedPacing, align
from looker_tasks.sansio.polling.observation import Observation
from looker_tasks.sansio.polling.schedule import NextPoll
from looker_tasks.sansio.protocol.operations import ApiVersion
from looker_tasks.sansio.protocol.responses import one_line
from looker_tasks.sansio.protocol.statuses import Meaning, Stage, meaning, stage
from looker_tasks.sansio.retrying.backoff import full_jitter
from looker_tasks.sansio.retrying.retry import Attempts, Verdict, asked_wait, is_unauthorized, may_have_arrived

Step = Literal["resolve", "create", "watch", "fetch", "kill", "done"]

_PATIENCE = 1 / 4  # of the export's deadline: what expired for good must leave time for another task
_AT_ONCE = 1e-3  # seconds; timers are as exact as that
_CREATING = "creating"
_RESUMING = "resuming"
_DOWNLOADING = "downloading"
_UNTRIED = Attempts()


@frozen(kw_only=True, slots=False)
class Lifecycle:
    """The state of one export. *directive* is what to do next; `advance` with what came of it."""

    export: Export
    policy: Policy
    cadence: LearnedPacing
    version: ApiVersion
    kind: TaskKind
    started: float  # when the export's deadline began to run
    phase_since: float
    directive: Directive
    step: Step = "create"
    phase: str = _CREATING  # or `resuming`, one of Looker's statuses, or `downloading`
    detail: str = ""  # what Looker told of that status
    query_id: str | None = None  # the look's, once it is known
    task_id: str | None = None
    task_since: float = 0.0
    asked_at: float = 0.0
    seen: Observation = field(factory=Observation)  # of the task, by its age
    may_think_again: bool = False  # in the present wait: nobody asked for it
    asks_result: bool = False  # at the end of the wait, for the result straight away
    may_ask_result: bool = True  # until the server answers that in a way nobody expects
    is_finished: bool = False  # Looker is done with the task, one way or the other
    attempts: Attempts = _UNTRIED  # of the present call
    history: History = field(factory=History)
    ending: Outcome | None = None  # decided already, while the query is killed

    @classmethod
    def begin(
        cls,
        export: Export,
        policy: Policy,
        version: ApiVersion,
        *,
        now: float,
        cadence: LearnedPacing | None = None,
        task_id: str | None = None,
        expected: float = 0.0,
    ) -> "Lifecycle":
        """Return the beginning of *export*; with *task_id*, of one whose task an earlier run had created.

        *cadence* is what the run has learnt so far; it goes on learning, and is read at each step. *expected* is for
        how many seconds the task ran in an earlier run; 0: nobody knows.
        Raises `InvalidExport` for what *version* of the API cannot make.
        """
        if isinstance(export, LookExport) or task_id is not None:  # what else is begun is checked as its create is made
            export_requests.check(export, version)
        flow = cls(
            export=export,
            policy=policy,
            cadence=cadence or LearnedPacing(policy.cadence),
            version=version,
            kind=export_requests.task_kind(export),
            started=now,
            phase_since=now,
            directive=Wait(now),
            seen=Observation(expected=expected),
        )
        if task_id is None:
            return flow._create(now)
        history = evolve(flow.history, task_id=task_id)
        return evolve(flow, step="watch", phase=_RESUMING, task_id=task_id, task_since=now, history=history)._send(now)

    @property
    def deadline(self) -> float:
        """When the export fails at the latest."""
        return self.started + self.policy.deadlines.export

    @property
    def holds_slot(self) -> bool:
        """Whether Looker works, or is about to work, for this export."""
        return self.step in {"resolve", "create", "watch", "kill"}

    @property
    def stage(self) -> Stage:
        """How far the task had come when Looker told of it last."""
        return stage(self.phase)

    def advance(self, event: Event, *, now: float, rand: float) -> "Lifecycle":
        """Return the state after *event*; *rand* is in [0, 1)."""
        if isinstance(self.directive, Done):
            return self
        return (self if isinstance(self.directive, Wait) else self._counted())._advanced(event, now, rand)

    def _counted(self) -> "Lifecycle":
        """Count a call that was made: one that a stop forestalled was not."""
        retries = self.history.retries + (self.attempts.trouble is not None)
        return evolve(self, history=evolve(self.history, calls=self.history.calls + 1, retries=retries))

    def _advanced(self, event: Event, now: float, rand: float) -> "Lifecycle":
        if self.ending is not None:  # the kill came to an end, well or not: a query that is gone need not be killed
            return self._done(now, self.ending)
        match event:
            case Saved(artifact=artifact):
                ended = self.seen.ended or self.asked_at - self.task_since
                flow = evolve(self, seen=evolve(self.seen, ended=ended))
                return flow._done(now, Exported(self.export, artifact))
            case Answered(value=value):
                return self._untroubled()._answered(value, now, rand)
            case CallFailed(error=error, endpoint_proven=endpoint_proven):
                return self._failed(error, now, rand, endpoint_proven=endpoint_proven)
            case Woke():
                return self._woken(now, rand)
            case never:
                assert_never(never)

    def _woken(self, now: float, rand: float) -> "Lifecycle":
        """Go on after a wait; where it was cut short because the run has learnt something, think again."""
        if not isinstance(self.directive, Wait) or now >= self.directive.until - _AT_ONCE:
            return self._send(now)
        if not self.may_think_again:
            return self
        ask = self.cadence.ask(self.kind, self.seen, now - self.task_since, rand)
        return self if ask.is_guess and now + ask.wait >= self.directive.until else self._ask_at(ask, now)

    def stop(self, *, now: float) -> "Lifecycle":
        """Return the state after a polite request to stop: a result that is ready is still fetched, all else ends."""
        if self.is_finished or self.ending is not None or isinstance(self.directive, Done):
            return self
        return self._end(now, Cancelled(self.export))

    def _untroubled(self) -> "Lifecycle":
        return self if self.attempts is _UNTRIED else evolve(self, attempts=_UNTRIED)

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
        flow = self._created(state.id, now) if self.step == "create" else self
        age = now - flow.task_since
        status = one_line(state.status).lower() or "unknown"
        says = meaning(self.kind, status)
        if says in {Meaning.READY, Meaning.DOUBTFUL}:
            return evolve(flow, seen=evolve(flow.seen, ended=age))._fetch(now)
        detail = one_line(state.status_detail)
        flow = evolve(flow._in_phase(status, now), detail=detail)
        deadlines = self.policy.deadlines
        patience = min(deadlines.expired, deadlines.export * _PATIENCE)
        is_passing = says is Meaning.EXPIRED and now - flow.phase_since < patience
        if says is Meaning.RUNNING or is_passing:
            return evolve(flow, seen=flow.seen.unfinished(flow.stage, age))._ask_later(now, rand)
        ended = TaskFailed(task_id=state.id, status=status, detail=detail)
        return evolve(flow, is_finished=True)._create_again(ended, now)

    def _created(self, task_id: str, now: float) -> "Lifecycle":
        history = evolve(self.history, task_id=task_id, creates=self.history.creates + 1)
        return evolve(
            self,
            step="watch",
            task_id=task_id,
            task_since=now,
            seen=Observation(expected=self.seen.expected),
            history=history,
        )

    def _ask_later(self, now: float, rand: float, error: LookerTasksError | None = None) -> "Lifecycle":
        """Wait until the next question about the task is worth its call."""
        return self._ask_at(self.cadence.ask(self.kind, self.seen, now - self.task_since, rand), now, error)

    def _ask_at(self, ask: NextPoll, now: float, error: LookerTasksError | None = None) -> "Lifecycle":
        until = min(align(now + ask.wait, ask.slack), now + self.cadence.knobs.ceiling)
        flow = evolve(self, asks_result=ask.result and self.may_ask_result, may_think_again=error is None)
        return flow._wait(now, until - now, error)

    def _failed(self, error: LookerTasksError, now: float, rand: float, *, endpoint_proven: bool) -> "Lifecycle":
        if self.step == "watch" and isinstance(self.directive, Save):
            if isinstance(error, TaskFailed | FileNotWritten):  # there was a result
                there = evolve(self, seen=evolve(self.seen, ended=now - self.task_since))._fetch(now)
                return there._failed(error, now, rand, endpoint_proven=endpoint_proven)
            if isinstance(error, NotFound | RequestRefused | ResultRejected | UnexpectedResponse) and not (
                is_unauthorized(error)
            ):  # this server answers so before the result is there: its status tells
                return evolve(self, may_ask_result=False, asks_result=False)._send(now)
        lost = self.history.lost_creates + (self.step == "create" and may_have_arrived(error))
        attempts, judgement = self.attempts.after(error, self.policy.retry, endpoint_proven=endpoint_proven)
        flow = evolve(self, attempts=attempts, history=evolve(self.history, lost_creates=lost))
        match judgement:
            case Verdict.NOT_YET:
                seen = evolve(self.seen, alive=now - self.task_since, ended=None)
                flow = evolve(flow._untroubled(), step="watch", is_finished=False, seen=seen)
                return flow._ask_later(now, rand, error)
            case Verdict.AGAIN | Verdict.LATER:
                wait = full_jitter(attempts.number, self.policy.backoff, rand)
                return evolve(flow, asks_result=False, may_think_again=False)._wait(now, wait, error)
            case Verdict.GIVE_UP:
                return flow._given_up(error, now)
            case Verdict.STOP_RUN:
                return flow._done(now, Failed(self.export, error), stops_run=True)
            case never:
                assert_never(never)

    def _given_up(self, error: LookerTasksError, now: float) -> "Lifecycle":
        """No further try of this call will do; perhaps another task will."""
        if self.step == "fetch" and isinstance(error, RequestRefused) and error.status >= 400:  # noqa: PLR2004  # a status
            # So Looker answers for a query that failed.
            said = "; ".join(filter(None, (error.message, *error.errors))) or str(error)
            error = TaskFailed(task_id=self.task_id or "-", status="error", detail=said)
        is_gone = isinstance(error, NotFound) and self.step in {"watch", "fetch"}
        if is_gone or isinstance(error, ResultRejected | TaskFailed):
            return evolve(self, is_finished=True)._create_again(error, now)
        return self._end(now, Failed(self.export, error))

    def _create_again(self, reason: LookerTasksError, now: float) -> "Lifecycle":
        if self.history.creates >= self.policy.retry.task_attempts:
            return self._end(now, Failed(self.export, reason))
        return evolve(self, attempts=Attempts(trouble=reason))._create(now)

    def _order(self, now: float, directive: Call | Save | Wait) -> "Lifecycle":
        """Order *directive*, or end where a deadline has passed."""
        if now >= self.deadline:
            return self._late(now, "the export's deadline")
        if self.step == "watch" and now >= self.phase_since + self.policy.deadlines.progress:
            return self._late(now, "the deadline for progress")
        return evolve(self, directive=directive, asked_at=now)

    def _late(self, now: float, waited: str, cause: str = "") -> "Lifecycle":
        error = DeadlineExceeded(
            seconds=now - self.started,
            phase=self.phase,
            waited=waited,
            cause=cause or str(self.attempts.trouble or ""),
            detail=self.detail,
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
        if self.task_id is not None and (self.step == "fetch" or (self.step == "watch" and self.asks_result)):
            request = export_requests.results(self.kind, self.task_id, self.version)
            return self._order(now, Save(request, self.task_id, self.deadline))
        if self.step == "watch" and self.task_id is not None:
            request = export_requests.poll(self.kind, self.task_id, self.version)
        elif self.step == "resolve" and isinstance(self.export, LookExport):
            request = export_requests.look_query(self.export, self.version)
        else:
            request = export_requests.create(self.export, self.version, query_id=self.query_id)
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
        call = Call(export_requests.kill(self.task_id, self.version), now + self.policy.deadlines.stop)
        return evolve(self._untroubled(), step="kill", ending=outcome, directive=call)

    def _done(self, now: float, outcome: Outcome, *, stops_run: bool = False) -> "Lifecycle":
        history = evolve(
            self.history, seconds=now - self.started, phases=self._phases(now), task_seconds=self.seen.seconds
        )
        return evolve(
            self,
            step="done",
            history=history,
            directive=Done(attrs.evolve(outcome, history=history), stops_run=stops_run),
        )
