"""What anybody writes first with aiohttp: poll by the clock, read the whole body, write it.

No retries, no checks, no limit on memory: the least that a task can cost a Python process.
"""

import asyncio
from pathlib import Path

import aiohttp

from benchmarks.receipts import Receipts
from benchmarks.stalls import run_watched
from benchmarks.workload import HEIGHT, WIDTH, Told, Workload


def export_all(workload: Workload, receipts: Receipts) -> Told:
    """Export the workload in one event loop."""
    failures, longest_stall = run_watched(lambda: _export_all(workload, receipts))
    return Told(failures, longest_stall)


async def _export_all(workload: Workload, receipts: Receipts) -> int:
    slots = asyncio.Semaphore(int(workload.concurrency))
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(f"{workload.base_url}/api/4.0/", connector=connector) as session:
        credentials = {"client_id": workload.client_id, "client_secret": workload.client_secret}
        async with session.post("login", data=credentials) as response:
            token = (await response.json())["access_token"]
        session.headers["Authorization"] = f"Bearer {token}"

        async def export(number: int, dashboard: str) -> None:
            async with slots:
                receipts.note(
                    await _export(session, dashboard, Path(workload.folder, f"{number}.pdf"), workload.poll_seconds)
                )

        ended = await asyncio.gather(*(export(*wanted) for wanted in workload.wanted()), return_exceptions=True)
    return sum(isinstance(each, BaseException) for each in ended)


async def _export(session: aiohttp.ClientSession, dashboard: str, path: Path, poll_seconds: float) -> str:
    size = {"width": WIDTH, "height": HEIGHT}
    address = f"render_tasks/dashboards/{dashboard}/pdf"
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
