"""Manifests made on the emulator: bursts, folders, boards, tiles, and a run that goes on where another ended."""

import csv
import json
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import pytest
from attrs import frozen

from looker_tasks import Exported, Failed, LookerTasks, QueryExport, RequestRefused
from looker_tasks.emulator import Emulator, Fault, Scenario
from looker_tasks.planning.plan import Plan, make_plan
from looker_tasks.sansio.protocol.filter_expressions import literal
from tests.planning.planning import NOW

ORDERS = {"model": "thelook", "view": "orders", "limit": "5000"}
MONTHS = {"orders.created_date": "12 months"}


@frozen
class Rig:
    """An emulator, a client of it, and a folder."""

    emulator: Emulator
    looker: LookerTasks
    folder: Path

    async def plan(self, manifest: str) -> Plan:
        """Plan a manifest."""
        path = self.folder / "m.yaml"
        await anyio.Path(path).write_text(manifest)
        return await make_plan(path, looker=self.looker, now=NOW)

    async def run(self, plan: Plan) -> Counter[bool]:
        """Export a plan, and count the outcomes by whether an earlier run had made them already."""
        async with self.looker.export_all(plan.exports, self.folder / "out", concurrency=32) as outcomes:
            done = [outcome async for outcome in outcomes]
        assert all(isinstance(outcome, Exported) for outcome in done), done
        return Counter(outcome.resumed for outcome in done if isinstance(outcome, Exported))

    async def rows(self, fields: list[str], filters: dict[str, str]) -> list[dict[str, object]]:
        """Run a query by hand."""
        query = await self.looker.api.create_query({**ORDERS, "fields": fields, "filters": filters})
        path = self.folder / "by-hand.json"
        assert isinstance(await self.looker.export(QueryExport(query.id, "json", limit=-1), path), Exported)
        found: list[dict[str, object]] = json.loads(await anyio.Path(path).read_text())
        return found

    def cells(self, name: str) -> list[list[str]]:
        """Read the cells of a CSV file that was made."""
        with (self.folder / "out" / name).open(newline="") as file:
            return list(csv.reader(file))


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    """Give an emulator that draws nothing and renders at once."""
    async with (
        Emulator(renderer="fake", spread=0, render_seconds=0.05, query_seconds=0.01) as emulator,
        LookerTasks(emulator.url, emulator.client_id, emulator.client_secret) as looker,
    ):
        yield Rig(emulator, looker, tmp_path)


async def test_each_customer_gets_its_own_rows_and_no_one_elses(rig: Rig) -> None:
    """Sixty customers with hard names: the tile of each counts what a query over all counts for that name."""
    counted = await rig.rows(["customers.company", "orders.count"], {})
    expected = {str(row["customers.company"]): str(row["orders.count"]) for row in counted if row["customers.company"]}
    assert {"Smith, Jones & Co", "100% Juice", "-Dash", " NULL", "NULL", "EMPTY", "car^et", "a^%b"} <= expected.keys()
    source = await rig.looker.api.create_query({**ORDERS, "fields": ["customers.company"]})
    plan = await rig.plan(f"""
    exports:
      - dashboard: 51
        for_each: {{customer: {{query: {source.id}, field: customers.company}}}}
        filters: {{Customer: "{{customer}}"}}
        tiles: csv
    """)
    assert plan.count == 4 * len(expected)
    assert len({planned.name.split("/")[1].lower() for planned in plan.files()}) == len(expected)
    await rig.run(plan)
    orders = [planned for planned in plan.files() if planned.title == "Orders"]
    counts = {
        planned.tile.dashboard.filters["Customer"]: rig.cells(planned.name)[1][0]
        for planned in orders
        if planned.tile is not None
    }
    assert counts == {literal(customer): count for customer, count in expected.items()}


async def test_a_plan_knows_the_titles_of_what_it_asked_for(rig: Rig) -> None:
    """Of what a search finds, of dashboards and looks that names are made of, of tiles as they are exported."""
    plan = await rig.plan("""
    exports:
      - {dashboard: 51, filters: {Customer: Dash}, tiles: csv}
      - {dashboard: 42, format: pdf, name: "{dashboard.title}.pdf"}
      - {look: 1, format: csv, name: "{look.title}.csv"}
      - {search: {title: "Executive%"}, format: png}
      - {dashboard: 3, format: pdf}
    """)
    assert plan.titles == {
        ("dashboard", "51"): "Account Orders",
        ("dashboard", "42"): "Regional Customer Report",
        ("look", "1"): "Revenue This Year",
        ("dashboard", "1"): "Executive Summary",
    }
    await rig.run(plan)
    tiles = {title for (kind, _), title in plan.titles.items() if kind == "query"}
    assert len(tiles) == 4
    assert "Orders · Account Orders (51)" in tiles


