"""The table: a line of titles, and a line for each Score. Pure."""

from collections.abc import Callable

from attrs import frozen

from benchmarks.score import Score


@frozen
class Column:
    """One column: its title, its width in characters, and how its figure is written."""

    title: str
    width: int
    write: Callable[[Score], str]


def _if_known(value: float | None, layout: str) -> str:
    return "" if value is None else format(value, layout)


COLUMNS = (
    Column("contender".ljust(30), 30, lambda score: score.contender.ljust(30)),
    Column("files", 6, lambda score: str(score.files)),
    Column("failed", 6, lambda score: str(score.failures)),
    Column("files/s", 7, lambda score: format(score.files_per_second, ".2f")),
    Column("CPU ms/task", 11, lambda score: format(score.cpu_ms_per_task, ".2f")),
    Column("peak MB", 7, lambda score: format(score.peak_mb, ".0f")),
    Column("calls/task", 10, lambda score: format(score.calls_per_task, ".2f")),
    Column("delay s", 7, lambda score: format(score.delay_seconds, ".3f")),
    Column("x best", 6, lambda score: _if_known(score.over_best, ".3f")),
    Column("in flight", 9, lambda score: str(score.peak_in_flight)),
    Column("1st create s", 12, lambda score: format(score.first_create_seconds, ".3f")),
    Column("stall ms", 8, lambda score: _if_known(score.longest_stall_ms, ".1f")),
)


def titles() -> str:
    """Write the titles, each over its column."""
    return "  ".join(column.title.rjust(column.width) for column in COLUMNS)


def line(score: Score) -> str:
    """Write the figures of *score*; one that it has not stays empty."""
    return "  ".join(column.write(score).rjust(column.width) for column in COLUMNS)
