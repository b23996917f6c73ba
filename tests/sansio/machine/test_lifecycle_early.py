"""One export that asks for its result before its status says that it is there."""

import pytest
from attrs import evolve

from looker_tasks.errors import (
    FileNotWritten,
    LookerTasksError,
    RequestRefused,
    TaskFailed,
    UnexpectedResponse,
)
from looker_tasks.exports import Export
from looker_tasks.models import TaskKind
from looker_tasks.outcomes import Exported, Failed
from looker_tasks.policy import Policy, Retry
from looker_tasks.sansio.machine.directives import Call, Event, Wait, Woke
from looker_tasks.sansio.machine.flow import Task
from looker_tasks.sansio.machine.lifecycle import Lifecycle
from looker_tasks.sansio.machine.states import Asking
from looker_tasks.sansio.polling.learned import LearnedPacing
from looker_tasks.sansio.polling.observation import Observation
from looker_tasks.sansio.polling.schedule import NextPoll
from tests.sansio.machine.looker_told import (
    BAD_GATEWAY,
    LOST,
    NOT_FOUND,
    NOT_READY,
    PACING,
    SAVED,
    SPOILED,
    THROTTLED,
    UNAUTHORIZED,
    Obedient,
    failed,
    failing,
    told,
)
from tests.sansio.machine.transcripts import POLICY, QUERY, RENDER, START, after, begun

_WAIT = 5.0  # seconds


class _Hasty(LearnedPacing):
    """What a run has learnt where results are always likely: it asks for them every five seconds."""

    def next_poll(self, kind: TaskKind, seen: Observation, age: float, rand: float) -> NextPoll:
        """Return the same each time."""
        return NextPoll(_WAIT, result=True)


def _task(flow: Lifecycle) -> Task:
    """Return the task of an export that has one."""
    assert flow.task is not None
    return flow.task


def _asking(export: Export, policy: Policy = POLICY) -> Obedient:
    """Return an export that just asked for its result, where one was more likely than not."""
    obedient = begun(export, policy, pacing=_Hasty())
    obedient.until("fetch", [("create", told("running"))])
    assert isinstance(obedient.flow.state, Asking)
    return obedient


def test_a_likely_result_is_asked_for_straight_away() -> None:
    """Where the task will have ended more likely than not, the call for its status is saved."""
    obedient = _asking(RENDER)
    outcome = obedient.through([("fetch", SAVED)]).outcome
    assert isinstance(outcome, Exported)
    assert obedient.roles == ["create", "fetch"]
    assert obedient.waits == [_WAIT]
    assert _task(obedient.flow).seen.ended == pytest.approx(_WAIT)


def test_a_result_asked_for_too_early_costs_no_attempt() -> None:
    """The 202 says what the status would have said: the task runs."""
    obedient = _asking(QUERY)
    outcome = obedient.through([("fetch", NOT_READY), ("poll", told("complete")), ("fetch", SAVED)]).outcome
    assert isinstance(outcome, Exported)
    assert (outcome.history.retries, outcome.history.creates) == (0, 1)


@pytest.mark.parametrize("answer", [NOT_FOUND, SPOILED, failed(RequestRefused, 400), failed(UnexpectedResponse, 200)])
@pytest.mark.parametrize("export", [RENDER, QUERY])
def test_a_server_that_refuses_early_questions_is_asked_for_the_status(export: Export, answer: Event) -> None:
    """What no document promises before the result is there ends nothing: the status tells, from then on."""
    obedient = _asking(export)
    status = "success" if export is RENDER else "complete"
    outcome = obedient.through(
        [("fetch", answer), *[("poll", told("running"))] * 5, ("poll", told(status)), ("fetch", SAVED)]
    ).outcome
    assert isinstance(outcome, Exported)
    assert obedient.roles == ["create", "fetch", *["poll"] * 6, "fetch"]
    assert (outcome.history.creates, outcome.history.retries) == (1, 0)


@pytest.mark.parametrize("failure", [LOST, BAD_GATEWAY, THROTTLED, UNAUTHORIZED])
def test_a_failed_early_question_is_followed_by_one_for_the_status(failure: Event) -> None:
    """After trouble the lesser call is made, once the wait is over."""
    obedient = _asking(QUERY)
    outcome = obedient.through([("fetch", failure), ("poll", told("complete")), ("fetch", SAVED)]).outcome
    assert isinstance(outcome, Exported)
    assert obedient.roles == ["create", "fetch", "poll", "fetch"]
    assert outcome.history.retries == 1


@pytest.mark.parametrize(
    ("error", "fetches"),
    [
        (TaskFailed(task_id="t1", status="error", detail="SQL"), 2),
        (FileNotWritten(path="a", reason="disk full"), 1),
    ],
)
def test_a_result_that_tells_of_the_end_ends_the_questions(error: LookerTasksError, fetches: int) -> None:
    """There was a result: its status is not asked for, and nothing runs that must be killed."""
    obedient = _asking(QUERY, evolve(POLICY, retry=Retry(task_attempts=1)))
    outcome = obedient.through([("fetch", failing(error))] * fetches).outcome
    assert isinstance(outcome, Failed)
    assert outcome.error is error
    assert obedient.roles == ["create", *["fetch"] * fetches]


