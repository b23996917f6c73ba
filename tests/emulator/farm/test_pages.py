"""What stands on the page of each kind of render."""

import pytest
from attrs import evolve

from looker_tasks.emulator.content import Query
from looker_tasks.emulator.farm.backend import QueryFailedError
from looker_tasks.emulator.farm.pages import fill, lay_out
from looker_tasks.emulator.farm.tasks import RenderOrder
from looker_tasks.emulator.results import Rows
from tests.emulator.small_catalogue import small_catalogue

DASHBOARD = RenderOrder("dashboard", "1", "pdf", 800, 600)
NO_ROWS = Rows((), (), "SELECT 1", 0.0)


def test_a_dashboard_has_its_tiles_its_filters_and_what_was_asked_for() -> None:
    """Tiles keep their places and tabs; filters reach the queries that listen; the options reach the page."""
    order = evolve(
        DASHBOARD,
        filters={"Order Status": "Returned"},
        style="single_column",
        paper_size="a4",
        landscape=True,
        long_tables=True,
        theme="Dark",
    )
    layout = lay_out(order, small_catalogue())
    page = layout.page
    assert [(tile.title, tile.row, tile.tab) for tile in page.tiles] == [
        ("By status", 0, "First"),
        ("As a table", 0, "Second"),
        ("A note", 6, "First"),
    ]
    assert page.filters == (("Order Status", "Returned"),)
    assert (page.single_column, page.paper_size, page.landscape, page.long_tables) == (True, "a4", True, True)
    assert (page.title, page.theme) == ("Orders", "Dark")
    assert [query and query.filters for query in layout.queries] == [{"orders.status": "Returned"}] * 2 + [None]


@pytest.mark.parametrize("tab", ["t2", "Second"])
def test_tabs_are_chosen_by_id_or_label(tab: str) -> None:
    """User-defined dashboards name a tab by its id, LookML ones by its label."""
    page = lay_out(evolve(DASHBOARD, tab_ids=(tab,)), small_catalogue()).page
    assert [tile.title for tile in page.tiles] == ["As a table"]


@pytest.mark.parametrize(
    ("kind", "target", "title"),
    [
        ("look", "1", "Orders by status"),
        ("query", "1", "thelook orders"),
        ("dashboard_element", "11", "By status"),
        ("dashboard_element", "thelook::shop::12", "As a table"),
    ],
)
def test_anything_else_is_one_tile(kind: str, target: str, title: str) -> None:
    """A look, a query or a dashboard element fills the page alone."""
    order = RenderOrder(kind, target, "png", 800, 600)  # type: ignore[arg-type]  # the kinds are those of the table
    layout = lay_out(order, small_catalogue())
    assert [tile.title for tile in layout.page.tiles] == [title]
    assert [query and query.view for query in layout.queries] == ["orders"]


def test_what_is_not_there_is_an_error() -> None:
    """The routes have looked it up before; here it is a bug, and told as one."""
    with pytest.raises(KeyError, match="no dashboard '99'"):
        lay_out(evolve(DASHBOARD, target_id="99"), small_catalogue())


def test_a_tile_whose_query_fails_shows_the_error() -> None:
    """The other tiles have their rows all the same; a text tile runs nothing."""
    ran = []

    def run(query: Query) -> Rows:
        ran.append(query)
        if len(ran) == 1:
            raise QueryFailedError("There is no such field.")
        return NO_ROWS

    page = fill(lay_out(DASHBOARD, small_catalogue()), run)
    assert [(tile.error, tile.rows) for tile in page.tiles] == [
        ("There is no such field.", None),
        (None, NO_ROWS),
        (None, None),
    ]
    assert len(ran) == 2
