"""What anybody writes first with aiohttp: poll by the clock, read the whole body, write it.

No retries, no checks, no limit on memory: the least that a task can cost a Python process.
"""

import asyncio
import time
from pathlib import Path

import aiohttp

from benchmarks.workload import HEIGHT, WIDTH, Dashboard, Told, Workload


def export_all(workload: Workload) -> Told:
    """Export the workload in one event loop."""
    return asyncio.run(_export_all(workload))


async def _export_all(workload: Workload) -> Told:
    received: dict[str, float] = {}
    slots = asyncio.Semaphore(workload.concurrency)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(f"{workload.base_url}/api/4.0/", connector=connector) as session:
        credentials = {"client_id": workload.client_id, "client_secret": workload.client_secret}
        async with session.post("login", data=credentials) as response:
            token = (await response.json())["access_token"]
        session.headers["Authorization"] = f"Bearer {token}"

        async def export(number: int, wanted: Dashboard) -> None:
            async with slots:
                task_id = await _export(session, wanted, Path(workload.folder, str(number)), workload.poll_seconds)
                received[task_id] = time.time()

        ended = await asyncio.gather(
            *(export(number, wanted) for number, wanted in enumerate(workload.exports)), return_exceptions=True
        )
    return Told(received, failures=sum(isinstance(each, BaseException) for each in ended))


async def _export(session: aiohttp.ClientSession, wanted: Dashboard, path: Path, poll_seconds: float) -> str:
    size = {"width": WIDTH, "height": HEIGHT}
    address = f"render_tasks/dashboards/{wanted.id}/{wanted.result_format}"
    async with session.post(address, params=size, json={}) as response:
        response.raise_for_status()
        task = await response.json()
    while task["status"] != "success":
        if task["status"] == "failure":
            raise RuntimeError(task["status_detail"])
        await asyncio.sleep(poll_seconds)
        async with session.get(f"render_tasks/{task['id']}") as response:
            response.raise_for_status()
            task = await response.json()
    async with session.get(f"render_tasks/{task['id']}/results") as response:
        response.raise_for_status()
        path.write_bytes(await response.read())  # noqa: ASYNC240 - a bare loop blocks here, and that is measured
    return str(task["id"])
