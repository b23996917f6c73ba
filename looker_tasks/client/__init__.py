"""LookerTasks wires the parts together: settings, transport, token, operations, one export, many exports."""

import time
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from copy import copy
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self, TypeAlias, Unpack

from looker_tasks.aio.files.journal import Journal
from looker_tasks.aio.files.locate import destination_at, journal_folder, local_folder
from looker_tasks.aio.http.api import LookerApi
from looker_tasks.aio.http.transport import ClientSession, Transport
from looker_tasks.aio.parts import Parts
from looker_tasks.aio.run.remote import Executor, Worker
from looker_tasks.aio.run.scheduler import Exports, Run, each
from looker_tasks.client.encoders import encoder_of
from looker_tasks.client.single_exports import SingleExports
from looker_tasks.config import DEFAULT_INIS, Overrides, Settings, conceal, read_settings
from looker_tasks.errors import ConfigurationError
from looker_tasks.events import Observer, RunFinished, RunStarted
from looker_tasks.exports import Export
from looker_tasks.observers.log import log_event
from looker_tasks.outcomes import Failed
from looker_tasks.policy import Policy
from looker_tasks.sansio.protocol.operations import ApiVersion
from looker_tasks.sansio.protocol.secrets import Secret

if TYPE_CHECKING:
    pass

#: How many tasks may be in flight; "auto" finds out from Looker's own queue.
Concurrency: TypeAlias = int | Literal["auto"]

#: Somebody waits for a single export, and it costs few calls in all: its first polls come so much closer.
_ALONE = 1 / 3


