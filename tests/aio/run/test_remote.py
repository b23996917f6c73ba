"""Exports that a worker elsewhere runs: here in this process, with all that passes between the two pickled."""

import asyncio
import pickle
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from looker_tasks import (
    Assignment,
    Cancelled,
    CredentialsRefused,
    DashboardExport,
    Deadlines,
    DownloadStarted,
    Event,
    Exported,
    ExportFinished,
    ExportStarted,
    Failed,
    LookerTasks,
    Policy,
    Polled,
    QueryExport,
    RemoteExport,
    Report,
    RequestRefused,
    TaskCreated,
    Worker,
)
from looker_tasks.emulator import Emulator
from tests.aio.many_exports import all_of, client_of, dashboards, emulator_with
from tests.aio.one_export import GONE, calls, told
from tests.aio.raw_server import said
from tests.aio.scripted_looker import ScriptedLooker, scripted_looker

pytestmark = pytest.mark.virtual_time


class Here:
    """An executor whose one worker is in this process. With *dies_after*, it is gone after so many reports, once."""

    def __init__(self, worker: Worker, *, dies_after: int | None = None) -> None:
        self.worker = worker
        self.dies_after = dies_after
        self.asked_again = 0

    async def execute(self, export: RemoteExport) -> None:
        """Run it, and go on where the worker has died."""
        while not export.has_ended:
            died = asyncio.Event()

            def report(made: Report, died: asyncio.Event = died) -> None:
                if not died.is_set():
                    export.take(pickle.loads(pickle.dumps(made)))  # noqa: S301  # our own
                if self.dies_after is not None:
                    self.dies_after -= 1
                    if not self.dies_after:
                        died.set()

            async def hold_slot() -> bool:
                self.asked_again += 1
                return await export.hold_slot()

            assignment: Assignment = pickle.loads(pickle.dumps(export.assignment))  # noqa: S301  # the same
            running = asyncio.create_task(self.worker.run(assignment, report, hold_slot))
            dying = asyncio.create_task(died.wait())
            try:
                await asyncio.wait([running, dying], return_when=asyncio.FIRST_COMPLETED)
            finally:
                for each in (running, dying):
                    each.cancel()
                await asyncio.wait([running, dying])
            if not export.has_ended:
                self.dies_after = None
                await export.lose_worker()

    def stop(self) -> None:
        """Stop the worker."""
        self.worker.stop()


@asynccontextmanager
async def one_worker(
    looker: Emulator | ScriptedLooker, out: Path, *, dies_after: int | None = None
) -> AsyncIterator[Here]:
    """Give an executor with a client of its own."""
    async with client_of(looker) as client:
        yield Here(await client.worker(out), dies_after=dies_after)


async def test_the_limit_and_the_journal_are_the_clients(tmp_path: Path) -> None:
    """The worker's own limit counts for nothing, and what was made is not made again."""
    async with (
        emulator_with(render_slots=50) as emulator,
        one_worker(emulator, tmp_path) as executor,
        client_of(emulator, concurrency=3) as client,
    ):
        for resumed in (False, True):
            async with client.export_all(dashboards(20), tmp_path, executor=executor) as run:
                outcomes = await all_of(run)
            assert [outcome.resumed for outcome in outcomes if isinstance(outcome, Exported)] == [resumed] * 20
        assert emulator.statistics.created.total() == 20
        assert emulator.statistics.in_flight.peak == 3


async def test_observers_see_what_happens_elsewhere(tmp_path: Path) -> None:
    """Each export has its events, at the client that assigned it."""
    seen: list[Event] = []
    async with scripted_looker() as looker, one_worker(looker, tmp_path) as executor:
        looker.script["poll"].append(told("rendering"))
        client = LookerTasks(looker.url, "id", "secret", observers=[seen.append])
        async with client, client.export_all(dashboards(1), tmp_path, executor=executor) as run:
            assert isinstance((await all_of(run))[0], Exported)
    of_the_export = [type(event) for event in seen if event.key]
    assert of_the_export == [ExportStarted, TaskCreated, Polled, Polled, DownloadStarted, ExportFinished]


