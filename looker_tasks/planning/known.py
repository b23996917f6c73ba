"""What a plan has asked, each once: sources of values, content found, dashboards with their filters and tiles."""

import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol, TypeVar

import anyio
from attrs import define, field, frozen

from looker_tasks.aio.http.tiles import TILE_FIELDS, TileApi, tile_query_id
from looker_tasks.errors import ApiError, ConfigurationError, ConnectionBroken, NotFound, ServerBroken, Throttled
from looker_tasks.exports import Export, FilterValue, LookExport, QueryExport
from looker_tasks.models import Board, Dashboard, Folder, Look
from looker_tasks.outcomes import Exported, Failed, Outcome
from looker_tasks.planning.values.matrix import Axis
from looker_tasks.planning.values.sources import Source, Values, asked_values, file_values
from looker_tasks.sansio.dashboards.tiles import Tile

_T = TypeVar("_T")

_TRIES = 4  # of a call that Looker itself fails …
_PATIENCE = 60.0  # … and seconds, of one that a gateway, the network or a limit holds up
_LONGEST_WAIT = 15.0  # seconds between two tries
_PAGE = 500  # of a search; its order is by id, so that pages fit together
_LOOK_FIELDS = "id,title,folder"
_FOUND_FIELDS = "id,title,folder,deleted"
_DEEPEST = 50  # folders below folders
_MOST_TITLES = 20_000
_LONGEST_TITLE = 200  # characters, of what several titles are


class ContentApi(TileApi, Protocol):
    """What planning needs of Looker's operations."""

    async def look(self, look_id: str, *, fields: str | None = None) -> Look:
        """Return a look."""

    async def folder(self, folder_id: str, *, fields: str | None = None) -> Folder:
        """Return a folder."""

    async def folder_children(
        self, folder_id: str, *, fields: str | None = None, limit: int | None = None, offset: int | None = None
    ) -> tuple[Folder, ...]:
        """Return the folders right below a folder."""

    async def folder_dashboards(self, folder_id: str, *, fields: str | None = None) -> tuple[Dashboard, ...]:
        """Return the dashboards of a folder."""

    async def folder_looks(self, folder_id: str, *, fields: str | None = None) -> tuple[Look, ...]:
        """Return the looks of a folder."""

    @property
    def search_dashboards(self) -> Callable[..., Awaitable[tuple[Dashboard, ...]]]:
        """Return the dashboards that match Looker's own parameters."""

    @property
    def search_looks(self) -> Callable[..., Awaitable[tuple[Look, ...]]]:
        """Return the looks that match Looker's own parameters."""

    async def board(self, board_id: str, *, fields: str | None = None) -> Board:
        """Return a board."""


class Looker(Protocol):
    """What planning needs of a client."""

    @property
    def api(self) -> ContentApi:
        """Looker's operations."""

    async def export(self, export: Export, to: str) -> Outcome:
        """Bring one export to a file."""


@frozen
class Found:
    """A piece of content that a folder, a search or a board holds."""

    kind: str  # dashboard or look
    id: str
    title: str
    folder: str


@frozen
class Listing:
    """A question for content: `folder`, `search` or `board`, and its parameters as texts."""

    kind: str
    parameters: tuple[tuple[str, str], ...]
    recursive: bool = False
    looks: bool = False

    def __str__(self) -> str:
        shown = ", ".join(value if name == "id" else f"{name}: {value}" for name, value in self.parameters)
        return f"{self.kind} {shown}"


