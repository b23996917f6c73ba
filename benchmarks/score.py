"""From what was measured to the figures that are compared. Pure."""

import heapq
from collections.abc import Iterable, Mapping
from statistics import fmean

from attrs import frozen

from benchmarks.server import Render
from benchmarks.workload import Measured


@frozen
class Score:
    """How one contender did in one scenario."""

    contender: str
    files: int
    failures: int
    seconds: float
    files_per_second: float
    cpu_ms_per_task: float
    peak_mb: float
    calls_per_task: float
    delay_seconds: float  # mean, between a result being ready on the server and its file being here
    over_best: float  # how many times the time that a farm needs whose slots never idle


def score(contender: str, measured: Measured, *, calls: int, renders: Mapping[str, Render], slots: int) -> Score:
    """Compare what a process *measured* with what its server knows."""
    received = measured.told.received
    tasks = len(received) + measured.told.failures
    return Score(
        contender=contender,
        files=len(received),
        failures=measured.told.failures,
        seconds=measured.seconds,
        files_per_second=len(received) / measured.seconds,
        cpu_ms_per_task=1000 * measured.cpu_seconds / tasks,
        peak_mb=measured.peak_memory / 1e6,
        calls_per_task=calls / tasks,
        delay_seconds=fmean(received[task_id] - render.finished for task_id, render in renders.items()),
        over_best=measured.seconds / shortest(renders.values(), slots),
    )


def shortest(renders: Iterable[Render], slots: int) -> float:
    """Tell in how many seconds *slots* slots do *renders* in the order of their creation, when none ever idles."""
    free_at = [0.0] * slots
    for render in sorted(renders, key=lambda each: each.created):
        heapq.heapreplace(free_at, free_at[0] + render.seconds)
    return max(free_at)
