"""The command `export`: from a manifest and a configuration to a plan, and from there to a batch."""

import asyncio
from contextlib import closing
from datetime import datetime
from functools import partial
from pathlib import Path

import anyio
import anyio.to_thread

from looker_tasks.aio.files.disk import Disk
from looker_tasks.aio.files.journal.database import FILE, read_records
from looker_tasks.aio.files.locate import destination_at, journal_folder, local_folder
from looker_tasks.cli.dry_run import print_plan
from looker_tasks.cli.options import ExportOptions, assignments, duration, read_looker
from looker_tasks.cli.run.batch import Batch, run_batch
from looker_tasks.cli.run.began import beginning_of
from looker_tasks.cli.run.combined import check_combined, combine_files
from looker_tasks.cli.run.interruption import Interruption
from looker_tasks.cli.status import DONE, FAILED, UNREAD
from looker_tasks.cli.streams import write_line
from looker_tasks.client import LookerTasks
from looker_tasks.config import read_api_version
from looker_tasks.planning.plan import Plan, make_plan, needs_looker
from looker_tasks.sansio.protocol.operations import ApiVersion


async def export_manifest(path: Path, options: ExportOptions) -> int:
    """Export every row of the manifest at *path* and return the exit status; on a dry run, print the plan alone.

    A signal ends whatever is under way in order: what runs on Looker for the plan is killed, and the token given back.
    """
    with Interruption() as interruption:
        try:
            return await _export(path, options, interruption)
        except asyncio.CancelledError:
            if interruption.signal is None:
                raise
            write_line(f"stopped by {interruption.signal.name}; the same command goes on")
            return interruption.status


async def _export(path: Path, options: ExportOptions, interruption: Interruption) -> int:
    began = await _beginning(options)
    if options.dry_run and not needs_looker(path):
        return _show(await _plan(path, options, read_api_version(), None, began), options)
    settings = read_looker(options)
    async with LookerTasks.from_settings(settings) as looker:
        plan = await _plan(path, options, settings.api_version, looker, began)
        if options.dry_run:
            return _show(plan, options)
        await _check_combined(plan, options)
        status = await run_batch(
            Batch(
                exports=plan.exports,
                expected=plan.count,
                out=options.out,
                settings=settings,
                options=options,
                fresh=options.fresh,
                max_age=None if options.max_age is None else duration(options.max_age),
                check_filters=options.check_filters,
                calls_beside=lambda: looker.calls,
                began=began,
                titles=plan.titles,
            ),
            interruption,
        )
    interruption.ask_to_stop = None  # the run is over: what is combined ends at the first signal
    return await _combine(plan, options, status)


async def _combine(plan: Plan, options: ExportOptions, status: int) -> int:
    """Make the combined files of a run that was not interrupted, and return the exit status."""
    if not plan.combined or status not in {DONE, FAILED, UNREAD}:
        return status
    storage = assignments(options.storage)
    state = journal_folder(options.out, options.state, storage)
    records = await anyio.to_thread.run_sync(read_records, state / FILE)
    with closing(Disk()) as disk:
        destination = await destination_at(options.out, disk, storage)
        are_made = await combine_files(plan, destination, records, state, quiet=options.quiet)
    return status if are_made else FAILED


async def _check_combined(plan: Plan, options: ExportOptions) -> None:
    if plan.combined:
        with closing(Disk()) as disk:
            await check_combined(plan, await destination_at(options.out, disk, assignments(options.storage)))


async def _beginning(options: ExportOptions) -> datetime:
    """Return when the run began that goes on now: what `{date}` writes."""
    now = datetime.now().astimezone()
    state = journal_folder(options.out, options.state, assignments(options.storage))
    began = await anyio.to_thread.run_sync(partial(beginning_of, state, now, fresh=options.fresh))
    if began.date() != now.date():
        write_line(f"going on with the run of {began:%Y-%m-%d %H:%M}, which did not end: {{date}} is of that day")
    return began


async def _plan(
    path: Path, options: ExportOptions, api_version: ApiVersion, looker: LookerTasks | None, began: datetime
) -> Plan:
    plan = await make_plan(
        path, api_version=api_version, variables=assignments(options.var), only=options.only, looker=looker, now=began
    )
    for line in (*plan.warnings, *plan.left_out):
        write_line(line)
    return plan


def _show(plan: Plan, options: ExportOptions) -> int:
    print_plan(plan, local_folder(options.out), as_json=options.json)
    return DONE
