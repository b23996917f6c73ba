"""One export that is asked to stop."""

import pytest

from looker_tasks.outcomes import Cancelled, Exported
from looker_tasks.policy import Policy
from looker_tasks.sansio.machine.directives import Call, Done, Event, Wait, Woke
from looker_tasks.sansio.machine.lifecycle import Lifecycle
from looker_tasks.sansio.machine.notes import RenderLeft
from looker_tasks.sansio.machine.states import Watching
from tests.sansio.machine.looker_told import (
    BAD_GATEWAY,
    KILLED,
    LOST,
    NOT_FOUND,
    NOT_READY,
    PACING,
    SAVED,
    look,
    told,
)
from tests.sansio.machine.transcripts import LOOK, QUERY, RENDER, START, after


@pytest.mark.parametrize(
    "flow",
    [
        after(RENDER),
        after(RENDER, BAD_GATEWAY),
        after(RENDER, told("querying")),
        after(RENDER, told("querying"), Woke()),
        after(QUERY),
        after(LOOK),
        after(LOOK, look("5")),
        after(RENDER, told("success"), NOT_READY),
    ],
    ids=["create", "create-again", "wait", "poll", "query-create", "resolve", "look-create", "render-not-ready"],
)
def test_stopping_ends_at_once_where_nothing_can_be_killed(flow: Lifecycle) -> None:
    """A render cannot be stopped, and where no query runs there is none to stop."""
    stopped = flow.stop(now=START + 10)
    assert isinstance(stopped.directive, Done)
    assert isinstance(stopped.directive.outcome, Cancelled)
    assert stopped.directive.outcome.history.seconds == 10.0


@pytest.mark.parametrize(
    "flow",
    [
        after(QUERY, told("added")),
        after(QUERY, told("added"), Woke()),
        after(QUERY, told("running"), Woke(), BAD_GATEWAY),
        after(LOOK, look("5"), told("running")),
        after(QUERY, told("complete"), NOT_READY),
        after(QUERY, told("expired")),
    ],
    ids=["wait", "poll", "poll-again", "look", "not-ready", "expired"],
)
def test_stopping_kills_a_query_that_runs(flow: Lifecycle) -> None:
    """The server is asked once to stop it, within its time; whatever it answers, the export was cancelled."""
    killing = flow.stop(now=START + 10)
    assert isinstance(killing.directive, Call)
    assert killing.directive.request.path == "/api/4.0/running_queries/t1"
    assert killing.directive.until == START + 40.0
    assert killing.stop(now=START + 11) is killing
    for answer in (KILLED, NOT_FOUND, LOST, BAD_GATEWAY):
        done = killing.advance(answer, now=START + 12, rand=0.5, pacing=PACING).directive
        assert isinstance(done, Done)
        assert isinstance(done.outcome, Cancelled)
        assert done.outcome.history.calls == flow.history.calls + 1


def test_stopping_lets_a_ready_result_be_fetched() -> None:
    """What Looker has made is still saved: stopping changes nothing there."""
    flow = after(RENDER, told("success"))
    assert flow.stop(now=START + 10) is flow
    done = flow.advance(SAVED, now=START + 20, rand=0.5, pacing=PACING)
    assert isinstance(done.directive, Done)
    assert isinstance(done.directive.outcome, Exported)
    assert done.stop(now=START + 21) is done


def test_stopping_at_each_step_creates_nothing_more() -> None:
    """Asked at every step, as the runner does, a failed download ends in Cancelled and not in another task."""
    flow = after(RENDER, told("success"), NOT_FOUND, NOT_FOUND)
    stopped = flow.advance(NOT_FOUND, now=START + 9, rand=0.5, pacing=PACING).stop(now=START + 9)
    assert isinstance(stopped.directive, Done)
    assert isinstance(stopped.directive.outcome, Cancelled)


def test_an_end_is_an_end() -> None:
    """Nothing that comes after it changes an Outcome."""
    done = after(RENDER, told("success"), SAVED)
    events: list[Event] = [SAVED, LOST, told("querying"), Woke()]
    for event in events:
        assert done.advance(event, now=START + 99, rand=0.5, pacing=PACING) is done


@pytest.mark.parametrize("ended", [told("success"), told("failure")])
def test_a_render_that_was_left_is_watched_until_it_has_ended(ended: Event) -> None:
    """Its status is polled, never its result, and the watch is over then."""
    policy = Policy()
    flow = Lifecycle.watch(RENDER, policy, "4.0", RenderLeft("t1", 5.0), now=START)
    asked: list[str] = []
    while isinstance(flow.directive, Wait | Call) and len(asked) < 5:
        if isinstance(flow.directive, Wait):
            flow = flow.advance(Woke(), now=flow.directive.until, rand=0.5, pacing=PACING)
            continue
        asked.append(flow.directive.request.operation.name)
        event = told("rendering") if len(asked) < 4 else ended
        flow = flow.advance(event, now=START + len(asked), rand=0.5, pacing=PACING)
        if len(asked) == 4:
            break
        assert isinstance(flow.state, Watching)
    assert asked == ["render_task"] * 4
    assert not isinstance(flow.state, Watching)
