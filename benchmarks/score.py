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
    over_best: float | None  # how many times the time of a farm whose slots never idle; None: no slots
    first_create_seconds: float  # from the start to the first task
    peak_in_flight: int  # tasks on the server
    longest_stall_ms: float | None  # of its event loop; None: it has none


def score(
    contender: str,
    measured: Measured,
    received: Mapping[str, float],
    *,
    calls: int,
    peak_in_flight: int,
    renders: Mapping[str, Render],
    slots: int,
) -> Score:
    """Compare what a process *measured*, and when it *received* what, with what its server knows."""
    render_seconds = [each.seconds for each in sorted(renders.values(), key=lambda each: each.created) if each.seconds]
    tasks = len(received) + measured.told.failures
    stall = measured.told.longest_stall
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
        over_best=measured.seconds / shortest(render_seconds, slots) if render_seconds else None,
        first_create_seconds=min(render.created for render in renders.values()) - measured.started,
        peak_in_flight=peak_in_flight,
        longest_stall_ms=None if stall is None else 1000 * stall,
    )


def shortest(render_seconds: Iterable[float], slots: int) -> float:
    """Tell how long *slots* slots take for renders of these lengths, in this order, when none ever idles."""
    free_at = [0.0] * slots
    for seconds in render_seconds:
        heapq.heapreplace(free_at, free_at[0] + seconds)
    return max(free_at)
