"""The command `from-schedules`: what a Looker sends by schedule, as a manifest."""

import sys

from looker_tasks.cli.content.list_content import fetch_schedules
from looker_tasks.cli.content.schedule_manifest import manifest
from looker_tasks.cli.options import LookerOptions, read_looker
from looker_tasks.cli.status import DONE
from looker_tasks.cli.streams import write_line
from looker_tasks.cli.wording import count
from looker_tasks.client import LookerTasks


async def print_manifest(options: LookerOptions) -> int:
    """Print a manifest of the schedules of all users, and return the exit status."""
    async with LookerTasks.from_settings(read_looker(options)) as looker:
        await looker.login()
        plans = await fetch_schedules(looker.api)
    sys.stdout.write(manifest(plans, looker.base_url))
    write_line(f"{count(len(plans), 'schedule')}; what a manifest cannot say is a comment")
    return DONE
