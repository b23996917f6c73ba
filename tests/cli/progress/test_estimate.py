"""The estimate of a run's end, on simulated farms."""

import heapq
import random
from collections.abc import Callable
from statistics import median

import pytest

from looker_tasks.cli.progress.estimate import Estimate

EXPORTS = 240
Draw = Callable[[random.Random, int], float]


def ends_on_a_farm(slots: int, draw: Draw, seed: int) -> list[float]:
    """Return when each export ends where *slots* take one after the other, in ascending seconds."""
    rand = random.Random(seed)
    free = [0.0] * slots
    ends = []
    for number in range(EXPORTS):
        end = heapq.heappop(free) + draw(rand, number)
        heapq.heappush(free, end)
        ends.append(end)
    return sorted(ends)


def worst_error(ends: list[float], slots: int) -> float:
    """Return the largest error of the estimated end from the half on, as a share of the whole run."""
    estimate, worst = Estimate(), 0.0
    for done, now in enumerate(ends, start=1):
        estimate.add(now)
        left = EXPORTS - done
        if left and done >= EXPORTS // 2:
            seconds = estimate.seconds_left(left, min(slots, left), now)
            assert seconds is not None
            worst = max(worst, abs(now + seconds - ends[-1]) / ends[-1])
    return worst


@pytest.mark.parametrize("slots", [2, 16])
@pytest.mark.parametrize(
    "draw",
    [
        lambda _, __: 2.0,
        lambda rand, _: rand.lognormvariate(0.5, 0.5),
        lambda _, number: 0.3 if number % 3 else 6.0,
        lambda _, number: 1.0 if number < EXPORTS // 4 else 2.0,
        lambda _, number: 2.0 if number < EXPORTS // 4 else 1.0,
    ],
    ids=["constant", "log-normal", "two humps", "slower", "quicker"],
)
def test_seconds_left_is_within_a_fifth_from_the_half_on(slots: int, draw: Draw) -> None:
    """`Estimate.seconds_left`: on each kind of farm the estimated end is within 20 % of the real one."""
    errors = [worst_error(ends_on_a_farm(slots, draw, seed), slots) for seed in range(20)]
    assert median(errors) < 0.2


def test_seconds_left_says_nothing_too_early() -> None:
    """A handful of exports says nothing of the others; none left takes no time."""
    estimate = Estimate()
    for second in range(7):
        estimate.add(float(second))
    assert estimate.seconds_left(100, 2, 7.0) is None
    estimate.add(7.0)
    assert estimate.seconds_left(100, 2, 8.0) is not None
    assert estimate.seconds_left(0, 0, 8.0) == 0.0


def test_seconds_left_grows_while_nothing_ends() -> None:
    """A run that stands still is not promised to end soon."""
    estimate = Estimate()
    for second in range(1, 21):
        estimate.add(float(second))
    soon, later = (estimate.seconds_left(20, 1, now) for now in (20.0, 220.0))
    assert soon is not None
    assert later is not None
    assert later > 5 * soon


def test_a_long_run_costs_no_memory() -> None:
    """A hundred thousand exports leave a few hundred times, and the same estimate."""
    estimate = Estimate()
    for number in range(100_000):
        estimate.add(number / 10)
    assert len(estimate._times) <= 513
    seconds = estimate.seconds_left(1000, 1, 10_000.0)
    assert seconds == pytest.approx(100.0, rel=0.02)
