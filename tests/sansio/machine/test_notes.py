"""What a Lifecycle notes of each step, for journal, observers, pacing and limits."""

import pytest

from looker_tasks.errors import ServerBroken, Throttled
from looker_tasks.sansio.machine.directives import Event, Woke
from looker_tasks.sansio.machine.lifecycle import Lifecycle
from looker_tasks.sansio.machine.notes import (
    AskedTooEarly,
    BackedOff,
    Note,
    Observed,
    Polled,
    Refused,
    RenderLeft,
    TaskCreated,
)
from looker_tasks.sansio.polling.observation import Observation
from looker_tasks.sansio.polling.pacing import ByAge
from looker_tasks.sansio.polling.schedule import NextPoll
from looker_tasks.sansio.protocol.statuses import Stage
from tests.sansio.machine.looker_told import BAD_GATEWAY, NOT_READY, PACING, SAVED, failed, told
from tests.sansio.machine.transcripts import POLICY, QUERY, RENDER, START, after

_NEW = Observation()


class _Hasty(ByAge):
    """Ask for results only."""

    def next_poll(self, kind: object, seen: object, age: float, rand: float) -> NextPoll:
        """Return the same each time."""
        return NextPoll(5.0, result=True)


def notes_of(flow: Lifecycle, event: Event, second: float) -> tuple[Note, ...]:
    """Return what is noted of *event*, so many seconds after the beginning."""
    return flow.advance(event, now=START + second, rand=0.5, pacing=PACING).notes


def test_a_create_is_noted_with_the_phase_of_the_task() -> None:
    """For the journal first of all; nothing was learnt yet of how long it takes."""
    assert notes_of(after(QUERY), told("added"), 1) == (TaskCreated("t1", "added"),)
    assert notes_of(after(QUERY), told("complete"), 1) == (TaskCreated("t1", "complete"),)


def test_a_poll_is_noted_with_what_it_shows() -> None:
    """The stage for the limit, the observation for the pacing."""
    flow = after(QUERY, told("added"), Woke())
    assert notes_of(flow, told("running"), 3) == (
        Polled("t1", "running", Stage.STARTED),
        Observed("query", _NEW, Observation(started=2.0, alive=2.0)),
    )
    assert notes_of(flow, told("complete"), 3) == (Observed("query", _NEW, Observation(ended=2.0)),)


def test_of_a_task_of_an_earlier_run_no_age_is_noted() -> None:
    """Nobody knows it; how far it has come counts all the same."""
    flow = Lifecycle.begin(RENDER, POLICY, "4.0", now=START, task_id="t0")
    assert notes_of(flow, told("rendering", "t0"), 1) == (Polled("t0", "rendering", Stage.STARTED),)


@pytest.mark.parametrize("ends", ["failure", "stop"])
def test_a_task_that_is_given_up_is_noted_as_known_no_more(ends: str) -> None:
    """It would count for ever among those that still run."""
    flow = after(RENDER, told("querying"), Woke(), told("rendering"), Woke())
    assert flow.task is not None
    seen = flow.task.seen
    if ends == "stop":
        assert flow.stop(now=START + 9).notes == (Observed("render", seen, _NEW), RenderLeft("t1", 8.0))
    else:
        assert notes_of(flow, told("failure"), 9)[1:] == (Observed("render", seen, _NEW),)


def test_a_result_asked_for_too_early_is_noted_with_the_pause() -> None:
    """The pacing weighs it against a poll."""
    flow = Lifecycle.begin(QUERY, POLICY, "4.0", now=START)
    for second, event in ((1, told("added")), (6, Woke())):
        flow = flow.advance(event, now=START + second, rand=0.5, pacing=_Hasty())
    too_early = failed(type(NOT_READY.error), 202, retry_after=3.0)  # type: ignore[arg-type]  # an ApiError
    noted = flow.advance(too_early, now=START + 7, rand=0.5, pacing=_Hasty()).notes
    assert noted == (AskedTooEarly("query", 3.0), Observed("query", _NEW, Observation(alive=6.0)))
    (ended,) = flow.advance(SAVED, now=START + 9, rand=0.5, pacing=_Hasty()).notes
    assert ended == Observed("query", _NEW, Observation(ended=5.0))  # when it was asked, and not when it was saved


def test_a_backoff_is_noted_with_its_wait() -> None:
    """In seconds from now."""
    assert notes_of(after(RENDER, told("querying"), Woke()), BAD_GATEWAY, 3) == (BackedOff(0.5, BAD_GATEWAY.error),)


@pytest.mark.parametrize(
    ("failure", "pause"),
    [
        (failed(Throttled, 429, retry_after=7.0), 7.0),
        (failed(Throttled, 429), 0.0),
        (failed(ServerBroken, 503), 0.0),
        (failed(ServerBroken, 502), None),
    ],
)
def test_a_create_that_the_server_has_no_room_for_is_noted(failure: Event, pause: float | None) -> None:
    """For the limit; a throttled poll says that we ask too often, and not that there are too many tasks."""
    refusals = [note for note in notes_of(after(RENDER), failure, 1) if isinstance(note, Refused)]
    assert refusals == ([] if pause is None else [Refused("render", pause)])
    polled = notes_of(after(RENDER, told("querying"), Woke()), failure, 3)
    assert not [note for note in polled if isinstance(note, Refused)]
