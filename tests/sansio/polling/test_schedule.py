"""The cheapest questions about something that ends nobody knows when."""

import random
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from looker_tasks.sansio.polling.schedule import NextPoll, Schedule, survival


def schedule_of(sample: list[float], price: float, pause: float) -> Schedule:
    """Return the schedule of a sample whose tasks have all ended."""
    return Schedule(sample, survival(sample), price, pause)


Draw = Callable[[random.Random], float]


def log_normal(chance: random.Random) -> float:
    """Give a time of many that differ by factors."""
    return 2.0 * chance.lognormvariate(0, 0.5)


def two_humps(chance: random.Random) -> float:
    """Give a short time or a long one."""
    return chance.choice((1.0, 6.0)) * chance.lognormvariate(0, 0.1)


def constant(chance: random.Random) -> float:
    """Give nearly the same time again and again."""
    return 2.0 * chance.lognormvariate(0, 0.02)


def memoryless(chance: random.Random) -> float:
    """Give a time that tells nothing by having lasted so long."""
    return chance.expovariate(0.5)


def _sample(draw: Draw, size: int, seed: int = 0) -> list[float]:
    chance = random.Random(seed)
    return sorted(draw(chance) for _ in range(size))


def _found(times: list[float], ask: Callable[[float], float]) -> tuple[float, float]:
    """Tell how many questions *ask* takes on average, and how late it finds an end."""
    questions, delay = 0, 0.0
    for time in times:
        elapsed = 0.0
        while elapsed < time:
            elapsed += ask(elapsed)
            questions += 1
        delay += elapsed - time
    return questions / len(times), delay / len(times)


def _by(schedule: Schedule) -> Callable[[float], float]:
    return lambda elapsed: (schedule.after(elapsed) or NextPoll(0.2 * elapsed)).wait


def _fixed_delay(times: list[float], questions: float) -> float:
    """Tell how late fixed intervals find an end at so many *questions*, on the line through some of them."""
    points = [_found(times, lambda _, wait=wait: wait) for wait in (8.0, 4.0, 2.0, 1.0, 0.5, 0.25)]  # type: ignore[misc]  # mypy infers no type for a default
    for (fewer, late), (more, soon) in pairwise(points):
        if questions <= more:
            return late + (soon - late) * (questions - fewer) / (more - fewer)
    return points[-1][1]


@pytest.mark.parametrize(("draw", "most"), [(log_normal, 0.65), (two_humps, 0.4), (constant, 0.1), (memoryless, 1.0)])
def test_at_equal_questions_an_end_is_found_sooner_than_by_a_fixed_interval(draw: Draw, most: float) -> None:
    """Learnt from other times of the same distribution; where they are memoryless there is nothing to win."""
    schedule = schedule_of(_sample(draw, 400), price=0.15, pause=0.0)
    times = _sample(draw, 2000, seed=1)
    questions, delay = _found(times, _by(schedule))
    assert delay <= most * _fixed_delay(times, questions)


def test_nothing_is_asked_where_nothing_ends() -> None:
    """In front of the shortest time and between two humps there is no question."""
    schedule = schedule_of([1.0, 1.1, 1.2, 9.0, 9.1, 9.2, 9.3, 9.4], price=0.1, pause=0.0)
    first = schedule.after(0.0)
    assert first is not None
    assert first.wait >= 1.0
    second = schedule.after(1.3)
    assert second is not None
    assert second.wait >= 7.7


def test_a_dear_question_is_asked_less_often() -> None:
    """The price moves along the curve of questions against delay."""
    times = _sample(log_normal, 400)
    costs = []
    for price in (0.02, 0.1, 0.5):
        schedule = schedule_of(times, price, pause=0.0)
        costs.append(_found(times, _by(schedule)))
    assert [found for found, _ in costs] == sorted((found for found, _ in costs), reverse=True)
    assert [late for _, late in costs] == sorted(late for _, late in costs)


def test_a_likely_end_is_asked_for_by_its_result() -> None:
    """Where all end together the result is asked for; where a pause would cost more than a call, the status."""
    together = schedule_of([2.0] * 20, price=0.1, pause=1.0).after(0.0)
    assert together == NextPoll(2.0, result=True)
    apart = schedule_of([each / 10 for each in range(1, 101)], price=0.1, pause=5.0).after(0.0)
    assert apart is not None
    assert not apart.result


def test_without_a_pause_the_result_is_always_the_better_question() -> None:
    """A result that is not there costs what a status costs, and one that is there saves a call."""
    assert all(
        (schedule_of(_sample(log_normal, 50), 0.1, 0.0).after(each / 10) or NextPoll(0, True)).result
        for each in range(40)
    )


def test_what_outlives_the_sample_has_no_schedule() -> None:
    """A few longer ones are no distribution."""
    schedule = schedule_of([1.0, 2.0, 3.0, 4.0, 5.0], price=0.1, pause=0.0)
    assert schedule.after(2.5) is not None
    assert schedule.after(3.0) is None
    assert schedule.after(99.0) is None


def test_where_all_have_ended_each_gap_is_as_likely() -> None:
    """They are exchangeable with the next one, which may also outlive them all."""
    assert survival([1.0, 2.0, 3.0]) == pytest.approx([3 / 4, 2 / 4, 1 / 4])


def test_those_that_still_run_make_the_first_to_end_an_exception() -> None:
    """Four of sixteen have ended: of the others nobody knows, but that they are no shorter."""
    first = [1.0, 1.1, 1.2, 1.3]
    assert survival(first, [1.3] * 12)[-1] == pytest.approx(13 / 17)
    assert survival(first, [0.5] * 12) == survival(first)


@given(
    st.lists(st.floats(0, 1e6), min_size=1, max_size=200).map(sorted),
    st.floats(1e-6, 1e6),
    st.floats(0, 1e6),
    st.floats(0, 1e6),
)
def test_a_question_lies_ahead_and_within_the_sample(
    sample: list[float], price: float, pause: float, elapsed: float
) -> None:
    """Whatever the sample, the price and the pause are."""
    ask = schedule_of(sample, price, pause).after(elapsed)
    if ask is not None:
        assert ask.wait > 0
        assert elapsed + ask.wait <= sample[-1] * (1 + 1e-9)
