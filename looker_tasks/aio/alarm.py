"""Waits: those that end at the same time share a timer, and all of them end when it is rung."""

import asyncio
from collections import defaultdict
from collections.abc import Callable

#: No event loop should be busy for longer without a look at what is due, in seconds.
STALL = 0.02


class Alarm:
    """An alarm for many sleepers of one event loop. *stalled* is told by how much the loop missed a time, if it did."""

    def __init__(self, stalled: Callable[[float], None]) -> None:
        self._stalled = stalled
        self._sleepers: defaultdict[float, list[asyncio.Future[None]]] = defaultdict(list)

    async def wait(self, until: float) -> None:
        """Return at *until*, by the loop's clock, or when the alarm is rung before."""
        loop = asyncio.get_running_loop()
        sleepers = self._sleepers[until]
        if not sleepers:
            loop.call_at(until, self._due, until)
        sleeper = loop.create_future()
        sleepers.append(sleeper)
        await sleeper

    def ring(self) -> None:
        """Wake all who wait now; who comes later sleeps as long as they wish."""
        for until in list(self._sleepers):
            self._wake(until)

    def _due(self, until: float) -> None:
        late = asyncio.get_running_loop().time() - until
        if until in self._sleepers and late > STALL:
            self._stalled(late)
        self._wake(until)

    def _wake(self, until: float) -> None:
        for sleeper in self._sleepers.pop(until, ()):
            if not sleeper.done():  # cancelled in its sleep
                sleeper.set_result(None)
