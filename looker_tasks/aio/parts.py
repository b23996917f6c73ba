"""What one client owns, and all that it exports shares: one token, one limit, one pause, one memory of task times."""

import asyncio
import random
from collections.abc import Iterable
from functools import partial

from attrs import evolve

from looker_tasks.aio.files.sink import Encoders
from looker_tasks.aio.http.auth import Auth, log_in
from looker_tasks.aio.http.paced_session import PacedSession, Throttle
from looker_tasks.aio.http.session import Session
from looker_tasks.aio.http.transport import Transport
from looker_tasks.aio.notifier import Notifier
from looker_tasks.aio.run.admission import Admission
from looker_tasks.aio.run.checks.filter_checks import FilterChecks
from looker_tasks.aio.run.context import RunContext
from looker_tasks.aio.run.effects import Effects
from looker_tasks.aio.run.left_renders import LeftRenders
from looker_tasks.aio.run.singles import Singles
from looker_tasks.errors import ConfigurationError
from looker_tasks.events import CallEnded, ContentNamed, LimitChanged, LoopStalled, Observer, Paused
from looker_tasks.models import TaskKind
from looker_tasks.policy import Policy
from looker_tasks.sansio.admission import Source
from looker_tasks.sansio.bounds import most_alive
from looker_tasks.sansio.limit import AdaptiveLimit, FixedLimit, Limit
from looker_tasks.sansio.polling.learned import LearnedPacing
from looker_tasks.sansio.protocol.operations import ApiVersion

#: Somebody waits for a single export, and it costs few calls in all: its first polls come so much closer.
_ALONE = 1 / 3


class Parts:
    """The parts of one client. At most *in_flight* tasks at a time; None: as many as the limit that adapts lets."""

    def __init__(
        self,
        transport: Transport,
        credentials: tuple[str, str],
        version: ApiVersion,
        *,
        base_url: str,
        policy: Policy,
        in_flight: int | None,
        observers: Iterable[Observer],
        log: Observer,
        encoders: Encoders,
        checks_filters: bool,
    ) -> None:
        self.base_url = base_url
        self.policy = policy
        self.transport = transport
        self._in_flight = in_flight
        self._loop: asyncio.AbstractEventLoop | None = None  # that it is used in
        self._is_closed = False
        self._notifier = Notifier(observers, log)
        rand, notify = random.random, self._notifier.notify
        self.notify = notify
        transport.on_call = partial(notify, CallEnded)
        throttle = Throttle(policy, rand, partial(notify, Paused), self.check)
        self.session = PacedSession(Session(transport, Auth(transport, *credentials, version), version), throttle)
        self.effects = Effects(policy, rand, partial(notify, LoopStalled), encoders)
        self._left_renders = LeftRenders(self.effects)
        self._filter_checks = FilterChecks(partial(notify, ContentNamed, "dashboard")) if checks_filters else None
        self._admission = Admission(_limits(in_flight, policy), partial(notify, LimitChanged))
        self.pacing = LearnedPacing(policy.cadence, watches=in_flight is None)
        self.singles = Singles(self._run(Source(), self.pacing.sooner(_ALONE)))

    def batch(self, in_flight: int | None, *, checks_filters: bool) -> RunContext:
        """Return what a batch needs, of which at most *in_flight* tasks are in flight, within the client's limit.

        It *checks_filters* where the client does.
        """
        alive = most_alive(self.policy.limits, in_flight or self._in_flight)
        run = self._run(Source(in_flight, alive), self.pacing)
        return run if checks_filters else evolve(run, filter_checks=None)

    async def log_in(self) -> None:
        """Log in. Raises `CredentialsRefused`, or `HostUnreachable` where no Looker answers."""
        self.check()
        await log_in(self.session.auth, self.base_url, self.policy, self.effects.rand)

    def open(self) -> None:
        """Have the parts work in this event loop."""
        self._is_closed = False
        self.check()

    def check(self) -> None:
        """Refuse to work once closed, or in another event loop: connections and waits belong to one."""
        if self._is_closed:
            raise ConfigurationError("the client is closed; `async with` it to open it again, or make another")
        loop = asyncio.get_running_loop()
        if self._loop is not None and self._loop is not loop:
            raise ConfigurationError(
                "the client belongs to another event loop; close it there (`async with`, `aclose`), "
                "or make one in each `asyncio.run`"
            )
        self._loop = loop

    async def aclose(self) -> None:
        """Give the token back, close every connection, let the threads end."""
        try:
            await self._left_renders.aclose()
            await self.session.auth.log_out()
        finally:
            self.effects.disk.close()
            await self.transport.aclose()
            self._is_closed, self._loop = True, None

    def _run(self, source: Source, pacing: LearnedPacing) -> RunContext:
        return RunContext(
            self.effects,
            self.session,
            self._admission,
            pacing,
            self._notifier,
            self._left_renders,
            self.base_url,
            source,
            self._filter_checks,
        )


def _limits(in_flight: int | None, policy: Policy) -> dict[TaskKind, Limit]:
    if in_flight is None:
        most = policy.limits.in_flight
        return {"render": AdaptiveLimit(most), "query": AdaptiveLimit(most)}
    both = FixedLimit(in_flight)
    return {"render": both, "query": both}
