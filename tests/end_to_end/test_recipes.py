"""The README's programs for services, as they stand there, against an emulator over real sockets."""

import asyncio
import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import aiohttp
import pytest
import uvicorn

from looker_tasks import DashboardExport, LookerTasks
from looker_tasks.emulator import Emulator, Settings
from looker_tasks.emulator.threaded import in_thread

#: The README's program → a text that only it has.
PROGRAMS = {"fastapi_service": "app = FastAPI(", "job_queue": "looker.start(", "json_logs": "def log_json("}


def source(name: str) -> str:
    """Return the README's program *name*."""
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    blocks: list[str] = re.findall(r"^```python\n(.*?)^```", readme, re.DOTALL | re.MULTILINE)
    (found,) = [block for block in blocks if PROGRAMS[name] in block]
    return found


def loaded(name: str) -> ModuleType:
    """Return the README's program *name* as a module."""
    module = ModuleType(name)
    exec(compile(source(name), f"{name}.py", "exec"), vars(module))  # noqa: S102  # our own
    return module


def environment(emulator: Emulator) -> dict[str, str]:
    """Return what a program needs to know of its Looker."""
    return {
        "LOOKERSDK_BASE_URL": emulator.url,
        "LOOKERSDK_CLIENT_ID": emulator.client_id,
        "LOOKERSDK_CLIENT_SECRET": emulator.client_secret,
    }


async def test_the_fastapi_service_streams_pdfs_and_lets_go_of_who_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forty requests, eight of whose clients leave: each other answer is a whole PDF, and nothing is left."""
    async with Emulator(renderer="fake", render_seconds=0.2, render_slots=8, query_seconds=0.01) as emulator:
        for name, value in environment(emulator).items():
            monkeypatch.setenv(name, value)
        listening = socket.create_server(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(loaded("fastapi_service").app, log_level="warning", lifespan="on"))
        serving = asyncio.create_task(server.serve([listening]))
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/dashboards"
        async with aiohttp.ClientSession() as session:

            async def request(dashboard: str) -> tuple[int, bytes]:
                async with session.get(f"{url}/{dashboard}.pdf", params={"Region": "West"}) as response:
                    return response.status, await response.read()

            tasks = [asyncio.create_task(request(emulator.examples.dashboard)) for _ in range(40)]
            await asyncio.sleep(0.3)
            for task in tasks[::5]:
                task.cancel()
            answers = await asyncio.gather(*tasks, return_exceptions=True)
            refused = await request("99999")
        server.should_exit = True
        await serving
        assert emulator.statistics.in_flight.peak <= 8 + 8  # who left leaves a render behind
    kept = [answer for number, answer in enumerate(answers) if number % 5]
    assert all(isinstance(answer, tuple) and answer[0] == 200 for answer in kept)
    assert all(answer[1].startswith(b"%PDF-") and b"%%EOF" in answer[1][-64:] for answer in kept)  # type: ignore[index]  # just seen
    assert refused[0] == 502
    assert json.loads(refused[1])["advice"]
    assert len(asyncio.all_tasks()) == 1


def test_a_job_is_created_by_one_process_and_collected_by_another(tmp_path: Path) -> None:
    """Between them goes a line of text."""
    (tmp_path / "job_queue.py").write_text(source("job_queue"))
    with in_thread(Emulator(Settings(renderer="fake", render_seconds=0.2, query_seconds=0))) as emulator:

        def run(*arguments: str, line: str = "") -> str:
            return subprocess.run(
                [sys.executable, "job_queue.py", *arguments],
                cwd=tmp_path,
                env={**os.environ, **environment(emulator)},
                input=line,
                capture_output=True,
                text=True,
                check=True,
            ).stdout

        token = run("start", emulator.examples.dashboard)
        assert run("finish", "west.pdf", line=token) == "Exported: west.pdf\n"
        assert emulator.statistics.created.total() == 1
    assert (tmp_path / "west.pdf").read_bytes().startswith(b"%PDF-")


async def test_events_are_lines_of_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each with its time and its export, the last with the outcome."""
    observers = (loaded("json_logs").log_json,)
    async with Emulator(renderer="fake", render_seconds=0, query_seconds=0) as emulator:
        client = LookerTasks(emulator.url, emulator.client_id, emulator.client_secret, observers=observers)
        async with client:
            export = DashboardExport(emulator.examples.dashboard, filters={"Region": "hush"})
            await client.export(export, tmp_path / "a.pdf")
    written = capsys.readouterr().out
    lines = [json.loads(line) for line in written.splitlines()]
    ended = next(line for line in lines if line["event"] == "ExportFinished")
    assert (ended["outcome"], ended["file"]) == ("Exported", "a.pdf")
    assert "hush" not in written
