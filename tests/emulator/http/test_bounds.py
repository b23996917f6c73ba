"""No request holds the emulator up: what would take for ever is refused, or done beside the event loop."""

import asyncio
import io
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from looker_tasks.emulator import Emulator, Settings
from tests.emulator.raw import Raw, session_of

pytestmark = pytest.mark.timeout(60)
QUICK = Settings(renderer="fake", query_seconds=0, render_seconds=0, spread=0, ledger_rows=100_000)
HOSTILE = {
    "brackets": ("customers.age", "[" * 100_000),
    "numbers": ("customers.age", ",".join(map(str, range(100_000)))),
    "ranges": ("customers.age", ",".join(["[1,2]"] * 20_000)),
    "conjunctions": ("customers.age", " AND ".join(["1"] * 20_000)),
    "blanks": ("customers.age", " " * 100_000 + "or"),
    "wildcards": ("customers.name", "%a" * 50_000),
    "patterns": ("customers.name", ",".join(["%a%"] * 20_000)),
    "names": ("customers.name", ",".join(f"name {each}" for each in range(50_000))),
    "quotes": ("customers.name", '"' * 100_000),
    "days": ("orders.created_date", "before " * 20_000),
    "dates": ("orders.created_date", ",".join(["7 days"] * 20_000)),
}


@asynccontextmanager
async def looker(settings: Settings = QUICK) -> AsyncIterator[Raw]:
    """Run the demo's Looker, and a client of it."""
    async with Emulator(settings) as emulator, session_of(emulator) as client:
        yield client


async def longest_wait(client: Raw, work: asyncio.Task[None]) -> float:
    """Ask who one is until *work* is done; give the longest time that took, in seconds."""
    longest = 0.0
    while not work.done():
        began = time.perf_counter()
        await client.get("user")
        longest = max(longest, time.perf_counter() - began)
        await asyncio.sleep(0.01)
    await work
    return longest


LONGEST = ("names", "patterns", "wildcards", "ranges", "numbers", "dates")


@pytest.mark.parametrize("name", [pytest.param(name, marks=[pytest.mark.long] * (name in LONGEST)) for name in HOSTILE])
async def test_no_filter_freezes_it(name: str) -> None:
    """However a filter is written, its query ends within seconds, and other calls are answered meanwhile."""
    field, expression = HOSTILE[name]
    async with looker() as client:
        body = {"model": "thelook", "view": "orders", "fields": ["orders.count"], "filters": {field: expression}}
        query = await client.post("queries?fields=id", body)

        async def run() -> None:
            task_id = await client.query("json", query["id"])
            async with asyncio.timeout(30):
                await client.until_ended(task_id)

        assert await longest_wait(client, asyncio.create_task(run())) < 2


@pytest.mark.parametrize(
    "path",
    [
        f"dashboards/search?title={'%25' * 2000}",
        f"dashboards/search?title={'%25a' * 1500}b",
        f"looks/search?title={'%25_' * 1500}",
        f"dashboards/search?sorts={'title,' * 1000}",
        f"looks/1?fields={'(' * 7000}",
        f"looks/1?fields={'query(' * 1000}",
    ],
    ids=lambda path: path[:30],
)
async def test_no_search_freezes_it(path: str) -> None:
    """Patterns, sorts and fields of any form are answered at once."""
    async with looker() as client:
        await client.get("user")
        began = time.perf_counter()
        status, _ = await client.call("GET", path)
        assert status == 200
        assert time.perf_counter() - began < 2


@pytest.mark.parametrize(
    ("size", "status"),
    [
        ("width=200000&height=150000", 422),
        ("width=20001&height=1", 422),
        ("width=20000&height=20000", 200),
    ],
)
async def test_a_picture_has_bounds(size: str, status: int) -> None:
    """A picture that nobody could hold is refused by name, before anything is drawn."""
    async with looker() as client:
        found, answer = await client.call("POST", f"render_tasks/dashboards/1/png?{size}", json={})
        assert found == status
        if status == 422:
            assert "at most 20000 pixels" in answer["errors"][0]["message"]


async def test_a_picture_that_is_drawn_has_closer_bounds() -> None:
    """The real renderer needs memory for each pixel; a PDF needs none."""
    async with looker(Settings(renderer="real")) as client:
        status, answer = await client.call("POST", "render_tasks/looks/1/png?width=20000&height=20000")
        assert (status, answer["errors"][0]["field"]) == (422, "width")
        pdf = await client.call("POST", "render_tasks/dashboards/1/pdf?width=20000&height=20000", json={})
        assert pdf[0] == 200


async def test_a_body_has_bounds() -> None:
    """A body without end is refused in JSON; one of deep brackets is no JSON."""
    async with looker() as client:
        status, answer = await client.call("POST", "queries", data=io.BytesIO(b"{" + b" " * (5 * 1024 * 1024)))
        assert (status, "larger than" in answer["message"]) == (413, True)
        assert (await client.call("POST", "queries", data=b"[" * 200_000))[0] == 400


@pytest.mark.long
async def test_a_large_result_holds_nobody_up() -> None:
    """While a hundred thousand rows are written and sent, other calls are answered."""
    async with looker() as client:
        fields = ["ledger.id", "ledger.code", "ledger.posted_date", "ledger.amount", "ledger.memo"]
        body = {"model": "thelook", "view": "ledger", "fields": fields, "limit": "-1"}
        query = await client.post("queries", body)
        counts: list[int] = []

        async def run() -> None:
            task_id = await client.query("json_bi", query["id"])
            await client.until_ended(task_id)
            for path in (f"query_tasks/{task_id}/results", f"query_tasks/multi_results?query_task_ids={task_id}"):
                async with client.session.get(f"/api/4.0/{path}") as response:
                    received = await response.read()
                found = await asyncio.to_thread(json.loads, received)
                counts.append(len(found.get(task_id, {"data": found})["data"]["rows"]))

        assert await longest_wait(client, asyncio.create_task(run())) < 2
        assert counts == [100_000, 100_000]
