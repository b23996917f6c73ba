"""The progress of a run as a few lines, made to the width of a terminal. Pure: rich draws them."""

from collections.abc import Iterator, Mapping

from rich.filesize import decimal
from rich.text import Text

from looker_tasks.cli import wording
from looker_tasks.cli.progress.tally import Tally

#: The narrowest terminal that a bar is drawn on, in columns.
WITH_BAR = 60

_LONGEST_BAR = 40
_DONE, _LEFT = "━", "━"
_STYLES = {"failed": "bold red", "bar": "green", "rest": "bright_black", "dim": "bright_black", "key": "cyan"}

#: Looker's words for where a task waits or works, in the order of a task's path.
_PATH = (
    "creating",
    "created",
    "enqueued_for_query",
    "querying",
    "added",
    "running",
    "enqueued_for_render",
    "rendering",
)


def frame(tally: Tally, seconds: float, width: int, *, now: float) -> Iterator[Text]:
    """Return what is shown *seconds* after the begin, on *width* columns; *now* is in seconds since 1970."""
    yield _head(tally, seconds, width)
    yield _cut(_join(_work(tally, now)), width)
    yield _cut(_join(_speed(tally, seconds)), width)
    if tally.last_failure is not None:
        yield _cut(Text(wording.failure(tally.last_failure), style=_STYLES["failed"]), width)


def share_done(tally: Tally) -> float:
    """Return how much of the run is done, from 0 to 1."""
    return min(1.0, tally.ended / tally.expected) if tally.expected else 1.0


def _head(tally: Tally, seconds: float, width: int) -> Text:
    """Return the bar, the counts and the time; the bar takes what the others leave."""
    counts = Text(f"{tally.ended}/{tally.expected}", style="bold")
    if tally.failed:
        counts.append(f"  {tally.failed} failed", style=_STYLES["failed"])
    in_flight = sum(tally.in_flight.values())
    left = tally.estimate.seconds_left(tally.expected - tally.ended, in_flight, seconds)
    time = Text(f"  {wording.clock_time(seconds)}", style=_STYLES["dim"])
    if left is not None and tally.ended < tally.expected:
        time.append(f", about {wording.clock_time(left)} left")
    counts.append_text(time)
    bar = min(_LONGEST_BAR, width - counts.cell_len - 2)
    if width < WITH_BAR or bar < 1:
        return _cut(counts, width)
    filled = round(bar * share_done(tally))
    drawn = Text(_DONE * filled, style=_STYLES["bar"]) + Text(_LEFT * (bar - filled), style=_STYLES["rest"])
    return drawn.append("  ").append_text(counts)


def _work(tally: Tally, now: float) -> Iterator[Text]:
    """Say where Looker is with what is in flight, the limit as it adapts, and what is paused."""
    phases = tally.in_flight
    ordered = sorted(phases, key=lambda phase: _PATH.index(phase) if phase in _PATH else len(_PATH))
    for phase in ordered:
        yield Text(f"{phases[phase]} ", style="bold") + Text(phase, style=_STYLES["key"])
    if not phases:
        yield Text("nothing in flight", style=_STYLES["dim"])
    for limited, limit in tally.limits.items():
        yield Text(f"{limited} limit {limit}", style=_STYLES["dim"])
    for operation, until in tally.paused.items():
        if until > now:
            yield Text(f"{operation} paused for {until - now:.0f} s", style="yellow")


def _speed(tally: Tally, seconds: float) -> Iterator[Text]:
    made = tally.exported - tally.resumed
    if seconds and made:
        yield Text(f"{made / seconds:.1f} files/s")
        yield Text(f"{decimal(round(tally.size / seconds))}/s")
    yield Text(f"{decimal(tally.size)} in {wording.count(made, 'file')}", style=_STYLES["dim"])
    if tally.resumed:
        yield Text(f"{tally.resumed} kept", style=_STYLES["dim"])
    if tally.again:
        yield Text(f"{wording.count(tally.again, 'call')} sent again", style=_STYLES["dim"])


def _join(parts: Iterator[Text]) -> Text:
    return Text("  ").join(parts)


def _cut(line: Text, width: int) -> Text:
    line.truncate(width, overflow="ellipsis")
    line.no_wrap = True
    return line


def in_words(phases: Mapping[str, int]) -> str:
    """Return what is in flight as one phrase: "3 rendering, 1 downloading"."""
    return ", ".join(f"{number} {phase}" for phase, number in phases.items())
