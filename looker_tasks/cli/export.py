"""The command `export`: from a manifest and a configuration to a batch."""

import sys
from pathlib import Path

from looker_tasks.cli.batch import Batch, run_batch
from looker_tasks.cli.options import ExportOptions, duration, read_looker
from looker_tasks.cli.outcome_json import export_line
from looker_tasks.cli.status import DONE
from looker_tasks.cli.streams import write_line
from looker_tasks.cli.wording import count, name_of
from looker_tasks.client import LookerTasks
from looker_tasks.config import read_api_version
from looker_tasks.planning.plan import make_plan


async def export_manifest(path: Path, options: ExportOptions) -> int:
    """Export every row of the manifest at *path* and return the exit status."""
    settings = read_looker(options)
    async with LookerTasks.from_settings(settings) as looker:
        plan = await make_plan(path, api_version=settings.api_version, looker=looker)
        for line in (*plan.warnings, *plan.left_out):
            write_line(line)
        return await run_batch(
            Batch(
                exports=plan.exports,
                expected=plan.count,
                out=options.out,
                settings=settings,
                options=options,
                fresh=options.fresh,
                max_age=None if options.max_age is None else duration(options.max_age),
            )
        )


async def print_names(path: Path, *, json: bool) -> int:
    """Check the manifest at *path*, print what it would make, and call nothing: no configuration is needed."""
    plan = await make_plan(path, api_version=read_api_version())
    async for export in plan.exports:
        sys.stdout.write(f"{export_line(export) if json else name_of(export)}\n")
    write_line(f"{count(plan.count, 'export')}; nothing was created")
    return DONE
