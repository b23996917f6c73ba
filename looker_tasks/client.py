"""LookerTasks wires the parts together: settings, transport, token, operations, one export, many exports."""

import random
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, Unpack

from attrs import evolve

from looker_tasks.aio.files.disk import Disk
from looker_tasks.aio.files.journal import Journal
from looker_tasks.aio.files.locate import destination_at, journal_folder, prepared_target
from looker_tasks.aio.http.api import LookerApi
from looker_tasks.aio.http.auth import Auth, log_in
from looker_tasks.aio.http.session import Session
from looker_tasks.aio.http.transport import ClientSession, Transport
from looker_tasks.aio.run.effects import Effects
from looker_tasks.aio.run.gate import Gate
from looker_tasks.aio.run.notifier import Notifier, Subject
from looker_tasks.aio.run.runner import run_export
from looker_tasks.aio.run.scheduler import Exports, Run
from looker_tasks.config import DEFAULT_INIS, Overrides, read_settings
from looker_tasks.errors import ConfigurationError
from looker_tasks.events import ExportFinished, LimitChanged, Observer
from looker_tasks.exports import Export
from looker_tasks.models import TaskKind
from looker_tasks.observers.log import log_event
from looker_tasks.outcomes import Cancelled, Failed, Outcome
from looker_tasks.policy import Deadlines, Policy
from looker_tasks.sansio.limit import AdaptiveLimit, FixedLimit
from looker_tasks.sansio.polling.learned import LearnedPacing
from looker_tasks.sansio.protocol.operations import ApiVersion

_ANY_NUMBER = 2**31

#: Somebody waits for a single export, and it costs few calls in all: its first questions come so much closer.
_ALONE = 1 / 3


