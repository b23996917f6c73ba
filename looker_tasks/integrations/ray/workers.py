"""The driver's side: the workers of a run, who is alive, and who runs what."""

import asyncio
import os
import socket
from collections.abc import Mapping
from itertools import count
from types import TracebackType
from typing import Any, Self

import anyio
import anyio.to_thread
import ray
from anyio.abc import TaskGroup
from attrs import evolve
from ray.exceptions import RayError, RayTaskError

from looker_tasks import Concurrency, ConfigurationError, LookerTasksError, Policy, RemoteExport, Settings
from looker_tasks.integrations.ray.actor import Actor
from looker_tasks.integrations.ray.member import Lost, Member
from looker_tasks.integrations.ray.messages import Setup, Stop

_REACHED_WITHIN = 10.0  # seconds
_MOST_LOST = 3  # workers that one export may see die: it may be what kills them


class WorkerLost(LookerTasksError):
    """The workers that ran an export died, one after the other."""

    def __init__(self, name: str, workers: int) -> None:
        super().__init__(f"{name}: {workers} workers died while they ran it: see Ray's log of them (memory?)")
        self.name, self.workers = name, workers

    def __reduce__(self) -> tuple[type["WorkerLost"], tuple[str, int]]:
        return type(self), (self.name, self.workers)


