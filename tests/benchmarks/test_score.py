"""The figures: by hand where that is possible, by their bounds where it is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.score import score, shortest
from benchmarks.server import Render
from benchmarks.workload import Measured, Told


def renders(*seconds: float) -> list[Render]:
    """Make renders of these lengths, created one after the other."""
    return [Render(created=number, finished=0.0, seconds=each) for number, each in enumerate(seconds)]


def test_slots_never_idle_and_nothing_overtakes() -> None:
    """Two slots take 1, 4, 2 and 3 seconds in that order: 1, 2 and 3 beside 4, which is 6 seconds."""
    assert shortest(renders(1, 4, 2, 3), slots=2) == 6
    assert shortest(reversed(renders(1, 4, 2, 3)), slots=2) == 6


@given(st.lists(st.floats(0.01, 1000), min_size=1), st.integers(1, 50))
def test_no_farm_is_faster_than_its_slots(seconds: list[float], slots: int) -> None:
    """It takes at least the longest render and at least its share of all, and at most the two together."""
    found = shortest(renders(*seconds), slots)
    assert found >= max(seconds) * (1 - 1e-9)
    assert found >= sum(seconds) / slots * (1 - 1e-9)
    assert found <= (max(seconds) + sum(seconds) / slots) * (1 + 1e-9)


def test_a_score_is_told_by_task() -> None:
    """CPU and calls count by task, failed ones too; the delay is the mean over the files."""
    measured = Measured(Told({"a": 101.0, "b": 104.0}, failures=2), seconds=8.0, cpu_seconds=0.04, peak_memory=10**8)
    known = {"a": Render(99.0, finished=100.5, seconds=4.0), "b": Render(99.0, finished=103.0, seconds=2.0)}
    result = score("it", measured, calls=20, renders=known, slots=1)
    assert (result.files, result.failures, result.files_per_second) == (2, 2, 0.25)
    assert (result.cpu_ms_per_task, result.calls_per_task, result.peak_mb) == (10.0, 5.0, 100.0)
    assert result.delay_seconds == pytest.approx(0.75)
    assert result.over_best == pytest.approx(8 / 6)
