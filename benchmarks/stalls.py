"""For how long an event loop did nothing else: a sleep of a few milliseconds, again and again, and how late it ends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from attrs import define

BEAT = 0.005  # seconds


@define
class Stalls:
    """The longest stall until now, in seconds."""

    longest: float = 0.0

    async def watch(self) -> None:
        """Watch the running loop for ever."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + BEAT
            await asyncio.sleep(BEAT)
            self.longest = max(self.longest, loop.time() - due)


@asynccontextmanager
async def watched() -> AsyncIterator[Stalls]:
    """Watch the running loop for as long as the block runs."""
    stalls = Stalls()
    watching = asyncio.create_task(stalls.watch())
    try:
        yield stalls
    finally:
        watching.cancel()
