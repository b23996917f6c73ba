"""One export on a Looker that follows a script, for the tests of the runner."""

import asyncio
import os
from collections.abc import Iterable
from pathlib import Path

from looker_tasks import (
    DashboardExport,
    Export,
    Failed,
    LookerTasks,
    LookerTasksError,
    Observer,
    Outcome,
    Policy,
    QueryExport,
)
from looker_tasks.sansio.protocol.operations import ApiVersion
from tests.aio.raw_server import reset, said
from tests.aio.scripted_looker import Operation, ScriptedLooker

PDF = DashboardExport("1", "pdf")


CSV = QueryExport("1", "csv")


GONE = said({"message": "Not found"}, 404)


async def break_off(writer: asyncio.StreamWriter) -> None:
    """Break the connection off instead of answering."""
    reset(writer)


async def never(_: asyncio.StreamWriter) -> None:
    """Never answer."""
    await asyncio.get_running_loop().create_future()


def told(status: str, detail: str | None = None) -> bytes:
    """Return what a poll tells."""
    return said({"id": "1", "status": status, "status_detail": detail})


async def exported(
    looker: ScriptedLooker,
    folder: Path,
    export: Export = PDF,
    *,
    policy: Policy | None = None,
    version: ApiVersion = "4.0",
    observers: Iterable[Observer] = (),
) -> Outcome:
    """Export *export* into *folder* and return its outcome."""
    client = LookerTasks(
        looker.url, "id", "secret", policy=policy or Policy(), api_version=version, observers=observers
    )
    async with client:
        return await client.export(export, folder / "file")


async def failed(
    looker: ScriptedLooker, folder: Path, export: Export = PDF, policy: Policy | None = None
) -> LookerTasksError:
    """Return the error of an export, after seeing that it left no file."""
    outcome = await exported(looker, folder, export, policy=policy)
    assert isinstance(outcome, Failed)
    assert os.listdir(folder) == []  # noqa: PTH208  # as good as a Path's, in a coroutine too
    return outcome.error


def calls(looker: ScriptedLooker) -> list[Operation]:
    """Return what was asked for, in order, without login and logout."""
    return [operation for operation, _ in looker.asked if operation not in {"login", "logout"}]
