"""Memory: neither the number of exports nor the size of a result makes a run larger, measured in its own process."""

import asyncio
import json
import sys
import textwrap
from pathlib import Path
from typing import TypedDict

import pytest

from tests.aio.raw_server import response, said
from tests.aio.scripted_looker import scripted_looker

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the peak of one process alone")

CLIENT = """
    import asyncio, json, re, sys
    from pathlib import Path
    from looker_tasks import DashboardExport, Exported, LookerTasks

    async def main(url, folder, count):
        exports = (DashboardExport("1", "pdf", name=f"{number % 100}/{number}.pdf") for number in range(count))
        exported = 0
        async with LookerTasks(url, "id", "secret") as client:
            async with client.export_all(exports, folder, concurrency=16) as run:
                async for outcome in run:
                    exported += isinstance(outcome, Exported)
        # ru_maxrss would begin with the size of the process that started this one.
        peak = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]
        print(json.dumps({"exported": exported, "peak": int(peak) * 1024}))

    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
"""


class Measured(TypedDict):
    """What the client's process tells of itself."""

    exported: int
    peak: int  # bytes


async def measured(url: str, folder: Path, count: int) -> Measured:
    """Export *count* files in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", textwrap.dedent(CLIENT), url, str(folder), str(count), stdout=-1, stderr=-1
    )
    said_by_it, complaint = await process.communicate()
    assert complaint == b""
    found: Measured = json.loads(said_by_it)
    return found


@pytest.mark.long
async def test_ten_times_the_exports_take_no_more_memory(tmp_path: Path) -> None:
    """What is done is not kept: 800 exports peak within 4 MiB of 80."""
    async with scripted_looker() as looker:
        looker.always["create"] = said({"id": "task-1", "status": "success"})
        looker.always["results"] = response(200, b"%PDF-1.7 %%EOF", {"Content-Type": "application/pdf"})
        few = await measured(looker.url, tmp_path / "few", 80)
        many = await measured(looker.url, tmp_path / "many", 800)
    assert (few["exported"], many["exported"]) == (80, 800)
    assert many["peak"] - few["peak"] < 4 * 2**20
    assert many["peak"] < 120 * 2**20


@pytest.mark.long
async def test_a_large_result_takes_no_more_memory_than_a_small_one(tmp_path: Path) -> None:
    """Three results of 64 MiB at a time stream to disk within 24 MiB of what tiny ones take."""
    size = 64 * 2**20
    block = bytes(2**18)

    async def pour(writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nContent-Length: {size}\r\n\r\n".encode())
        writer.write(b"%PDF-1.7".ljust(2**18))
        for _ in range(size // 2**18 - 2):
            writer.write(block)
            await writer.drain()
        writer.write(b"%%EOF".rjust(2**18))

    async with scripted_looker() as looker:
        looker.always["create"] = said({"id": "task-1", "status": "success"})
        looker.always["results"] = response(200, b"%PDF-1.7 %%EOF", {"Content-Type": "application/pdf"})
        small = await measured(looker.url, tmp_path / "small", 3)
        looker.always["results"] = pour
        large = await measured(looker.url, tmp_path / "large", 3)
    sizes = {path.stat().st_size for path in (tmp_path / "large" / "0").glob("*.pdf")}
    assert large["exported"] == 3
    assert sizes == {size}
    assert large["peak"] - small["peak"] < 24 * 2**20
