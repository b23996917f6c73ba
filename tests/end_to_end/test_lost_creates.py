"""Creates whose answers are lost, and a server that goes away for seconds: few tasks too many, and little time lost."""

import asyncio
from itertools import pairwise
from pathlib import Path

import pytest

from looker_tasks import Exported, Failed, LookerTasks
from looker_tasks.exports import QueryExport
from tests.aio.one_export import PDF, exported
from tests.aio.raw_server import Asked, RawServer, response
from tests.aio.scripted_looker import ScriptedLooker, scripted_looker

pytestmark = pytest.mark.virtual_time

LONG_HEAD = b"HTTP/1.1 200 OK\r\nX-Policy: " + b"x" * 100_000 + b"\r\n\r\n"


@pytest.mark.parametrize(
    ("answer", "most"),
    [(response(504, b"<html>"), 3), (response(502, b"<html>"), 5), (LONG_HEAD, 3), (response(200, b"no JSON"), 3)],
    ids=["a gateway's time is over", "a gateway lost it", "a head that nobody can read", "no JSON"],
)
async def test_a_create_that_may_have_arrived_is_sent_a_few_times(tmp_path: Path, answer: bytes, most: int) -> None:
    """Spaced, counted in the outcome, and told to whoever reads the failure."""
    async with scripted_looker() as looker:
        looker.always["create"] = answer
        async with LookerTasks(looker.url, "me", "hush") as client:
            outcome = await client.export(PDF, tmp_path / "a.pdf")
        moments = looker.when("create")
    assert isinstance(outcome, Failed)
    assert looker.count("create") == most
    assert outcome.history.lost_creates == most
    assert min(later - earlier for earlier, later in pairwise(moments)) >= 1.0


async def test_one_lost_create_costs_no_file(tmp_path: Path) -> None:
    """It is made once more, and the outcome says so."""
    async with scripted_looker() as looker:
        looker.script["create"].append(response(504, b""))
        outcome = await exported(looker, tmp_path)
    assert isinstance(outcome, Exported)
    assert (outcome.history.creates, outcome.history.lost_creates) == (1, 1)


async def test_after_an_outage_of_seconds_everybody_is_back_soon(tmp_path: Path) -> None:
    """Nobody listens for ten seconds in the middle of sixty exports; soon after they go on."""
    looker = ScriptedLooker()

    async def slowly(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.5)
        await looker.answer(asked, writer)

    loop = asyncio.get_running_loop()
    server = RawServer(slowly)

    async def go_away() -> None:
        await asyncio.sleep(3)
        await server.stop()
        await asyncio.sleep(10)
        await server.start()

    await server.start()
    async with (
        LookerTasks(server.url, "me", "hush", concurrency=8) as client,
        client.export_all((QueryExport(str(n), "csv", name=f"{n}.csv") for n in range(60)), tmp_path) as run,
    ):
        began = loop.time()
        outage = asyncio.create_task(go_away())
        outcomes = [outcome async for outcome in run]
        took = loop.time() - began
        await outage
    await server.stop()
    assert [outcome for outcome in outcomes if not isinstance(outcome, Exported)] == []
    assert took < 28
