"""The command `demo`: an emulator in this process, and a batch of everything that it holds."""

import sys
from collections.abc import Sequence
from pathlib import Path

from looker_tasks.cli.demo.plan import demo_exports, demo_titles
from looker_tasks.cli.options import RunOptions
from looker_tasks.cli.run.batch import Batch, run_batch
from looker_tasks.client import LookerTasks
from looker_tasks.config import read_settings
from looker_tasks.emulator import Emulator
from looker_tasks.extras import require
from looker_tasks.models import Dashboard, Look

_RENDER_SLOTS = 4
_CONCURRENCY = 8  # more than the slots, so that none of them ever waits for a task


async def demonstrate(out: Path, number: int) -> int:
    """Export *number* files of an emulator into *out* and return the exit status."""
    require("emulator")
    async with Emulator(render_slots=_RENDER_SLOTS, render_seconds=0.2, query_seconds=0.05) as emulator:
        settings = read_settings(
            ini="",
            environ={},
            base_url=emulator.url,
            client_id=emulator.client_id,
            client_secret=emulator.client_secret,
        )
        async with LookerTasks.from_settings(settings) as looker:
            dashboards, looks = await _look_around(looker)
        sys.stderr.write(f"A Looker of our own is at {emulator.url}; exporting {number} files of it to {out}\n")
        return await run_batch(
            Batch(
                exports=list(demo_exports(dashboards, looks, number)),
                expected=number,
                out=str(out),
                settings=settings,
                options=RunOptions(concurrency=_CONCURRENCY),
                journal=False,  # the next demo's emulator is another one: there is nothing to go on with
                titles=demo_titles(dashboards, looks),
            )
        )


async def _look_around(looker: LookerTasks) -> tuple[Sequence[Dashboard], Sequence[Look]]:
    """Return what there is, as any client sees it."""
    dashboards = await looker.api.search_dashboards()
    folders = sorted({each.folder_id for each in dashboards if each.folder_id is not None})
    return dashboards, [look for folder in folders for look in await looker.api.folder_looks(folder)]
