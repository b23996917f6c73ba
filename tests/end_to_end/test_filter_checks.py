"""A filter that a dashboard does not have is refused before anything is created, by one call a dashboard."""

import json
from pathlib import Path

import pytest
from attrs import evolve

from looker_tasks import DashboardExport, Exported, Failed, InvalidExport, LookerTasks
from looker_tasks.emulator import Emulator, Fault, Scenario
from looker_tasks.sansio import task_token
from tests.aio.journals import open_journal
from tests.aio.raw_server import said
from tests.aio.scripted_looker import scripted_looker

pytestmark = pytest.mark.virtual_time


def client(emulator: Emulator, *, check_filters: bool = True) -> LookerTasks:
    """Return a client of *emulator*."""
    return LookerTasks(emulator.url, emulator.client_id, emulator.client_secret, check_filters=check_filters)


async def test_an_unknown_filter_is_refused_and_its_siblings_go_on(tmp_path: Path) -> None:
    """One call for each dashboard, however many exports of it; the wrong one creates nothing."""
    exports = [
        *(DashboardExport("42", filters={"Region": region}, name=f"{region}.pdf") for region in ("West", "East")),
        DashboardExport("42", filters={"region": "West"}, name="wrong.pdf"),
        DashboardExport("42", name="whole.pdf"),
    ]
    async with Emulator(renderer="fake", render_seconds=0, query_seconds=0) as emulator, client(emulator) as looker:
        async with looker.export_all(exports, tmp_path) as outcomes:
            ended = {outcome.export.name: outcome async for outcome in outcomes}
        assert emulator.statistics.calls["dashboard"] == 1
        assert emulator.statistics.created.total() == 3
    wrong = ended["wrong.pdf"]
    assert isinstance(wrong, Failed)
    assert isinstance(wrong.error, InvalidExport)
    assert "has no filter 'region', perhaps 'Region' is meant; it has 'Region'" in wrong.error.message
    assert {name for name, outcome in ended.items() if isinstance(outcome, Exported)} == {
        "West.pdf",
        "East.pdf",
        "whole.pdf",
    }


@pytest.mark.parametrize("is_by_batch", [True, False])
async def test_unchecked_filters_go_out_as_they_are(tmp_path: Path, is_by_batch: bool) -> None:
    """With `check_filters=False`, of the client or of the batch, no dashboard is asked."""
    export = DashboardExport("42", filters={"region": "West"}, name="a.pdf")
    async with (
        Emulator(renderer="fake", render_seconds=0, query_seconds=0) as emulator,
        client(emulator, check_filters=is_by_batch) as looker,
        looker.export_all([export], tmp_path, check_filters=not is_by_batch) as outcomes,
    ):
        ended = [outcome async for outcome in outcomes]
        assert emulator.statistics.calls["dashboard"] == 0
    assert isinstance(ended[0], Exported)


async def test_a_filter_goes_out_by_its_title(tmp_path: Path) -> None:
    """Given by its name, which a render would ignore: in a batch, alone, in a token; the outcome has the name."""
    export = DashboardExport("1", "pdf", filters={"customer_name": "Acme"}, name="a.pdf")
    async with scripted_looker() as looker, LookerTasks(looker.url, "me", "hush-hush") as client:
        looker.always["other"] = said(
            {"id": "1", "dashboard_filters": [{"name": "customer_name", "title": "Customer"}]},
        )
        async with client.export_all([export], tmp_path) as outcomes:
            ended = [outcome async for outcome in outcomes]
        alone = await client.export(export, tmp_path / "b.pdf")
        started = await client.start(export)
    assert [outcome.export for outcome in (*ended, alone)] == [export, export]
    assert all(isinstance(outcome, Exported) for outcome in (*ended, alone))
    assert task_token.decode(started.token, looker.url).export == evolve(export, filters={"Customer": "Acme"})
    bodies = [json.loads(asked.body) for operation, asked in looker.asked if operation == "create"]
    assert [body["dashboard_filters"] for body in bodies] == ["Customer=Acme"] * 3


async def test_a_filter_goes_out_by_its_title_when_a_lost_task_is_made_again(tmp_path: Path) -> None:
    """The run that goes on has not asked the dashboard yet; the task that an earlier one left is gone."""
    export = DashboardExport("1", "pdf", filters={"customer_name": "Acme"}, name="a.pdf")
    async with scripted_looker() as looker, LookerTasks(looker.url, "me", "hush-hush") as client:
        looker.always["other"] = said(
            {"id": "1", "dashboard_filters": [{"name": "customer_name", "title": "Customer"}]},
        )
        journal = await open_journal(tmp_path, looker.url)
        journal.entry(export, "a.pdf").created("left")
        await journal.aclose()
        looker.always["poll"] = said({"message": "Not found"}, 404)
        looker.always["results"] = said({"message": "Not found"}, 404)
        async with client.export_all([export], tmp_path) as outcomes:
            async for _ in outcomes:
                pass
    bodies = [json.loads(asked.body) for operation, asked in looker.asked if operation == "create"]
    assert bodies
    assert {body["dashboard_filters"] for body in bodies} == {"Customer=Acme"}


async def test_single_exports_are_checked_too(tmp_path: Path) -> None:
    """`export`, `read` and `start` refuse it as well."""
    export = DashboardExport("42", filters={"region": "West"})
    async with Emulator(renderer="fake", render_seconds=0, query_seconds=0) as emulator, client(emulator) as looker:
        outcome = await looker.export(export, tmp_path / "a.pdf")
        assert isinstance(outcome, Failed)
        assert isinstance(outcome.error, InvalidExport)
        with pytest.raises(InvalidExport):
            await looker.read(export)
        with pytest.raises(InvalidExport):
            await looker.start(export)
        assert emulator.statistics.created.total() == 0


async def test_a_dashboard_that_cannot_be_read_is_left_to_its_create(tmp_path: Path) -> None:
    """Where Looker shows the dashboard to nobody, or a gateway fails, nothing is known, and nothing is refused."""
    export = DashboardExport("42", filters={"Region": "West"})
    for fault in (Fault("not_found", operation="dashboard"), Fault("server_error", operation="dashboard")):
        scenario = Scenario((fault,))
        async with (
            Emulator(renderer="fake", render_seconds=0, query_seconds=0, scenario=scenario) as emulator,
            client(emulator) as looker,
        ):
            assert isinstance(await looker.export(export, tmp_path / f"{fault.kind}.pdf"), Exported)
