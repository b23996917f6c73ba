"""Download first, then upload the file: what `aws s3 cp` makes of a folder, by boto3's transfer manager in threads."""

import shutil
from pathlib import Path

from benchmarks.contenders.bucket_boto3 import bucket, connected, in_threads, rendered
from benchmarks.receipts import Receipts
from benchmarks.workload import Told, Workload


def export_all(workload: Workload, receipts: Receipts) -> Told:
    """Export the workload in as many threads as tasks may be in flight."""
    session, s3 = connected(workload), bucket(workload)

    def export(number: int, dashboard: str) -> None:
        task_id = rendered(session, workload, dashboard)
        path = Path(workload.folder, f"{number}.pdf")
        with session.get(f"{workload.base_url}/api/4.0/render_tasks/{task_id}/results", stream=True) as response:
            response.raise_for_status()
            with path.open("wb") as file:
                shutil.copyfileobj(response.raw, file, 2**20)
        s3.upload_file(str(path), "bucket", f"out/{number}.pdf")
        path.unlink()
        receipts.note(task_id)

    return in_threads(workload, export)
