"""The scheduler: exports in as lazily as they come, outcomes out as they finish, and every way in which a run ends."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from looker_tasks import (
    Cancelled,
    CredentialsRefused,
    DashboardExport,
    Deadlines,
    Export,
    Exported,
    ExportFinished,
    ExportStarted,
    Failed,
    InvalidExport,
    Limits,
    LookerTasks,
    Outcome,
    Policy,
    QueryExport,
)
from looker_tasks.emulator import Emulator
from tests.aio.raw_server import said
from tests.aio.scripted_looker import ScriptedLooker, scripted_looker

pytestmark = pytest.mark.virtual_time


def client_of(looker: Emulator | ScriptedLooker, policy: Policy | None = None) -> LookerTasks:
    """Return a client of *looker*."""
    if isinstance(looker, Emulator):
        return LookerTasks(looker.url, looker.client_id, looker.client_secret, policy=policy or Policy())
    return LookerTasks(looker.url, "id", "secret", policy=policy or Policy())


def dashboards(count: int) -> Iterator[DashboardExport]:
    """Give *count* exports of one dashboard, each with a file of its own."""
    return (DashboardExport("1", "pdf", name=f"{number}.pdf") for number in range(count))


def emulator_with(**settings: Any) -> Emulator:  # noqa: ANN401  # as the emulator takes them
    """Return an emulator that draws nothing and takes 30 s for it."""
    usual: dict[str, Any] = {"renderer": "fake", "spread": 0, "query_seconds": 0, "render_seconds": 30}
    return Emulator(**(usual | settings))


async def all_of(outcomes: AsyncIterator[Outcome]) -> list[Outcome]:
    """Return all outcomes of a run."""
    return [outcome async for outcome in outcomes]


def now() -> float:
    """Tell the virtual time."""
    return asyncio.get_running_loop().time()


@pytest.mark.parametrize("concurrency", [1, 3, 10])
async def test_no_more_tasks_are_in_flight_than_allowed(tmp_path: Path, concurrency: int) -> None:
    """The limit is reached and never passed, as the server counts it."""
    async with (
        emulator_with(render_slots=20, caching_slots=20) as emulator,
        client_of(emulator) as client,
        client.export_all(dashboards(25), tmp_path, concurrency=concurrency) as run,
    ):
        outcomes = await all_of(run)
    assert emulator.statistics.in_flight.peak == concurrency
    assert [type(outcome) for outcome in outcomes] == [Exported] * 25
    assert len(list(tmp_path.glob("*.pdf"))) == 25  # noqa: ASYNC240  # a local folder, after all is done


async def test_outcomes_come_as_they_finish(tmp_path: Path) -> None:
    """Whoever is quick is not held up by who is slow, and each outcome can be acted upon at once."""
    seen: list[tuple[str, float]] = []
    async with emulator_with(render_slots=2) as emulator, client_of(emulator) as client:
        example = emulator.examples
        exports: list[Export] = [DashboardExport(example.dashboard, "pdf"), QueryExport(example.query, "csv")]
        async with client.export_all(exports, tmp_path, concurrency=10) as run:
            async for outcome in run:
                assert isinstance(outcome, Exported)
                seen.append((outcome.export.result_format, now()))
    assert [result_format for result_format, _ in seen] == ["csv", "pdf"]
    assert seen[0][1] < 5
    assert seen[1][1] >= 30


async def test_exports_are_taken_only_as_needed(tmp_path: Path) -> None:
    """A million of them wait in the caller's iterator, not with us."""
    taken = 0

    def endless() -> Iterator[Export]:
        nonlocal taken
        for export in dashboards(10**6):
            taken += 1
            yield export

    policy = Policy(limits=Limits(downloads=4))
    async with (
        emulator_with(render_slots=50, caching_slots=50) as emulator,
        client_of(emulator, policy) as client,
        client.export_all(endless(), tmp_path, concurrency=5) as run,
    ):
        for finished in range(1, 31):
            await anext(run)
            assert taken <= finished + 5 + 4 + 1


async def test_nothing_is_begun_while_nobody_takes_outcomes(tmp_path: Path) -> None:
    """A slow reader of outcomes holds the run back instead of filling the memory."""
    async with (
        scripted_looker() as looker,
        client_of(looker, Policy(limits=Limits(downloads=2))) as client,
        client.export_all(dashboards(60), tmp_path, concurrency=3) as run,
    ):
        await anext(run)
        await asyncio.sleep(3600)
        assert looker.count("create") <= 1 + 3 + 2
        assert len(await all_of(run)) == 59


