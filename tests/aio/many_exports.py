"""What the tests of runs over many exports share: who exports, what, from which server."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any, Literal

from looker_tasks import (
    DashboardExport,
    LookerTasks,
    Outcome,
    Policy,
)
from looker_tasks.emulator import Emulator
from tests.aio.scripted_looker import ScriptedLooker


def client_of(
    looker: Emulator | ScriptedLooker, policy: Policy | None = None, *, concurrency: int | Literal["auto"] = "auto"
) -> LookerTasks:
    """Return a client of *looker*."""
    known = (looker.client_id, looker.client_secret) if isinstance(looker, Emulator) else ("id", "secret")
    return LookerTasks(looker.url, *known, policy=policy or Policy(), concurrency=concurrency)


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
