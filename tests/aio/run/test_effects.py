"""What all exports of a run share: one pause holds every call back; a stop and a deadline end every wait."""

import asyncio
import os
from itertools import pairwise
from pathlib import Path

import pytest

from looker_tasks import (
    Backoff,
    Cancelled,
    DeadlineExceeded,
    Deadlines,
    Exported,
    Failed,
    Limits,
    LookerTasks,
    Outcome,
    Policy,
)
from tests.aio.many_exports import all_of, client_of, dashboards, now
from tests.aio.raw_server import reset, said
from tests.aio.scripted_looker import ScriptedLooker, scripted_looker

pytestmark = pytest.mark.virtual_time


def throttled(retry_after: object | None = None) -> bytes:
    """Return a 429, with what it asks for."""
    return said(
        {"message": "Too many requests"}, 429, None if retry_after is None else {"Retry-After": str(retry_after)}
    )


async def exported(
    looker: ScriptedLooker, folder: Path, count: int, *, concurrency: int = 10, policy: Policy | None = None
) -> list[Outcome]:
    """Run over *count* exports and return the outcomes."""
    async with (
        client_of(looker, policy, concurrency=concurrency) as client,
        client.export_all(dashboards(count), folder) as run,
    ):
        return await all_of(run)


def kinds(outcomes: list[Outcome]) -> set[type[Outcome]]:
    """Return the kinds of *outcomes*."""
    return {type(outcome) for outcome in outcomes}


async def test_a_429_pauses_the_whole_client_once(tmp_path: Path) -> None:
    """While the server asks for quiet, nobody of ours speaks; afterwards all go on."""
    async with scripted_looker() as looker:
        looker.always["poll"] = said({"id": "1", "status": "rendering"})
        async with (
            client_of(looker, concurrency=10) as client,
            client.export_all(dashboards(10), tmp_path),
        ):
            await asyncio.sleep(30)
            looker.script["poll"].append(throttled(100))
            await asyncio.sleep(200)
    silences = [end - begin for begin, end in pairwise(looker.moments) if end - begin > 50]
    assert silences == [pytest.approx(100, abs=1)]
    assert looker.count("create") == 10


async def test_refusals_under_way_together_are_one_pause(tmp_path: Path) -> None:
    """Ten creates refused at once back off once, not ten times over."""
    async with scripted_looker() as looker:
        looker.script["create"].extend([throttled()] * 10)
        outcomes = await exported(looker, tmp_path, 10, policy=Policy(backoff=Backoff(base=10, cap=1000)))
        assert now() < 60  # ten times over would be ten doublings of ten seconds
    assert kinds(outcomes) == {Exported}
    assert looker.count("create") == 20


async def test_a_pause_longer_than_a_call_costs_nobody_an_attempt(tmp_path: Path) -> None:
    """The server may ask for more than a call may take: nothing is sent, nothing is lost, all files come."""
    async with scripted_looker() as looker:
        looker.script["create"].append(throttled(1000))
        outcomes = await exported(looker, tmp_path, 4, policy=Policy(deadlines=Deadlines(call=60, export=3600)))
        assert 1000 <= now() < 1100
        assert len([moment for moment in looker.when("create") if 1 < moment < 1000]) == 0
    assert kinds(outcomes) == {Exported}
    assert [outcome.history.lost_creates for outcome in outcomes] == [0] * 4


async def test_a_pause_past_the_deadline_fails_at_once_and_says_so(tmp_path: Path) -> None:
    """There is no use in waiting for what comes too late."""
    async with scripted_looker() as looker:
        looker.always["create"] = throttled(7200)
        (outcome,) = await exported(looker, tmp_path, 1, policy=Policy(deadlines=Deadlines(export=3600)))
        assert now() < 10
    assert isinstance(outcome, Failed)
    assert isinstance(outcome.error, DeadlineExceeded)
    assert "429" in str(outcome.error)
    assert "7200 s, past the deadline" in str(outcome.error)


@pytest.mark.parametrize(
    "retry_after", ["Thu, 01 Jan 1970 00:00:00 GMT", "-5", "soon", "\N{SUPERSCRIPT TWO}", "1.5", ""]
)
async def test_a_retry_after_that_makes_no_sense_is_a_plain_429(tmp_path: Path, retry_after: str) -> None:
    """Whatever stands in the field, the client backs off by itself and goes on."""
    async with scripted_looker() as looker:
        looker.script["create"].extend([throttled(retry_after)] * 3)
        outcomes = await exported(looker, tmp_path, 3)
        assert now() < 10
    assert kinds(outcomes) == {Exported}


@pytest.mark.parametrize("retry_after", ["9" * 5000, "Fri, 31 Dec 9999 23:59:59 GMT", "31536000"])
async def test_a_retry_after_without_end_fails_clearly(tmp_path: Path, retry_after: str) -> None:
    """A year or a million digits mean never."""
    async with scripted_looker() as looker:
        looker.always["create"] = throttled(retry_after)
        outcomes = await exported(looker, tmp_path, 3)
        assert now() < 10
    assert kinds(outcomes) == {Failed}


