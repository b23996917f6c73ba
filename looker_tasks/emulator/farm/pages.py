"""From an order to the page that is drawn: which tiles stand on it, and which query fills each. Pure, but for *run*."""

from collections.abc import Callable
from typing import TypeVar

from attrs import evolve, frozen

from looker_tasks.emulator.catalogue import Catalogue, filter_line, filter_values, listening
from looker_tasks.emulator.content import Dashboard, Element, Query, Visualization
from looker_tasks.emulator.drawing.page import Page, Tile
from looker_tasks.emulator.farm.backend import QueryFailedError
from looker_tasks.emulator.farm.tasks import RenderOrder
from looker_tasks.emulator.results import Rows

T = TypeVar("T")
_SHOWN = 1_000  # letters of a filter's value; the line has no room for more


@frozen
class Layout:
    """A page whose tiles are still empty, and the query that fills each (None: a text tile)."""

    page: Page
    queries: tuple[Query | None, ...]


def lay_out(order: RenderOrder, catalogue: Catalogue) -> Layout:
    """Find what *order* asks for, and place it on a page; raises KeyError when *catalogue* does not hold it."""
    match order.kind:
        case "dashboard" | "lookml_dashboard":
            return _dashboard(order, _there(catalogue.dashboard(order.target_id), order), catalogue)
        case "dashboard_element":
            element = _there(catalogue.element(order.target_id), order)
            return _single(element.title, element.visualization, _query_of(element, catalogue), element.text)
        case "look":
            look = _there(catalogue.look(order.target_id), order)
            query = _there(catalogue.query(look.query_id), order)
            return _single(look.title, query.visualization, query)
        case "query":
            query = _there(catalogue.query(order.target_id), order)
            return _single(f"{query.model} {query.view}", query.visualization, query)


def fill(layout: Layout, run: Callable[[Query], Rows]) -> Page:
    """Fill the tiles with the rows that *run* gives; where it raises QueryFailedError the tile shows the error."""
    tiles = zip(layout.page.tiles, layout.queries, strict=True)
    return evolve(layout.page, tiles=tuple(_filled(tile, query, run) for tile, query in tiles))


def _filled(tile: Tile, query: Query | None, run: Callable[[Query], Rows]) -> Tile:
    if query is None:
        return tile
    try:
        return evolve(tile, rows=run(query))
    except QueryFailedError as refused:
        return evolve(tile, error=refused.failure.message)


def _there(found: T | None, order: RenderOrder) -> T:
    if found is None:
        raise KeyError(f"there is no {order.kind} {order.target_id!r}")
    return found


def _dashboard(order: RenderOrder, dashboard: Dashboard, catalogue: Catalogue) -> Layout:
    values = filter_values(dashboard, order.filters)
    labels = {tab.id: tab.label for tab in dashboard.tabs}
    chosen = {None} | {each.id for each in dashboard.tabs if _is_chosen({each.id, each.label}, order.tab_ids)}
    elements = [each for each in dashboard.elements if each.tab_id in chosen]
    page = Page(
        title=dashboard.title,
        tiles=tuple(_tile(each, labels.get(each.tab_id or "")) for each in elements),
        filters=tuple((title, value[:_SHOWN]) for title, value in filter_line(dashboard, order.filters)),
        theme=order.theme,
        single_column=order.style == "single_column",
        long_tables=order.long_tables,
        paper_size=order.paper_size,
        landscape=order.landscape,
    )
    queries = ((_heard(each), _query_of(each, catalogue)) for each in elements)
    return Layout(page, tuple(query and listening(query, element, values) for element, query in queries))


def _heard(element: Element) -> Element:
    """Let merged results listen as their first query does."""
    return evolve(element, listens=element.merge[0].listens) if element.merge else element


def _is_chosen(names: set[str], tab_ids: tuple[str, ...]) -> bool:
    """Return whether a tab with these *names* (its id, its label) is wanted; without tab_ids every tab is."""
    return not tab_ids or not names.isdisjoint(tab_ids)


def _tile(element: Element, tab: str | None) -> Tile:
    return Tile(
        title=element.title,
        visualization=element.visualization,
        text=element.text,
        row=element.row,
        column=element.column,
        width=element.width,
        height=element.height,
        tab=tab,
    )


def _query_of(element: Element, catalogue: Catalogue) -> Query | None:
    """Find the query behind *element*: its own, its look's, or the first of merged results; None for a text."""
    look = None if element.look_id is None else catalogue.look(element.look_id)
    query_id = element.query_id or (look.query_id if look else None)
    if query_id is None and element.merge:
        query_id = element.merge[0].query_id
    return None if query_id is None else catalogue.query(query_id)


def _single(title: str, visualization: Visualization, query: Query | None, text: str = "") -> Layout:
    return Layout(Page(title=title, tiles=(Tile(title=title, visualization=visualization, text=text),)), (query,))