async def test_a_task_is_created_again_within_the_limit(tmp_path: Path) -> None:
    """Where a result is gone, the worker asks for the slot that it gave back."""
    async with (
        scripted_looker() as looker,
        one_worker(looker, tmp_path) as executor,
        client_of(looker, concurrency=1) as client,
    ):
        looker.script["results"].extend([GONE] * 3)
        async with client.export_all(dashboards(1), tmp_path, executor=executor) as run:
            outcomes = await all_of(run)
        assert (looker.count("create"), executor.asked_again) == (2, 1)
    assert [type(outcome) for outcome in outcomes] == [Exported]


async def test_a_render_that_a_worker_leaves_counts_until_it_has_ended(tmp_path: Path) -> None:
    """The client that has the slot watches it: the worker knows of no limit."""
    policy = Policy(deadlines=Deadlines(export=1))
    async with (
        emulator_with(render_slots=8, render_seconds=2) as emulator,
        client_of(emulator, policy) as elsewhere,
        client_of(emulator, concurrency=2) as client,
    ):
        executor = Here(await elsewhere.worker(tmp_path))
        async with client.export_all(dashboards(6), tmp_path, executor=executor) as run:
            assert {type(outcome) for outcome in await all_of(run)} == {Failed}
        assert emulator.statistics.in_flight.peak == 2


@pytest.mark.parametrize("dies_after", [1, 2, 3, 4, 5])
async def test_a_worker_that_is_lost_costs_no_second_task(tmp_path: Path, dies_after: int) -> None:
    """Once its task is known of, the next worker goes on with it."""
    async with (
        emulator_with() as emulator,
        one_worker(emulator, tmp_path, dies_after=dies_after) as executor,
        client_of(emulator, concurrency=1) as client,
    ):
        async with client.export_all(dashboards(1), tmp_path, executor=executor) as run:
            outcomes = await all_of(run)
        assert [type(outcome) for outcome in outcomes] == [Exported]
        assert emulator.statistics.created.total() == 1
        assert emulator.statistics.in_flight.peak == 1


async def test_a_failure_comes_back_as_it_was(tmp_path: Path) -> None:
    """With its error, and the others go on."""
    async with scripted_looker() as looker, one_worker(looker, tmp_path) as executor, client_of(looker) as client:
        looker.script["create"].append(said({"message": "no such dashboard"}, 422))
        async with client.export_all(dashboards(2), tmp_path, executor=executor) as run:
            outcomes = await all_of(run)
    (failed,) = [outcome for outcome in outcomes if isinstance(outcome, Failed)]
    assert isinstance(failed.error, RequestRefused)
    assert len(outcomes) == 2


async def test_refused_credentials_of_a_worker_end_the_run(tmp_path: Path) -> None:
    """As they do where there is no worker."""
    async with (
        emulator_with() as emulator,
        client_of(emulator) as client,
        LookerTasks(emulator.url, "id", "another's") as refused,
    ):
        executor = Here(await refused.worker(tmp_path))
        async with client.export_all(dashboards(2), tmp_path, executor=executor) as run:
            with pytest.raises(CredentialsRefused):
                await all_of(run)


async def test_a_stop_reaches_the_worker(tmp_path: Path) -> None:
    """After it the query is killed, and nothing more is created."""
    async with (
        emulator_with(query_seconds=100) as emulator,
        one_worker(emulator, tmp_path) as executor,
        client_of(emulator, concurrency=2) as client,
    ):
        queries = [QueryExport(emulator.examples.query, "csv", name=f"{number}.csv") for number in range(9)]
        async with client.export_all(queries, tmp_path, executor=executor) as run:
            await asyncio.sleep(30)
            run.stop()
            assert {type(outcome) for outcome in await all_of(run)} == {Cancelled}
        assert emulator.statistics.created.total() == 2
        assert emulator.statistics.calls["kill_query"] == 2


async def test_who_leaves_the_run_kills_the_workers_queries(tmp_path: Path) -> None:
    """The worker is cancelled with the run, and gives its query up."""
    async with scripted_looker() as looker, one_worker(looker, tmp_path) as executor, client_of(looker) as client:
        looker.always["poll"] = told("running")
        async with client.export_all([QueryExport("1", "csv")], tmp_path, executor=executor):
            await asyncio.sleep(30)
        assert calls(looker)[-1] == "kill"


def test_an_assignment_and_a_report_pickle() -> None:
    """They pass between processes."""
    assignment = Assignment(DashboardExport("1", "pdf", filters={"A": "b"}), "1.pdf", "key", "task", 3.0)
    assert pickle.loads(pickle.dumps(assignment)) == assignment  # noqa: S301  # our own
