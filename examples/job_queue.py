"""Create in one process, collect in another: a token of text is all that goes between them.

python examples/job_queue.py start 42 > token         # a web request, say; the process may end after it
python examples/job_queue.py finish west.pdf < token  # a worker, on another day
"""

import asyncio
import sys

from looker_tasks import DashboardExport, LookerTasks


async def start(dashboard_id: str) -> None:
    """Create the task, and write its token."""
    async with LookerTasks.from_env() as looker:
        started = await looker.start(DashboardExport(dashboard_id, "pdf"))
    sys.stdout.write(f"{started.token}\n")


async def finish(path: str) -> None:
    """Wait for the task of a token, and bring its result to a file."""
    async with LookerTasks.from_env() as looker:
        outcome = await looker.finish(sys.stdin.readline(), path)
    sys.stdout.write(f"{type(outcome).__name__}: {path}\n")


if __name__ == "__main__":
    asyncio.run({"start": start, "finish": finish}[sys.argv[1]](sys.argv[2]))
