"""The emulator as one object: starts the server and its farm, and stops both."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from attrs import evolve

from looker_tasks.emulator.backend.backends import FakeBackend, RealBackend
from looker_tasks.emulator.backend.query_cache import QueryCache
from looker_tasks.emulator.backend.query_runner import QueryRunner
from looker_tasks.emulator.catalogue import Catalogue, demo_catalogue
from looker_tasks.emulator.clock import Clock
from looker_tasks.emulator.examples import Examples, find_examples
from looker_tasks.emulator.farm.farm import Farm
from looker_tasks.emulator.faults.scenario import Scenario
from looker_tasks.emulator.http.application import application
from looker_tasks.emulator.listening import Listener
from looker_tasks.emulator.looker import Looker
from looker_tasks.emulator.settings import Settings
from looker_tasks.emulator.statistics import Statistics

if TYPE_CHECKING:
    from concurrent.futures import Future

    from looker_tasks.emulator.warehouse import Warehouse

REPLY = 0.1  # seconds that the reply to a call for a restart gets
NOT_STARTED = "the emulator has not been started: use `async with`"


class Emulator:
    """A Looker of our own on a loopback port, for as long as the block runs.

        async with Emulator(render_slots=10) as emulator:
            ...  # emulator.url, emulator.client_id, emulator.client_secret, emulator.examples

    Every field of Settings may be given by its name instead of, or over, *settings*. *catalogue* is what the Looker
    holds: the demo's where it is None; a file in YAML with data of its own, which is read when the emulator starts and
    may raise CatalogueError. *scenario* says what goes wrong. Beside Looker's own operations the address answers
    `GET /emulator/statistics`.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        catalogue: Catalogue | Path | None = None,
        scenario: Scenario | None = None,
        **fields: Any,  # noqa: ANN401  # each has the type of its field in Settings, which checks it
    ) -> None:
        self.settings = evolve(settings or Settings(), **fields)
        self.statistics = Statistics()
        self._content = catalogue
        self._scenario = scenario or Scenario()
        self._looker: Looker | None = None
        self._runs: QueryRunner | None = None
        self._listener: Listener | None = None
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            catalogue, open_warehouse = await self._open_content(stack)
            clock = Clock()
            self._runs = QueryRunner(open_warehouse, QueryCache(self.settings.cache_ttl, clock.now))
            backend = self._backend(catalogue, self._runs)
            stack.push_async_callback(backend.close)
            farm = Farm(self.settings, clock, backend, self.statistics)
            stack.push_async_callback(farm.close)
            self._looker = Looker(
                self.settings,
                catalogue,
                clock,
                farm,
                self.statistics,
                self._scenario,
                self._restart_after_reply,
                backend.models,
            )
            self._listener = Listener(application(self._looker), self.settings.host, self.settings.port)
            stack.push_async_callback(self._listener.close)
            await self._listener.open()
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    @property
    def url(self) -> str:
        """The address, as a client's base_url."""
        host = self.settings.host
        port = self.settings.port if self._listener is None else self._listener.port
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    @property
    def client_id(self) -> str:
        """The id that logs in."""
        return self.settings.client_id

    @property
    def client_secret(self) -> str:
        """The secret that logs in."""
        return self.settings.client_secret

    @property
    def catalogue(self) -> Catalogue:
        """What it holds now, what clients created among it."""
        return self._running().catalogue

    @property
    def examples(self) -> Examples:
        """One id of each kind that works."""
        return find_examples(self.catalogue)

    def set_render_slots(self, slots: int) -> None:
        """Render *slots* at once from now on; what is drawn at the moment keeps its slot. From any thread."""
        running = self._running()
        running.clock.loop.call_soon_threadsafe(running.farm.set_render_slots, slots)

    def play(self, scenario: Scenario) -> None:
        """Let *scenario* strike from now on, in place of the one before; its counts begin anew."""
        self._running().play(scenario)

    def load(self, sql: str) -> None:
        """Change the data by *sql*, in DuckDB's words, as a nightly load does; the rows in the cache stay as they were.

        Blocks until it is done; from any thread. Raises duckdb.Error.
        """
        self._running()
        if self._runs is not None:
            self._runs.warehouse().load(sql)

    async def restart(self, *, down: float = 0.0, keep_tokens: bool = False) -> None:
        """Restart as Looker's server does, at the same address; from any event loop.

        Connections are reset, in the middle of whatever is sent, and refused for *down* seconds. Access tokens are lost
        unless *keep_tokens* (as in a cluster, whose other nodes know them): clients log in again with the same
        credentials. Tasks, results, content and data are kept, and tasks go on meanwhile.
        """
        looker = self._running()
        if asyncio.get_running_loop() is looker.clock.loop:
            await self._restart(down, keep_tokens=keep_tokens)
        else:
            await asyncio.wrap_future(self._restart_soon(down, keep_tokens=keep_tokens))

    def restart_blocking(self, *, down: float = 0.0, keep_tokens: bool = False) -> None:
        """Do what `restart` does, for code that does not await; from any thread but the emulator's own."""
        self._restart_soon(down, keep_tokens=keep_tokens).result()

    def _restart_soon(self, down: float, *, keep_tokens: bool) -> "Future[None]":
        loop = self._running().clock.loop
        return asyncio.run_coroutine_threadsafe(self._restart(down, keep_tokens=keep_tokens), loop)

    def _restart_after_reply(self, down: float, keep_tokens: bool) -> None:  # a callback's arguments
        """Restart as soon as the call that asked for it has its reply."""
        clock = self._running().clock
        clock.loop.call_later(REPLY, lambda: self._restart_soon(down, keep_tokens=keep_tokens))

    async def _restart(self, down: float, *, keep_tokens: bool) -> None:
        if self._listener is None:
            raise RuntimeError(NOT_STARTED)
        await self._listener.drop()
        if not keep_tokens:
            self._running().tokens.revoke_all()
        await asyncio.sleep(down)
        await self._listener.open()

    def revoke_tokens(self) -> None:
        """End every token, as a restarted server does."""
        self._running().tokens.revoke_all()

    def _backend(self, catalogue: Catalogue, runs: QueryRunner) -> RealBackend | FakeBackend:
        """Return what does the farm's work."""
        kind = FakeBackend if self.settings.renderer == "fake" else RealBackend
        return kind(catalogue, runs)

    def _running(self) -> Looker:
        if self._looker is None:
            raise RuntimeError(NOT_STARTED)
        return self._looker

    async def _open_content(self, stack: AsyncExitStack) -> "tuple[Catalogue, Callable[[], Warehouse]]":
        """Return the catalogue, and what opens the data that its queries run on."""
        if not isinstance(self._content, Path):
            catalogue = demo_catalogue() if self._content is None else self._content
            return catalogue, partial(_demo_warehouse, self.settings)
        from looker_tasks.emulator.catalogue.from_yaml import load_catalogue  # noqa: PLC0415  # DuckDB, only when needed

        warehouse, catalogue = await asyncio.to_thread(load_catalogue, self._content)
        stack.callback(warehouse.close)
        return catalogue, lambda: warehouse


def _demo_warehouse(settings: Settings) -> "Warehouse":
    from looker_tasks.emulator.warehouse import Warehouse  # noqa: PLC0415  # DuckDB, only when needed

    return Warehouse(seed=settings.seed, ledger_rows=settings.ledger_rows)
