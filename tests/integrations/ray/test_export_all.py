"""On a real Ray: whole files, one client's limit however many workers there are, and deaths that cost no task."""

import os
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest

from looker_tasks import (
    ConfigurationError,
    CredentialsRefused,
    DashboardExport,
    Event,
    Exported,
    LimitChanged,
    LookerTasks,
    Settings,
)
from looker_tasks.emulator import Emulator
from looker_tasks.emulator import Settings as EmulatorSettings
from looker_tasks.integrations.ray import Batch, Workers, export_all, export_lookers
from tests.integrations.ray.conftest import gone
from tests.integrations.ray.exports import assert_whole, files, some

pytestmark = [pytest.mark.usefixtures("cluster"), pytest.mark.timeout(300)]

FAKE = EmulatorSettings(renderer="fake", render_seconds=0.3, query_seconds=0.1, render_slots=32)


@asynccontextmanager
async def looker() -> AsyncIterator[tuple[Emulator, Settings]]:
    """Run an emulator; give it and the settings that lead to it."""
    async with Emulator(FAKE) as emulator:
        yield emulator, Settings(emulator.url, emulator.client_id, emulator.client_secret)


@pytest.mark.parametrize("workers", [2, 4])
async def test_the_limit_is_one_clients(workers: int, tmp_path: Path) -> None:
    """Hundreds of exports: each file whole, one create each, and never more in flight than the limit."""
    async with looker() as (emulator, settings):
        outcomes = [
            outcome
            async for outcome in export_all(
                some(300), tmp_path / "o", workers=workers, settings=settings, concurrency=20
            )
        ]
        counted = emulator.statistics
        assert counted.created.total() == 300
        assert 10 <= counted.in_flight.peak <= 20
        assert counted.tokens.total() == workers + 1  # each has a client of its own, and the driver
    assert sum(isinstance(outcome, Exported) for outcome in outcomes) == 300
    assert_whole(tmp_path / "o", 300)


async def test_the_limit_that_adapts_is_one_for_all(tmp_path: Path) -> None:
    """With "auto" the driver decides from what the workers see: not more in flight than it let, and 10 %."""
    limits: list[int] = []

    def observe(event: Event) -> None:
        if isinstance(event, LimitChanged):
            limits.append(event.limit)

    async with looker() as (emulator, settings):
        exports = [DashboardExport("1", "pdf", name=f"{n}.pdf") for n in range(300)]
        run = export_all(exports, tmp_path / "o", workers=3, settings=settings, observers=[observe])
        assert sum([isinstance(outcome, Exported) async for outcome in run]) == 300
        assert limits
        assert emulator.statistics.in_flight.peak <= max(limits) * 1.1


async def test_a_worker_that_is_killed_costs_no_file(tmp_path: Path, cluster: Callable[[], list[int]]) -> None:
    """What it had in flight is handed out again, with its tasks: at most one create more for each."""
    killed: list[int] = []
    async with looker() as (emulator, settings):
        run = export_all(some(200), tmp_path / "o", workers=3, settings=settings, concurrency=12)
        ended = 0
        async for outcome in run:
            assert isinstance(outcome, Exported), outcome
            ended += 1
            if ended in {40, 100}:
                killed.append(min(set(cluster()) - set(killed)))
                os.kill(killed[-1], signal.SIGKILL)
        assert (ended, len(killed)) == (200, 2)
        assert emulator.statistics.created.total() - 200 <= 2 * 12
        assert emulator.statistics.in_flight.peak <= 13  # a create whose answer was lost runs on
    assert_whole(tmp_path / "o", 200)


async def test_another_number_of_workers_goes_on(tmp_path: Path, cluster: Callable[[], list[int]]) -> None:
    """Whoever leaves off leaves no workers, and the same again makes what is left."""
    async with looker() as (emulator, settings):
        first = export_all(some(120), tmp_path / "o", workers=2, settings=settings, concurrency=10)
        async with aclosing(first) as outcomes:
            async for _ in outcomes:
                if len(files(tmp_path / "o")) >= 40:
                    break
        await gone(cluster)
        second = export_all(some(120), tmp_path / "o", workers=4, settings=settings, concurrency=10)
        resumed = [isinstance(outcome, Exported) and outcome.resumed async for outcome in second]
        assert len(resumed) == 120
        assert sum(resumed) >= 40 - 10  # reports of the ten in flight may have been on their way
        assert emulator.statistics.created["create_dashboard_render_task"] == 108
    assert_whole(tmp_path / "o", 120)


async def test_several_lookers_have_their_own_limits(tmp_path: Path) -> None:
    """One run, the same workers: each Looker gets its own exports, within its own limit."""
    async with looker() as (east, to_east), looker() as (west, to_west):
        batches: Mapping[str, Batch] = {
            "east": Batch(settings=to_east, exports=some(60), concurrency=4),
            "west": Batch(settings=to_west, exports=some(120), concurrency=9),
        }
        ended = [name async for name, _ in export_lookers(batches, tmp_path / "o", workers=2)]
        assert (ended.count("east"), ended.count("west")) == (60, 120)
        assert (east.statistics.created.total(), west.statistics.created.total()) == (60, 120)
        assert (east.statistics.in_flight.peak, west.statistics.in_flight.peak) == (4, 9)
    assert_whole(tmp_path / "o" / "east", 60)
    assert_whole(tmp_path / "o" / "west", 120)


async def test_workers_that_cannot_write_end_the_run(tmp_path: Path) -> None:
    """A folder that is no folder at the nodes is one clear line, and not a failure for each export."""
    (tmp_path / "file").write_text("in the way")
    async with looker() as (emulator, settings), Workers(2) as workers:
        executor = workers.executor(settings, tmp_path / "file", concurrency=4)
        client = LookerTasks.from_settings(settings, concurrency=4)
        async with client, client.export_all(some(20), tmp_path / "o", executor=executor) as outcomes:
            with pytest.raises(ConfigurationError, match="file"):
                [outcome async for outcome in outcomes]
        assert emulator.statistics.created.total() == 0


async def test_refused_credentials_end_the_run(tmp_path: Path) -> None:
    """As without Ray: the login is refused before anything is created."""
    async with looker() as (emulator, settings):
        wrong = Settings(settings.base_url, settings.client_id, "wrong")
        with pytest.raises(CredentialsRefused) as caught:
            [outcome async for outcome in export_all(some(3), tmp_path / "o", workers=1, settings=wrong)]
        assert "wrong" not in str(caught.value)
        assert emulator.statistics.created.total() == 0
