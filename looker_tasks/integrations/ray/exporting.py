"""Many exports on Ray, as an async iterator of their outcomes: of one Looker, or of several at once."""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Mapping
from os import PathLike, fspath
from typing import Any, TypeAlias

import anyio
from anyio.streams.memory import MemoryObjectSendStream
from attrs import frozen

from looker_tasks import Concurrency, Deadlines, Exports, LookerTasks, Observer, Outcome, Policy, Settings
from looker_tasks.config import read_settings
from looker_tasks.integrations.ray.workers import Workers

Sending: TypeAlias = MemoryObjectSendStream[tuple[str, Outcome]]


@frozen(kw_only=True)
class Batch:
    """The exports of one Looker, and its own limit. Without a *policy*, the settings' `timeout` bounds each call."""

    settings: Settings
    exports: Exports
    concurrency: Concurrency = "auto"
    policy: Policy | None = None
    observers: Iterable[Observer] = ()


async def export_all(
    exports: Exports,
    out: str | PathLike[str],
    *,
    workers: int,
    address: str = "local",
    settings: Settings | None = None,
    concurrency: Concurrency = "auto",
    policy: Policy | None = None,
    observers: Iterable[Observer] = (),
    resources: Mapping[str, Any] | None = None,
    journal: bool = True,
    fresh: bool = False,
    max_age: float | None = None,
    check_filters: bool = True,
    state: str | PathLike[str] | None = None,
    storage: Mapping[str, str] | None = None,
) -> AsyncGenerator[Outcome, None]:
    """Run over *exports* into *out* with so many *workers* on Ray, and give their outcomes as they finish.

    *out* is a bucket, or a folder that the nodes share; its journal, and *state*, are the driver's. Without *settings*
    they come from looker.ini and the environment, as `LookerTasks.from_env` has them. *address* and *resources* are as
    for `Workers`, all else as for `LookerTasks` and its `export_all`, and so is what is raised.
    """
    batch = Batch(
        settings=settings or read_settings(),
        exports=exports,
        concurrency=concurrency,
        policy=policy,
        observers=observers,
    )
    options = {
        "journal": journal,
        "fresh": fresh,
        "max_age": max_age,
        "check_filters": check_filters,
        "state": state,
        "storage": storage,
    }
    async for _, outcome in _each([("", batch, fspath(out), options)], workers, address, resources):
        yield outcome


async def export_lookers(
    batches: Mapping[str, Batch],
    out: str | PathLike[str],
    *,
    workers: int,
    address: str = "local",
    resources: Mapping[str, Any] | None = None,
    journal: bool = True,
    fresh: bool = False,
    max_age: float | None = None,
    check_filters: bool = True,
    state: str | PathLike[str] | None = None,
    storage: Mapping[str, str] | None = None,
) -> AsyncGenerator[tuple[str, Outcome], None]:
    """Run over the *batches* of several Lookers at once with the same *workers*; give (name, outcome) as they finish.

    Each Looker has a limit of its own, and a folder of its name below *out*, with its journal. All else as for
    `export_all`.
    """
    below = fspath(out).rstrip("/")
    runs: list[_OneRun] = []
    for name, batch in batches.items():
        of_its_own = None if state is None else f"{fspath(state)}/{name}"
        options = {
            "journal": journal,
            "fresh": fresh,
            "max_age": max_age,
            "check_filters": check_filters,
            "state": of_its_own,
            "storage": storage,
        }
        runs.append((name, batch, f"{below}/{name}", options))
    async for named in _each(runs, workers, address, resources):
        yield named


_OneRun: TypeAlias = tuple[str, Batch, str, dict[str, Any]]


async def _each(
    runs: Iterable[_OneRun], workers: int, address: str, resources: Mapping[str, Any] | None
) -> AsyncGenerator[tuple[str, Outcome], None]:
    """Give the outcomes of *runs*. They run in a task of their own: whoever iterates may leave off anywhere."""
    sending, receiving = anyio.create_memory_object_stream[tuple[str, Outcome]](0)
    running = asyncio.create_task(_run_all(runs, Workers(workers, address, resources=resources), sending))
    try:
        async for named in receiving:
            yield named
        await running
    finally:
        running.cancel()
        await asyncio.wait([running])
        receiving.close()


async def _run_all(runs: Iterable[_OneRun], workers: Workers, outcomes: Sending) -> None:
    try:
        async with outcomes, workers, anyio.create_task_group() as group:
            for name, batch, out, options in runs:
                group.start_soon(_run_one, name, batch, out, options, workers, outcomes)
    except ExceptionGroup as errors:
        raise _sole(errors) from None


def _sole(error: Exception) -> Exception:
    """Return the one error that a group holds, or the group."""
    while isinstance(error, ExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error


async def _run_one(
    name: str, batch: Batch, out: str, options: dict[str, Any], workers: Workers, outcomes: Sending
) -> None:
    policy = batch.policy or Policy(deadlines=Deadlines(call=batch.settings.timeout))
    executor = workers.executor(
        batch.settings, out, policy=policy, concurrency=batch.concurrency, storage=options["storage"]
    )
    looker = LookerTasks.from_settings(
        batch.settings,
        policy=workers.policy(policy),
        concurrency=batch.concurrency,
        observers=batch.observers,
    )
    async with looker, looker.export_all(batch.exports, out, executor=executor, **options) as found:
        async for outcome in found:
            await outcomes.send((name, outcome))
