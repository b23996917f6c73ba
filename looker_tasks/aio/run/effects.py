"""What a lifecycle's directives are obeyed with: calls, downloads and waits become events, and failures values.

One for each client: all of its exports share the waits, the bound on downloads, the threads for the disk and, by the
session, the pauses.
"""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Protocol, TypeAlias

from attrs import define, field

from looker_tasks.aio.files.disk import Disk
from looker_tasks.aio.files.sink import Encoders, no_encoder
from looker_tasks.aio.http.paced_session import PacedSession
from looker_tasks.aio.http.result import Result
from looker_tasks.aio.run.results.downloads import Downloads
from looker_tasks.aio.run.timers import SharedTimers
from looker_tasks.errors import ConnectionBroken, LookerTasksError
from looker_tasks.outcomes import Artifact
from looker_tasks.policy import Policy
from looker_tasks.sansio.machine.directives import Answered, Call, CallFailed, Event, Save, Saved, Woke
from looker_tasks.sansio.protocol.requests import Request

Opening: TypeAlias = Callable[[], AbstractAsyncContextManager[Result]]
"""Opens a result."""


class Receiver(Protocol):
    """Where a result goes."""

    async def receive(self, opening: Opening, task_id: str, begun: Callable[[], None]) -> Artifact:
        """Open the result of *task_id*, call *begun* as soon as it comes, and return what became of it."""

    @property
    def late(self) -> Artifact | LookerTasksError | None:
        """What there is once the time is over: what came at the last moment, or what was waited for in vain."""


@define(eq=False)
class Effects:
    """The effects of one client. *stalled* is called with the seconds by which the event loop came late."""

    policy: Policy
    rand: Callable[[], float]
    stalled: Callable[[float], None]
    encoders: Encoders = no_encoder
    disk: Disk = field(factory=Disk)
    downloads: Downloads = field(init=False)
    _timers: SharedTimers = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Bound the downloads as the policy says."""
        self._timers = SharedTimers(self.stalled)
        self.downloads = Downloads(self.policy.limits)

    async def wait(self, until: float) -> Event:
        """Return at *until*, or as soon as those who wait should think again, or a run is asked to stop."""
        await self._timers.wait(until)
        return Woke()

    def wake(self) -> None:
        """Have all who wait think again: something was learnt, or a run is to stop."""
        self._timers.wake_all()

    async def call(self, directive: Call, session: PacedSession) -> Event:
        """Return what the call was answered."""
        try:
            return Answered(await session.call(directive.request, directive.until))
        except TimeoutError:
            return CallFailed(_cut_off(directive.request))
        except LookerTasksError as error:
            return _failure(error, directive.request, session)

    async def save(
        self, directive: Save, session: PacedSession, receiver: Receiver, begun: Callable[[], None]
    ) -> Event:
        """Return what became of the download; *begun* is called as soon as there is a result."""
        try:
            async with asyncio.timeout_at(directive.until):
                opening = partial(session.stream, directive.request, directive.until)
                return Saved(await receiver.receive(opening, directive.task_id, begun))
        except TimeoutError:
            late = receiver.late
            return Saved(late) if isinstance(late, Artifact) else CallFailed(late or _cut_off(directive.request))
        except LookerTasksError as error:
            return _failure(error, directive.request, session)


def _failure(error: LookerTasksError, request: Request, session: PacedSession) -> CallFailed:
    return CallFailed(error, endpoint_proven=request.operation.name in session.proven)


def _cut_off(request: Request) -> ConnectionBroken:
    return ConnectionBroken(operation=request.operation.name, message="not done in time", sent=True)
