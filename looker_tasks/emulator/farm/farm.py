"""The farm: takes orders, runs each as a task of the event loop, and finds tasks again by their id."""

import asyncio
import logging
from collections.abc import Coroutine
from uuid import uuid4

from looker_tasks.emulator.clock import Clock
from looker_tasks.emulator.farm.backend import Backend
from looker_tasks.emulator.farm.expiring_store import ExpiringStore
from looker_tasks.emulator.farm.injection import ORDINARY, Injection
from looker_tasks.emulator.farm.queries import KILLED, end_query, run_query
from looker_tasks.emulator.farm.renders import run_render
from looker_tasks.emulator.farm.resources import FarmResources
from looker_tasks.emulator.farm.tasks import Failure, QueryOrder, QueryTask, RenderOrder, RenderTask, Result
from looker_tasks.emulator.settings import Settings
from looker_tasks.emulator.statistics import Statistics

BROKEN = "An error has occurred."  # what Looker says of its own mistakes
_log = logging.getLogger(__name__)


class Farm:
    """All tasks of one emulator.

    Its loop tasks are held here and not in a task group, because it lives from `__aenter__` to `__aexit__` of the
    emulator, which a fixture may run in different tasks.
    """

    def __init__(self, settings: Settings, clock: Clock, backend: Backend, statistics: Statistics) -> None:
        self._resources = FarmResources(settings, clock, backend, statistics)
        self._renders: ExpiringStore[RenderTask] = ExpiringStore(settings.task_ttl)
        self._queries: ExpiringStore[QueryTask] = ExpiringStore(settings.task_ttl)
        self._running: dict[str, asyncio.Task[None]] = {}
        self._created = 0

    def set_render_slots(self, slots: int) -> None:
        """Render *slots* at once from now on."""
        self._resources.rendering.resize(slots)

    def render(self, order: RenderOrder, user_id: str, injection: Injection = ORDINARY) -> RenderTask:
        """Create a render task; it begins by itself."""
        task = RenderTask(uuid4().hex, self._next(), order, user_id, self._now)
        if not injection.vanished:
            self._renders.put(task.id, task, self._now)
        self._start(task, run_render(task, injection, self._resources))
        return task

    def query(self, order: QueryOrder, user_id: str, injection: Injection = ORDINARY) -> QueryTask:
        """Create a query task; it begins by itself, but for a deferred one, which Looker tells no way to start."""
        task = QueryTask(uuid4().hex, self._next(), order, user_id, self._now)
        if not injection.vanished:
            self._queries.put(task.id, task, self._now)
        if not order.deferred:
            self._start(task, run_query(task, injection, self._resources))
        return task

    def render_task(self, task_id: str) -> RenderTask | None:
        """Find a render task; None when there never was such a one, or long ago."""
        return self._renders.get(task_id, self._now)

    def query_task(self, task_id: str) -> QueryTask | None:
        """Find a query task, and note that somebody asked about it."""
        task = self._queries.get(task_id, self._now)
        if task is not None:
            self._resources.abandon_timer.note(task_id)
        return task

    def running_queries(self) -> list[QueryTask]:
        """List the query tasks that wait or run."""
        tasks = (self._queries.get(task_id, self._now) for task_id in self._running)
        return [task for task in tasks if task is not None and task.finalized_at is None]

    def result(self, task_id: str) -> Result | None:
        """Find the result of a finished task; None when it has none, or its time is over."""
        return self._resources.results.get(task_id, self._now)

    def targets_of(self, task_id: str) -> tuple[str, ...]:
        """Return the ids of what a task is made of; none when there is no such task."""
        task = self._renders.get(task_id, self._now) or self._queries.get(task_id, self._now)
        return () if task is None else task.order.targets

    def kill(self, task: QueryTask) -> bool:
        """Kill a query that waits or runs; False when it has ended."""
        if task.finalized_at is not None:
            return False
        running = self._running.get(task.id)
        if running is not None:  # a deferred one has not begun
            running.cancel()
        end_query(task, self._resources, "killed", KILLED)
        return True

    async def close(self) -> None:
        """Stop all tasks and wait until they have stopped."""
        running = list(self._running.values())
        for each in running:
            each.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    @property
    def _now(self) -> float:
        return self._resources.clock.now()

    def _next(self) -> int:
        self._created += 1
        return self._created

    def _start(self, task: RenderTask | QueryTask, run: Coroutine[None, None, None]) -> None:
        self._resources.statistics.in_flight.enter()
        running = asyncio.create_task(run, name=f"emulator task {task.id}")
        self._running[task.id] = running
        running.add_done_callback(lambda ended: self._ended(task, ended))

    def _ended(self, task: RenderTask | QueryTask, running: asyncio.Task[None]) -> None:
        del self._running[task.id]
        if not running.cancelled() and running.exception() is not None:
            _log.error("a task of the emulator broke", exc_info=running.exception())
            _break(task, self._now)
        self._resources.statistics.in_flight.leave()
        self._resources.statistics.ended[task.status] += 1


def _break(task: RenderTask | QueryTask, now: float) -> None:
    """End a task whose work raised what nobody expected, so that its client does not wait for ever."""
    match task:
        case RenderTask():
            task.status, task.status_detail = "failure", BROKEN
        case QueryTask():
            task.status, task.failure = "error", Failure(BROKEN)
    task.finalized_at = now
