"""What all tasks of a farm share: the slots, the clock, the store of results, the backend that does the work."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable
from typing import Never, TypeVar

from looker_tasks.emulator.clock import Clock
from looker_tasks.emulator.farm.abandon_timer import AbandonTimer
from looker_tasks.emulator.farm.backend import Backend
from looker_tasks.emulator.farm.durations import phase_seconds
from looker_tasks.emulator.farm.expiring_store import ExpiringStore
from looker_tasks.emulator.farm.pool import Pool
from looker_tasks.emulator.farm.tasks import Result
from looker_tasks.emulator.settings import Settings
from looker_tasks.emulator.statistics import Statistics

T = TypeVar("T")


class FarmResources:
    """The shared ground of a farm; it moves no task by itself."""

    def __init__(self, settings: Settings, clock: Clock, backend: Backend, statistics: Statistics) -> None:
        self.settings = settings
        self.clock = clock
        self.backend = backend
        self.statistics = statistics
        self.results: ExpiringStore[Result] = ExpiringStore(settings.results_ttl)
        self.abandon_timer = AbandonTimer(settings.abandoned_after)
        self.caching = Pool(settings.caching_slots, statistics.running["caching"])
        self.rendering = Pool(settings.render_slots, statistics.running["rendering"])
        self.querying: defaultdict[str, Pool] = defaultdict(  # by user
            lambda: Pool(settings.query_slots, statistics.running["querying"])
        )

    def simulated(self, median: float, phase: str, ordinal: int) -> float:
        """Return how many seconds a phase of the task numbered *ordinal* is to take."""
        return phase_seconds(median, self.settings.spread, seed=self.settings.seed, phase=phase, ordinal=ordinal)

    async def phase(self, seconds: float, work: Awaitable[T]) -> T:
        """Do *work*; return after *seconds*, or when the work is done where that takes longer."""
        until = self.clock.now() + seconds
        done = await work
        await asyncio.sleep(until - self.clock.now())
        return done


async def for_ever() -> Never:
    """Wait until the task is cancelled."""
    await asyncio.get_running_loop().create_future()
    raise AssertionError("nothing ends this wait")
