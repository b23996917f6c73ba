"""The scheduler: exports in as lazily as they come, outcomes out as they finish."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from looker_tasks import (
    DashboardExport,
    Export,
    Exported,
    ExportFinished,
    ExportStarted,
    Failed,
    InvalidExport,
    Limits,
    LookerTasks,
    Policy,
    QueryExport,
)
from looker_tasks.aio.run.scheduler import LOOK_AHEAD
from tests.aio.many_exports import all_of, client_of, dashboards, emulator_with, now
from tests.aio.raw_server import said
from tests.aio.scripted_looker import scripted_looker

pytestmark = pytest.mark.virtual_time


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
    """Most of a million wait in the caller's iterator, not with us."""
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
            assert taken <= finished + 5 + 2 * 4 + LOOK_AHEAD + 1


async def test_nothing_is_begun_while_nobody_takes_outcomes(tmp_path: Path) -> None:
    """A slow reader of outcomes holds the run back instead of filling the memory."""
    async with (
        scripted_looker() as looker,
        client_of(looker, Policy(limits=Limits(downloads=2))) as client,
        client.export_all(dashboards(60), tmp_path, concurrency=3) as run,
    ):
        await anext(run)
        await asyncio.sleep(3600)
        assert looker.count("create") <= 1 + 3 + 2 * 2
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


async def test_an_observer_sees_each_export_begin_and_end(tmp_path: Path) -> None:
    """One start at the most and exactly one end for each, whatever became of it."""
    seen: list[object] = []
    async with scripted_looker() as looker:
        looker.script["create"].append(said({"message": "Not found"}, 404))
        async with LookerTasks(looker.url, "id", "secret", observers=(seen.append,)) as client:
            exports = [*dashboards(3), DashboardExport("1", "pdf", name="../bad.pdf")]
            async with client.export_all(exports, tmp_path) as run:
                outcomes = await all_of(run)
    ends = [event.outcome for event in seen if isinstance(event, ExportFinished)]
    assert sorted(map(id, ends)) == sorted(map(id, outcomes))
    assert sum(isinstance(event, ExportStarted) for event in seen) == 3
