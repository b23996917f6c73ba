"""The plain pacing: a share of the task's age, and nothing learnt."""

from looker_tasks.policy import Cadence
from looker_tasks.sansio.machine.notes import AskedTooEarly
from looker_tasks.sansio.polling.learned import LearnedPacing
from looker_tasks.sansio.polling.observation import Observation
from looker_tasks.sansio.polling.pacing import FIRST_REMAINING, ByAge

_NEW = Observation()


def test_by_age_waits_a_share_of_the_age_within_bounds() -> None:
    """A task of any length is found at most that share late."""
    pacing = ByAge(Cadence(share=0.5, ceiling=15.0), floor=0.3)
    waits = [pacing.next_poll("render", _NEW, age, 0.5).wait for age in (0.0, 1.0, 10.0, 1000.0)]
    assert waits == [0.3, 0.5, 5.0, 15.0]
    assert pacing.learn(AskedTooEarly("render", 60.0), 0.5) is False
    assert pacing.remaining("render", 5.0) == FIRST_REMAINING
    assert pacing.next_poll("render", _NEW, 10.0, 0.9).wait == 5.0


def test_remaining_is_known_once_some_have_ended() -> None:
    """A few times as long as is usual, which a single straggler does not change much; before that, a few seconds."""
    pacing = LearnedPacing()
    assert pacing.remaining("render", 0.0) == FIRST_REMAINING
    for seconds in (4.0, 5.0, 6.0, 5.0, 100.0):
        pacing.observe("render", _NEW, Observation(started=0.1, alive=seconds - 0.1, ended=seconds), 0.9)
    assert 40 < pacing.remaining("render", 2.0) < 98
    assert pacing.remaining("render", 200.0) == FIRST_REMAINING  # it may be the one that takes longer still
    assert pacing.remaining("query", 0.0) == FIRST_REMAINING


def test_sooner_shares_what_is_known() -> None:
    """Whoever waits for a single export is served sooner before anything is known, and alike after that."""
    pacing = LearnedPacing()
    sooner = pacing.sooner(1 / 3)
    seen = Observation(alive=30.0)
    assert sooner.next_poll("render", seen, 15.0, 0.75).wait < pacing.next_poll("render", seen, 15.0, 0.75).wait / 2
    for _ in range(20):
        sooner.observe("render", _NEW, Observation(started=0.1, alive=4.9, ended=5.0), 0.9)
    assert sooner.next_poll("render", _NEW, 0.0, 0.75) == pacing.next_poll("render", _NEW, 0.0, 0.75)