@pytest.mark.long
async def test_a_burst_of_dashboards_customers_and_formats(rig: Rig) -> None:
    """Ten lines are five dashboards for sixty customers in two formats; the count is exact, each file in its folder."""
    source = await rig.looker.api.create_query({**ORDERS, "fields": ["customers.company"]})
    plan = await rig.plan(f"""
    values: {{customer: {{query: {source.id}, field: customers.company}}}}
    exports:
      - for_each: {{customer: customer, dashboard: [50, 51, 52, 53, 54], format: [pdf, png]}}
        filters: {{Customer: "{{customer}}"}}
        name: "{{customer}}/{{dashboard.title}} {{date:%Y-%m-%d}}.{{format}}"
    """)
    assert plan.count == 5 * 60 * 2
    assert plan.warnings == (f"query {source.id}: 1 of its rows have no customers.company and are left out",)
    assert (await rig.run(plan)).total() == 600
    folders = [path for path in (rig.folder / "out").iterdir() if path.name != ".looker-tasks"]
    assert len(folders) == 60
    assert all(len(list(folder.iterdir())) == 10 for folder in folders)
    assert rig.emulator.statistics.created["create_dashboard_render_task"] == 600
    assert await rig.run(plan) == {True: 600}
    assert rig.emulator.statistics.created["create_dashboard_render_task"] == 600


async def test_tiles_have_the_rows_of_their_queries_under_the_filters(rig: Rig) -> None:
    """A tile's file equals its query run by hand; what has no rows is named; nothing is made twice by a second run."""
    manifest = """
    exports:
      - {dashboard: 42, tiles: csv, filters: {Region: West}}
      - {folder: 9, recursive: true, tiles: csv}
    """
    plan = await rig.plan(manifest)
    assert any("it merges results" in reason for reason in plan.left_out)
    assert await rig.run(plan) == {False: plan.count}
    by_hand = await rig.rows(["products.category", "orders.total_revenue"], {**MONTHS, "customers.region": "West"})
    made = rig.cells("Regional Customer Report/Revenue by Category.csv")[1:]
    assert {cells[0] for cells in made} <= {row["products.category"] for row in by_hand}
    revenue = {str(row["products.category"]): row["orders.total_revenue"] for row in by_hand}
    assert made
    for category, total in made:
        assert float(total.replace("$", "").replace(",", "")) == pytest.approx(revenue[category], abs=0.01)
    again = await rig.plan(manifest)
    assert await rig.run(again) == {True: plan.count}


async def test_folders_boards_and_searches(rig: Rig) -> None:
    """All dashboards and looks of folders below folders, of a board, of a search, each once, by name."""
    plan = await rig.plan("""
    exports:
      - {folder: 9, recursive: true, looks: true, format: png, name: "{folder.title}/{dashboard.title}.png"}
      - {board: 1, format: png}
      - {search: {title: "%region%"}, format: pdf}
    """)
    names = [planned.name for planned in plan.files()]
    assert "Key Accounts/Account Products.png" in names
    assert len(names) == len(set(names)) == plan.count > 15
    assert await rig.run(plan) == {False: plan.count}


async def test_a_tile_whose_query_is_refused_fails_alone(rig: Rig) -> None:
    """What Looker says of it is its outcome, under its name; others are made, and the next run makes the rest."""
    manifest = """
    exports:
      - {dashboard: 42, tiles: csv, for_each: {region: [West, East]}, filters: {Region: "{region}"}}
      - {look: 1, format: csv}
    """
    body = {"message": "no such field"}
    refusal = Fault("scripted", operation="create_query", nth=(3,), status=422, body=json.dumps(body))
    async with (
        Emulator(renderer="fake", spread=0, query_seconds=0.01, scenario=Scenario((refusal,))) as emulator,
        LookerTasks(emulator.url, emulator.client_id, emulator.client_secret) as looker,
    ):
        other = Rig(emulator, looker, rig.folder)
        plan = await other.plan(manifest)
        third = [planned.name for planned in plan.files()][2]
        async with looker.export_all(plan.exports, rig.folder / "out") as outcomes:
            done = [outcome async for outcome in outcomes]
        failed = [outcome for outcome in done if isinstance(outcome, Failed)]
        assert [(outcome.export.name, type(outcome.error)) for outcome in failed] == [(third, RequestRefused)]
        assert len(done) == plan.count == 17
        assert "no such field" in str(failed[0].error)
        assert await other.run(plan) == {True: 16, False: 1}
