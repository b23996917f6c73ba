"""One export through every order of events that a server, a network and a clock can bring."""

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from looker_tasks.errors import (
    CredentialsRefused,
    FileNotWritten,
    NotFound,
    NotReady,
    RequestRefused,
    ResultRejected,
    ServerBroken,
    TaskFailed,
    Throttled,
    UnexpectedResponse,
)
from looker_tasks.exports import DashboardExport, ElementExport, Export, LookExport, QueryExport
from looker_tasks.formats import DATA_FORMATS
from looker_tasks.outcomes import Cancelled, Exported, Failed, Outcome
from looker_tasks.policy import Backoff, Cadence, Deadlines, Policy, Retry
from looker_tasks.sansio.export_requests import TaskState, task_kind
from looker_tasks.sansio.machine.directives import Answered, Call, CallFailed, Done, Event, Save, Wait, Woke
from looker_tasks.sansio.machine.lifecycle import Lifecycle
from looker_tasks.sansio.machine.states import Asking, Creating, Ended, Fetching, Killing, Resolving, Watching
from looker_tasks.sansio.polling.learned import LearnedPacing as Learnt
from looker_tasks.sansio.polling.observation import Observation
from looker_tasks.sansio.protocol.operations import ApiVersion
from looker_tasks.sansio.retrying.retry import may_have_arrived
from tests.sansio.machine.looker_told import BAD_GATEWAY, KILLED, LOST, SAVED, UNSENT, failed, failing, look, role, told

_EXPORTS = st.sampled_from(
    [
        DashboardExport("42"),
        ElementExport("9"),
        LookExport("7", "png"),
        LookExport("7", "csv"),
        QueryExport("5", "json"),
    ]
)
_SECONDS = st.sampled_from([2000.0, 5000.0, 200.0, 20.0, 0.01])
_POLICIES = st.builds(
    Policy,
    backoff=st.builds(Backoff, base=st.floats(0.5, 10.0), cap=st.floats(5.0, 60.0)),
    cadence=st.builds(Cadence, share=st.floats(0.05, 1.0)),
    retry=st.builds(Retry, call_attempts=st.integers(1, 5), task_attempts=st.integers(1, 4)),
    deadlines=st.builds(
        Deadlines,
        export=_SECONDS,
        progress=_SECONDS,
        expired=st.floats(0.01, 60.0),
        call=st.floats(1.0, 60.0),
        stop=st.floats(0.01, 60.0),
    ),
)
_RAND = st.floats(0, 1, exclude_max=True)

_WORDS = "enqueued_for_query querying enqueued_for_render rendering success failure added running complete error killed"
_STATUSES = st.sampled_from([*_WORDS.split(), "expired", "missing", "Complete", "never heard of", "", None])
_STATES = st.builds(told, _STATUSES, st.sampled_from(["t1", "t2", "ab cd"]), st.none() | st.text(max_size=8))
_RETRY_AFTER = st.none() | st.floats(0, 40.0) | st.just(1e9)
_TROUBLES = st.one_of(
    st.sampled_from([LOST, UNSENT, BAD_GATEWAY]),
    st.builds(failed, st.just(Throttled), st.just(429), _RETRY_AFTER),
    st.builds(failed, st.just(ServerBroken), st.sampled_from([500, 501, 502, 503, 504]), _RETRY_AFTER),
    st.builds(failed, st.just(RequestRefused), st.sampled_from([302, 400, 401, 403, 408, 409, 422])),
    st.builds(failed, st.just(NotFound), st.just(404)),
    st.builds(failed, st.just(CredentialsRefused), st.just(404)),
)
_NONSENSE = st.builds(failed, st.just(UnexpectedResponse), st.just(200))
_DOWNLOADS = st.one_of(
    st.just(SAVED),
    st.builds(failed, st.just(NotReady), st.sampled_from([202, 204]), _RETRY_AFTER),
    st.just(failing(ResultRejected(task_id="t1", reason="cut short"))),
    st.just(failing(TaskFailed(task_id="t1", status="error"))),
    st.just(failing(FileNotWritten(path="a", reason="full"))),
)


