"""A result on its way: streamed by whoever asked for it, or read whole if they say so."""

from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Any

from attrs import evolve, field, frozen


async def _nothing_to_close() -> None:
    pass


@frozen
class Result:
    """A result that has begun to come: stream its *chunks*, or take it whole by `read`."""

    content_type: str
    content_length: int | None  # bytes, as far as the server told
    chunks: AsyncIterator[bytes]
    is_compressed: bool = False  # on its way; the chunks are not
    is_length_proven: bool = True  # a body that is cut short raises from the chunks; else it may have been cut anywhere
    aclose: Callable[[], Awaitable[None]] = field(default=_nothing_to_close, repr=False)
    """Let its connection go. Whoever awaited the result calls it, or reads to the end; `async with` does it."""

    async def read(self) -> bytes:
        """Return the whole result, and let its connection go. It is in memory then: stream what may be large."""
        try:
            return b"".join([chunk async for chunk in self.chunks])
        finally:
            await self.aclose()


class PendingResult(AbstractAsyncContextManager[Result]):
    """A result that was asked for: ``async with`` it, or await it and close it, as with aiohttp's own requests."""

    def __init__(self, opening: AbstractAsyncContextManager[Result]) -> None:
        self._opening = opening

    def __await__(self) -> Generator[Any, None, Result]:
        return self._opened().__await__()

    async def _opened(self) -> Result:
        async def close() -> None:
            await self._opening.__aexit__(None, None, None)

        return evolve(await self._opening.__aenter__(), aclose=close)

    async def __aenter__(self) -> Result:
        return await self._opening.__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return await self._opening.__aexit__(kind, error, trace)
