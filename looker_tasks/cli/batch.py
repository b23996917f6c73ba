"""One run over many exports as a person sees it: progress, outcomes, signals, the summary, the exit status."""

import asyncio
import sys
import time
from collections.abc import AsyncIterable, Iterable
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import anyio
import anyio.to_thread
from attrs import frozen

from looker_tasks.cli import wording
from looker_tasks.cli.interruption import Interruption
from looker_tasks.cli.outcome_json import outcome_line
from looker_tasks.cli.progress.display import Display, Manner, displayed
from looker_tasks.cli.progress.tally import Tally
from looker_tasks.cli.reporting import write_reports
from looker_tasks.cli.status import DONE, FAILED, UNREAD
from looker_tasks.cli.streams import Output, write_line
from looker_tasks.client import LookerTasks
from looker_tasks.config import Settings
from looker_tasks.exports import Export
from looker_tasks.observers.timeline import Timeline
from looker_tasks.outcomes import Failed, Outcome
from looker_tasks.policy import Policy

_STDOUT = 1
_UNREAD_PAUSE = 0.05  # seconds between two looks at a reader that is behind


@frozen(kw_only=True)
class Batch:
    """What to export, where from and where to."""

    exports: Iterable[Export] | AsyncIterable[Export]
    expected: int
    out: Path
    settings: Settings
    policy: Policy
    concurrency: int | Literal["auto"] = "auto"
    journal: Literal["folder"] | None = "folder"
    fresh: bool = False
    json: bool = False
    quiet: bool = False
    report: bool = True


async def run_batch(batch: Batch) -> int:
    """Export all of *batch* and return the exit status. Raises what ends a run as a whole, after its summary."""
    tally = Tally(batch.expected)
    timeline = Timeline(
        batch.out,
        host=urlsplit(batch.settings.base_url).netloc,
        out=str(batch.out),
        expected=batch.expected,
        concurrency=batch.concurrency,
    )
    looker = LookerTasks.from_settings(
        batch.settings,
        policy=batch.policy,
        concurrency=batch.concurrency,
        observers=(tally.observe, timeline.observe),
    )
    lines = Output(_STDOUT, encoding="utf-8", drops=False) if batch.json else None
    with Interruption() as interruption:
        try:
            with timeline:
                await _run(batch, looker, tally, interruption, lines)
        except asyncio.CancelledError:
            if interruption.signal is None:
                raise
        finally:
            if lines is not None:
                lines.close()
        if batch.report and interruption.signal is None:
            await anyio.to_thread.run_sync(write_reports, batch.out)
        if interruption.signal is not None:
            return interruption.status
        if tally.exported != tally.expected:
            return FAILED
        return UNREAD if lines is not None and lines.failed else DONE


async def _run(
    batch: Batch, looker: LookerTasks, tally: Tally, interruption: Interruption, lines: Output | None
) -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    async with (
        looker,
        looker.export_all(batch.exports, batch.out, journal=batch.journal, fresh=batch.fresh) as outcomes,
    ):

        def stop() -> str:
            outcomes.stop()
            return wording.stopping(tally, batch.policy.deadlines.stop)

        interruption.ask_to_stop = stop
        try:
            async with displayed(tally, _manner(batch)) as display:
                async for outcome in outcomes:
                    tally.take(outcome, loop.time() - began)
                    _show(outcome, display, lines)
                    # Exports go on meanwhile, as far as outcomes may wait.
                    while _is_unread(lines) and interruption.signal is None:  # noqa: ASYNC110  # a thread reads on
                        await anyio.sleep(_UNREAD_PAUSE)
        finally:
            for line in wording.summary(tally, loop.time() - began, looker.calls, now=time.time()):
                write_line(line)


def _is_unread(lines: Output | None) -> bool:
    """Return whether so much waits for the reader of stdout that the run should wait as well."""
    return lines is not None and lines.is_behind and not lines.failed


def _show(outcome: Outcome, display: Display, lines: Output | None) -> None:
    if isinstance(outcome, Failed):
        display.failed(outcome)
    if lines is not None:
        lines.write(f"{outcome_line(outcome)}\n")


def _manner(batch: Batch) -> Manner:
    """Choose how much to show: in place only on a terminal of a person's, and not where the data go as well."""
    if batch.quiet:
        return "quiet"
    return "plain" if not sys.stderr.isatty() or (batch.json and sys.stdout.isatty()) else "live"
