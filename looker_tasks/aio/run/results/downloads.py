"""The bound on large downloads: a permit is kept by progress, so that slow ones do not starve quick ones."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

import anyio
from attrs import define, field

from looker_tasks.policy import Limits
from looker_tasks.sansio.bounds import is_slow

#: So often it is looked at how far a download has come, in seconds.
LOOK_EVERY = 5.0


class Downloads:
    """Lets so many large results come at a time. One that comes too slowly goes on without its permit."""

    def __init__(self, limits: Limits) -> None:
        self._least_rate = limits.download_rate
        self._limiter = anyio.CapacityLimiter(limits.downloads)

    @asynccontextmanager
    async def permit(self) -> AsyncGenerator["Permit", None]:
        """Wait for a permit, and hold it for the block, or for as long as enough comes."""
        permit = Permit(self._limiter, self._least_rate)
        await self._limiter.acquire_on_behalf_of(permit)
        permit.watch()
        try:
            yield permit
        finally:
            permit.close()


@define(eq=False)
class Permit:
    """The permit of one download."""

    _limiter: anyio.CapacityLimiter
    _least_rate: int  # bytes a second
    is_held: bool = field(default=True, init=False)
    _size: int = field(default=0, init=False)  # bytes since it was looked at last
    _timer: asyncio.TimerHandle | None = field(default=None, init=False)

    def watch(self) -> None:
        """Look after a while how far it has come."""
        self._size = 0
        self._timer = asyncio.get_running_loop().call_later(LOOK_EVERY, self._look)

    async def counted(self, chunks: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
        """Give *chunks*, and count them as progress."""
        async for chunk in chunks:
            self._size += len(chunk)
            yield chunk

    def close(self) -> None:
        """Give the permit back, if it is held."""
        if self._timer is not None:
            self._timer.cancel()
        if self.is_held:
            self.is_held = False
            self._limiter.release_on_behalf_of(self)

    def _look(self) -> None:
        if is_slow(self._size, LOOK_EVERY, self._least_rate):
            self.close()
        else:
            self.watch()
