"""What the command line says of a run, as lines of text. Pure."""

from collections.abc import Iterator

from rich.filesize import decimal

from looker_tasks.cli.progress.tally import Tally
from looker_tasks.errors import InvalidExport
from looker_tasks.exports import Export
from looker_tasks.outcomes import Failed
from looker_tasks.sansio.naming import file_name


def name_of(export: Export) -> str:
    """Return the name of *export*'s file, or the name that was asked for where it can have none."""
    try:
        return file_name(export)
    except InvalidExport:
        return repr(export.name)


def count(number: int, noun: str) -> str:
    """Return "1 call" or "2 calls"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def clock_time(seconds: float) -> str:
    """Return a time as a clock shows it: "0:07", "1:02:03"."""
    minutes, whole = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{whole:02}" if hours else f"{minutes}:{whole:02}"


def age(seconds: float) -> str:
    """Return an age in the largest unit that says enough: "40 s", "12 min", "23 h", "9 days"."""
    for size, unit in ((86400 * 2, "days"), (3600 * 2, "h"), (120, "min")):
        if seconds >= size:
            return f"{seconds / {'days': 86400, 'h': 3600, 'min': 60}[unit]:.0f} {unit}"
    return f"{max(0.0, seconds):.0f} s"


def beginning(expected: int, looker: str, out: str) -> str:
    """Say what a run is about to do: which *looker* it asks, and as whom, before anything is created there."""
    return f"{count(expected, 'export')} of {looker} into {out}"


def progress(tally: Tally, seconds: float) -> str:
    """Say how far a run is, on one line."""
    parts = [f"{tally.ended} of {tally.expected} done"]
    if tally.failed:
        parts.append(f"{tally.failed} failed")
    if tally.in_flight:
        parts.append(f"in flight: {', '.join(f'{number} {phase}' for phase, number in tally.in_flight.items())}")
    left = tally.estimate.seconds_left(tally.expected - tally.ended, sum(tally.in_flight.values()), seconds)
    end = "" if left is None else f"; about {clock_time(left)} left"
    return f"{seconds:.0f} s: {'; '.join(parts)}; {decimal(tally.size)}{_rate(tally, seconds)}{end}"


def failure(failed: Failed) -> str:
    """Say on one line which file is not there, and why."""
    return f"failed: {name_of(failed.export)}: {' '.join(str(failed.error).split())}"


def stopping(tally: Tally, within: float) -> str:
    """Say what a run waits for that was asked to stop."""
    phases = ", ".join(f"{number} {phase}" for phase, number in tally.in_flight.items())
    return (
        f"stopping: nothing new is created; up to {within:.0f} s for what is ready and for killing queries "
        f"({phases or 'nothing in flight'}); once more to stop at once"
    )


def summary(tally: Tally, seconds: float, calls: int, *, now: float, looker: str = "") -> Iterator[str]:
    """Say what a run has come to: counts, bytes, time, calls, and each failure with where its time went.

    *now* is in seconds since 1970, *looker* the one that was called, and by whom.
    """
    counts = [f"{tally.exported} of {tally.expected} exported"]
    if tally.resumed:
        written = age(now - tally.oldest / 1e9)
        counts.append(f"{tally.resumed} of them by an earlier run, the oldest {written} ago")
    if tally.failed:
        counts.append(f"{tally.failed} failed")
    if left := tally.expected - tally.exported - tally.failed:
        counts.append(f"{left} not done")
    again = f", {tally.again} of them sent again" if tally.again else ""
    asked = f", of {looker}" if looker else ""
    yield ", ".join(counts)
    yield f"{decimal(tally.size)} in {seconds:.1f} s{_rate(tally, seconds)}, {count(calls, 'call')}{again}{asked}"
    if tally.lost_creates:
        creates = count(tally.lost_creates, "create")
        yield f"the answers to {creates} were lost: Looker may have run as many tasks more"
    yield from (f"{name_of(export)}: {notice}" for export, notice in tally.notices)
    if tally.noticed > len(tally.notices):
        yield f"... and {count(tally.noticed - len(tally.notices), 'file')} more like that; run.json names each"
    for failed in tally.failures:
        yield failure(failed)
        phases = ", ".join(f"{phase} {spent:.1f} s" for phase, spent in failed.history.phases.items())
        yield f"    after {failed.history.seconds:.1f} s{f' ({phases})' if phases else ''}"
        if failed.error.advice:
            yield f"    {failed.error.advice}"
    if tally.failed > len(tally.failures):
        yield f"... and {tally.failed - len(tally.failures)} more failed; --json tells each"


def _rate(tally: Tally, seconds: float) -> str:
    made = tally.exported - tally.resumed
    return f" ({made / seconds:.1f} files a second)" if made and seconds else ""