class LookerTasks(SingleExports):
    """A Looker, and who we are to it: ``async with`` it, then `export` one or `export_all`, or call `api`.

    At most *concurrency* tasks are in flight at a time, whoever asks for them: single exports, batches, several at
    once; "auto" finds out, for renders and queries apart, how many keep the server busy without a long queue.
    *session*, an aiohttp session of the caller's own, is used and never closed. Each of the *observers* sees every
    event. Each dashboard that is exported under filters is asked once which it has, and an unknown one is refused,
    unless *check_filters* is False.
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
        check_filters: bool = True,
    ) -> None:
        if isinstance(client_secret, str):  # a traceback may show it with its local variables
            client_secret = Secret(client_secret)
        settings = read_settings(
            ini="",
            environ={},
            base_url=base_url,
            client_id=client_id,
            client_secret=client_secret,
            api_version=api_version,
            verify_ssl=verify_ssl,
        )
        self._set_up(settings, policy, session, observers, concurrency, checks_filters=check_filters)

    @classmethod
    def from_settings(
        cls,
        settings: Settings,
        *,
        concurrency: Concurrency = "auto",
        session: ClientSession | None = None,
        policy: Policy | None = None,
        observers: Iterable[Observer] = (),
        check_filters: bool = True,
    ) -> Self:
        """Return a client by *settings*. Their `timeout` bounds each call where *policy* does not.

        Raises `ConfigurationError` for a *concurrency* that is none.
        """
        client = cls.__new__(cls)
        policy = settings.policy(policy)
        client._set_up(settings, policy, session, observers, concurrency, checks_filters=check_filters)  # noqa: SLF001  # one of its own class
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
        check_filters: bool = True,
        **settings: Unpack[Overrides],
    ) -> Self:
        """Return a client set up by looker.ini, then ``LOOKERSDK_*``, then *settings*, as the official SDK is.

        Raises `ConfigurationError`, naming what is missing or wrong and where.
        """
        conceal(settings)
        found = read_settings(ini=ini, section=section, **settings)
        return cls.from_settings(
            found,
            concurrency=concurrency,
            session=session,
            policy=policy,
            observers=observers,
            check_filters=check_filters,
        )

    def _set_up(
        self,
        settings: Settings,
        policy: Policy,
        session: ClientSession | None,
        observers: Iterable[Observer],
        concurrency: Concurrency,
        *,
        checks_filters: bool,
    ) -> None:
        self.policy = policy
        self.base_url = settings.base_url
        transport = Transport(settings.base_url, policy=policy, session=session, verify_ssl=settings.verify_ssl)
        parts = Parts(
            transport,
            (settings.client_id, settings.client_secret),
            settings.api_version,
            base_url=settings.base_url,
            policy=policy,
            in_flight=_checked(concurrency),
            observers=observers,
            log=log_event,
            encoders=encoder_of,
            checks_filters=checks_filters,
        )
        super().__init__(parts)
        self.api = LookerApi(self._session)

    def __repr__(self) -> str:
        user = "" if self._user_id is None else f", as_user={self._user_id!r}"
        return f"LookerTasks({self.base_url!r}, api_version={self.api.version!r}{user})"

    async def __aenter__(self) -> Self:
        self._parts.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Give the token back and close every connection; ``async with`` the client to open it again."""
        if self._user_id is None:  # in the name of a user it is another's
            await self._parts.aclose()

    @property
    def calls(self) -> int:
        """How many HTTP requests were sent so far."""
        return self._parts.transport.calls

    def as_user(self, user_id: str) -> "LookerTasks":
        """Return the same client in the name of a user: Looker makes everything as that user may see it.

        The API user must be an admin (the operation `login_user`). Limit, pauses and connections stay the client's;
        it is closed with it, and not by itself.
        """
        user = copy(self)
        super(LookerTasks, user).__init__(self._parts, user_id)
        user.api = LookerApi(user._session)  # noqa: SLF001  # one of its own class
        return user

    @asynccontextmanager
    async def export_all(
        self,
        exports: Exports,
        to: str | PathLike[str],
        *,
        concurrency: Concurrency = "auto",
        journal: bool = True,
        fresh: bool = False,
        max_age: float | None = None,
        check_filters: bool = True,
        state: str | PathLike[str] | None = None,
        storage: Mapping[str, str] | None = None,
        executor: Executor | None = None,
    ) -> AsyncIterator[Run]:
        """Run over *exports* into *to*, a folder or the URL of one in a bucket.

        ``async with`` it, and iterate over its outcomes as they finish. *storage* has options of the bucket's store,
        such as ``endpoint`` and ``region``; *state* is the folder of the journal, which is beside the files by default,
        or, for a bucket, where the platform keeps a program's state.

        *exports* may be lazy, and as many as there are. At most *concurrency* tasks of them are in flight at a time,
        within the client's limit. The folder's journal is kept: the same run again, after whatever end, goes on where
        the last one ended. Filters are checked as by the client, unless *check_filters* is False. Files that were made
        more than *max_age* seconds ago are made again, with *fresh* all of
        them (where such a run is interrupted, the same again goes on); without a *journal* there is nothing to go on
        from. With an *executor*, each export that begins is run by a `worker` in another process; names, journal, limit
        and observers stay here.
        Raises, on entering, `ConfigurationError` for a folder that cannot be written, `FolderInUse`,
        `JournalRefused`, and what `login` raises.
        """
        self._parts.check()
        in_flight = _checked(concurrency)
        destination = await destination_at(to, self._parts.effects.disk, storage)
        await destination.prepare()
        async with AsyncExitStack() as stack:
            kept = None
            if journal:
                kept = await Journal.open(
                    journal_folder(to, state, storage),
                    self.base_url,
                    self._parts.effects.disk,
                    location=destination.location,
                    output=local_folder(to),
                    fresh=fresh,
                )
                stack.push_async_callback(kept.aclose)
                await destination.sweep(kept.unfinished)
                for kind in ("render", "query"):
                    self._parts.pacing.remember(kind, kept.times(kind))
            await self.login()
            not_before = 0.0 if max_age is None else time.time() - max_age
            named = exports if self._user_id is None else self._each_named(exports)
            self._parts.notify(RunStarted, destination.location, in_flight or "auto")
            stack.callback(self._parts.notify, RunFinished)
            context = self._parts.batch(in_flight, checks_filters=check_filters)
            run = Run(named, destination, context, kept, not_before=not_before, executor=executor)
            yield await stack.enter_async_context(run)

    async def worker(self, to: str | PathLike[str], *, storage: Mapping[str, str] | None = None) -> Worker:
        """Return a worker that writes into *to*, for exports that `export_all` of a client elsewhere assigns to it.

        Whoever assigns has the limit: this client's own counts for nothing there.
        Raises `ConfigurationError` for a folder that cannot be written from here.
        """
        self._parts.check()
        destination = await destination_at(to, self._parts.effects.disk, storage)
        await destination.prepare()
        return Worker(self._parts.batch(None, checks_filters=False), destination)

    async def _each_named(self, exports: Exports) -> AsyncIterator[Export | Failed]:
        async with aclosing(each(exports)) as found:
            async for export in found:
                yield export if isinstance(export, Failed) else self._named(export)


def _checked(concurrency: Concurrency) -> int | None:
    """Return how many tasks may be in flight; None: as many as the limit that adapts lets."""
    if concurrency == "auto":
        return None
    if not isinstance(concurrency, int) or isinstance(concurrency, bool) or concurrency < 1:
        raise ConfigurationError(f"concurrency is {concurrency!r}; it must be 'auto' or at least 1")
    return concurrency