async def test_an_async_iterator_is_as_good(tmp_path: Path) -> None:
    """Exports may come one by one from a database or a queue, and begin as they come."""

    async def trickling() -> AsyncIterator[Export]:
        for export in dashboards(3):
            await asyncio.sleep(100)
            yield export

    async with (
        scripted_looker() as looker,
        client_of(looker) as client,
        client.export_all(trickling(), tmp_path, concurrency=10) as run,
    ):
        ends = [now() async for _ in run]
    assert ends == pytest.approx([100, 200, 300], abs=5)


@pytest.mark.parametrize("exports", [[], iter(())])
async def test_nothing_to_do_is_done_at_once(tmp_path: Path, exports: list[Export] | Iterator[Export]) -> None:
    """No exports, no outcomes, no calls beyond the login."""
    async with scripted_looker() as looker, client_of(looker) as client:
        async with client.export_all(exports, tmp_path) as run:
            assert await all_of(run) == []
        assert [operation for operation, _ in looker.asked] == ["login"]


async def test_a_name_is_given_to_one_export_alone(tmp_path: Path) -> None:
    """The second export of a name fails, before it is created, and the first keeps its file."""
    same = [DashboardExport("1", "pdf", name=name) for name in ("west.pdf", "west.pdf", "WEST.pdf")]
    async with scripted_looker() as looker, client_of(looker) as client, client.export_all(same, tmp_path) as run:
        outcomes = await all_of(run)
    failures = [outcome.error for outcome in outcomes if isinstance(outcome, Failed)]
    assert [type(outcome) for outcome in outcomes].count(Exported) == 1
    assert [(type(error), getattr(error, "field", None)) for error in failures] == [(InvalidExport, "name")] * 2
    assert looker.count("create") == 1


@pytest.mark.parametrize("name", ["../west.pdf", "/tmp/west.pdf", "a/../../west.pdf", "", "a/", ".looker-tasks/x.pdf"])  # noqa: S108  # a name to be refused
async def test_a_name_that_leaves_the_folder_fails_before_it_is_created(tmp_path: Path, name: str) -> None:
    """A bad name is one failed export, and no task on the server."""
    exports = [DashboardExport("1", "pdf", name=name), DashboardExport("2", "pdf")]
    async with scripted_looker() as looker, client_of(looker) as client, client.export_all(exports, tmp_path) as run:
        outcomes = await all_of(run)
    assert {type(outcome) for outcome in outcomes} == {Exported, Failed}
    assert looker.count("create") == 1


async def test_a_failed_export_does_not_touch_its_siblings(tmp_path: Path) -> None:
    """A failure is an outcome, with the error as a value; the rest of the run does not notice."""
    async with emulator_with(render_slots=5) as emulator, client_of(emulator) as client:
        exports = [*dashboards(4), DashboardExport("99999999", "pdf")]
        async with client.export_all(exports, tmp_path, concurrency=5) as run:
            outcomes = await all_of(run)
    assert [type(outcome) for outcome in outcomes] == [Failed] + [Exported] * 4
    assert str(outcomes[0].error) == "create_dashboard_render_task: 404 Not found"  # type: ignore[union-attr]  # the first is the Failed


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


async def test_an_observer_sees_each_export_begin_and_end(tmp_path: Path) -> None:
    """One start at the most and exactly one end for each, whatever became of it."""
    seen: list[object] = []
    async with scripted_looker() as looker:
        looker.script["create"].append(said({"message": "Not found"}, 404))
        async with LookerTasks(looker.url, "id", "secret", observer=seen.append) as client:
            exports = [*dashboards(3), DashboardExport("1", "pdf", name="../bad.pdf")]
            async with client.export_all(exports, tmp_path) as run:
                outcomes = await all_of(run)
    ends = [event.outcome for event in seen if isinstance(event, ExportFinished)]
    assert sorted(map(id, ends)) == sorted(map(id, outcomes))
    assert sum(isinstance(event, ExportStarted) for event in seen) == 3


async def test_a_bug_in_the_observer_is_raised(tmp_path: Path) -> None:
    """It is not swallowed, and not taken for a failed export."""

    def broken(_: object) -> None:
        raise ZeroDivisionError

    async with scripted_looker() as looker, LookerTasks(looker.url, "id", "secret", observer=broken) as client:
        with pytest.raises(ZeroDivisionError):
            async with client.export_all(dashboards(1), tmp_path) as run:
                await all_of(run)
