"""The times of the last tasks: what is imputed from a bracket, who counts, and what is forgotten."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from looker_tasks.sansio.polling.sample import Sample

_CHANCES = [each / 50 for each in range(50)]


def _sample(times: Sequence[float]) -> Sample:
    sample = Sample()
    for each in times:
        sample.add(each)
    return sample


@given(st.lists(st.floats(-50, 50), max_size=300), st.floats(0, 40), st.floats(0.1, 20), st.floats(0, 0.999))
def test_what_is_drawn_lies_in_the_bracket(times: list[float], alive: float, further: float, rand: float) -> None:
    """Whatever others took."""
    assert alive <= _sample(times).imputed(alive, alive + further, 0.1, rand) <= alive + further


def test_a_bracket_is_filled_as_others_fill_it_and_not_by_them_alone() -> None:
    """A sharp sample stays sharp, and one that was too slow finds out."""
    sample = _sample([4.0] * 60)
    imputed = [sample.imputed(2.0, 5.0, 0.1, rand) for rand in _CHANCES]
    assert 0.7 < imputed.count(4.0) / len(imputed) < 0.95
    assert min(imputed) < 3.5


def test_one_that_was_never_seen_alive_ended_about_when_others_still_run() -> None:
    """It was asked about once, in time or late: nobody knows, but for those that were asked about too soon."""
    sample = _sample([])
    sample.imputed(3.0, 3.5, 0.1, 0.5)  # was seen alive at 3.0
    assert min(sample.imputed(None, 4.0, 0.4, rand) for rand in _CHANCES) == pytest.approx(2.6)


def test_where_nobody_is_seen_alive_any_more_the_guess_moves_down() -> None:
    """By a little each time: tasks may have become quicker since anybody was asked about too soon."""
    sample = _sample([])
    soonest = [sample.imputed(None, 4.0 * 0.9**number, 0.4 * 0.9**number, 0.0) for number in range(5)]
    assert soonest == sorted(soonest, reverse=True)
    assert soonest[-1] < 0.7 * soonest[0]


def test_times_may_be_negative() -> None:
    """Some count from when an end was expected."""
    sample = _sample([-2.0, -1.0, 0.0, 1.0, 2.0] * 4)
    ask = sample.schedule(0.1, 0.0).after(-10.0)
    assert ask is not None
    assert 7.9 <= ask.wait <= 12.0
    assert sample.mean == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("others", "is_sharper"), [([1.0, 9.0] * 5, True), ([4.0, 4.1] * 5, False), ([1.0, 9.0], False)]
)
def test_the_sharper_sample_has_the_closer_times(others: list[float], is_sharper: bool) -> None:
    """As far as both are samples at all."""
    assert _sample([3.0, 4.0, 5.0] * 4).is_sharper_than(_sample(others)) is is_sharper


def test_whoever_is_no_more_does_not_count_as_running() -> None:
    """Each moves on with its observations, and only where it was."""
    sample = Sample()
    sample.seen_alive(None, 1.0)
    sample.seen_alive(None, -1.0)
    sample.seen_alive(1.0, 3.0)
    sample.seen_alive(7.0, None)
    assert sample.alive == [-1.0, 3.0]
    sample.seen_alive(-1.0, None)
    assert sample.alive == [3.0]
