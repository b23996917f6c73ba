"""Ours: `export_all` as the README shows it, into a folder, with all that it does for a file."""

import asyncio
import time

from benchmarks.workload import HEIGHT, WIDTH, Told, Workload
from looker_tasks import DashboardExport, Exported, LookerTasks


def export_all(workload: Workload) -> Told:
    """Export the workload."""
    return asyncio.run(_export_all(workload))


async def _export_all(workload: Workload) -> Told:
    exports = (
        DashboardExport(wanted.id, wanted.result_format, width=WIDTH, height=HEIGHT, name=f"{number}.pdf")
        for number, wanted in enumerate(workload.exports)
    )
    received: dict[str, float] = {}
    failures = 0
    async with (
        LookerTasks(workload.base_url, workload.client_id, workload.client_secret) as looker,
        looker.export_all(exports, workload.folder, concurrency=workload.concurrency) as outcomes,
    ):
        async for outcome in outcomes:
            if isinstance(outcome, Exported) and outcome.history.task_id:
                received[outcome.history.task_id] = time.time()
            else:
                failures += 1
    return Told(received, failures)
