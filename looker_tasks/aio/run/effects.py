"""What the runner obeys with: calls and downloads become events, and failures values; one pause holds all of them back.

Shared by all exports of a run.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from functools import partial

import anyio
from attrs import define, evolve, field

from looker_tasks.aio import clock
from looker_tasks.aio.files.destination import Target
from looker_tasks.aio.files.disk import Disk
from looker_tasks.aio.files.sink import BLOCK, Expected, Sink
from looker_tasks.aio.http.result import Result
from looker_tasks.aio.http.session import Session
from looker_tasks.aio.run.gate import Gate
from looker_tasks.aio.run.notifier import Notifier
from looker_tasks.aio.run.timers import SharedTimers
from looker_tasks.errors import ConnectionBroken, LookerTasksError, Throttled
from looker_tasks.events import LoopStalled, Paused
from looker_tasks.models import TaskKind
from looker_tasks.policy import Policy
from looker_tasks.sansio.directives import Answered, Call, CallFailed, Event, Save, Saved, Woke
from looker_tasks.sansio.polling.learned import LearnedPacing
from looker_tasks.sansio.protocol.requests import Request
from looker_tasks.sansio.retrying.pause import Pause
from looker_tasks.sansio.retrying.retry import is_over_full

_UNFOLDED = 256 * 2**20  # bytes


@define(eq=False)
class Effects:
    """The effects of one run."""

    session: Session
    policy: Policy
    gates: Mapping[TaskKind, Gate]
    cadence: LearnedPacing
    rand: Callable[[], float]
    disk: Disk
    notifier: Notifier
    base_url: str
    downloads: anyio.CapacityLimiter = field(init=False)
    stopping: anyio.Event = field(factory=anyio.Event, init=False)
    _timers: SharedTimers = field(init=False)
    _pause: Pause = field(factory=Pause, init=False)
    _throttled: Throttled | None = field(default=None, init=False)  # what began it

    def __attrs_post_init__(self) -> None:
        """Bound the downloads as the policy says, and tell the observer of a loop that is late."""
        self._timers = SharedTimers(lambda seconds: self.notifier.notify(LoopStalled, seconds))
        self.downloads = anyio.CapacityLimiter(self.policy.limits.downloads)

    async def wait(self, until: float) -> Event:
        """Return at *until*, or as soon as those who wait should think again, or the run is asked to stop."""
        await self._timers.wait(until)
        return Woke()

    def wake(self) -> None:
        """Have all who wait think again: the run has learnt something."""
        self._timers.wake_all()

    def stop(self) -> None:
        """Ask the run to stop."""
        self.stopping.set()
        self._timers.wake_all()

    async def call(self, order: Call) -> Event:
        """Return what the call was answered."""
        try:
            await self._unpaused(order.until)
            answered = Answered(await self.session.call(order.request, order.until))
        except TimeoutError:
            return CallFailed(_cut_off(order.request))
        except LookerTasksError as error:
            return self._failed(order.request, error)
        self._pause = self._pause.answered(clock.now())
        return answered

    async def save(self, order: Save, target: Target, result_format: str, ready: Callable[[], None]) -> Event:
        """Return what became of the download; *ready* is told as soon as there is a result."""
        sink: Sink | None = None
        try:
            async with asyncio.timeout_at(order.until):
                await self._unpaused(order.until)
                async with self.session.stream(order.request) as result:
                    ready()
                    expected = Expected(
                        result_format=result_format, task_id=order.task_id, largest=self._largest(result)
                    )
                    sink = Sink(target, expected, result.content_type)
                    async with self._place(result):
                        artifact = await sink.save(result, partial(self.session.stream, order.request))
        except TimeoutError:
            if sink is not None and sink.artifact is not None:  # it was just in time
                return Saved(sink.artifact)
            return CallFailed((sink and sink.overdue) or _cut_off(order.request))
        except LookerTasksError as error:
            return self._failed(order.request, error)
        self._pause = self._pause.answered(clock.now())
        return Saved(artifact)

    def _place(self, result: Result) -> AbstractAsyncContextManager[object]:
        """Return a place among the downloads; a small result needs none: it is in memory for a moment at the most."""
        is_small = result.content_length is not None and result.content_length <= BLOCK
        return nullcontext() if is_small else self.downloads

    def _largest(self, result: Result) -> int:
        """Return how many bytes *result* may have: a few that come compressed, unasked for, unfold to any number."""
        allowed = self.policy.limits.result_bytes
        return min(allowed, _UNFOLDED) if result.is_compressed else allowed

    async def _unpaused(self, until: float) -> None:
        """Return when nobody is held back. Where that is not before *until*, raise what Looker would say till then."""
        while (paused := self._pause.until) > clock.now():
            if paused >= until and self._throttled is not None:
                raise evolve(self._throttled, retry_after=paused - clock.now())
            await anyio.sleep_until(paused)  # another 429 may make it longer meanwhile

    def _failed(self, request: Request, error: LookerTasksError) -> CallFailed:
        now = clock.now()
        if isinstance(error, Throttled):
            self._throttled = error
            before, self._pause = (
                self._pause,
                self._pause.throttled(now, error.retry_after, self.policy.backoff, self.rand()),
            )
            if self._pause.until > before.until:
                self.notifier.notify(Paused, error.operation, self._pause.until - now)
        if is_over_full(error):
            for gate in set(self.gates.values()):
                gate.refused(now, self._pause.until - now)
        return CallFailed(error, endpoint_proven=request.operation.name in self.session.proven)


def _cut_off(request: Request) -> ConnectionBroken:
    return ConnectionBroken(operation=request.operation.name, message="not done in time", sent=True)
