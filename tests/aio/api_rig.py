"""An API and the emulator that it speaks to, for the tests of the operations."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from attrs import frozen

from looker_tasks.aio.http.api import LookerApi
from looker_tasks.emulator import Emulator
from looker_tasks.models import QueryTask, RenderTask
from looker_tasks.sansio.protocol.operations import API_VERSIONS, ApiVersion
from tests.aio.session_to import session_to

in_both = pytest.mark.parametrize("version", API_VERSIONS)


@frozen
class Rig:
    """A client's API, and the emulator that it speaks to."""

    api: LookerApi
    emulator: Emulator


@asynccontextmanager
async def rig(version: ApiVersion = "4.0") -> AsyncIterator[Rig]:
    """Run an emulator that draws nothing, with a client that speaks *version*."""
    async with Emulator(renderer="fake", spread=0) as emulator, session_to(emulator.url, version=version) as session:
        yield Rig(LookerApi(session), emulator)


def orders(limit: int) -> dict[str, object]:
    """Return the body of a query with as many rows as *limit*."""
    return {"model": "thelook", "view": "orders", "fields": ["orders.id", "orders.status"], "limit": str(limit)}


async def finished(api: LookerApi, task: RenderTask) -> RenderTask:
    """Wait until Looker has rendered *task*."""
    while task.status not in {"success", "failure"}:
        await asyncio.sleep(1)
        task = await api.render_task(task.id)
    return task


async def complete(api: LookerApi, task: QueryTask) -> QueryTask:
    """Wait until Looker has run *task*."""
    while task.status in {"added", "running"}:
        await asyncio.sleep(0.1)
        task = await api.query_task(task.id)
    return task
