"""How long runs take in the emulator's time, which is exact: the farm's slots are the limit, never the client."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from looker_tasks import DashboardExport, Export, Exported, Outcome, QueryExport
from looker_tasks.emulator import Emulator
from tests.aio.many_exports import client_of, dashboards, now

pytestmark = pytest.mark.virtual_time


def emulator_with(**settings: Any) -> Emulator:  # noqa: ANN401  # as the emulator takes them
    """Return an emulator that draws nothing, whose queries take no time."""
    usual: dict[str, Any] = {"renderer": "fake", "spread": 0, "query_seconds": 0, "caching_slots": 50}
    return Emulator(**(usual | settings))


async def test_fifty_renders_keep_ten_slots_busy(tmp_path: Path) -> None:
    """Fifty renders of 30 s on ten slots take 150 s at the best; with tasks waiting in the queue no slot is idle."""
    async with emulator_with(render_slots=10, render_seconds=30) as emulator, client_of(emulator) as client:
        async with client.export_all(dashboards(50), tmp_path, concurrency=20) as run:
            outcomes = [outcome async for outcome in run]
        took = now()
    assert [type(outcome) for outcome in outcomes] == [Exported] * 50
    assert emulator.statistics.in_flight.peak == 20
    assert emulator.statistics.running["rendering"].peak == 10
    assert 150 <= took < 150 * 1.1


async def test_one_render_is_found_soon_after_its_end(tmp_path: Path) -> None:
    """A single task's end is found at most a fifth of its length late, before anything is known."""
    async with emulator_with(render_slots=1, render_seconds=100) as emulator, client_of(emulator) as client:
        outcome = await client.export(DashboardExport("1", "pdf"), tmp_path / "file.pdf")
    assert isinstance(outcome, Exported)
    assert 100 <= outcome.history.seconds <= 125
    assert outcome.history.calls < 40


async def test_queries_share_their_slots_with_nobody(tmp_path: Path) -> None:
    """Queries of five seconds come while renders of a hundred are under way."""
    async with (
        emulator_with(render_slots=2, render_seconds=100, query_seconds=5) as emulator,
        client_of(emulator) as client,
    ):
        exports: list[Export] = [
            *dashboards(4),
            *(QueryExport(emulator.examples.query, "csv", name=f"{n}.csv") for n in range(4)),
        ]
        ends: dict[str, float] = {}
        async with client.export_all(exports, tmp_path, concurrency=8) as run:
            async for outcome in run:
                ends[outcome.export.name or ""] = now()
    assert max(ends[f"{n}.csv"] for n in range(4)) < 10
    assert min(ends[f"{n}.pdf"] for n in range(4)) > 100


async def test_a_run_of_hours_outlives_its_tokens(tmp_path: Path) -> None:
    """Tokens live an hour: three hours of rendering log in again each time, before a call is refused."""
    async with emulator_with(render_slots=2, render_seconds=1200) as emulator, client_of(emulator) as client:
        async with client.export_all(dashboards(18), tmp_path, concurrency=4) as run:
            outcomes: list[Outcome] = [outcome async for outcome in run]
        assert now() >= 3 * 3600
        assert emulator.statistics.calls["login"] == now() // 3540 + 1
        assert emulator.statistics.statuses[401] == 0
    assert [type(outcome) for outcome in outcomes] == [Exported] * 18


async def test_a_server_that_forgets_all_tokens_costs_one_login(tmp_path: Path) -> None:
    """A restarted server knows nobody: everything in flight shares one renewal, and every file comes."""
    async with emulator_with(render_slots=10, render_seconds=60) as emulator, client_of(emulator) as client:
        async with client.export_all(dashboards(30), tmp_path, concurrency=10) as run:
            await asyncio.sleep(90)
            emulator.revoke_tokens()
            outcomes = [outcome async for outcome in run]
        assert emulator.statistics.calls["login"] == 2
    assert [type(outcome) for outcome in outcomes] == [Exported] * 30


async def test_results_are_fetched_before_looker_forgets_them(tmp_path: Path) -> None:
    """Looker keeps results for some minutes; slow downloads hold new tasks back instead of finished ones."""
    async with (
        emulator_with(render_slots=50, render_seconds=1, results_ttl=30) as emulator,
        client_of(emulator) as client,
        client.export_all(dashboards(100), tmp_path, concurrency=50) as run,
    ):
        outcomes = [outcome async for outcome in run]
    assert [type(outcome) for outcome in outcomes] == [Exported] * 100
    assert emulator.statistics.created.total() == 100
