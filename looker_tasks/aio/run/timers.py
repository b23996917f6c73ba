"""Waits: those that end at the same time share a timer, and all of them can be woken at once."""

import asyncio
from collections import defaultdict
from collections.abc import Callable

#: No event loop should be busy for longer without a look at what is due, in seconds.
STALL = 0.02


class SharedTimers:
    """The timers of one event loop. *stalled* is called with the seconds by which the loop missed a time, if it did."""

    def __init__(self, stalled: Callable[[float], None]) -> None:
        self._stalled = stalled
        self._waiters: defaultdict[float, list[asyncio.Future[None]]] = defaultdict(list)

    async def wait(self, until: float) -> None:
        """Return at *until*, by the loop's clock, or when all are woken before."""
        loop = asyncio.get_running_loop()
        waiters = self._waiters[until]
        if not waiters:
            loop.call_at(until, self._due, until)
        waiter = loop.create_future()
        waiters.append(waiter)
        await waiter

    def wake_all(self) -> None:
        """Wake all who wait now; who comes later waits as long as requested."""
        for until in list(self._waiters):
            self._wake(until)

    def _due(self, until: float) -> None:
        late = asyncio.get_running_loop().time() - until
        if until in self._waiters and late > STALL:
            self._stalled(late)
        self._wake(until)

    def _wake(self, until: float) -> None:
        for waiter in self._waiters.pop(until, ()):
            if not waiter.done():  # cancelled in its sleep
                waiter.set_result(None)
