"""The emulator as one object: what it starts with, what it leaves behind, and that drawing does not hold it up."""

import asyncio
import io
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import pypdfium2  # type: ignore[import-untyped]  # the library ships no types
import pytest
from PIL import Image

from looker_tasks.emulator import Emulator, Settings
from looker_tasks.emulator.backend import render_pool
from looker_tasks.emulator.backend.render_pool import RenderPool, RenderPoolError
from looker_tasks.emulator.catalogue import CatalogueError
from looker_tasks.emulator.drawing.page import Page, Tile
from tests.emulator.raw import Raw, session_of
from tests.emulator.small_catalogue import small_catalogue

HELD = 20.0  # seconds, at the most
QUICK = Settings(query_seconds=0.0, render_seconds=0.0, spread=0.0)
OWN = """
views: {sales: {file: sales.csv, measures: {total: sum of amount}}}
models: {shop: {explores: {sales: {}}}}
folders: {"7": Ours}
looks:
  "12": {title: Sales by place, folder: "7", type: looker_bar, explore: sales, fields: [sales.place, sales.total]}
"""


async def rendered(client: Raw, path: str, body: object = None) -> bytes:
    """Create a render, wait for it, and give its file."""
    task = await client.post(f"render_tasks/{path}", body)
    while task["status"] not in {"success", "failure"}:
        await asyncio.sleep(0.02)
        task = await client.get(f"render_tasks/{task['id']}")
    assert task["status"] == "success", task
    file: bytes = await client.get(f"render_tasks/{task['id']}/results")
    return file


async def answered(client: Raw, task_id: str) -> None:
    """Wait until a query has its rows."""
    status = "added"
    while status != "complete":
        await asyncio.sleep(0.01)
        status = (await client.get(f"query_tasks/{task_id}"))["status"]


def text_of(pdf: bytes) -> str:
    """Return all text of a PDF."""
    with pypdfium2.PdfDocument(pdf) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


async def test_real_files_show_what_was_asked_for() -> None:
    """A dashboard's PDF has its title, filter and tiles; a look's picture has its size."""
    async with Emulator(QUICK, catalogue=small_catalogue()) as emulator, session_of(emulator) as client:
        path = "dashboards/1/pdf?width=800&height=600"
        whole = text_of(await rendered(client, path, {"dashboard_filters": "Order+Status=Returned"}))
        assert "Orders" in whole
        assert "Returned" in whole
        assert "As a table" in whole
        part = text_of(await rendered(client, path, {"tab_ids": ["t1"]}))
        assert "As a table" not in part
        picture = await rendered(client, "looks/1/png?width=320&height=240")
        assert Image.open(io.BytesIO(picture)).size == (320, 240)


@pytest.mark.long
async def test_drawing_does_not_hold_up_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """While four dashboards wait for the processes that draw them, calls are answered: none has to wait as well."""
    asked, may_answer, ask = threading.Event(), threading.Event(), render_pool._ask

    def held(process: "subprocess.Popen[bytes]", job: Any) -> bytes | Exception:  # noqa: ANN401  # as it is given
        asked.set()
        assert may_answer.wait(HELD), "nothing else went on"
        return ask(process, job)

    monkeypatch.setattr(render_pool, "_ask", held)
    async with Emulator(QUICK, render_slots=4) as emulator, session_of(emulator) as client:
        drawing = asyncio.gather(
            *(rendered(client, f"dashboards/{number}/png?width=800&height=600", {}) for number in range(1, 5))
        )
        assert await asyncio.to_thread(asked.wait, HELD)
        assert (await client.get("user"))["id"]
        assert not drawing.done()
        may_answer.set()
        assert len(await drawing) == 4


async def test_a_users_own_catalogue_and_data(tmp_path: Path) -> None:
    """A YAML file with a CSV file beside it gives looks under their own ids, with real rows."""
    (tmp_path / "sales.csv").write_text("place,amount\nOslo,3\nRome,4\nOslo,5\n")
    (tmp_path / "catalogue.yaml").write_text(OWN)
    async with Emulator(QUICK, catalogue=tmp_path / "catalogue.yaml") as emulator, session_of(emulator) as client:
        assert emulator.examples.look == "12"
        look = await client.get("looks/12")
        task_id = await client.query("json", look["query_id"])
        await answered(client, task_id)
        rows = await client.get(f"query_tasks/{task_id}/results")
        assert sorted((row["sales.place"], row["sales.total"]) for row in rows) == [("Oslo", 8), ("Rome", 4)]


async def test_a_wrong_catalogue_is_told_at_the_start(tmp_path: Path) -> None:
    """The error names the file, and nothing is left running."""
    with pytest.raises(CatalogueError, match=r"nowhere\.yaml"):
        async with Emulator(QUICK, catalogue=tmp_path / "nowhere.yaml"):
            pass


async def test_a_port_that_is_taken_is_an_error() -> None:
    """A second emulator on the port of the first fails, and the first goes on."""
    async with Emulator(QUICK, catalogue=small_catalogue()) as emulator:
        port = int(emulator.url.rpartition(":")[2])
        with pytest.raises(OSError, match="address already in use"):
            async with Emulator(QUICK, catalogue=small_catalogue(), port=port):
                pass
        async with session_of(emulator) as client:
            await client.get("user")


async def test_it_may_be_started_twice() -> None:
    """One emulator object serves again after it has stopped, and forgets its tasks."""
    emulator = Emulator(QUICK, renderer="fake", catalogue=small_catalogue())
    async with emulator, session_of(emulator) as client:
        former = await client.render()
    async with emulator, session_of(emulator) as client:
        assert await client.render() != former
        assert (await client.call("GET", f"render_tasks/{former}"))[0] == 404


async def test_it_stops_at_once_while_tasks_run() -> None:
    """Leaving the block does not wait for renders that would take an hour."""
    began = time.perf_counter()
    slow = Emulator(QUICK, render_seconds=3600.0, catalogue=small_catalogue())
    async with slow as emulator, session_of(emulator) as client:
        for _ in range(5):
            await client.render()
    assert time.perf_counter() - began < 10


async def test_a_drawing_process_that_dies_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """The drawing that lost its process fails; the next one gets a new process."""
    page = Page("A", (Tile("A", "text", text="words"),))
    working = render_pool.COMMAND
    pool = RenderPool()
    try:
        monkeypatch.setattr(render_pool, "COMMAND", (working[0], "-c", "raise SystemExit(3)"))
        with pytest.raises(RenderPoolError, match="status 3"):
            await pool.draw(page, "png", 100, 100)
        monkeypatch.setattr(render_pool, "COMMAND", working)
        assert (await pool.draw(page, "png", 100, 100)).startswith(b"\x89PNG")
        with pytest.raises(AttributeError):
            await pool.draw("no page", "pdf", 1, 1)  # type: ignore[arg-type]  # what is raised there arrives here
        assert (await pool.draw(page, "pdf", 100, 100)).startswith(b"%PDF-")
    finally:
        await asyncio.to_thread(pool.close)


def test_the_settings_keep_their_secret() -> None:
    """No repr shows the client secret."""
    assert Settings().client_secret not in repr(Settings())
