"""Rows of folders, searches and boards, of tiles and of combined files, with a Looker that answers from a dict."""

from pathlib import Path

import pytest
from attrs import evolve

from looker_tasks import DashboardExport, LookExport, QueryExport
from looker_tasks.models import Board, BoardItem, BoardSection, Dashboard, Folder, Look
from tests.planning.planning import KnownLooker, complaint_of, exports_of, names_of, plan_of
from tests.sansio.dashboards.test_tiles import DASHBOARD

SALES, WEST = Folder("12", "Sales"), Folder("13", "West")


@pytest.fixture
def looker() -> KnownLooker:
    """Return a Looker with two folders, one below the other, and a board."""
    dashboards = [
        Dashboard("1", "Revenue", folder=SALES),
        Dashboard("2", "A/B Test", folder=SALES),
        Dashboard("3", "Revenue West", folder=WEST),
        Dashboard("4", "Gone", folder=WEST, deleted=True),
        evolve(DASHBOARD, folder=Folder("99", "Shop")),
    ]
    sections = (
        BoardSection(
            "s1", item_order=("i2", "i1"), board_items=(BoardItem("i1", "One", "1"), BoardItem("i2", "L", look_id="7"))
        ),
        BoardSection(
            "s2", board_items=(BoardItem("i3", "Lookml", lookml_dashboard_id="m::d"), BoardItem("i4", "One", "1"))
        ),
    )
    return KnownLooker(
        dashboards={each.id: each for each in dashboards},
        looks={"7": Look("7", "Revenue look", folder=SALES), "8": Look("8", "Other", folder=WEST)},
        folders={"12": ["13"], "13": []},
        boards={"3": Board("3", "Team", section_order=("s2", "s1"), board_sections=sections)},
    )


@pytest.mark.parametrize(
    ("row", "names"),
    [
        ("folder: 12", ["Sales/Revenue.png", "Sales/A-B Test.png"]),
        ("folder: 12, recursive: true", ["Sales/Revenue.png", "Sales/A-B Test.png", "West/Revenue West.png"]),
        ("folder: 12, looks: yes", ["Sales/Revenue.png", "Sales/A-B Test.png", "Sales/Revenue look.png"]),
        ("search: {title: '%revenue%'}", ["Sales/Revenue.png", "West/Revenue West.png"]),
        (
            "search: {title: '%revenue%'}, looks: true",
            ["Sales/Revenue.png", "West/Revenue West.png", "Sales/Revenue look.png"],
        ),
        ("board: 3", ["Team/Lookml.png", "Team/One.png", "Team/L.png"]),
        ("for_each: {folder: [12, 13]}", ["Sales/Revenue.png", "Sales/A-B Test.png", "West/Revenue West.png"]),
        ("for_each: {t: [west, test]}, search: {title: '%{t}%'}", ["West/Revenue West.png", "Sales/A-B Test.png"]),
    ],
)
async def test_content_is_found(row: str, names: list[str], looker: KnownLooker, tmp_path: Path) -> None:
    """Each piece of content once, named by its folder and title, in the order in which people see it."""
    manifest = f"exports: [{{{row}, format: png, name: '{{folder.title}}/{{dashboard.title}}.png'}}]"
    assert await names_of(tmp_path, manifest, looker=looker) == names


async def test_content_is_exported_for_each_value(looker: KnownLooker, tmp_path: Path) -> None:
    """Every dashboard of a folder for every value; looks take no filters and are there once."""
    manifest = """
    defaults: {filters: {Region: "{region}"}}
    exports: [{folder: 12, looks: true, format: png, for_each: {region: [West, "East,"]}}]
    """
    exports = await exports_of(tmp_path, manifest.replace("looks: true", "looks: false"), looker=looker)
    assert exports[:2] == [
        DashboardExport("1", "png", filters={"Region": "West"}),
        DashboardExport("2", "png", filters={"Region": "West"}),
    ]
    assert exports[2] == DashboardExport("1", "png", filters={"Region": '"East,"'})
    plan = await plan_of(tmp_path, manifest, looker=looker)
    assert [planned.kind for planned in plan.files()].count("look") == 1
    assert plan.left_out == ("row 1 (line 3), export 6: look 7 is exported by row 1 (line 3), export 3",)