def test_the_next_task_may_be_asked_for_its_result_again_or_not() -> None:
    """A server that refuses early questions refuses them for the export's next task too."""
    obedient = _asking(RENDER)
    obedient.until("create", [("fetch", NOT_FOUND), ("poll", told("failure"))])
    obedient.through([("create", told("running", "t2")), ("poll", told("success", "t2")), ("fetch", SAVED)])
    assert obedient.roles == ["create", "fetch", "poll", "create", "poll", "fetch"]


@pytest.mark.parametrize(
    ("told_of", "seen"),
    [
        (["added"], Observation(waiting=1.0, alive=1.0)),
        (["added", "added"], Observation(waiting=2.0, alive=2.0)),
        (["added", "running"], Observation(waiting=1.0, started=2.0, alive=2.0)),
        (["added", "running", "running"], Observation(waiting=1.0, started=2.0, alive=3.0)),
        (["running", "added"], Observation(waiting=2.0, alive=2.0)),
        (["added", "running", "complete"], Observation(waiting=1.0, started=2.0, alive=2.0, ended=3.0)),
        (["complete"], Observation(ended=1.0)),
    ],
)
def test_what_was_seen_of_a_task_is_kept_for_the_cadence(told_of: list[str], seen: Observation) -> None:
    """Ages at which it was seen waiting, started, unfinished, finished."""
    flow = after(QUERY, told("added"))
    created = _task(flow).since
    for second, status in enumerate(told_of, 1):
        flow = flow.advance(Woke(), now=created + second, rand=0.5, pacing=PACING).advance(
            told(status), now=created + second, rand=0.5, pacing=PACING
        )
    assert _task(flow).seen == seen


def test_not_yet_takes_the_end_back() -> None:
    """A task that said it had ended, and has no result, was seen unfinished."""
    flow = after(RENDER, told("success"))
    assert _task(flow).seen.ended is not None
    unready = flow.advance(NOT_READY, now=_task(flow).since + 4.0, rand=0.5, pacing=PACING)
    assert _task(unready).seen == Observation(alive=4.0)


def test_another_task_is_seen_anew() -> None:
    """What was seen of the first says nothing of the second; what was expected of both stays."""
    flow = after(RENDER, told("rendering"), Woke(), told("failure"), expected=7.0)
    assert flow.task is None
    flow = flow.advance(told("enqueued_for_query", "t2"), now=START + 9.0, rand=0.5, pacing=PACING)
    assert _task(flow).id == "t2"
    assert _task(flow).seen == Observation(expected=7.0)


def _waiting(pacing: LearnedPacing, export: Export = RENDER) -> tuple[Lifecycle, Wait]:
    """Return an export that waits to ask about its task, created at START + 1."""
    flow = Lifecycle.begin(export, POLICY, "4.0", now=START)
    flow = flow.advance(told("rendering"), now=START + 1, rand=0.5, pacing=pacing)
    assert isinstance(flow.directive, Wait)
    return flow, flow.directive


def test_one_who_is_woken_early_thinks_again() -> None:
    """The run has learnt that tasks take four seconds: the wait that was planned is not right any more."""
    pacing = LearnedPacing()
    flow, wait = _waiting(pacing)
    for _ in range(20):
        pacing.observe("render", Observation(), Observation(started=0.1, alive=3.9, ended=4.1), 0.9)
    again = flow.advance(Woke(), now=START + 1.05, rand=0.5, pacing=pacing)
    assert wait.until < START + 3
    assert isinstance(again.directive, Wait)
    assert START + 4.5 < again.directive.until < START + 6
    assert (again.history.calls, _task(again).id) == (1, "t1")


def test_one_who_is_woken_in_time_asks() -> None:
    """A timer may be a moment early."""
    flow, wait = _waiting(LearnedPacing())
    assert isinstance(flow.advance(Woke(), now=wait.until - 1e-6, rand=0.5, pacing=PACING).directive, Call)


@pytest.mark.parametrize("trouble", [BAD_GATEWAY, LOST])
def test_a_wait_that_backs_off_is_not_thought_over(trouble: Event) -> None:
    """What the run learns of its tasks says nothing about a server that is in trouble."""
    flow, wait = _waiting(LearnedPacing())
    flow = flow.advance(Woke(), now=wait.until, rand=0.5, pacing=PACING).advance(
        trouble, now=wait.until + 0.1, rand=0.5, pacing=PACING
    )
    assert isinstance(flow.directive, Wait)
    again = flow.advance(Woke(), now=wait.until + 0.1001, rand=0.9, pacing=PACING)
    assert again == evolve(flow, notes=())