class LookerTasks:
    """A Looker, and who we are to it: ``async with`` it, then `export` one or `export_all`, or call `api`.

    *session*, an aiohttp session of the caller's own, is used and never closed. Each of the *observers* sees
    every event.
    """

    def __init__(
        self,
        base_url: str,
        client_id: str,
        client_secret: str,
        *,
        api_version: ApiVersion = "4.0",
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
        self.policy = policy
        self.base_url = settings.base_url
        self._notifier = Notifier(observers, log_event)
        self._rand = random.random
        self._transport = Transport(settings.base_url, policy=policy, session=session, verify_ssl=verify_ssl)
        auth = Auth(self._transport, client_id, client_secret, api_version)
        self._disk = Disk()
        self._session = Session(self._transport, auth, api_version)
        self._cadence = LearnedPacing(evolve(policy.cadence, share=_ALONE * policy.cadence.share))  # for single exports
        self.api = LookerApi(self._session)

    @classmethod
    def from_env(
        cls,
        *,
        ini: str | Path = DEFAULT_INIS[0],
        section: str | None = None,
        session: ClientSession | None = None,
        policy: Policy | None = None,
        observers: Iterable[Observer] = (),
        **settings: Unpack[Overrides],
    ) -> Self:
        """Return a client set up by looker.ini, then ``LOOKERSDK_*``, then *settings*, as the official SDK is.

        Raises `ConfigurationError`, naming what is missing or wrong and where.
        """
        found = read_settings(ini=ini, section=section, **settings)
        return cls(
            found.base_url,
            found.client_id,
            found.client_secret,
            api_version=found.api_version,
            session=session,
            policy=policy or Policy(deadlines=Deadlines(call=found.timeout)),
            verify_ssl=found.verify_ssl,
            observers=observers,
        )

    def __repr__(self) -> str:
        return f"LookerTasks({self.base_url!r}, api_version={self._session.version!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self._session.auth.log_out()
        finally:
            self._disk.close()
            await self._transport.aclose()

    @property
    def calls(self) -> int:
        """How many HTTP requests were sent so far."""
        return self._transport.calls

    async def login(self) -> None:
        """Log in now. `export` and `export_all` do it by themselves.

        Raises `CredentialsRefused`, or `HostUnreachable` where no Looker answers.
        """
        await log_in(self._session.auth, self.base_url, self.policy, self._rand)

    async def export(self, export: Export, to: str | PathLike[str]) -> Outcome:
        """Bring one export to the file at *to* and return its outcome.

        Raises `ConfigurationError` for a place where no file can be written, `CredentialsRefused` or
        `HostUnreachable`; whatever else goes wrong is a `Failed`.
        """
        target = await prepared_target(to, self._disk)
        await self.login()
        unbounded = Gate(FixedLimit(_ANY_NUMBER))
        effects = self._effects({"render": unbounded, "query": unbounded}, self._cadence)
        subject = Subject(export, self.base_url, target.name)
        outcome: Outcome = Cancelled(export)
        try:
            done = await run_export(export, target, effects, subject)
            outcome = done.outcome
        finally:
            self._notifier.notify(ExportFinished, outcome, subject=subject)
        if done.stops_run and isinstance(done.outcome, Failed):
            raise done.outcome.error
        return done.outcome

    @asynccontextmanager
    async def export_all(
        self,
        exports: Exports,
        to: str | PathLike[str],
        *,
        concurrency: int | Literal["auto"] = "auto",
        journal: Literal["folder"] | None = "folder",
        fresh: bool = False,
    ) -> AsyncIterator[Run]:
        """Run over *exports* into the folder *to*: ``async with`` it, and iterate over its outcomes as they finish.

        *exports* may be lazy, and as many as there are. At most *concurrency* tasks are in flight at a time; "auto"
        finds out, for renders and queries apart, how many keep the server busy without a long queue. The folder's
        journal is kept: the same run again, after whatever end, goes on where the last one ended. With
        *fresh* it is begun anew; with None for *journal* there is none, and nothing to go on from.
        Raises, on entering, `ConfigurationError` for a folder that cannot be written, `FolderInUse`,
        `JournalRefused`, and what `login` raises.
        """
        if concurrency != "auto" and (
            not isinstance(concurrency, int) or isinstance(concurrency, bool) or concurrency < 1
        ):
            raise ConfigurationError(f"concurrency is {concurrency!r}; it must be 'auto' or at least 1")
        destination = destination_at(to, self._disk)
        await destination.prepare()
        async with AsyncExitStack() as stack:
            kept = None
            if journal is not None:
                kept = await Journal.open(
                    journal_folder(to),
                    self.base_url,
                    self._disk,
                    location=destination.location,
                    output=Path(to),
                    fresh=fresh,
                )
                stack.push_async_callback(kept.aclose)
                await destination.sweep(kept.unfinished)
            await self.login()
            limits = self.policy.limits
            alive = (limits.in_flight if concurrency == "auto" else concurrency) + 2 * limits.downloads
            cadence = LearnedPacing(self.policy.cadence, watches=concurrency == "auto")
            if kept is not None:
                for kind in ("render", "query"):
                    cadence.remember(kind, kept.times(kind))
            effects = self._effects(self._gates(concurrency), cadence)
            yield await stack.enter_async_context(Run(exports, destination, effects, kept, alive=alive))

    def _gates(self, concurrency: int | Literal["auto"]) -> Mapping[TaskKind, Gate]:
        if concurrency == "auto":
            return {"render": self._adaptive_gate("render"), "query": self._adaptive_gate("query")}
        both = Gate(FixedLimit(concurrency))
        return {"render": both, "query": both}

    def _adaptive_gate(self, kind: TaskKind) -> Gate:
        def changed(slots: int) -> None:
            self._notifier.notify(LimitChanged, kind, slots)

        return Gate(AdaptiveLimit(self.policy.limits.in_flight), changed)

    def _effects(self, gates: Mapping[TaskKind, Gate], cadence: LearnedPacing) -> Effects:
        return Effects(
            self._session, self.policy, gates, cadence, self._rand, self._disk, self._notifier, self.base_url
        )
