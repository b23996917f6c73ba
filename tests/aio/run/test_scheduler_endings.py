"""The scheduler: every way in which a run ends before its exports do."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from looker_tasks import (
    Cancelled,
    CredentialsRefused,
    DashboardExport,
    Deadlines,
    Event,
    Export,
    Exported,
    ExportFinished,
    ExportStarted,
    Failed,
    LookerTasks,
    Outcome,
    Policy,
    QueryExport,
)
from looker_tasks.aio.notifier import SLOW
from tests.aio.many_exports import all_of, client_of, dashboards, emulator_with, now
from tests.aio.raw_server import said
from tests.aio.scripted_looker import scripted_looker

pytestmark = pytest.mark.virtual_time


async def test_leaving_early_cancels_and_kills_the_queries(tmp_path: Path) -> None:
    """Whoever breaks out of the loop leaves nothing running, neither here nor, of queries, on the server."""
    async with emulator_with(query_seconds=100) as emulator, client_of(emulator) as client:
        query = emulator.examples.query
        exports = (QueryExport(query, "csv", name=f"{number}.csv") for number in range(50))
        async with client.export_all(exports, tmp_path, concurrency=5) as run:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(20):
                    await anext(run)
        assert emulator.statistics.in_flight.now == 0
        assert emulator.statistics.calls["kill_query"] == 5
        assert emulator.statistics.ended == {"killed": 5}
    assert list(tmp_path.glob("*.*")) == [tmp_path / ".looker-tasks"]  # noqa: ASYNC240  # a local folder, after all is done


async def test_a_cancelled_caller_kills_the_queries_too(tmp_path: Path) -> None:
    """The same where the whole task is cancelled, as a web framework does when its client leaves."""
    async with emulator_with(query_seconds=100) as emulator, client_of(emulator) as client:
        query = emulator.examples.query

        async def work() -> None:
            exports = (QueryExport(query, "csv", name=f"{number}.csv") for number in range(50))
            async with client.export_all(exports, tmp_path, concurrency=5) as run:
                await all_of(run)

        task = asyncio.create_task(work())
        await asyncio.sleep(20)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert emulator.statistics.in_flight.now == 0
        assert emulator.statistics.calls["kill_query"] == 5


async def test_a_kill_that_hangs_holds_nobody_up_for_long(tmp_path: Path) -> None:
    """The server may be the reason for leaving: the wait for its answers has an end."""

    async def never(_: asyncio.StreamWriter) -> None:
        await asyncio.get_running_loop().create_future()

    async with scripted_looker() as looker, client_of(looker) as client:
        looker.always |= {"kill": never, "poll": said({"id": "1", "status": "running"})}
        exports = (QueryExport("1", "csv", name=f"{number}.csv") for number in range(5))
        async with client.export_all(exports, tmp_path, concurrency=5):
            await asyncio.sleep(10)
            left = now()
        assert looker.count("kill") == 5
        assert now() - left <= 10


async def test_revoked_credentials_end_the_run_after_what_was_done(tmp_path: Path) -> None:
    """Outcomes that there are come out first; then the refusal is raised, and nothing more is asked for."""
    ended = said({"message": "Requires authentication."}, 401)
    outcomes: list[Outcome] = []
    async with scripted_looker() as looker, client_of(looker) as client:

        async def revoke_after_five() -> None:
            async with client.export_all(dashboards(1000), tmp_path, concurrency=2) as run:
                async for outcome in run:
                    outcomes.append(outcome)
                    if len(outcomes) == 5:
                        looker.always |= {"create": ended, "login": said({"message": "Not found"}, 404)}

        with pytest.raises(CredentialsRefused):
            await revoke_after_five()
        kinds = [type(outcome) for outcome in outcomes]
        assert kinds.count(Exported) >= 5
        assert 1 <= kinds.count(Failed) <= 2  # whoever was in flight
        assert looker.count("create") < 20


async def test_an_error_of_the_callers_iterator_is_raised_as_it_is(tmp_path: Path) -> None:
    """A bug in what gives the exports is the caller's own exception, not one of ours or a group."""

    class OwnError(Exception):
        """The caller's own."""

    def breaking() -> Iterator[Export]:
        yield from dashboards(3)
        raise OwnError

    async with scripted_looker() as looker, client_of(looker) as client:
        with pytest.raises(OwnError):
            async with client.export_all(breaking(), tmp_path) as run:
                await all_of(run)


async def test_what_was_begun_when_the_callers_iterator_broke_is_accounted_for(tmp_path: Path) -> None:
    """Each export that was taken has its outcome before the error comes."""

    async def breaking() -> AsyncIterator[Export]:
        for export in dashboards(3):
            yield export
        await asyncio.sleep(1)
        raise ValueError("the caller's")

    outcomes: list[Outcome] = []
    async with emulator_with(render_slots=5) as emulator, client_of(emulator) as client:

        async def collect() -> None:
            async with client.export_all(breaking(), tmp_path, concurrency=5) as run:
                async for outcome in run:
                    outcomes.append(outcome)  # noqa: PERF401  # what came before the error counts

        with pytest.raises(ValueError, match="the caller's"):
            await collect()
    assert len(outcomes) == 3


