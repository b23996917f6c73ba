"""An event loop whose clock does not pass: it jumps to the next timer as soon as there is nothing else to do.

Here lives the clock alone, nothing that knows Looker. A test takes it by a marker, or runs it itself:

    @pytest.mark.virtual_time
    async def test_an_hour_passes_at_once() -> None:
        await asyncio.sleep(3600)
        assert asyncio.get_running_loop().time() == 3600.0  # the clock begins at 0.0

    with asyncio.Runner(loop_factory=VirtualClockLoop) as runner: ...

What holds the clock still: a callback that is ready, a socket that can be read or written, bytes on their way over
loopback, a pending future of `run_in_executor` (threads and processes, `asyncio.to_thread`, `getaddrinfo`), a worker
thread of anyio under any limiter. What does not: a subprocess, a thread of one's own, a peer in another process, work
whose future was cancelled. A thread that waits for this loop's timers (a blocking client that polls a server of this
loop) would wait for ever: such a test wants the real clock.
"""

import asyncio
import selectors
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any, TypeVar, TypeVarTuple, Unpack

from anyio._backends._asyncio import WorkerThread

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

LOOPBACK_PAUSE = (
    50e-6  # seconds; Linux has loopback bytes readable once `send` returns, other kernels let a thread do it
)
STALLED_PAUSE = 0.1  # seconds; a full socket drains when its peer acknowledges, which may take a delayed ACK of 40 ms


class VirtualClockLoop(asyncio.SelectorEventLoop):
    """A selector event loop with a virtual clock that begins at 0.0."""

    def __init__(self) -> None:
        self._now = 0.0
        self._pending_work: set[asyncio.Future[Any]] = set()
        super().__init__(_JumpingSelector(self))

    def time(self) -> float:
        """Tell the virtual time in seconds."""
        return self._now

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[Ts]], T], *args: *Ts
    ) -> asyncio.Future[T]:
        """Run *func* in *executor*, the clock standing still until it has ended."""
        future = super().run_in_executor(executor, func, *args)
        self._hold(future)
        return future

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 - the signature of Python 3.12
        """Join the default executor's threads, which takes no virtual time and so needs no time-out."""
        joined: asyncio.Future[None] = self.create_future()
        self._hold(joined)
        try:
            await super().shutdown_default_executor()
        finally:
            joined.cancel()

    def is_working(self) -> bool:
        """Tell whether a thread or process works for this loop; each wakes the loop when it is done."""
        return bool(self._pending_work) or any(
            isinstance(thread, WorkerThread)
            and thread.loop is self
            and not thread.stopping
            and thread not in thread.idle_workers
            for thread in threading.enumerate()
        )

    def jump(self) -> None:
        """Set the clock to the next timer."""
        timer: asyncio.TimerHandle = self._scheduled[0]  # type: ignore[attr-defined]  # no public name for the timers
        self._now = max(self._now, timer.when())

    def _hold(self, future: asyncio.Future[Any]) -> None:
        self._pending_work.add(future)
        future.add_done_callback(self._pending_work.discard)


class _JumpingSelector(selectors.DefaultSelector):
    """Looks at the sockets as ever; where it would wait for a timer, it makes the loop jump to it."""

    def __init__(self, loop: VirtualClockLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        events = super().select(0)
        if events or (timeout is not None and timeout <= 0):
            return events
        if timeout is None or self._loop.is_working():
            return super().select(None)
        events = self._late_bytes()
        if not events:
            self._loop.jump()
        return events

    def _late_bytes(self) -> list[tuple[selectors.SelectorKey, int]]:
        """Give the kernel a moment to deliver what was sent."""
        keys = self.get_map()
        if len(keys) == 1:  # the pipe by which threads wake the loop
            return []
        time.sleep(LOOPBACK_PAUSE)
        events = super().select(0)
        if not events and any(key.events & selectors.EVENT_WRITE for key in keys.values()):
            events = super().select(STALLED_PAUSE)
        return events
