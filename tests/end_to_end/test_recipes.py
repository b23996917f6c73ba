"""The README's programs for services, as they stand there, against an emulator over real sockets."""

import ast
import asyncio
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import aiohttp
import pytest
import uvicorn
from aiohttp import web

from looker_tasks import DashboardExport, LookerTasks
from looker_tasks.emulator import Emulator, Settings
from looker_tasks.emulator.threaded import in_thread
from tests.aio.raw_server import cut
from tests.aio.scripted_looker import scripted_looker

#: The README's program → a text that only it has.
PROGRAMS = {
    "fastapi_service": "app = FastAPI(",
    "aiohttp_service": "web.run_app(",
    "notebook": "await looker.aclose()",
    "job_queue": "looker.start(",
    "json_logs": "def log_json(",
    "prometheus": "PrometheusMetricReader",
}


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


@asynccontextmanager
async def fastapi_service() -> AsyncIterator[str]:
    """Serve the FastAPI recipe, until it is shut down as by a signal."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(loaded("fastapi_service").app, log_config=None, lifespan="on")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve([listening]))
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/dashboards"
    server.should_exit = True
    await serving


@asynccontextmanager
async def aiohttp_service() -> AsyncIterator[str]:
    """Serve the aiohttp.web recipe as `web.run_app` does."""
    runner = web.AppRunner(loaded("aiohttp_service").application(), handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/dashboards"
    await runner.cleanup()


both = pytest.mark.parametrize("service", [fastapi_service, aiohttp_service])


@both
async def test_a_service_streams_pdfs_and_lets_go_of_who_left(
    service: Callable[[], AbstractAsyncContextManager[str]],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Forty requests, eight of whose clients leave: each other answer is a whole PDF, and nothing is left."""
    async with Emulator(renderer="fake", render_seconds=0.2, render_slots=8, query_seconds=0.01) as emulator:
        for name, value in environment(emulator).items():
            monkeypatch.setenv(name, value)
        async with service() as url, aiohttp.ClientSession() as session:

            async def request(dashboard: str) -> tuple[int, bytes]:
                async with session.get(f"{url}/{dashboard}.pdf", params={"Region": "West"}) as response:
                    return response.status, await response.read()

            tasks = [asyncio.create_task(request(emulator.examples.dashboard)) for _ in range(40)]
            await asyncio.sleep(0.3)
            for task in tasks[::5]:
                task.cancel()
            answers = await asyncio.gather(*tasks, return_exceptions=True)
            refused = await request("99999")
        assert emulator.statistics.in_flight.peak <= 8
    kept = [answer for number, answer in enumerate(answers) if number % 5]
    assert all(isinstance(answer, tuple) and answer[0] == 200 for answer in kept)
    assert all(answer[1].startswith(b"%PDF-") and b"%%EOF" in answer[1][-64:] for answer in kept)  # type: ignore[index]  # just seen
    assert refused[0] == 502
    assert json.loads(refused[1])["advice"]
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
    assert len(asyncio.all_tasks()) == 1


@both
@pytest.mark.virtual_time
async def test_a_service_ends_no_answer_as_if_whole_whose_source_broke_off(
    service: Callable[[], AbstractAsyncContextManager[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asked sees that it was cut short."""
    async with scripted_looker() as looker:
        looker.always["results"] = cut
        for name, value in {"BASE_URL": looker.url, "CLIENT_ID": "me", "CLIENT_SECRET": "hush"}.items():
            monkeypatch.setenv(f"LOOKERSDK_{name}", value)
        async with (
            service() as url,
            aiohttp.ClientSession() as session,
            session.get(f"{url}/1.pdf", timeout=aiohttp.ClientTimeout(None)) as response,
        ):
            assert response.status == 200
            with pytest.raises(aiohttp.ClientPayloadError):
                await response.read()


async def test_a_notebook_awaits_in_its_cells(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its loop runs already, and goes from cell to cell."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    async with Emulator(renderer="fake", render_seconds=0, query_seconds=0) as emulator:
        for name, value in environment(emulator).items():
            monkeypatch.setenv(name, value)
        for cell in source("notebook").split("\n\n"):
            run = eval(compile(cell, "cell", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), names)  # noqa: S307  # our own
            if run is not None:
                await run
    assert names["table"].num_rows > 0
    assert (tmp_path / "west.pdf").read_bytes().startswith(b"%PDF-")
    assert capsys.readouterr() == ("", "")


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


async def test_metrics_are_there_as_prometheus_text(tmp_path: Path) -> None:
    """What was exported is counted, with units as Prometheus has them."""
    recipe = loaded("prometheus")
    answer: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    async def send(message: dict[str, Any]) -> None:
        answer.append(message)

    async with Emulator(renderer="fake", render_seconds=0, query_seconds=0) as emulator:
        client = LookerTasks(emulator.url, emulator.client_id, emulator.client_secret, observers=[recipe.observer])
        async with client:
            await client.export(DashboardExport(emulator.examples.dashboard), tmp_path / "a.pdf")
    scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b""}
    await recipe.text(scope, receive, send)
    recipe.meters.shutdown()
    text = b"".join(message.get("body", b"") for message in answer).decode()
    assert 'looker_tasks_exports_total{looker_result_format="pdf",looker_tasks_outcome="exported"' in text
    assert "looker_tasks_file_size_bytes_total{" in text
    assert "http_client_request_duration_seconds_bucket{" in text
