"""LookerTasks wires the parts together: settings, transport, token, operations, one export, many exports."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, TypeAlias, Unpack

from looker_tasks.aio.files.journal import Journal
from looker_tasks.aio.files.locate import destination_at, journal_folder, local_folder, prepared_target
from looker_tasks.aio.http.api import LookerApi
from looker_tasks.aio.http.auth import Auth, log_in
from looker_tasks.aio.http.paced_session import PacedSession, Throttle
from looker_tasks.aio.http.session import Session
from looker_tasks.aio.http.transport import ClientSession, Transport
from looker_tasks.aio.run.admission import Admission
from looker_tasks.aio.run.context import ExportContext, RunContext
from looker_tasks.aio.run.effects import Effects, Receiver
from looker_tasks.aio.run.notifier import Notifier
from looker_tasks.aio.run.receivers import FileReceiver
from looker_tasks.aio.run.runner import run_export
from looker_tasks.aio.run.scheduler import Exports, Run
from looker_tasks.config import DEFAULT_INIS, Overrides, Settings, read_settings
from looker_tasks.errors import ConfigurationError
from looker_tasks.events import (
    CallEnded,
    ExportFinished,
    LimitChanged,
    LoopStalled,
    Observer,
    Paused,
    RunFinished,
    RunStarted,
)
from looker_tasks.exports import Export
from looker_tasks.models import TaskKind
from looker_tasks.observers.log import log_event
from looker_tasks.outcomes import Cancelled, Failed, Outcome
from looker_tasks.policy import Deadlines, Policy
from looker_tasks.sansio.admission import Source
from looker_tasks.sansio.bounds import most_alive
from looker_tasks.sansio.export_requests import task_kind
from looker_tasks.sansio.limit import AdaptiveLimit, FixedLimit, Limit
from looker_tasks.sansio.machine.directives import Done
from looker_tasks.sansio.polling.learned import LearnedPacing
from looker_tasks.sansio.protocol.operations import ApiVersion

#: How many tasks may be in flight; "auto" finds out from Looker's own queue.
Concurrency: TypeAlias = int | Literal["auto"]

#: Somebody waits for a single export, and it costs few calls in all: its first polls come so much closer.
_ALONE = 1 / 3


class LookerTasks:
    """A Looker, and who we are to it: ``async with`` it, then `export` one or `export_all`, or call `api`.

    At most *concurrency* tasks are in flight at a time, whoever asks for them: single exports, batches, several at
    once; "auto" finds out, for renders and queries apart, how many keep the server busy without a long queue.
    *session*, an aiohttp session of the caller's own, is used and never closed. Each of the *observers* sees every
    event.
    """

    def __init__(
        self,
        base_url: str,
        client_id: str,
        client_secret: str,
        *,
        api_version: ApiVersion = "4.0",
        concurrency: Concurrency = "auto",
        session: ClientSession | None = None,
        policy: Policy = Policy(),  # noqa: B008  # frozen
        verify_ssl: bool = True,
        observers: Iterable[Observer] = (),
    ) -> None:
        settings = read_settings(
            ini="",
            environ={},
            base_url=base_url,
            client_id=client_id,
            client_secret=client_secret,
            api_version=api_version,
            verify_ssl=verify_ssl,
        )
        self._set_up(settings, policy, session, observers, concurrency)

    @classmethod
    def from_settings(
        cls,
        settings: Settings,
        *,
        concurrency: Concurrency = "auto",
        session: ClientSession | None = None,
        policy: Policy | None = None,
        observers: Iterable[Observer] = (),
    ) -> Self:
        """Return a client by *settings*. Without a *policy*, their `timeout` bounds each call.

        Raises `ConfigurationError` for a *concurrency* that is none.
        """
        client = cls.__new__(cls)
        policy = policy or Policy(deadlines=Deadlines(call=settings.timeout))
        client._set_up(settings, policy, session, observers, concurrency)  # noqa: SLF001  # one of its own class
        return client

    @classmethod
    def from_env(
        cls,
        *,
        ini: str | Path = DEFAULT_INIS[0],
        section: str | None = None,
        concurrency: Concurrency = "auto",
        session: ClientSession | None = None,
        policy: Policy | None = None,
        observers: Iterable[Observer] = (),
        **settings: Unpack[Overrides],
    ) -> Self:
        """Return a client set up by looker.ini, then ``LOOKERSDK_*``, then *settings*, as the official SDK is.

        Raises `ConfigurationError`, naming what is missing or wrong and where.
        """
        found = read_settings(ini=ini, section=section, **settings)
        return cls.from_settings(found, concurrency=concurrency, session=session, policy=policy, observers=observers)

    def _set_up(
        self,
        settings: Settings,
        policy: Policy,
        session: ClientSession | None,
        observers: Iterable[Observer],
        concurrency: Concurrency,
    ) -> None:
        self.policy = policy
        self.base_url = settings.base_url
        self._in_flight = _checked(concurrency)
        self._notifier = Notifier(observers, log_event)
        self._loop: asyncio.AbstractEventLoop | None = None  # that it is used in
        self._is_closed = False
        rand, notify = random.random, self._notifier.notify
        self._transport = Transport(settings.base_url, policy=policy, session=session, verify_ssl=settings.verify_ssl)
        self._transport.on_call = partial(notify, CallEnded)
        auth = Auth(self._transport, settings.client_id, settings.client_secret, settings.api_version)
        self._throttle = Throttle(policy, rand, partial(notify, Paused), self._check)
        self._session = PacedSession(Session(self._transport, auth, settings.api_version), self._throttle)
        self._effects = Effects(policy, rand, partial(notify, LoopStalled))
        self._admission = Admission(_limits(self._in_flight, policy), partial(notify, LimitChanged))
        self._pacing = LearnedPacing(policy.cadence, watches=self._in_flight is None)
        self._singles = Source()
        self.api = LookerApi(self._session)

    def __repr__(self) -> str:
        return f"LookerTasks({self.base_url!r}, api_version={self._session.version!r})"

    async def __aenter__(self) -> Self:
        self._is_closed = False
        self._check()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Give the token back and close every connection; ``async with`` the client to open it again."""
        try:
            await self._session.auth.log_out()
        finally:
            self._effects.disk.close()
            await self._transport.aclose()
            self._is_closed, self._loop = True, None

    @property
    def calls(self) -> int:
        """How many HTTP requests were sent so far."""
        return self._transport.calls

    async def login(self) -> None:
        """Log in now. `export` and `export_all` do it by themselves.

        Raises `CredentialsRefused`, or `HostUnreachable` where no Looker answers.
        """
        self._check()
        await log_in(self._session.auth, self.base_url, self.policy, self._effects.rand)

    async def export(
        self, export: Export, to: str | PathLike[str], *, storage: Mapping[str, str] | None = None
    ) -> Outcome:
        """Bring one export to the file at *to*, a path or an object's URL, and return its outcome.

        *storage* has options of the object's store, such as ``endpoint`` and ``region``.

        Raises `ConfigurationError` for a place where no file can be written, `CredentialsRefused` or
        `HostUnreachable`; whatever else goes wrong is a `Failed`.
        """
        self._check()
        target = await prepared_target(to, self._effects.disk, storage)
        await self.login()
        receiver = FileReceiver(self._effects, target, export.result_format)
        done = await self._run_one(export, receiver, target.name)
        if done.stops_run and isinstance(done.outcome, Failed):
            raise done.outcome.error
        return done.outcome

    async def _run_one(self, export: Export, receiver: Receiver, name: str) -> Done:
        """Run one export by itself, under the client's limit."""
        run = self._run_context(self._singles, self._pacing.sooner(_ALONE))
        subject = run.subject(export, name)
        outcome: Outcome = Cancelled(export)
        with run.slot(task_kind(export)) as slot:
            try:
                done = await run_export(ExportContext(run, subject, slot, receiver))
                outcome = done.outcome
            finally:
                self._notifier.notify(ExportFinished, outcome, subject=subject)
        return done

    @asynccontextmanager
    async def export_all(
        self,
        exports: Exports,
        to: str | PathLike[str],
        *,
        concurrency: Concurrency = "auto",
        journal: Literal["folder"] | None = "folder",
        fresh: bool = False,
        state: str | PathLike[str] | None = None,
        storage: Mapping[str, str] | None = None,
    ) -> AsyncIterator[Run]:
        """Run over *exports* into *to*, a folder or the URL of one in a bucket.

        ``async with`` it, and iterate over its outcomes as they finish. *storage* has options of the bucket's store,
        such as ``endpoint`` and ``region``; *state* is the folder of the journal, which is beside the files by default,
        or, for a bucket, where the platform keeps a program's state.

        *exports* may be lazy, and as many as there are. At most *concurrency* tasks of them are in flight at a time,
        within the client's limit. The folder's journal is kept: the same run again, after whatever end, goes on where
        the last one ended. With *fresh* it is begun anew; with None for *journal* there is none, and nothing to go on
        from.
        Raises, on entering, `ConfigurationError` for a folder that cannot be written, `FolderInUse`,
        `JournalRefused`, and what `login` raises.
        """
        self._check()
        in_flight = _checked(concurrency)
        destination = destination_at(to, self._effects.disk, storage)
        await destination.prepare()
        async with AsyncExitStack() as stack:
            kept = None
            if journal is not None:
                kept = await Journal.open(
                    journal_folder(to, state, storage),
                    self.base_url,
                    self._effects.disk,
                    location=destination.location,
                    output=local_folder(to),
                    fresh=fresh,
                )
                stack.push_async_callback(kept.aclose)
                await destination.sweep(kept.unfinished)
                for kind in ("render", "query"):
                    self._pacing.remember(kind, kept.times(kind))
            await self.login()
            alive = most_alive(self.policy.limits, in_flight or self._in_flight)
            context = self._run_context(Source(in_flight, alive), self._pacing)
            self._notifier.notify(RunStarted, destination.location, in_flight or "auto")
            stack.callback(self._notifier.notify, RunFinished)
            yield await stack.enter_async_context(Run(exports, destination, context, kept))

    def _run_context(self, source: Source, pacing: LearnedPacing) -> RunContext:
        return RunContext(self._effects, self._session, self._admission, pacing, self._notifier, self.base_url, source)

    def _check(self) -> None:
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


def _checked(concurrency: Concurrency) -> int | None:
    """Return how many tasks may be in flight; None: as many as the limit that adapts lets."""
    if concurrency == "auto":
        return None
    if not isinstance(concurrency, int) or isinstance(concurrency, bool) or concurrency < 1:
        raise ConfigurationError(f"concurrency is {concurrency!r}; it must be 'auto' or at least 1")
    return concurrency


def _limits(in_flight: int | None, policy: Policy) -> dict[TaskKind, Limit]:
    if in_flight is None:
        most = policy.limits.in_flight
        return {"render": AdaptiveLimit(most), "query": AdaptiveLimit(most)}
    both = FixedLimit(in_flight)
    return {"render": both, "query": both}
