"""The figures: by hand where that is possible, by their bounds where it is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.score import Score, score, shortest
from benchmarks.server import Render
from benchmarks.table import COLUMNS, line, titles
from benchmarks.workload import Measured, Told


def test_slots_never_idle_and_nothing_overtakes() -> None:
    """Two slots take 1, 4, 2 and 3 seconds in that order: 1, 2 and 3 beside 4, which is 6 seconds."""
    assert shortest([1, 4, 2, 3], slots=2) == 6


@given(st.lists(st.floats(0.01, 1000), min_size=1), st.integers(1, 50))
def test_no_farm_is_faster_than_its_slots(seconds: list[float], slots: int) -> None:
    """It takes at least the longest render and at least its share of all, and at most the two together."""
    found = shortest(seconds, slots)
    assert found >= max(seconds) * (1 - 1e-9)
    assert found >= sum(seconds) / slots * (1 - 1e-9)
    assert found <= (max(seconds) + sum(seconds) / slots) * (1 + 1e-9)


def scored(told: Told, *seconds: float | None) -> Score:
    """Score two files that came at 101 and 104; the second was created first."""
    renders = {"a": Render(99.5, 100.5, seconds[0]), "b": Render(99.0, 103.0, seconds[1])}
    measured = Measured(told, started=98.0, seconds=8.0, cpu_seconds=0.04, peak_memory=10**8)
    received = {"a": 101.0, "b": 104.0}
    return score("it", measured, received, calls=20, peak_in_flight=3, renders=renders, slots=1)


def test_costs_are_told_by_task_and_delays_by_file() -> None:
    """CPU and calls count by task, failed ones too; the delay is the mean over the files."""
    result = scored(Told(failures=2, longest_stall=0.25), 4.0, 2.0)
    assert (result.files, result.failures, result.files_per_second) == (2, 2, 0.25)
    assert (result.cpu_ms_per_task, result.calls_per_task, result.peak_mb) == (10.0, 5.0, 100.0)
    assert (result.delay_seconds, result.first_create_seconds) == (0.75, 1.0)
    assert result.over_best == pytest.approx(8 / 6)
    assert result.longest_stall_ms == 250.0


def test_what_nobody_knows_is_not_invented() -> None:
    """Without slots there is no best time, without a loop no stall, and the table leaves both empty."""
    result = scored(Told(failures=0), None, None)
    assert result.over_best is None
    assert result.longest_stall_ms is None
    cells = dict(zip((column.title for column in COLUMNS), (each.write(result) for each in COLUMNS), strict=True))
    assert (cells["x best"], cells["stall ms"], cells["files"]) == ("", "", "2")


def test_figures_stand_below_their_titles() -> None:
    """Each line is as wide as the titles."""
    assert len(line(scored(Told(failures=2), 4.0, 2.0))) == len(titles())
