"""Ours: `export_all` as the README shows it, into a folder, with all that it does for a file."""

from benchmarks.receipts import Receipts
from benchmarks.stalls import run_watched
from benchmarks.workload import HEIGHT, WIDTH, Told, Workload
from looker_tasks import DashboardExport, Exported, LookerTasks


def export_all(workload: Workload, receipts: Receipts) -> Told:
    """Export the workload."""
    failures, longest_stall = run_watched(lambda: _export_all(workload, receipts))
    return Told(failures, longest_stall)


async def _export_all(workload: Workload, receipts: Receipts) -> int:
    exports = (
        DashboardExport(dashboard, "pdf", width=WIDTH, height=HEIGHT, name=f"{number}.pdf")
        for number, dashboard in workload.wanted()
    )
    failures = 0
    async with (
        LookerTasks(
            workload.base_url, workload.client_id, workload.client_secret, concurrency=workload.concurrency
        ) as looker,
        looker.export_all(exports, workload.folder) as outcomes,
    ):
        async for outcome in outcomes:
            if isinstance(outcome, Exported) and outcome.history.task_id:
                receipts.note(outcome.history.task_id)
            else:
                failures += 1
    return failures