def _mostly(*good: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return mostly *good* events: what fails all the time goes nowhere."""
    return st.integers(0, 7).flatmap(lambda chance: good[chance % len(good)] if chance else _TROUBLES | _NONSENSE)


_RUNNING = st.sampled_from(["enqueued_for_query", "rendering", "added", "running", "expired"]).map(told)
_EVENTS: dict[str, st.SearchStrategy[Event]] = {
    "resolve": _mostly(st.just(look("5")), st.sampled_from(["slug", "", None]).map(look)),
    "create": _mostly(_RUNNING, _STATES),
    "poll": _mostly(_STATES),
    "fetch": _mostly(_DOWNLOADS),
    "kill": _mostly(st.just(KILLED)),
}


#: By state: the calls that it directs, whether there is a task, and where it may go on to (`sansio.machine.states`).
_TABLE: dict[type[object], tuple[set[str], set[bool], set[type[object]]]] = {
    Resolving: ({"resolve"}, {False}, {Resolving, Creating, Ended}),
    Creating: ({"create"}, {False}, {Creating, Watching, Asking, Fetching, Killing, Ended}),
    Watching: ({"poll"}, {True}, {Watching, Asking, Fetching, Creating, Resolving, Killing, Ended}),
    Asking: ({"fetch"}, {True}, {Watching, Asking, Fetching, Creating, Resolving, Killing, Ended}),
    Fetching: ({"fetch"}, {True}, {Fetching, Watching, Asking, Creating, Resolving, Killing, Ended}),
    Killing: ({"kill"}, {True}, {Ended}),
    Ended: (set(), {True, False}, {Ended}),
}


class AnyOrder(RuleBasedStateMachine):
    """A lifecycle, whose every directive is answered by anything that its answer can be, at any time in time."""

    @initialize(
        export=_EXPORTS,
        policy=_POLICIES,
        version=st.sampled_from(["4.0", "4.0", "3.1"]),
        is_resumed=st.booleans(),
        is_to_be_stopped=st.booleans(),
        known=st.lists(st.floats(0.5, 50.0), max_size=12),
    )
    def begin(
        self,
        export: Export,
        policy: Policy,
        version: ApiVersion,
        is_resumed: bool,
        is_to_be_stopped: bool,
        known: list[float],
    ) -> None:
        """Begin an export, or go on with an earlier run's."""
        if isinstance(export, ElementExport):
            version = "4.0"
        self.before: type[object] | None = None
        self.now = 1000.0
        self.policy = policy
        self.export = export
        self.made = 0  # tasks that the server may have made for it
        self.calls = 0
        self.kills = 0
        self.running = "t0" if is_resumed else None  # the task that was last known to run, or may
        self.is_to_be_stopped = is_to_be_stopped
        self.was_stopped = False
        self.outcomes: list[Outcome] = []
        self.ends_by = self.now + policy.deadlines.export
        learnt = Learnt(policy.cadence)
        for seconds in known:
            learnt.observe(
                task_kind(export), Observation(), Observation(started=0.1, alive=seconds, ended=seconds), 0.5
            )
        flow = Lifecycle.begin(export, policy, version, now=self.now, task_id=self.running)
        self.pacing = learnt
        self._take(flow)

    def _take(self, flow: Lifecycle) -> None:
        """Check a new state, as the runner would take it up."""
        assert self.before is None or type(flow.state) in _TABLE[self.before][2], f"{self.before} → {flow.state}"
        self.before = type(flow.state)
        self.flow = flow
        match flow.directive:
            case Wait(until=until):
                assert self.now <= until <= self.ends_by
            case Call() | Save() as order:
                assert order.until >= self.now
                if role(order) == "kill":
                    self.kills += 1
                    self.ends_by = order.until
                    assert order.until == self.now + self.policy.deadlines.stop
                assert order.until <= self.ends_by
            case Done(outcome=outcome):
                self.outcomes.append(outcome)

    def _tell(self, event: Event, rand: float) -> None:
        order = self.flow.directive
        if isinstance(order, Call | Save):
            self.calls += 1
            self._learn(role(order), event)
        flow = self.flow.advance(event, now=self.now, rand=rand, pacing=self.pacing)
        if self.was_stopped:  # as the runner asks at every step
            flow = flow.stop(now=self.now)
        self._take(flow)

    def _learn(self, asked: str, event: Event) -> None:
        """Keep the server's side of the story."""
        match event:
            case Answered(value=TaskState(id=task_id, status=status)):
                self.made += asked == "create"
                ended = {"success", "complete", "error", "failure", "killed", "missing", "expired"}
                self.running = None if (status or "").lower() in ended else task_id
            case CallFailed(error=NotFound()) if asked in {"poll", "fetch"}:
                self.running = None
            case CallFailed(error=TaskFailed() | FileNotWritten()):  # there was a result
                self.running = None
            case CallFailed(error=error):
                self.made += asked == "create" and may_have_arrived(error)

    def _is_done(self) -> bool:
        return isinstance(self.flow.directive, Done)

    @rule(data=st.data(), chance=st.integers(0, 19), rand=_RAND)
    @precondition(lambda self: not self._is_done())
    def go_on(self, data: st.DataObject, chance: int, rand: float) -> None:
        """Obey: sleep through a wait, or get any answer at any time before the call's end; now and then, be stopped.

        A wait ends early then, as the runner's does, and a call's answer is heard first.
        """
        order = self.flow.directive
        assert isinstance(order, Call | Save | Wait)
        self.was_stopped = self.was_stopped or (self.is_to_be_stopped and chance == 0)
        left = order.until - self.now
        if isinstance(order, Wait):
            self.now = self.now + 0.5 * left if self.was_stopped else order.until
            self._tell(Woke(), rand)
        else:
            is_cut_off = chance == 1
            self.now = order.until if is_cut_off else min(order.until, self.now + left * rand * rand * 0.1)
            self._tell(LOST if is_cut_off else data.draw(_EVENTS[role(order)]), rand)

    @rule(data=st.data(), rand=_RAND)
    @precondition(lambda self: self._is_done())
    def hear_more(self, data: st.DataObject, rand: float) -> None:
        """Get a late event after the end: nothing changes."""
        event = data.draw(st.one_of(st.just(Woke()), *_EVENTS.values()))
        assert self.flow.advance(event, now=self.now + 1, rand=rand, pacing=self.pacing) is self.flow
        assert self.flow.stop(now=self.now + 1) is self.flow

    @invariant()
    def it_is_in_a_state_of_the_table(self) -> None:
        """Direct only what the state is about, with a task or without, and with its own fields alone."""
        flow = self.flow
        calls, has_task, _ = _TABLE[type(flow.state)]
        assert (flow.task is not None) in has_task
        match flow.directive:
            case Call() | Save() as call:
                assert role(call) in calls
            case Wait():
                assert calls - {"kill"}
            case Done():
                assert not calls
        assert flow.holds_slot is not isinstance(flow.state, Fetching | Ended)
        if isinstance(flow.state, Killing):
            assert flow.kind == "query"
        if isinstance(flow.state, Asking) and isinstance(flow.directive, Save):
            assert flow.task is not None
            assert flow.state.asked_at >= flow.task.since

    @invariant()
    def it_is_never_late(self) -> None:
        """Nothing goes on past the deadline, or past the time that a kill has."""
        assert self.now <= self.ends_by

    @invariant()
    def it_creates_no_more_tasks_than_it_may(self) -> None:
        """As many as the policy allows, and every task that the server may have made is accounted for."""
        history = self.flow.history
        assert history.creates <= self.policy.retry.task_attempts
        assert self.made == history.creates + history.lost_creates

    @invariant()
    def it_counts_what_it_does(self) -> None:
        """Count the calls that were made, and as retries some of them."""
        assert self.flow.history.calls == self.calls
        assert self.flow.history.retries <= max(0, self.calls - 1)

    @invariant()
    def it_holds_its_slot_while_its_task_may_run(self) -> None:
        """Cover create to finished."""
        if not self._is_done() and self.running is not None:
            assert self.flow.holds_slot

    @invariant()
    def it_ends_in_one_outcome_that_is_right(self) -> None:
        """End as Exported or Failed, or as Cancelled where it was stopped; each with its whole history."""
        assert len(self.outcomes) == self._is_done()
        if not isinstance(self.flow.directive, Done):
            return
        outcome = self.outcomes[0]
        assert outcome.export is self.export
        assert outcome.history == self.flow.history
        assert outcome.history.seconds == pytest.approx(self.now - 1000.0)
        assert sum(outcome.history.phases.values()) == pytest.approx(outcome.history.seconds, abs=1e-6)
        assert all(spent >= 0 for spent in outcome.history.phases.values())
        match outcome:
            case Failed(error=error):
                assert str(error).isprintable()
            case Cancelled():
                assert self.was_stopped
            case Exported():
                assert not self.flow.directive.stops_run
        is_rows = self.export.result_format in DATA_FORMATS
        if (
            is_rows
            and self.running is not None
            and not self.flow.directive.stops_run
            and isinstance(outcome, Failed | Cancelled)
        ):
            assert self.kills == 1
        assert self.kills <= is_rows

    def teardown(self) -> None:
        """Whatever happened so far, a server that never says anything final is done with in time."""
        if not hasattr(self, "flow"):
            return
        for _ in range(50_000):
            order = self.flow.directive
            if isinstance(order, Done):
                break
            if isinstance(order, Wait):
                self.now = order.until
                self._tell(Woke(), 0.5)
            else:
                self.now = min(order.until, self.now + 0.001)
                self._tell(_ENDLESS[role(order)], 0.5)
            self.it_is_never_late()
        assert self._is_done()
        self.it_ends_in_one_outcome_that_is_right()


_ENDLESS: dict[str, Event] = {
    "resolve": failed(Throttled, 429),
    "create": told("running"),
    "poll": told("running"),
    "fetch": failed(NotReady, 202),
    "kill": BAD_GATEWAY,
}

TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