class Workers:
    """Workers on a Ray cluster: ``async with`` them, and give `executor` to `LookerTasks.export_all`.

    *address* is a cluster's, or ``local`` for one that is started on this machine, and stopped at the end; where the
    program is connected to Ray already, that is used and goes on. Each worker is an actor that asks for *resources*,
    options of `ray.actor.ActorClass.options`: one CPU each, spread over the nodes, unless these say otherwise.
    """

    def __init__(self, workers: int, address: str = "local", *, resources: Mapping[str, Any] | None = None) -> None:
        if not isinstance(workers, int) or isinstance(workers, bool) or workers < 1:
            raise ConfigurationError(f"workers is {workers!r}; it must be at least 1")
        self.count = workers
        self._address = address
        self._resources = {"num_cpus": 1, "scheduling_strategy": "SPREAD", **(resources or {})}
        self._members: list[Member] = []
        self._changed = asyncio.Event()  # somebody came, or nobody will
        self._to_come = 0
        self._reason: ConfigurationError | None = None
        self._lookers = count(1)
        self._group: TaskGroup
        self._is_ours = False

    async def __aenter__(self) -> Self:
        """Connect to Ray and wait for the first worker. Raises `ConfigurationError` where there will be none."""
        if not ray.is_initialized():
            await anyio.to_thread.run_sync(self._connect)
            self._is_ours = True
        self._group = anyio.create_task_group()
        await self._group.__aenter__()
        try:
            for _ in range(self.count):
                self._begin()
            await self._least_loaded()
        except BaseException as error:
            await self.__aexit__(type(error), error, error.__traceback__)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with anyio.CancelScope(shield=True):
            await asyncio.gather(*(member.aclose() for member in self._members))
        self._group.cancel_scope.cancel()
        try:
            await self._group.__aexit__(None, None, None)
        finally:
            if self._is_ours:
                with anyio.CancelScope(shield=True):
                    await anyio.to_thread.run_sync(ray.shutdown)
                self._is_ours = False

    def policy(self, policy: Policy) -> Policy:
        """Return the policy of a client whose exports run here: each worker downloads as many at once as one client."""
        limits = policy.limits
        return evolve(policy, limits=evolve(limits, downloads=limits.downloads * self.count))

    def executor(
        self,
        settings: Settings,
        out: str | os.PathLike[str],
        *,
        policy: Policy | None = None,
        concurrency: Concurrency = "auto",
        storage: Mapping[str, str] | None = None,
    ) -> "RayExecutor":
        """Return what runs the exports of one Looker, and one `LookerTasks.export_all`, on these workers.

        The arguments are those of the client and of its `export_all`.
        """
        text = os.fspath(out)
        where = text if "://" in text else os.path.abspath(text)  # noqa: PTH100  # a worker has a folder of its own
        setup = Setup(next(self._lookers), settings, policy, concurrency, where, storage)
        return RayExecutor(self, setup)

    async def execute(self, export: RemoteExport, setup: Setup) -> None:
        """Have the least loaded worker run *export*; where it dies, another one. Without any, the run ends."""
        lost = 0
        while not export.has_ended:
            try:
                member = await self._least_loaded()
            except ConfigurationError as error:
                export.fail(error, stops_run=True)
                return
            try:
                await member.run(export, setup)
            except Lost:
                lost += 1
                if lost >= _MOST_LOST:
                    export.fail(WorkerLost(export.assignment.name, lost))
                    return
                await export.lose_worker()

    def stop(self, setup: Setup) -> None:
        """Ask all that runs for one Looker to stop."""
        for member in self._members:
            member.send(Stop(setup.looker))

    def _connect(self) -> None:
        _check_reachable(self._address)
        quiet = {"include_dashboard": False, "log_to_driver": False, "logging_level": "ERROR"}
        try:
            if self._address == "local":
                cpus = max(self.count, os.cpu_count() or 1)
                ray.init(address="local", num_cpus=cpus, **quiet)
            else:
                ray.init(address=self._address, log_to_driver=False, logging_level="ERROR")
        except (ConnectionError, ValueError, RuntimeError, RayError) as error:
            reason = str(error).splitlines()[0]
            raise ConfigurationError(f"{self._address}: no Ray cluster can be reached there: {reason}") from error

    def _begin(self) -> None:
        self._to_come += 1
        self._group.start_soon(self._tend)

    async def _tend(self) -> None:
        """Start a worker and listen to it as long as it lives; have another in its stead where it dies."""
        member = Member(ray.remote(Actor).options(**self._resources).remote())
        is_ready = False
        try:
            await member.ready()
            is_ready = True
            self._members.append(member)
            self._to_come -= 1
            self._changed.set()
            await member.listen()
        except ConfigurationError as error:  # no use to anybody, and another in its stead may be none either
            self._reason = error
        except RayTaskError:
            raise
        except RayError as error:
            if is_ready:
                self._begin()
            else:
                self._reason = ConfigurationError(f"no worker can be started on Ray: {_first_line(error)}")
        finally:
            if is_ready:
                self._members.remove(member)
            else:
                self._to_come -= 1
            self._changed.set()
            member.lose()

    async def _least_loaded(self) -> Member:
        while not self._members:
            if not self._to_come:
                raise self._reason or ConfigurationError("no worker is left on Ray")
            self._changed.clear()
            await self._changed.wait()
        return min(self._members, key=lambda member: member.load)


class RayExecutor:
    """Runs the exports of one Looker on `Workers`: an `Executor` for `LookerTasks.export_all`."""

    def __init__(self, workers: Workers, setup: Setup) -> None:
        self._workers = workers
        self._setup = setup

    async def execute(self, export: RemoteExport) -> None:
        """Have a worker run *export*. The run ends where no worker is left that can."""
        await self._workers.execute(export, self._setup)

    def stop(self) -> None:
        """Ask the workers to stop: nothing new is created, ready results are still fetched."""
        self._workers.stop(self._setup)


def _check_reachable(address: str) -> None:
    """Raise `ConfigurationError` where nobody listens at an address HOST:PORT: Ray itself would try for minutes."""
    host, colon, port = address.rpartition(":")
    if colon and "/" not in host and port.isdecimal():
        try:
            socket.create_connection((host, int(port)), _REACHED_WITHIN).close()
        except (OSError, OverflowError) as error:
            raise ConfigurationError(f"{address}: no Ray cluster can be reached there: {error}") from error


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__
