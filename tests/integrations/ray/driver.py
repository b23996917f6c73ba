"""A driver as a program of its own, to be killed: ``python -m tests.integrations.ray.driver OUT WORKERS``."""

import asyncio
import sys
from pathlib import Path

from looker_tasks import Exported
from looker_tasks.integrations.ray import export_all
from tests.integrations.ray.exports import some

EXPORTS = 150
CONCURRENCY = 10


async def main(out: str, workers: str) -> None:
    """Run, and print a line for each outcome."""
    async for outcome in export_all(
        some(EXPORTS), Path(out), workers=int(workers), concurrency=CONCURRENCY, address="local"
    ):
        sys.stdout.write(f"{isinstance(outcome, Exported) and outcome.resumed}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
