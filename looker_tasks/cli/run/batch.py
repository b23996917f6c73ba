"""One run over many exports as a person sees it: progress, outcomes, signals, the summary, the exit status."""

import asyncio
import logging
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import anyio
import anyio.to_thread
from attrs import evolve, field, frozen

from looker_tasks.aio.files.locate import journal_folder, local_folder
from looker_tasks.aio.files.threads import DaemonThreads
from looker_tasks.aio.open_files import raise_open_file_limit
from looker_tasks.aio.run.scheduler import Exports, Run
from looker_tasks.cli import wording
from looker_tasks.cli.earlier.reporting import report_command, write_reports
from looker_tasks.cli.options import RunOptions, assignments
from looker_tasks.cli.outcome_json import outcome_line
from looker_tasks.cli.progress.display import Display, Manner, displayed
from looker_tasks.cli.progress.tally import Tally
from looker_tasks.cli.run.began import forget_beginning, keep_beginning
from looker_tasks.cli.run.interruption import Interruption
from looker_tasks.cli.run.ray_workers import ray_workers
from looker_tasks.cli.status import DONE, FAILED, UNREAD
from looker_tasks.cli.streams import Output, write_line
from looker_tasks.client import LookerTasks
from looker_tasks.config import Settings
from looker_tasks.events import Observer
from looker_tasks.observers.timeline import Timeline
from looker_tasks.outcomes import Failed, Outcome
from looker_tasks.policy import Policy
from looker_tasks.report import BackgroundPreviews
from looker_tasks.report.previews.values import Preview

_STDOUT = 1
_UNREAD_PAUSE = 0.05  # seconds between two looks at a reader that is behind


@frozen(kw_only=True)
class Batch:
    """What to export, where from and where to. *max_age* is in seconds."""

    exports: Exports
    expected: int
    out: str
    settings: Settings
    options: RunOptions
    journal: bool = True
    fresh: bool = False
    max_age: float | None = None
    check_filters: bool = True
    calls_beside: Callable[[], int] = lambda: 0  # that its plan has taken so far, by a client of its own
    began: datetime | None = None  # of the first run, where this one may be gone on with
    titles: Mapping[tuple[str, str], str] = field(factory=dict)  # what Looker calls content, by kind and id

    @property
    def policy(self) -> Policy:
        """The policy that settings and options make."""
        policy = self.settings.policy()
        if self.options.deadline is None:
            return policy
        return evolve(policy, deadlines=evolve(policy.deadlines, export=self.options.deadline))


async def run_batch(batch: Batch, interruption: Interruption | None = None) -> int:
    """Export all of *batch* and return the exit status. Raises what ends a run as a whole, after its summary.

    *interruption* is that of the program, where there is more to do than to run.
    """
    options = batch.options
    raise_open_file_limit()
    logging.getLogger("looker_tasks").addFilter(_is_for_people)
    tally = Tally(batch.expected)
    folder = local_folder(batch.out)
    state = journal_folder(batch.out, options.state, assignments(options.storage))
    previews = BackgroundPreviews(folder or state, expected=batch.expected)
    observers = [tally.observe]
    lines = Output(_STDOUT, encoding="utf-8", drops=False) if options.json else None
    with ExitStack() as stack:
        if interruption is None:
            interruption = stack.enter_context(Interruption())
        observed = stack.enter_context(ExitStack())
        observers.append(observed.enter_context(_timeline(batch, state)).observe)
        if options.report and folder is not None:
            observers.append(observed.enter_context(previews).observe)
        is_cut_off = False
        try:
            await _run(batch, tally, observers, interruption, lines)
        except asyncio.CancelledError:
            if interruption.signal is None:
                raise
            is_cut_off = True
        finally:
            if lines is not None:
                lines.close()
        observed.close()
        if batch.began is not None and interruption.signal is None:
            await _quietly(partial(forget_beginning, state))
        if options.report and interruption.signal is None:
            await anyio.to_thread.run_sync(write_reports, batch.out, options, previews.found)
        elif options.report and interruption.ask_to_stop is not None:  # something had begun
            await _report_stopped(batch, previews.found, interruption, is_cut_off=is_cut_off)
        return _status(tally, lines) if interruption.signal is None else interruption.status


async def _report_stopped(
    batch: Batch, previews: Mapping[str, Preview], interruption: Interruption, *, is_cut_off: bool
) -> None:
    """Report a run that was asked to stop, in what is left of its time; say what makes the report where that is little.

    A disk that does not answer holds nothing up: the thread ends with the process.
    """
    loop = asyncio.get_running_loop()
    left = 0.0 if is_cut_off else interruption.since + batch.policy.deadlines.stop - loop.time()
    if left > 0:
        write = partial(write_reports, batch.out, batch.options, previews, looks=False)
        with anyio.move_on_after(left):
            await asyncio.shield(loop.run_in_executor(DaemonThreads("looker-tasks-report"), write))
            return
    write_line(f"no report: {report_command(batch.out, batch.options)} makes it")