async def test_what_two_rows_find_is_exported_once(looker: KnownLooker, tmp_path: Path) -> None:
    """The same export by a folder and a search is made by the first; another format is another export."""
    manifest = (
        "exports: [{folder: 12, format: pdf}, {search: {title: '%revenue%'}, format: pdf}, {board: 3, format: png}]"
    )
    plan = await plan_of(tmp_path, manifest, looker=looker)
    names = [planned.name for planned in plan.files()]
    assert names[:3] == ["dashboard-1.pdf", "dashboard-2.pdf", "dashboard-3.pdf"]
    assert names[4:] == ["dashboard-1.png", "look-7.png"]
    assert plan.left_out == ("row 2 (line 1), export 1: dashboard 1 is exported by row 1 (line 1), export 1",)


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("folder: 77", "row 1 (line 1): Looker has no folder 77, or the API user may not see it"),
        ("board: 77", "row 1 (line 1): Looker has no board 77"),
        ("folder: 12, dashboard: 1", "dashboard and folder: only one of them may be there"),
        ("search: revenue", "search: 'revenue' is not a mapping such as {title: \"%revenue%\"}"),
        ("search: {titel: x}", "search: 'titel' is unknown; there are id, slug, title"),
        ("board: 3, recursive: true", "recursive: only folder has one"),
        ("look: 7, tiles: csv", "tiles: only dashboards have tiles"),
        ("dashboard: 42, tiles: pdf", "tiles: 'pdf' is not one of json, csv"),
        (
            "dashboard: 42, tiles: csv, filters: {Regoin: West}",
            "filters: the dashboard has no filter 'Regoin'; there are",
        ),
        ("dashboard: 42, tiles: csv, theme: dark", "theme: tiles have none"),
        ("dashboard: 42, tiles: csv, limit: -2", "limit: -2 is not a whole number of rows"),
        ("dashboard: 42, tiles: csv, name: 'x.csv'", "name: 'x.csv' is the file of row 1 (line 1), export 1 too"),
        ("dashboard: 42, tiles: csv, name: '{tile.x}.csv'", "name: {tile.x}: no such field; there are {dashboard.id}"),
        ("dashboard: 77, tiles: csv", "Looker has no dashboard 77"),
        ("dashboard: 77, name: '{dashboard.title}.png'", "Looker has no dashboard 77"),
        ("dashboard: 1, combine: x.doc", "combine: 'x.doc' ends in none of .pdf, .xlsx, .zip"),
        ("dashboard: 1, combine: x.xlsx", "combine: 'x.xlsx' takes no part in png, only csv"),
        ("dashboard: 1, combine: {nme: x}", "combine: expected a name, or {name: …, partial: true}"),
        ("dashboard: 1, combine: ../x.zip", "combine: '../x.zip' leads out of the output folder"),
        ("dashboard: 1, combine: '{x}.zip'", "combine: {x}: no such field"),
    ],
)
async def test_wrong_content_is_told(row: str, complaint: str, looker: KnownLooker, tmp_path: Path) -> None:
    """What Looker has not, and what a key cannot have, is one line by row and key."""
    form = "" if "tiles" in row else ", format: png"
    told = await complaint_of(tmp_path, f"exports: [{{{row}{form}}}]", looker=looker)
    assert complaint in told.replace("name: name:", "name:")


async def test_the_rows_of_all_tiles(looker: KnownLooker, tmp_path: Path) -> None:
    """Each tile is a file in the dashboard's folder, under the filters; queries are created when their turn comes."""
    manifest = """
    exports:
      - dashboard: 42
        tiles: csv
        for_each: {c: ["East, Inc.", "A/B"]}
        filters: {Region: "{c}"}
        limit: -1
        as_user: 5
    """
    plan = await plan_of(tmp_path, manifest, looker=looker)
    assert [planned.name for planned in plan.files()] == [
        "Shop/East, Inc/Orders (1).csv",
        "Shop/East, Inc/A look.csv",
        "Shop/East, Inc/Orders (3).csv",
        "Shop/A-B/Orders (1).csv",
        "Shop/A-B/A look.csv",
        "Shop/A-B/Orders (3).csv",
    ]
    assert plan.left_out[0] == "dashboard 42: tile 4 (Words): it is a text"
    assert len(plan.left_out) == 7
    assert "create_query" not in looker.calls
    exports = [export async for export in plan.exports]
    assert exports[0] == QueryExport("q0", "csv", limit=-1, as_user="5", name="Shop/East, Inc/Orders (1).csv")
    assert exports[1] == QueryExport("7", "csv", limit=-1, as_user="5", name="Shop/East, Inc/A look.csv")
    assert looker.queries[0]["filters"] == {"orders.status": "done", "users.region": '"East, Inc."'}
    assert exports == [export async for export in plan.exports]


async def test_a_tile_that_a_filter_does_not_reach_is_reported(looker: KnownLooker, tmp_path: Path) -> None:
    """Its rows would be everybody's in each customer's folder: the dashboard itself shows them so."""
    row = "dashboard: 42, tiles: csv, for_each: {c: ['1', '2']}, filters: {Region: '{c}', amount: '{c}'}"
    plan = await plan_of(tmp_path, f"exports: [{{{row}}}]", looker=looker)
    listens = "does not listen to 'amount': its rows are the same whatever that says"
    assert plan.warnings == (
        f"dashboard 42: tile 1 (Orders (1)) {listens}",
        "dashboard 42: tile 2 (A look) does not listen to 'Region', 'amount': its rows are the same whatever that says",
        f"dashboard 42: tile 3 (Orders (3)) {listens}",
    )