@define(eq=False)
class Known:
    """The answers. *looker* is None where nobody may be asked; *folder* is where relative paths of files begin."""

    looker: Looker | None
    folder: Path
    dashboards: dict[str, Dashboard] = field(factory=dict)
    looks: dict[str, Look] = field(factory=dict)
    listings: dict[Listing, tuple[Found, ...]] = field(factory=dict)
    sources: dict[Source, Values] = field(factory=dict)
    titles: dict[tuple[str, str], str] = field(factory=dict)  # what Looker calls content, by kind and id
    warnings: dict[str, None] = field(factory=dict)  # each once
    calls: int = 0  # sent so far
    _axes: dict[tuple[str, Source | Sequence[str]], Axis] = field(factory=dict)

    def axis(self, name: str, source: Source | Sequence[str]) -> Axis:
        """Return the axis of a variable; its source has been read."""
        axis = self._axes.get((name, source))
        if axis is None:
            values = self.sources[source] if isinstance(source, Source) else Values(source)
            axis = self._axes[name, source] = Axis(name, values.values, values.columns, str(source))
        return axis

    async def read_source(self, source: Source) -> None:
        """Read a source. Raises `ConfigurationError`."""
        if source in self.sources:
            return
        if source.is_asked:
            export = (QueryExport if source.kind == "query" else LookExport)(source.what, "json", limit=-1)
            looker = self.asked(str(source))
            values = asked_values(source, await self._rows(looker, export, source))
        else:
            values = await anyio.to_thread.run_sync(file_values, source, self.folder)
        self.sources[source] = values
        if values.missing:
            self.warnings[f"{source}: {values.missing} of its rows have no {source.column} and are left out"] = None

    async def _rows(self, looker: Looker, export: Export, source: Source) -> bytes:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "rows.json"
            outcome = await looker.export(export, str(path))
            if not isinstance(outcome, Exported):
                raise ConfigurationError(f"{source}: {outcome.error if isinstance(outcome, Failed) else 'cancelled'}")
            self.calls += outcome.history.calls
            return path.read_bytes()

    def asked(self, what: str) -> Looker:
        """Return whom to ask. Raises `ConfigurationError` where nobody may be."""
        if self.looker is None:
            raise ConfigurationError(f"{what} is known to Looker alone, and there is no configuration of one")
        return self.looker

    def _name(self, kind: str, content_id: str, title: str | None) -> None:
        """Keep a title. A query that is the rows of several tiles has those of all."""
        known = self.titles.get((kind, content_id), "")
        if title and title not in known and len(self.titles) < _MOST_TITLES and len(known) < _LONGEST_TITLE:
            self.titles[kind, content_id] = f"{known}; {title}" if known else title

    async def read_dashboards(self, ids: Sequence[str], *, is_vital: bool) -> None:
        """Ask for dashboards, several at a time. One that cannot be read is a warning where it is not *is_vital*."""
        limiter = anyio.CapacityLimiter(8)

        async def read(dashboard_id: str) -> None:
            async with limiter:
                await self._read_dashboard(dashboard_id, is_vital=is_vital)

        try:
            async with anyio.create_task_group() as group:
                for dashboard_id in dict.fromkeys(ids):
                    if dashboard_id not in self.dashboards:
                        group.start_soon(read, dashboard_id)
        except* ConfigurationError as errors:
            first: BaseException = errors
            while isinstance(first, BaseExceptionGroup):
                first = first.exceptions[0]
            raise first from None

    async def _read_dashboard(self, dashboard_id: str, *, is_vital: bool) -> None:
        api = self.asked(f"dashboard {dashboard_id}").api
        try:
            self.dashboards[dashboard_id] = await self._ask(
                f"dashboard {dashboard_id}", lambda: api.dashboard(dashboard_id, fields=TILE_FIELDS)
            )
            self._name("dashboard", dashboard_id, self.dashboards[dashboard_id].title)
        except ConfigurationError as error:
            if is_vital:
                raise
            self.warnings[f"{error}; its filters are taken for filters on texts"] = None

    async def read_looks(self, ids: Sequence[str]) -> None:
        """Ask for looks."""
        for look_id in dict.fromkeys(ids):
            if look_id not in self.looks:
                api = self.asked(f"look {look_id}").api
                ask = partial(api.look, look_id, fields=_LOOK_FIELDS)
                self.looks[look_id] = await self._ask(f"look {look_id}", ask)
                self._name("look", look_id, self.looks[look_id].title)

    async def tile_query_id(self, tile: Tile, dashboard_id: str, filters: Mapping[str, FilterValue]) -> str:
        """Return the id of a tile's query under *filters* of its dashboard, which has been read."""
        api, dashboard = self.asked(f"dashboard {dashboard_id}").api, self.dashboards[dashboard_id]
        query_id = await self._ask(f"tile {tile.id}", lambda: tile_query_id(api, tile, dashboard, filters))
        self._name("query", query_id, f"{tile.title} · {dashboard.title or 'dashboard'} ({dashboard_id})")
        return query_id

    async def read_listing(self, listing: Listing) -> None:
        """Ask what a folder, a search or a board holds; each piece of content counts once."""
        if listing in self.listings:
            return
        api = self.asked(str(listing)).api
        parameters = dict(listing.parameters)
        match listing.kind:
            case "folder":
                found = await self._in_folder(api, parameters["id"], listing, depth=0)
            case "board":
                found = _on_board(await self._ask(str(listing), lambda: api.board(parameters["id"])))
            case _:
                found = [_found(each) for each in await self._pages(str(listing), api.search_dashboards, parameters)]
                if listing.looks:
                    found += [_found(each) for each in await self._pages(str(listing), api.search_looks, parameters)]
        once: dict[tuple[str, str], Found] = {}
        for each in found:
            once.setdefault((each.kind, each.id), each)
        self.listings[listing] = tuple(once.values())
        for each in once.values():
            self._name(each.kind, each.id, each.title)

    async def _in_folder(self, api: ContentApi, folder_id: str, listing: Listing, depth: int) -> list[Found]:
        if depth > _DEEPEST:
            raise ConfigurationError(f"{listing}: its folders lie more than {_DEEPEST} below each other")
        dashboards = await self._ask(str(listing), lambda: api.folder_dashboards(folder_id, fields=_FOUND_FIELDS))
        found = [_found(each) for each in dashboards if not each.deleted]
        if listing.looks:
            looks = await self._ask(str(listing), lambda: api.folder_looks(folder_id, fields=_FOUND_FIELDS))
            found += [_found(each) for each in looks if not each.deleted]
        if listing.recursive:
            children = await self._ask(str(listing), lambda: api.folder_children(folder_id, fields="id,name"))
            for child in children:
                found += await self._in_folder(api, child.id, listing, depth + 1)
        return found

    async def _pages(
        self, what: str, search: Callable[..., Awaitable[tuple[Any, ...]]], parameters: Mapping[str, str]
    ) -> list[Any]:
        if parameters.keys() & {"limit", "offset"}:
            return list(await self._ask(what, lambda: search(**parameters, fields=_FOUND_FIELDS)))
        found: list[Any] = []
        while True:
            page = {"sorts": "id", **parameters, "limit": _PAGE, "offset": len(found), "fields": _FOUND_FIELDS}
            answered = await self._ask(what, partial(search, **page))
            found += answered
            if len(answered) < _PAGE:
                return found

    async def _ask(self, what: str, call: Callable[[], Awaitable[_T]]) -> _T:
        """Send a call, again where it may pass. What is not there is a mistake of the manifest."""
        until = anyio.current_time() + _PATIENCE
        for number in count(1):
            self.calls += 1
            try:
                return await call()
            except (Throttled, ServerBroken, ConnectionBroken) as error:
                after = error.retry_after if isinstance(error, ApiError) else None
                wait = max(after or 0, random.random() * min(_LONGEST_WAIT, 2.0 ** (number - 1)))  # noqa: S311  # jitter
                is_lookers = isinstance(error, ServerBroken) and error.status == HTTPStatus.INTERNAL_SERVER_ERROR
                if (is_lookers and number == _TRIES) or anyio.current_time() + wait > until:
                    raise
                await anyio.sleep(wait)
            except NotFound:
                raise ConfigurationError(f"Looker has no {what}, or the API user may not see it") from None
        raise AssertionError("unreachable")


def _found(content: Dashboard | Look) -> Found:
    kind = "dashboard" if isinstance(content, Dashboard) else "look"
    folder = content.folder.name if content.folder is not None else None
    return Found(kind, content.id, content.title or "", folder or "")


def _on_board(board: Board) -> list[Found]:
    """Return what a board shows, as people see it: section by section, each in its order."""
    found = []
    sections = _ordered(board.board_sections or (), board.section_order or ())
    for section in sections:
        for item in _ordered(section.board_items or (), section.item_order or ()):
            dashboard = item.dashboard_id or item.lookml_dashboard_id
            if dashboard:
                found.append(Found("dashboard", dashboard, item.title or "", board.title or ""))
            elif item.look_id:
                found.append(Found("look", item.look_id, item.title or "", board.title or ""))
    return found


def _ordered(things: Sequence[Any], ids: Sequence[str]) -> list[Any]:
    indices = {each: index for index, each in enumerate(ids)}
    return sorted(things, key=lambda thing: indices.get(thing.id, len(indices)))
