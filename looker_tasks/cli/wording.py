"""What the command line says of a run, as lines of text. Pure."""

from collections.abc import Iterator

from rich.filesize import decimal

from looker_tasks.cli.tally import Tally
from looker_tasks.errors import InvalidExport
from looker_tasks.exports import Export
from looker_tasks.outcomes import Failed
from looker_tasks.sansio.naming import file_name


def name_of(export: Export) -> str:
    """Return the name of *export*'s file, or the name that was wished for where it can have none."""
    try:
        return file_name(export)
    except InvalidExport:
        return repr(export.name)


def progress(tally: Tally, seconds: float) -> str:
    """Tell how far a run is, on one line."""
    parts = [f"{tally.ended} of {tally.expected} done"]
    if tally.failed:
        parts.append(f"{tally.failed} failed")
    if tally.in_flight:
        phases = ", ".join(f"{count} {phase}" for phase, count in tally.in_flight.items())
        parts.append(f"in flight: {phases}")
    return f"{seconds:.0f} s: {'; '.join(parts)}; {decimal(tally.size)}{_rate(tally, seconds)}"


def failure(failed: Failed) -> str:
    """Tell a failure on one line: which file, and why there is none."""
    return f"failed: {name_of(failed.export)}: {' '.join(str(failed.error).split())}"


def summary(tally: Tally, seconds: float, calls: int) -> Iterator[str]:
    """Tell what a run has come to: counts, bytes, time, calls, and each failure with where its time went."""
    counts = [f"{tally.exported} of {tally.expected} exported"]
    if tally.resumed:
        counts.append(f"{tally.resumed} of them by an earlier run")
    if tally.failed:
        counts.append(f"{tally.failed} failed")
    if left := tally.expected - tally.exported - tally.failed:
        counts.append(f"{left} not done")
    again = f", {tally.again} of them sent again" if tally.again else ""
    yield ", ".join(counts)
    yield f"{decimal(tally.size)} in {seconds:.1f} s{_rate(tally, seconds)}, {calls} calls{again}"
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