async def test_tiles_of_a_whole_folder(looker: KnownLooker, tmp_path: Path) -> None:
    """A folder's dashboards give their tiles' rows; those without any give nothing."""
    looker.folders["99"] = []
    names = await names_of(
        tmp_path, "exports: [{folder: 99, tiles: xlsx, name: '{n}-{tile.title}.{format}'}]", looker=looker
    )
    assert names == ["1-Orders (1).xlsx", "2-A look.xlsx", "3-Orders (3).xlsx"]


async def test_combined_files_know_their_parts(looker: KnownLooker, tmp_path: Path) -> None:
    """The exports of a row with one combined name are its parts, in the row's order; a glob takes all or none."""
    manifest = """
    exports:
      - {dashboard: 42, tiles: csv, for_each: {c: [East, West]}, combine: "{c}/data.xlsx"}
      - {for_each: {dashboard: [1, 2]}, format: pdf, combine: {name: all.pdf, partial: true}}
      - {look: 7, format: csv}
    """
    plan = await plan_of(tmp_path, manifest, looker=looker)
    assert list(plan.combined) == ["East/data.xlsx", "West/data.xlsx", "all.pdf"]
    assert [part.title for part in plan.combined["East/data.xlsx"].parts] == ["Orders (1)", "A look", "Orders (3)"]
    assert [part.name for part in plan.combined["all.pdf"].parts] == ["dashboard-1.pdf", "dashboard-2.pdf"]
    assert [each.partial for each in plan.combined.values()] == [False, False, True]
    files = {planned.name: planned.combined for planned in plan.files()}
    assert files["look-7.csv"] is None
    assert files["dashboard-2.pdf"] == "all.pdf"
    only = await plan_of(tmp_path, manifest, looker=looker, only="West/*")
    assert only.count == 3
    assert list(only.combined) == ["West/data.xlsx"]
    twice = "{for_each: {dashboard: [1, 2]}, format: pdf, combine: all.pdf, name: 'DASH-{dashboard}.pdf'}"
    told = await complaint_of(tmp_path, f"exports: [{twice}, {twice.replace('DASH', 'x')}]", looker=looker)
    assert "row 2 (line 1): combine: 'all.pdf' is the combined file of row 1 too" in told
    told = await complaint_of(
        tmp_path, f"exports: [{twice}, {{dashboard: 3, format: pdf, name: all.pdf}}]", looker=looker
    )
    assert "row 2 (line 1): name: 'all.pdf' is the file of row 1 (line 1) too" in told


async def test_literals_follow_the_type_of_the_filter(looker: KnownLooker, tmp_path: Path) -> None:
    """A lone variable is quoted as the dashboard's filter of that title takes it, and refused where it cannot be."""
    row = "dashboard: 42, format: pdf, for_each: {x: ['-5', '007']}, filters: {amount: '{x}', Region: '{x}'}"
    exports = await exports_of(tmp_path, f"exports: [{{{row}}}]", looker=looker)
    assert [dict(export.filters) for export in exports] == [  # type: ignore[union-attr]  # dashboards
        {"amount": "-5", "Region": '"-5"'},
        {"amount": "7", "Region": "007"},
    ]
    told = await complaint_of(tmp_path, f"exports: [{{{row.replace('007', 'Acme')}}}]", looker=looker)
    assert "filters: 'amount': 'Acme' is not a number, and the filter takes numbers" in told
    (active,) = await exports_of(
        tmp_path, "exports: [{dashboard: 42, format: pdf, filters: {Active: {is: true}}}]", looker=looker
    )
    assert active == DashboardExport("42", filters={"Active": "Yes"})


async def test_a_dashboard_that_cannot_be_read_is_only_a_warning(looker: KnownLooker, tmp_path: Path) -> None:
    """Types help to quote; where the dashboard cannot be read, its filters are taken for filters on texts."""
    row = "dashboard: 77, format: pdf, filters: {A: {is: 'x,'}}"
    plan = await plan_of(tmp_path, f"exports: [{{{row}}}]", looker=looker)
    assert [planned.export for planned in plan.files()] == [DashboardExport("77", filters={"A": '"x,"'})]
    assert "Looker has no dashboard 77, or the API user may not see it; its filters are taken" in plan.warnings[0]


async def test_titles_are_asked_for_once(looker: KnownLooker, tmp_path: Path) -> None:
    """One call a dashboard or look, however many files it has."""
    manifest = """
    exports:
      - for_each: {dashboard: [1, 2], x: [a, b], format: [pdf, png]}
        name: "{dashboard.title}/{x}.{format}"
      - {look: 7, format: csv, name: "{look.title}.csv"}
    """
    names = await names_of(tmp_path, manifest, looker=looker)
    assert names[:2] == ["Revenue/a.pdf", "Revenue/a.png"]
    assert names[-1] == "Revenue look.csv"
    assert sorted(looker.calls) == ["dashboard 1", "dashboard 2", "look 7"]
    assert LookExport("7", "csv", name="Revenue look.csv") == (await exports_of(tmp_path, manifest, looker=looker))[-1]
