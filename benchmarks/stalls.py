"""For how long an event loop was busy between two looks at its sockets, measured where it looks: it costs no timer."""

import asyncio
import selectors
import time
from collections.abc import Callable, Coroutine
from typing import TypeVar

T = TypeVar("T")


class WatchingSelector(selectors.DefaultSelector):
    """A selector that knows the longest time, in seconds, for which it was not asked."""

    def __init__(self) -> None:
        super().__init__()
        self.longest = 0.0
        self._answered = time.perf_counter()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait for the sockets as ever."""
        self.longest = max(self.longest, time.perf_counter() - self._answered)
        events = super().select(timeout)
        self._answered = time.perf_counter()
        return events


def run_watched(main: Callable[[], Coroutine[None, None, T]]) -> tuple[T, float]:
    """Run *main* in an event loop of its own; return its result and the longest stall of the loop, in seconds."""
    selector = WatchingSelector()
    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(selector)) as runner:
        result = runner.run(main())
        return result, selector.longest
