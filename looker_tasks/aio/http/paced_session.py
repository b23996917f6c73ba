"""Calls that keep to the pauses of a client: after one 429 all of its calls of that operation wait."""

from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio
from attrs import define, evolve, field

from looker_tasks.aio import clock
from looker_tasks.aio.http.result import Result
from looker_tasks.aio.http.session import Session
from looker_tasks.errors import LookerTasksError, Throttled
from looker_tasks.policy import Policy
from looker_tasks.sansio.protocol.requests import Request
from looker_tasks.sansio.retrying.backoff import full_jitter
from looker_tasks.sansio.retrying.pause import Pauses
from looker_tasks.sansio.retrying.retry import Attempts, Verdict, asked_wait

_MOST_USERS = 500  # as many as tokens are held


@define(eq=False)
class Throttle:
    """The pauses that all sessions of one client share.

    *notify* is called with each new one, in seconds, and *check* before each call.
    """

    policy: Policy
    rand: Callable[[], float]
    notify: Callable[[str, float], None]
    check: Callable[[], None]
    _pauses: Pauses = field(factory=Pauses, init=False)
    _last: dict[str, Throttled] = field(factory=dict, init=False)  # by operation, what began its pause

    async def wait(self, operation: str, until: float) -> None:
        """Return when *operation* may be called.

        Raises `Throttled`, as the server would answer till then, where that is not before *until*.
        """
        self.check()
        while (paused := self._pauses.until(operation)) and paused > clock.now():
            if paused >= until:
                raise self._refusal(operation, paused - clock.now())
            await anyio.sleep_until(paused)  # another 429 may make it longer meanwhile

    def throttled(self, error: Throttled) -> None:
        """Begin or lengthen the pause of an operation."""
        now, operation = clock.now(), error.operation
        before = self._pauses.until(operation)
        self._pauses = self._pauses.throttled(operation, now, error.retry_after, self.policy.backoff, self.rand())
        self._last[operation] = error
        if (until := self._pauses.until(operation)) > before:
            self.notify(operation, until - now)

    def answered(self, operation: str) -> None:
        """Take note of a good answer."""
        self._pauses = self._pauses.answered(operation, clock.now())

    def _refusal(self, operation: str, seconds: float) -> Throttled:
        last = self._last.get(operation)
        if last is None:  # it is paused with all others
            return Throttled(operation=operation, status=429, message="paused with others", retry_after=seconds)
        return evolve(last, retry_after=seconds)


class PacedSession:
    """A session whose calls wait while their operation is paused."""

    def __init__(self, session: Session, throttle: Throttle) -> None:
        self._session = session
        self._users: OrderedDict[str, PacedSession] = OrderedDict()  # the least recently used first
        self._throttle = throttle
        self.version = session.version
        self.auth = session.auth
        self.proven = session.proven

    def for_user(self, user_id: str) -> "PacedSession":
        """Return the session whose calls are made in the name of *user_id*, under the same pauses."""
        found = self._users.pop(user_id, None) or PacedSession(self._session.for_user(user_id), self._throttle)
        self._users[user_id] = found
        if len(self._users) > _MOST_USERS:
            self._users.popitem(last=False)
        return found

    async def call(self, request: Request, until: float | None = None) -> Any:  # noqa: ANN401  # as the operation's row in the table says
        """Send *request* once it may be sent, and return what its operation answers.

        Raises what `Session.call` raises, and `Throttled` where the pause lasts beyond *until*.
        """
        if until is None:
            until = clock.now() + self._throttle.policy.deadlines.call
        operation = request.operation.name
        await self._throttle.wait(operation, until)
        try:
            value = await self._session.call(request, until)
        except Throttled as error:
            self._throttle.throttled(error)
            raise
        self._throttle.answered(operation)
        return value

    @asynccontextmanager
    async def stream(self, request: Request, until: float | None = None) -> AsyncIterator[Result]:
        """Send *request* once it may be sent, and give its result as it comes. Raises as `call` does."""
        if until is None:
            until = clock.now() + self._throttle.policy.deadlines.call
        operation = request.operation.name
        await self._throttle.wait(operation, until)
        try:
            async with self._session.stream(request) as result:
                self._throttle.answered(operation)
                yield result
        except Throttled as error:
            self._throttle.throttled(error)
            raise

    def insistent(self) -> "PacedSession":
        """Return the same session, which sends a call again as long as one of an export would be."""
        return _InsistentSession(self._session, self._throttle)


class _InsistentSession(PacedSession):
    async def call(self, request: Request, until: float | None = None) -> Any:  # noqa: ANN401  # as the operation's row in the table says
        """Send *request* until it is answered or not worth another try, at the latest until *until*."""
        policy, rand, attempts = self._throttle.policy, self._throttle.rand, Attempts()
        if until is None:
            until = clock.now() + policy.deadlines.call
        while True:
            try:
                return await super().call(request, until)
            except LookerTasksError as error:
                proven = request.operation.name in self.proven
                attempts, verdict = attempts.after(error, policy.retry, endpoint_proven=proven)
                wait = full_jitter(attempts.number, policy.backoff, rand(), floor=asked_wait(error))
                if verdict not in {Verdict.AGAIN, Verdict.LATER} or clock.now() + wait >= until:
                    raise
            await anyio.sleep(wait)