async def test_a_server_that_refuses_more_than_it_takes_still_gives_all_files(tmp_path: Path) -> None:
    """A queue that answers 429 whenever more than six are in it costs time, and no file."""
    async with scripted_looker() as looker:
        begun: dict[int, float] = {}

        async def create(writer: asyncio.StreamWriter) -> None:
            working = [moment for moment in begun.values() if now() - moment < 20]
            if len(working) >= 6:
                writer.write(throttled())
                return
            begun[len(begun)] = now()
            writer.write(said({"id": f"task-{looker.count('create')}", "status": "rendering"}))

        async def poll(writer: asyncio.StreamWriter) -> None:
            writer.write(said({"id": "1", "status": "success"}))

        async def results(writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n%PDF-1.7 1 %%EOF")

        looker.always |= {"create": create, "poll": poll, "results": results}
        outcomes = await exported(looker, tmp_path, 40, concurrency=20)
    assert kinds(outcomes) == {Exported}
    assert len(begun) == 40


async def test_a_stop_does_not_wait_for_a_pause(tmp_path: Path) -> None:
    """Whoever asks to stop in the middle of a long pause is obeyed within the policy's time."""
    async with scripted_looker() as looker:
        looker.always["create"] = throttled(600)
        async with (
            LookerTasks(looker.url, "id", "secret") as client,
            client.export_all(dashboards(20), tmp_path, concurrency=5) as run,
        ):
            await asyncio.sleep(60)
            run.stop()
            asked = now()
            outcomes = await all_of(run)
            assert now() - asked <= 31
    assert kinds(outcomes) == {Cancelled}


async def test_a_download_tried_again_after_a_stop_still_backs_off(tmp_path: Path) -> None:
    """A stop ends the wait under way; it does not make the client hammer a server that struggles."""
    async with scripted_looker() as looker:

        async def break_off(writer: asyncio.StreamWriter) -> None:
            reset(writer)

        looker.always["results"] = break_off
        policy = Policy(backoff=Backoff(base=60, cap=60), deadlines=Deadlines(stop=10_000))
        async with (
            LookerTasks(looker.url, "id", "secret", policy=policy) as client,
            client.export_all(dashboards(1), tmp_path) as run,
        ):
            await asyncio.sleep(5)
            run.stop()
            asked = now()
            await all_of(run)
            assert now() - asked > 30


async def test_a_call_that_hangs_is_cut_off_and_sent_again(tmp_path: Path) -> None:
    """A create whose answer never comes is counted as one that may have arrived."""

    async def never(_: asyncio.StreamWriter) -> None:
        await asyncio.get_running_loop().create_future()

    async with scripted_looker() as looker:
        looker.script["create"].append(never)
        (outcome,) = await exported(looker, tmp_path, 1, policy=Policy(deadlines=Deadlines(call=60)))
        assert now() == pytest.approx(60, abs=5)
    assert isinstance(outcome, Exported)
    assert (outcome.history.creates, outcome.history.lost_creates) == (1, 1)


async def test_the_deadline_of_an_export_ends_a_download_too(tmp_path: Path) -> None:
    """A result that drips for ever is no reason to wait for ever, and leaves no half file."""

    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nContent-Length: 100000\r\n\r\n%PDF-1.7 ")
        while True:
            await asyncio.sleep(10)
            writer.write(b" ")

    async with scripted_looker() as looker:
        looker.always["results"] = drip
        (outcome,) = await exported(looker, tmp_path, 1, policy=Policy(deadlines=Deadlines(export=600)))
        assert now() == pytest.approx(600, abs=1)
    assert isinstance(outcome, Failed)
    assert isinstance(outcome.error, DeadlineExceeded)
    assert outcome.error.phase == "downloading"
    assert os.listdir(tmp_path) == [".looker-tasks"]  # noqa: PTH208  # as good as a Path's, in a coroutine too


async def test_results_that_drip_do_not_starve_quick_ones(tmp_path: Path) -> None:
    """A place among the downloads is held by progress: who is slow goes on without one."""
    body = b"%PDF-1.7 " + b"x" * (2 * 2**20) + b"%%EOF"
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nContent-Length: {len(body)}\r\n\r\n".encode()

    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(head + body[:100_000])
        for start in range(100_000, len(body), 20_000):
            await asyncio.sleep(10)
            writer.write(body[start : start + 20_000])

    async with scripted_looker() as looker:
        looker.script["results"].extend([drip] * 2)
        looker.always["results"] = head + body
        policy = Policy(limits=Limits(downloads=2))
        async with (
            client_of(looker, policy, concurrency=10) as client,
            client.export_all(dashboards(6), tmp_path) as run,
        ):
            ends = [(now(), type(outcome)) async for outcome in run]
    assert [kind for _, kind in ends] == [Exported] * 6
    assert [moment < 60 for moment, _ in ends] == [True] * 4 + [False] * 2
