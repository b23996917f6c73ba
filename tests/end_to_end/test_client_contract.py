"""Our client under Looker's published contract: every operation of the API, and whole exports, in both versions."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from looker_tasks import (
    DashboardExport,
    ElementExport,
    Export,
    Exported,
    LookerTasks,
    LookExport,
    NotFound,
    NotReady,
    QueryExport,
)
from looker_tasks.aio.http.api import LookerApi
from looker_tasks.emulator import Emulator
from looker_tasks.sansio.protocol.operations import ApiVersion
from tests.contract import needs_specifications
from tests.contract_proxy import Judge, judged
from tests.emulator.raw import STEADY
from tests.emulator.small_catalogue import QUERY, small_catalogue

pytestmark = [needs_specifications, pytest.mark.virtual_time]


@asynccontextmanager
async def client(version: ApiVersion) -> AsyncIterator[tuple[LookerTasks, Judge]]:
    """Run our client of *version* before a judge before an emulator."""
    async with (
        Emulator(STEADY, catalogue=small_catalogue()) as emulator,
        judged(emulator.url) as judge,
        LookerTasks(judge.url, emulator.client_id, emulator.client_secret, api_version=version) as looker,
    ):
        yield looker, judge


async def every_render(api: LookerApi) -> None:
    """Create every kind of render with all that it takes; fetch one too early and in time."""
    filters = {"Order Status": "Complete, Returned", "Discount": "5%"}
    if api.version == "4.0":
        first = await api.create_dashboard_render_task(
            "1",
            "pdf",
            width=800,
            height=600,
            dashboard_filters=filters,
            dashboard_style="tiled",
            tab_ids=["t1"],
            pdf_paper_size="a4",
            pdf_landscape=True,
            long_tables=True,
            theme="Looker",
        )
        await api.create_dashboard_render_task("thelook::shop", "png", width=8, height=8)
        await api.create_dashboard_element_render_task("thelook::shop::11", "png", width=8, height=8)
    else:
        first = await api.create_dashboard_render_task("1", "pdf", width=800, height=600, dashboard_filters=filters)
        await api.create_lookml_dashboard_render_task("thelook::shop", "png", width=8, height=8, pdf_paper_size="a4")
    await api.create_look_render_task("1", "png", width=8, height=8, fields="id,status")
    await api.create_query_render_task("1", "jpg", width=8, height=8)
    with pytest.raises(NotReady):
        async with api.render_task_results(first.id):
            pass
    await asyncio.sleep(60)
    assert (await api.render_task(first.id, fields="id,status,status_detail")).status == "success"
    async with api.render_task_results(first.id) as result:
        assert (await result.read()).startswith(b"%PDF-")
    with pytest.raises(NotFound):
        await api.render_task("nobody")


async def every_query(api: LookerApi) -> None:
    """Create a query, run it with every parameter, ask in each way, kill one."""
    query = await api.create_query(QUERY)
    task = await api.create_query_task(
        query.id, "csv", limit=5, apply_formatting=True, cache=False, source="nightly", look_id="1", dashboard_id="1"
    )
    with pytest.raises(NotReady):
        async with api.query_task_results(task.id):
            pass
    await asyncio.sleep(10)
    assert (await api.query_task(task.id)).status == "complete"
    assert task.id in await api.query_task_multi_results([task.id, "nobody"])
    async with api.query_task_results(task.id) as result:
        assert (await result.read()).startswith(b"Orders Status")
    killed = await api.create_query_task(query.id, "json")
    await api.kill_query(killed.id)
    with pytest.raises(NotFound):
        await api.kill_query(killed.id)


async def every_read(api: LookerApi) -> None:
    """Read all content, act as somebody else, and leave."""
    assert (await api.query("1")).id == "1"
    assert (await api.look("1")).id == "1"
    assert (await api.dashboard("thelook::shop", fields="id,title")).id == "thelook::shop"
    assert len(await api.search_dashboards(title="%o%", folder_id="5")) == 2
    assert len(await api.folder_dashboards("5")) == 2
    assert len(await api.folder_looks("5", fields="id")) == 1
    await api.login_user("2")
    await api.logout()


@pytest.mark.parametrize("version", ["4.0", "3.1"])
async def test_every_operation_keeps_the_contract(version: ApiVersion) -> None:
    """What our client sends in each operation is what Looker's document asks for."""
    async with client(version) as (looker, judge):
        await looker.api.login()
        await every_render(looker.api)
        await every_query(looker.api)
        await every_read(looker.api)
    assert judge.breaches() == []
    assert len(judge.exchanges) > 20


@pytest.mark.parametrize("version", ["4.0", "3.1"])
async def test_exports_keep_the_contract(version: ApiVersion, tmp_path: Path) -> None:
    """A batch of every kind, from its login to its logout."""
    exports: list[Export] = [
        DashboardExport("1", "pdf", filters={"Order Status": "Complete"}, paper_size="a4", landscape=True),
        DashboardExport("thelook::shop", "png"),
        LookExport("1", "jpg"),
        LookExport("1", "csv"),
        *(QueryExport("1", each) for each in ("json", "json_detail", "json_bi", "xlsx", "md", "html", "txt", "sql")),
    ]
    if version == "4.0":
        exports.append(ElementExport("11", "png"))
    async with client(version) as (looker, judge), looker.export_all(exports, tmp_path) as outcomes:
        ended = [outcome async for outcome in outcomes]
    assert [outcome for outcome in ended if not isinstance(outcome, Exported)] == []
    assert len(ended) == len(exports)
    assert judge.breaches() == []
