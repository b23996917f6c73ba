"""Which tiles have rows, and under which filters their queries run."""

from typing import Any

import pytest

from looker_tasks.errors import InvalidExport
from looker_tasks.models import (
    Dashboard,
    DashboardElement,
    DashboardFilter,
    Filterable,
    Listen,
    LookWithQuery,
    ResultMaker,
)
from looker_tasks.sansio.dashboards.tiles import (
    Tile,
    filter_types,
    tile_filters,
    tile_name,
    tile_query,
    tiles_of,
    unheard,
)

QUERY = {"id": "7", "model": "shop", "view": "orders", "fields": ["orders.id"], "filters": {"orders.status": "done"}}
LISTENS = (Listen("region", "users.region"), Listen("when", "orders.created_date"))


def maker(**parts: Any) -> ResultMaker:  # noqa: ANN401  # of a result maker
    """Return what makes the rows of a tile that listens to two filters."""
    return ResultMaker(filterables=(Filterable(listen=LISTENS),), **parts)


DASHBOARD = Dashboard(
    "42",
    "Shop",
    dashboard_filters=(
        DashboardFilter("region", "Region", "string_filter", "West"),
        DashboardFilter("when", "Order Date", "date_filter", ""),
        DashboardFilter("amount", None, "field_filter", None, {"type": "sum", "is_numeric": True}),
        DashboardFilter("active", "Active", "field_filter", None, {"type": "yesno", "enumerations": [{}]}),
        DashboardFilter("tier", "Tier", "field_filter", None, {"type": "tier", "enumerations": [{}]}),
        DashboardFilter("day", "Day", "field_filter", None, {"type": "date_date", "is_timeframe": True}),
        DashboardFilter("raw", "Raw", "field_filter", None, {"type": "unquoted", "category": "parameter"}),
    ),
    dashboard_elements=(
        DashboardElement("1", "Orders", "vis", "7", QUERY, result_maker=maker(query_id="7")),
        DashboardElement("2", None, "vis", None, None, "9", LookWithQuery("9", "A look", query_id="8", query=QUERY)),
        DashboardElement("3", "Orders", "vis", None, None, result_maker=maker(query={**QUERY, "id": 8})),
        DashboardElement("4", "Words", "text"),
        DashboardElement("5", "Push", "button"),
        DashboardElement("6", "Ext", "vis", extension_id="a::b"),
        DashboardElement("7", "Merged", "vis", merge_result_id="x"),
        DashboardElement("8", "Merged", "vis", result_maker=ResultMaker(merge_result_id="x")),
        DashboardElement("9", "SQL", "vis", result_maker=ResultMaker(sql_query_id="x")),
        DashboardElement("10", "", "vis"),
    ),
)


def test_tiles_with_rows_and_those_without() -> None:
    """A query of its own, a look's, or its result maker's has rows; the others are named with the reason."""
    tiles, left_out = tiles_of(DASHBOARD)
    assert [(tile.id, tile.title, tile.query_id) for tile in tiles] == [
        ("1", "Orders (1)", "7"),
        ("2", "A look", "7"),
        ("3", "Orders (3)", "8"),
    ]
    assert [str(each) for each in left_out] == [
        "tile 4 (Words): it is a text",
        "tile 5 (Push): it is a button",
        "tile 6 (Ext): it is an extension",
        "tile 7 (Merged): it merges results, which no query can",
        "tile 8 (Merged): it merges results, which no query can",
        "tile 9 (SQL): it is of SQL Runner, which has no query of its own",
        "tile 10: it has no query",
    ]


@pytest.mark.parametrize(
    ("filters", "heard"),
    [
        ({}, {"users.region": "West"}),
        ({"Region": "East"}, {"users.region": "East"}),
        ({"region": "East"}, {"users.region": "East"}),
        ({"Region": ""}, {}),
        ({"Order Date": "7 days"}, {"users.region": "West", "orders.created_date": "7 days"}),
        ({"Active": True, "amount": 5}, {"users.region": "West"}),
    ],
)
def test_a_tile_hears_what_it_listens_to(filters: dict[str, str | bool | int], heard: dict[str, str]) -> None:
    """A filter's value, or its default, goes into the query's filters; what nobody listens to does not."""
    tile = tiles_of(DASHBOARD)[0][0]
    assert tile_filters(tile, DASHBOARD, filters) == {"orders.status": "done", **heard}


def test_a_query_is_created_only_where_filters_change_it() -> None:
    """The new query is the tile's own under other filters, without ids; where nothing changes, its own is taken."""
    first, look, _ = tiles_of(DASHBOARD)[0]
    assert tile_query(look, tile_filters(look, DASHBOARD, {"Region": "East"})) is None
    made = tile_query(first, tile_filters(first, DASHBOARD, {"Region": "East"}))
    assert made == {
        "model": "shop",
        "view": "orders",
        "fields": ["orders.id"],
        "filters": {"orders.status": "done", "users.region": "East"},
    }


def test_a_filter_that_the_dashboard_has_not_is_refused() -> None:
    """A mistyped filter would export everybody's rows."""
    tile = tiles_of(DASHBOARD)[0][0]
    with pytest.raises(InvalidExport, match=r"no filter 'Regoin'; there are Region, Order Date, amount, Active"):
        tile_filters(tile, DASHBOARD, {"Regoin": "East"})


def test_a_title_goes_over_a_name() -> None:
    """Where one filter is called as another is named, the title is what people see and write, and its type counts."""
    crossed = (
        DashboardFilter("Region", "Country", "string_filter", None),
        DashboardFilter("Country", "Region", "number_filter", None),
    )
    element = DashboardElement(
        "1",
        "Orders",
        "vis",
        "7",
        QUERY,
        result_maker=ResultMaker(filterables=(Filterable(listen=(Listen("Region", "a"), Listen("Country", "b"))),)),
    )
    dashboard = Dashboard("42", "Shop", dashboard_filters=crossed, dashboard_elements=(element,))
    tile = tiles_of(dashboard)[0][0]
    assert tile_filters(tile, dashboard, {"Region": "5", "Country": "DE"}) == {
        "orders.status": "done",
        "a": "DE",
        "b": "5",
    }
    assert filter_types(dashboard) == {"Country": "string", "Region": "number"}


def test_filters_that_a_tile_does_not_hear() -> None:
    """By title or name; a tile without anything to listen to hears none."""
    first, look, _ = tiles_of(DASHBOARD)[0]
    assert unheard(first, DASHBOARD, ["Region", "when", "Active", "amount"]) == ("Active", "amount")
    assert unheard(look, DASHBOARD, ["Region"]) == ("Region",)


def test_types_of_filters() -> None:
    """Each filter has the type that Looker's own filter fields take it for, by its title and by its name."""
    assert filter_types(DASHBOARD) == {
        "Region": "string",
        "Order Date": "date",
        "amount": "number",
        "Active": "yesno",
        "Tier": "string",
        "Day": "date",
        "Raw": "unquoted",
        "region": "string",
        "when": "date",
        "active": "yesno",
        "tier": "string",
        "day": "date",
        "raw": "unquoted",
    }


def test_a_tiles_file_lies_in_its_dashboards_folder() -> None:
    """Its title makes no folder of its own."""
    assert tile_name("west/shop", Tile("9", "Orders / Returns", "7", {}), "csv") == "west/shop/Orders - Returns.csv"