def _status(tally: Tally, lines: Output | None) -> int:
    """Return the exit status of a run that came to its end."""
    if tally.exported != tally.expected:
        return FAILED
    return UNREAD if lines is not None and lines.failed else DONE


def _is_for_people(record: logging.LogRecord) -> bool:
    """Return whether a warning is of use on the terminal: the observers of a command are its own, slow or not."""
    return "held the event loop up" not in str(record.msg)


def _timeline(batch: Batch, state: Path) -> Timeline:
    return Timeline(
        batch.out,
        state=state,
        host=urlsplit(batch.settings.base_url).netloc,
        out=batch.out,
        expected=batch.expected,
        concurrency=batch.options.concurrency,
        titles=batch.titles,
    )


@asynccontextmanager
async def _exporting(batch: Batch, observers: Sequence[Observer]) -> AsyncIterator[tuple[LookerTasks, Run]]:
    """Run *batch*: here, or on Ray."""
    options, policy, storage = batch.options, batch.policy, assignments(batch.options.storage)
    async with AsyncExitStack() as stack:
        executor = None
        if options.ray is not None:
            workers = await stack.enter_async_context(ray_workers(options.ray, options.workers))
            executor = workers.executor(
                batch.settings, batch.out, policy=policy, concurrency=options.concurrency, storage=storage
            )
            policy = workers.policy(policy)
        looker = LookerTasks.from_settings(
            batch.settings, policy=policy, concurrency=options.concurrency, observers=observers
        )
        await stack.enter_async_context(looker)
        outcomes = looker.export_all(
            batch.exports,
            batch.out,
            journal=batch.journal,
            fresh=batch.fresh,
            max_age=batch.max_age,
            check_filters=batch.check_filters,
            state=options.state,
            storage=storage,
            executor=executor,
        )
        run = await stack.enter_async_context(outcomes)
        if batch.began is not None:  # nobody else is at work in the folder now
            state = journal_folder(batch.out, options.state, storage)
            await _quietly(partial(keep_beginning, state, batch.began, fresh=batch.fresh))
        yield looker, run


async def _run(
    batch: Batch, tally: Tally, observers: Sequence[Observer], interruption: Interruption, lines: Output | None
) -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    calls_elsewhere = 0
    async with _exporting(batch, observers) as (looker, outcomes):
        if not batch.options.quiet:  # where nothing can begin, that is the one line
            write_line(wording.beginning(batch.expected, batch.settings.description, batch.out))

        def stop() -> str:
            outcomes.stop()
            return wording.stopping(tally, batch.policy.deadlines.stop)

        interruption.ask_to_stop = stop
        try:
            async with displayed(tally, _manner(batch.options)) as display:
                async for outcome in outcomes:
                    tally.take(outcome, loop.time() - began)
                    calls_elsewhere += outcome.history.calls if batch.options.ray is not None else 0
                    _show(outcome, display, lines)
                    # Exports go on meanwhile, as far as outcomes may wait.
                    while _is_unread(lines) and interruption.signal is None:  # noqa: ASYNC110  # a thread reads on
                        await anyio.sleep(_UNREAD_PAUSE)
        finally:
            calls = looker.calls + calls_elsewhere + batch.calls_beside()
            asked = batch.settings.description
            for line in wording.summary(tally, loop.time() - began, calls, now=time.time(), looker=asked):
                write_line(line)


async def _quietly(do: Callable[[], None]) -> None:
    """Do what is of use to the next run alone, in a thread: this one does not depend on it."""
    with suppress(OSError):
        await anyio.to_thread.run_sync(do, abandon_on_cancel=True)


def _is_unread(lines: Output | None) -> bool:
    """Return whether so much waits for the reader of stdout that the run should wait as well."""
    return lines is not None and lines.is_behind and not lines.failed


def _show(outcome: Outcome, display: Display, lines: Output | None) -> None:
    if isinstance(outcome, Failed):
        display.failed(outcome)
    if lines is not None:
        lines.write(f"{outcome_line(outcome)}\n")


def _manner(options: RunOptions) -> Manner:
    """Choose how much to show: in place only on a terminal of a person's, and not where the data go as well."""
    if options.quiet:
        return "quiet"
    return "plain" if not sys.stderr.isatty() or (options.json and sys.stdout.isatty()) else "live"
