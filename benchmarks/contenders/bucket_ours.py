"""Ours: `export_all` into a bucket, streamed in parts."""

from tempfile import TemporaryDirectory

from benchmarks.receipts import Receipts
from benchmarks.stalls import run_watched
from benchmarks.workload import HEIGHT, WIDTH, Told, Workload
from looker_tasks import DashboardExport, Exported, LookerTasks


def export_all(workload: Workload, receipts: Receipts) -> Told:
    """Export the workload."""
    with TemporaryDirectory() as state:
        failures, longest_stall = run_watched(lambda: _export_all(workload, receipts, state))
    return Told(failures, longest_stall)


async def _export_all(workload: Workload, receipts: Receipts, state: str) -> int:
    exports = (
        DashboardExport(dashboard, "pdf", width=WIDTH, height=HEIGHT, name=f"{number}.pdf")
        for number, dashboard in workload.wanted()
    )
    storage = {"endpoint": workload.base_url, "region": "us-east-1", "access_key_id": "id", "secret_access_key": "key"}
    failures = 0
    async with (
        LookerTasks(
            workload.base_url, workload.client_id, workload.client_secret, concurrency=workload.concurrency
        ) as looker,
        looker.export_all(exports, "s3://bucket/out", state=state, storage=storage) as outcomes,
    ):
        async for outcome in outcomes:
            if isinstance(outcome, Exported) and outcome.history.task_id:
                receipts.note(outcome.history.task_id)
            else:
                failures += 1
    return failures
