"""The tiles of a dashboard whose rows a query can give: each one's query, and the filters that reach it. Pure.

What a tile shows is its query plus what it listens to: the value of the dashboard filter `dashboard_filter_name` goes
into the query's filter on `field` (`result_maker.filterables[].listen` of the operation `dashboard`). A filter without
a value means any and leaves the query's own filter.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import frozen

from looker_tasks.errors import InvalidExport
from looker_tasks.exports import FilterValue
from looker_tasks.models import Dashboard, DashboardElement, DashboardFilter
from looker_tasks.sansio.naming import safe_part, same_file
from looker_tasks.sansio.protocol.filter_expressions import FilterType
from looker_tasks.sansio.protocol.requests import filter_expression

#: What of a query makes a new one (the operation `create_query`); the rest is an id of the old one, or the UI's.
_QUERY_PARTS = (
    "model",
    "view",
    "fields",
    "pivots",
    "fill_fields",
    "filters",
    "filter_expression",
    "sorts",
    "limit",
    "column_limit",
    "total",
    "row_total",
    "subtotals",
    "vis_config",
    "visible_ui_sections",
    "dynamic_fields",
    "query_timezone",
)


@frozen
class Tile:
    """A dashboard element with a query: *title* is told apart from those of the others, *listens* is by filter name."""

    id: str
    title: str
    query_id: str
    query: Mapping[str, Any]
    listens: tuple[tuple[str, str], ...] = ()


@frozen
class LeftOut:
    """An element that has no rows that a query could give, and why."""

    id: str
    title: str
    reason: str

    def __str__(self) -> str:
        return f"tile {self.id}{f' ({self.title})' if self.title else ''}: {self.reason}"


def tiles_of(dashboard: Dashboard) -> tuple[tuple[Tile, ...], tuple[LeftOut, ...]]:
    """Return the tiles of *dashboard* that have rows, and the elements that have none, in the dashboard's order."""
    found = [_tile(element) for element in dashboard.dashboard_elements or ()]
    tiles = [tile for tile in found if isinstance(tile, Tile)]
    titles = dict(_titles(tiles))
    return (
        tuple(Tile(tile.id, titles[tile.id], tile.query_id, tile.query, tile.listens) for tile in tiles),
        tuple(element for element in found if isinstance(element, LeftOut)),
    )


def _titles(tiles: list[Tile]) -> Iterator[tuple[str, str]]:
    """Give each tile's title by its id; titles that would be one file get the tile's id, whatever their order."""
    shared: dict[str, int] = {}
    for tile in tiles:
        key = same_file(safe_part(tile.title))
        shared[key] = shared.get(key, 0) + 1
    for tile in tiles:
        is_shared = shared[same_file(safe_part(tile.title))] > 1
        yield tile.id, f"{tile.title} ({tile.id})" if is_shared else tile.title


def _tile(element: DashboardElement) -> Tile | LeftOut:
    maker = element.result_maker
    title = element.title or (element.look.title if element.look is not None else None) or ""
    if reason := _reason(element):
        return LeftOut(element.id, title, reason)
    embedded = (
        element.query,
        None if element.look is None else element.look.query,
        None if maker is None else maker.query,
    )
    query = next((query for query in embedded if query), None)
    if query is None or not query.get("model"):
        return LeftOut(element.id, title, "it has no query")
    ids = (element.query_id, query.get("id"), None if element.look is None else element.look.query_id)
    query_id = next((str(each) for each in ids if each), "")
    filterables = () if maker is None or maker.filterables is None else maker.filterables
    listens = tuple(
        (listen.dashboard_filter_name, listen.field)
        for filterable in filterables
        for listen in filterable.listen or ()
        if listen.dashboard_filter_name and listen.field
    )
    return Tile(element.id, title or f"tile {element.id}", query_id, query, listens)


def _reason(element: DashboardElement) -> str:
    """Return why *element* has no rows that a query could give; "" where it may have some."""
    maker = element.result_maker
    if element.merge_result_id or (maker is not None and maker.merge_result_id):
        return "it merges results, which no query can"
    if maker is not None and maker.sql_query_id:
        return "it is of SQL Runner, which has no query of its own"
    if element.extension_id or element.type == "extension":
        return "it is an extension"
    return {"text": "it is a text", "button": "it is a button"}.get(element.type or "", "")


def tile_filters(tile: Tile, dashboard: Dashboard, filters: Mapping[str, FilterValue]) -> dict[str, str]:
    """Return the filters of *tile*'s query, by field, under *filters* of the dashboard, by title.

    Raises `InvalidExport` for a filter that the dashboard has not: its rows would be everybody's.
    """
    values = _values(dashboard.dashboard_filters or (), filters)
    own = tile.query.get("filters") or {}
    heard = {field: values[name] for name, field in tile.listens if values.get(name)}
    return {**{field: str(value) for field, value in own.items() if value is not None}, **heard}


def _values(known: tuple[DashboardFilter, ...], filters: Mapping[str, FilterValue]) -> dict[str, str]:
    """Return the value of each filter by its name: what was asked for by title or name, or its default."""
    values: dict[str, str] = {each.name: each.default_value or "" for each in known if each.name}
    names = _names(known)
    for title, value in filters.items():
        name = names.get(title)
        if name is None:
            there = ", ".join(each.title or each.name or "" for each in known) or "none"
            raise InvalidExport(f"the dashboard has no filter {title!r}; there are {there}", field="filters")
        values[name] = filter_expression(value)
    return values


def _names(known: tuple[DashboardFilter, ...]) -> dict[str | None, str | None]:
    """Return the name of each filter by its title, which goes first, and by its name."""
    return {each.name: each.name for each in known} | {each.title or each.name: each.name for each in known}


def unheard(tile: Tile, dashboard: Dashboard, titles: Iterable[str]) -> tuple[str, ...]:
    """Return those of the filters *titles* that *tile* does not listen to: its rows are the same whatever they say."""
    names = _names(dashboard.dashboard_filters or ())
    heard = {name for name, _ in tile.listens}
    return tuple(title for title in titles if names.get(title) not in heard)


def tile_query(tile: Tile, filters: Mapping[str, str]) -> Mapping[str, Any] | None:
    """Return the query to be created for *tile* under *filters*, by field; None where its own is that query."""
    own = {field: str(value) for field, value in (tile.query.get("filters") or {}).items() if value is not None}
    if tile.query_id and own == filters:
        return None
    parts = {name: tile.query[name] for name in _QUERY_PARTS if tile.query.get(name) is not None}
    return {**parts, "filters": dict(filters)}


def tile_name(folder: str, tile: Tile, extension: str) -> str:
    """Return the name of a tile's file, in a folder of the dashboard's."""
    return f"{folder}/{safe_part(tile.title)}.{extension}"


def filter_types(dashboard: Dashboard) -> dict[str, FilterType]:
    """Return the types of *dashboard*'s filters by title and by name, as far as literals depend on them."""
    known = dashboard.dashboard_filters or ()
    return {each.name or "": _type(each) for each in known} | {
        each.title or each.name or "": _type(each) for each in known
    }


def _type(known: DashboardFilter) -> FilterType:
    """Return the type of a filter as Looker's own filter fields find it."""
    field = known.field or {}
    of = str(field.get("type") or (known.type or "").removesuffix("_filter"))
    if field.get("category") == "parameter":
        return "number" if of == "number" else "unquoted" if of == "unquoted" else "string"
    if of == "yesno":
        return "yesno"
    if field.get("enumerations"):
        return "string"
    if field.get("is_numeric") or of == "number":
        return "number"
    return "date" if field.get("is_timeframe") or of.startswith("date") else "string"
