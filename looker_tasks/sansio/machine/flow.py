"""The facts of one export under way, the directive that follows from them, and its end. Transitions are in `lifecycle`.

The directives keep to the export's deadlines here, whoever gives them: a call, a wait or a download that a deadline
forestalls is the end instead.
"""

from collections.abc import Mapping
from typing import Self, cast

import attrs
from attrs import field, frozen

from looker_tasks.errors import DeadlineExceeded, LookerTasksError
from looker_tasks.exports import Export, LookExport
from looker_tasks.models import TaskKind
from looker_tasks.outcomes import Failed, History, Outcome
from looker_tasks.policy import Policy
from looker_tasks.sansio import export_requests
from looker_tasks.sansio.evolving import evolve
from looker_tasks.sansio.machine import notes
from looker_tasks.sansio.machine.directives import Call, Directive, Done, Save, Wait
from looker_tasks.sansio.machine.notes import Note
from looker_tasks.sansio.machine.states import Asking, Creating, Ended, Fetching, Killing, Resolving, State, Watching
from looker_tasks.sansio.polling.observation import Observation
from looker_tasks.sansio.protocol.operations import ApiVersion
from looker_tasks.sansio.retrying.retry import Attempts, asked_wait

CREATING = "creating"
RESUMING = "resuming"
DOWNLOADING = "downloading"

_UNTRIED = Attempts()
_UNSEEN = Observation()


@frozen(slots=False)  # see `sansio.evolving`
class Task:
    """The task that Looker runs for the export now."""

    id: str
    since: float
    seen: Observation = _UNSEEN  # by its age


@frozen(kw_only=True, slots=False)
class Flow:
    """The facts of one export. *directive* is what to do next."""

    export: Export
    policy: Policy
    version: ApiVersion
    kind: TaskKind
    started: float  # when the export's deadline began to run
    phase_since: float
    directive: Directive
    state: State
    expected: float = 0.0  # seconds that its task ran in an earlier run; 0: nobody knows
    phase: str = CREATING  # or `resuming`, one of Looker's statuses, or `downloading`
    detail: str = ""  # what Looker said of that status
    query_id: str | None = None  # the look's, once it is known
    task: Task | None = None
    may_ask_result: bool = True  # until the server answers that in a way nobody expects
    attempts: Attempts = _UNTRIED  # of the present call
    history: History = field(factory=History)
    notes: tuple[Note, ...] = ()  # of the last step

    @property
    def deadline(self) -> float:
        """When the export fails at the latest."""
        return self.started + self.policy.deadlines.export

    @property
    def _task(self) -> Task:
        """The task, in a state that has one."""
        return cast("Task", self.task)

    @property
    def holds_slot(self) -> bool:
        """Whether Looker works, or is about to work, for this export."""
        return self.state.holds_slot

    def _noting(self, note: Note) -> Self:
        return evolve(self, notes=(*self.notes, note))

    def _see(self, seen: Observation, *, silently: bool = False) -> Self:
        """Know more of the task; of an earlier run's nobody knows the age, so that it says nothing of others."""
        flow = evolve(self, task=evolve(self._task, seen=seen))
        if silently or not self.history.creates:
            return flow
        return flow._noting(notes.Observed(self.kind, self._task.seen, seen))

    def _lost(self) -> Self:
        """Note a task that nobody watches any more: when it ends will not be known."""
        is_known = self.task is None or self.task.seen.ended is not None
        return self if is_known else self._see(_UNSEEN)

    def _untroubled(self) -> Self:
        return self if self.attempts is _UNTRIED else evolve(self, attempts=_UNTRIED)

    def _create(self, now: float) -> Self:
        is_unresolved = isinstance(self.export, LookExport) and self.kind == "query" and self.query_id is None
        state = Resolving() if is_unresolved else Creating()
        return evolve(self._in_phase(CREATING, now), state=state, task=None)._send(now)

    def _has_finished(self, now: float) -> Self:
        return evolve(self._in_phase(DOWNLOADING, now), state=Fetching())

    def _fetch(self, now: float) -> Self:
        return self._has_finished(now)._send(now)

    def _send(self, now: float) -> Self:
        """Order the call that the present state is about."""
        flow, task, until = self, self.task, min(self.deadline, now + self.policy.deadlines.call)
        if task is None:
            if isinstance(self.state, Resolving) and isinstance(self.export, LookExport):
                request = export_requests.look_query(self.export, self.version)
            else:
                request = export_requests.create(self.export, self.version, query_id=self.query_id)
        elif isinstance(self.state, Watching):
            request = export_requests.poll(self.kind, task.id, self.version)
        else:
            request = export_requests.results(self.kind, task.id, self.version)
            if isinstance(self.state, Asking):
                flow = evolve(self, state=attrs.evolve(self.state, asked_at=now))
            return flow._order(now, Save(request, task.id, self.deadline))
        return flow._order(now, Call(request, until))

    def _wait(self, now: float, seconds: float, error: LookerTasksError | None = None) -> Self:
        """Order a wait, no shorter than the server asked for; past the deadline there is nothing to wait for."""
        asked = asked_wait(error) if error is not None else None
        if asked is not None and now + asked >= self.deadline:
            return self._late(
                now, "the export's deadline", f"{error} (it asks to wait {asked:.0f} s, past the deadline)"
            )
        until = min(self.deadline, now + max(seconds, asked or 0.0))
        if isinstance(self.state, Watching | Asking):
            until = min(until, self.phase_since + self.policy.deadlines.progress)
        return self._order(now, Wait(until))

    def _order(self, now: float, directive: Call | Save | Wait) -> Self:
        """Order *directive*, or end where a deadline has passed."""
        if now >= self.deadline:
            return self._late(now, "the export's deadline")
        if isinstance(self.state, Watching | Asking) and now >= self.phase_since + self.policy.deadlines.progress:
            return self._late(now, "the deadline for progress")
        return evolve(self, directive=directive)

    def _late(self, now: float, waited: str, cause: str = "") -> Self:
        error = DeadlineExceeded(
            seconds=now - self.started,
            phase=self.phase,
            waited=waited,
            cause=cause or str(self.attempts.trouble or ""),
            detail=self.detail,
        )
        return self._end(now, Failed(self.export, error))

    def _in_phase(self, phase: str, now: float) -> Self:
        if phase == self.phase:
            return self
        return evolve(self, phase=phase, phase_since=now, history=evolve(self.history, phases=self._phases(now)))

    def _phases(self, now: float) -> Mapping[str, float]:
        spent = self.history.phases.get(self.phase, 0.0) + now - self.phase_since
        return {**self.history.phases, self.phase: spent}

    def _end(self, now: float, outcome: Outcome) -> Self:
        """End in *outcome*, once a query that may run on the server is killed. Nothing can stop a render."""
        flow = self._lost()
        if self.task is None or isinstance(self.state, Fetching):
            return flow._done(now, outcome)
        if self.kind == "render":
            return flow._noting(notes.RenderLeft(self.task.id, now - self.task.since))._done(now, outcome)
        call = Call(export_requests.kill(self.task.id, self.version), now + self.policy.deadlines.stop)
        return evolve(flow._untroubled(), state=Killing(outcome), directive=call)

    def _done(self, now: float, outcome: Outcome, *, stops_run: bool = False) -> Self:
        task_seconds = self.task.seen.seconds if self.task is not None else 0.0
        history = evolve(self.history, seconds=now - self.started, phases=self._phases(now), task_seconds=task_seconds)
        outcome = attrs.evolve(outcome, history=history)
        return evolve(self, state=Ended(), history=history, directive=Done(outcome, stops_run=stops_run))
