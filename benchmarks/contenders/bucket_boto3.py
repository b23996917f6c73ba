"""boto3's transfer manager in threads: each streams a result into an object."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import requests
from botocore.config import Config
from requests.adapters import HTTPAdapter

from benchmarks.receipts import Receipts
from benchmarks.workload import HEIGHT, WIDTH, Told, Workload


def export_all(workload: Workload, receipts: Receipts) -> Told:
    """Export the workload in as many threads as tasks may be in flight."""
    session, s3 = connected(workload), bucket(workload)

    def export(number: int, dashboard: str) -> None:
        task_id = rendered(session, workload, dashboard)
        with session.get(f"{workload.base_url}/api/4.0/render_tasks/{task_id}/results", stream=True) as response:
            response.raise_for_status()
            s3.upload_fileobj(response.raw, "bucket", f"out/{number}.pdf")
        receipts.note(task_id)

    return in_threads(workload, export)


def in_threads(workload: Workload, export: Any) -> Told:  # noqa: ANN401 - a function of number and dashboard
    """Call *export* for all of *workload*."""
    with ThreadPoolExecutor(int(workload.concurrency)) as threads:
        futures = [threads.submit(export, number, dashboard) for number, dashboard in workload.wanted()]
    return Told(failures=sum(future.exception() is not None for future in futures))


def connected(workload: Workload) -> requests.Session:
    """Return a session that is logged in, and has a connection for each thread."""
    session = requests.Session()
    session.mount("http://", HTTPAdapter(pool_maxsize=int(workload.concurrency)))
    credentials = {"client_id": workload.client_id, "client_secret": workload.client_secret}
    token = session.post(f"{workload.base_url}/api/4.0/login", data=credentials).json()["access_token"]
    session.headers["Authorization"] = f"Bearer {token}"
    return session


def bucket(workload: Workload) -> Any:  # noqa: ANN401 - boto3 has no types
    """Return a client of the bucket, as boto3 sets it up, but with a connection for each thread."""
    return boto3.client(
        "s3",
        endpoint_url=workload.base_url,
        region_name="us-east-1",
        aws_access_key_id="id",
        aws_secret_access_key="key",
        config=Config(max_pool_connections=10 * int(workload.concurrency)),
    )


def rendered(session: requests.Session, workload: Workload, dashboard: str) -> str:
    """Have a dashboard rendered, and return the id of the task once that is done."""
    url = f"{workload.base_url}/api/4.0/render_tasks"
    size = {"width": WIDTH, "height": HEIGHT}
    task = session.post(f"{url}/dashboards/{dashboard}/pdf", params=size, json={}).json()
    while task["status"] != "success":
        time.sleep(workload.poll_seconds)
        task = session.get(f"{url}/{task['id']}").json()
    return str(task["id"])