async def test_an_error_inside_the_block_is_raised_as_it_is(tmp_path: Path) -> None:
    """The caller's own exception passes through unchanged, and everything is cancelled."""
    async with emulator_with(query_seconds=100) as emulator, client_of(emulator) as client:
        exports = [QueryExport(emulator.examples.query, "csv")]

        async def fail() -> None:
            async with client.export_all(exports, tmp_path):
                await asyncio.sleep(10)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await fail()
        assert emulator.statistics.in_flight.now == 0


async def test_a_polite_stop_creates_nothing_more_and_ends(tmp_path: Path) -> None:
    """After it queries are killed, renders left to themselves, and each export begun has its outcome."""
    async with (
        emulator_with(render_slots=4, query_seconds=100, caching_slots=5) as emulator,
        client_of(emulator) as client,
    ):
        example = emulator.examples
        queries = (QueryExport(example.query, "csv", name=f"{number}.csv") for number in range(50))
        async with client.export_all(queries, tmp_path, concurrency=4) as run:
            await asyncio.sleep(30)
            run.stop()
            asked = now()
            outcomes = await all_of(run)
            assert now() - asked < 5
        assert {type(outcome) for outcome in outcomes} == {Cancelled}
        assert emulator.statistics.created.total() == 4
        assert emulator.statistics.ended == {"killed": 4}


async def test_a_polite_stop_still_fetches_what_is_ready(tmp_path: Path) -> None:
    """A result that is on its way to disk becomes a file."""

    async def slowly(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nContent-Length: 16\r\n\r\n%PDF-1.7 ")
        await asyncio.sleep(10)
        writer.write(b"1 %%EOF")

    async with scripted_looker() as looker, client_of(looker) as client:
        looker.script["results"].append(slowly)
        async with client.export_all(dashboards(100), tmp_path, concurrency=1) as run:
            await asyncio.sleep(5)
            run.stop()
            outcomes = await all_of(run)
    assert sum(isinstance(outcome, Exported) for outcome in outcomes) >= 1
    assert (tmp_path / "0.pdf").read_bytes() == b"%PDF-1.7 1 %%EOF"  # a local file, after all is done


async def test_a_polite_stop_has_an_end(tmp_path: Path) -> None:
    """A download that never ends is cut off after the policy's time, and leaves no half file."""

    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nContent-Length: 100000\r\n\r\n%PDF-1.7 ")
        while True:
            await asyncio.sleep(1)
            writer.write(b" ")

    policy = Policy(deadlines=Deadlines(stop=20))
    async with scripted_looker() as looker, client_of(looker, policy) as client:
        looker.always["results"] = drip
        async with client.export_all(dashboards(1), tmp_path) as run:
            await asyncio.sleep(5)
            run.stop()
            asked = now()
            outcomes = await all_of(run)
            assert now() - asked == pytest.approx(20, abs=1)
    assert [type(outcome) for outcome in outcomes] == [Cancelled]
    assert list(tmp_path.glob("*.pdf*")) == []  # noqa: ASYNC240  # a local folder, after all is done


async def test_a_stop_before_anything_began_does_nothing(tmp_path: Path) -> None:
    """Whoever stops at once has created nothing."""
    async with scripted_looker() as looker, client_of(looker) as client:
        async with client.export_all(dashboards(100), tmp_path, concurrency=5) as run:
            run.stop()
            outcomes = await all_of(run)
        assert looker.count("create") == 0
    assert all(isinstance(outcome, Cancelled) for outcome in outcomes)


async def test_an_observer_that_raises_ends_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Every file comes, nobody is left waiting, and the log names the observer, once."""

    def broken(_: object) -> None:
        raise ZeroDivisionError

    seen: list[Event] = []
    async with scripted_looker() as looker:
        client = LookerTasks(looker.url, "id", "secret", observers=(broken, seen.append))
        async with client, client.export_all(dashboards(3), tmp_path) as run:
            outcomes = await all_of(run)
    assert {type(outcome) for outcome in outcomes} == {Exported}
    assert sum(isinstance(event, ExportFinished) for event in seen) == 3
    assert [record.message.count("broken raised on ") for record in caplog.records] == [1]


async def test_an_observer_that_blocks_is_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Whoever holds the loop up is told from whoever suffers by it, once."""

    def sluggish(_: object) -> None:
        time.sleep(2 * SLOW)

    async with scripted_looker() as looker:
        client = LookerTasks(looker.url, "id", "secret", observers=(sluggish,))
        async with client, client.export_all(dashboards(1), tmp_path) as run:
            await all_of(run)
    assert [record.message.count("sluggish held the event loop up") for record in caplog.records] == [1]


async def test_an_export_that_is_cancelled_is_seen_to_end(tmp_path: Path) -> None:
    """Whoever counts begins and ends ends at zero, by the key of each export."""
    alive: Counter[str] = Counter()

    def count(event: Event) -> None:
        if isinstance(event, ExportStarted | ExportFinished):
            alive[event.key] += 1 if isinstance(event, ExportStarted) else -1

    async with scripted_looker() as looker:
        looker.always["poll"] = said({"id": "1", "status": "rendering"})
        async with LookerTasks(looker.url, "id", "secret", observers=(count,)) as client:
            exports = [DashboardExport("1", filters={"Region": region}) for region in ("West", "East")]
            async with client.export_all(exports, tmp_path):
                await asyncio.sleep(10)
            single = asyncio.create_task(client.export(exports[0], tmp_path / "one.pdf"))
            await asyncio.sleep(10)
            single.cancel()
            await asyncio.wait({single})
    assert len(alive) == 2
    assert set(alive.values()) == {0}
