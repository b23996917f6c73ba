"""LookerApi: the operations on tasks, in both versions of the API, against the emulator."""

import json

import pytest

from looker_tasks.aio.http.api import LookerApi
from looker_tasks.aio.http.result import Result
from looker_tasks.errors import InvalidExport, NotFound, NotReady, RequestRefused
from looker_tasks.models import RenderTask
from looker_tasks.sansio.protocol.operations import ApiVersion
from tests.aio.api_rig import complete, finished, in_both, orders, rig
from tests.aio.scripted_looker import scripted_looker
from tests.aio.session_to import session_to

pytestmark = pytest.mark.virtual_time


@in_both
@pytest.mark.parametrize(
    ("result_format", "content_type"), [("pdf", "application/pdf"), ("png", "image/png"), ("jpg", "image/jpeg")]
)
async def test_a_dashboard_is_rendered(version: ApiVersion, result_format: str, content_type: str) -> None:
    """From its create to its document, with what Looker tells of it on the way."""
    async with rig(version) as given:
        created = await given.api.create_dashboard_render_task(
            given.emulator.examples.dashboard,
            result_format,
            width=800,
            height=600,
            dashboard_filters={"Region": "West & East", "Count": 5},
            dashboard_style="single_column",
        )
        assert created.status == "enqueued_for_query"
        assert created.dashboard_filters == "Region=West+%26+East&Count=5"
        assert (created.width, created.height, created.dashboard_style) == (800, 600, "single_column")
        with pytest.raises(NotReady) as raised:
            async with given.api.render_task_results(created.id):
                pass
        assert raised.value.retry_after == 1.0
        task = await finished(given.api, created)
        assert task.status == "success"
        assert task.render_runtime == pytest.approx(1.0)
        async with given.api.render_task_results(task.id) as result:
            body = await result.read()
        assert (result.content_type, result.content_length) == (content_type, len(body))


async def test_a_lookml_dashboard_is_rendered_in_4_0() -> None:
    """API 4.0 takes its id, colons and all, where it takes any other."""
    async with rig() as given:
        lookml_id = given.emulator.examples.lookml_dashboard
        assert "::" in lookml_id
        task = await given.api.create_dashboard_render_task(
            lookml_id,
            "pdf",
            width=800,
            height=600,
            pdf_paper_size="a4",
            pdf_landscape=True,
            long_tables=True,
            theme="Looker",
            tab_ids=["one"],
        )
        assert task.lookml_dashboard_id == lookml_id
        assert given.emulator.statistics.created == {"create_dashboard_render_task": 1}


async def test_a_lookml_dashboard_is_rendered_in_3_1() -> None:
    """API 3.1 has an operation of its own for it."""
    async with rig("3.1") as given:
        task = await given.api.create_lookml_dashboard_render_task(
            given.emulator.examples.lookml_dashboard, "pdf", width=800, height=600, pdf_paper_size="a4"
        )
        assert (await finished(given.api, task)).status == "success"
        assert given.emulator.statistics.created == {"create_lookml_dashboard_render_task": 1}


async def test_operations_of_the_other_version_are_refused_before_any_call() -> None:
    """Neither version is asked for what it does not have, and the error names what is wrong."""
    async with rig("4.0") as given:
        with pytest.raises(InvalidExport, match="has no create_lookml_dashboard_render_task"):
            await given.api.create_lookml_dashboard_render_task("m::d", "pdf", width=1, height=1)
        assert given.emulator.statistics.calls.total() == 0
    async with rig("3.1") as given:
        with pytest.raises(InvalidExport, match="has no create_dashboard_element_render_task"):
            await given.api.create_dashboard_element_render_task("1", "png", width=1, height=1)
        with pytest.raises(InvalidExport, match="dashboard_id: 'a' is not a number"):
            await given.api.create_dashboard_render_task("a", "pdf", width=1, height=1)
        with pytest.raises(InvalidExport, match="query_id: 'a' is not a number"):
            await given.api.create_query_task("a", "csv")
        with pytest.raises(InvalidExport, match="look_id: 'a' is not a number"):
            await given.api.create_query_task("1", "csv", look_id="a")
        assert given.emulator.statistics.calls.total() == 0


@in_both
@pytest.mark.parametrize("result_format", ["png", "jpg"])
async def test_looks_and_queries_are_rendered(version: ApiVersion, result_format: str) -> None:
    """Both become pictures, by operations of their own."""
    async with rig(version) as given:
        api, examples = given.api, given.emulator.examples
        look = await api.create_look_render_task(examples.look, result_format, width=300, height=200)
        query = await api.create_query_render_task(examples.query, result_format, width=300, height=200)
        assert (look.look_id, query.query_id) == (examples.look, examples.query)
        for task in (look, query):
            assert (await finished(api, task)).status == "success"


async def test_a_dashboard_element_is_rendered() -> None:
    """API 4.0 draws a single element."""
    async with rig() as given:
        element = given.emulator.examples.element
        task = await given.api.create_dashboard_element_render_task(element, "png", width=300, height=200)
        assert task.dashboard_element_id == element
        assert (await finished(given.api, task)).status == "success"


async def test_fields_narrow_what_is_told() -> None:
    """Less is sent, and what was not asked for is simply not known."""
    async with rig() as given:
        task = await given.api.create_look_render_task(
            given.emulator.examples.look, "png", width=300, height=200, fields="id,status"
        )
        assert task == RenderTask(task.id, "enqueued_for_query")
        assert await given.api.render_task(task.id, fields="id") == RenderTask(task.id)


@in_both
async def test_a_query_is_run_and_its_rows_stream(version: ApiVersion) -> None:
    """From its create to its rows; before they are there, that is told."""
    async with rig(version) as given:
        query = await given.api.create_query(orders(limit=10))
        created = await given.api.create_query_task(
            query.id, "json", limit=3, cache=False, apply_formatting=False, source="test"
        )
        assert created.query_id == query.id
        with pytest.raises(NotReady):
            async with given.api.query_task_results(created.id):
                pass
        task = await complete(given.api, created)
        assert task.status == "complete"
        async with given.api.query_task_results(task.id) as result:
            assert isinstance(result, Result)
            assert len(json.loads(await result.read())) == 3


@in_both
async def test_several_query_tasks_are_told_of_at_once(version: ApiVersion) -> None:
    """Status and rows of all, by their ids, in one call."""
    async with rig(version) as given:
        tasks = [await given.api.create_query_task(given.emulator.examples.query, "json", limit=1) for _ in range(3)]
        for task in tasks:
            await complete(given.api, task)
        told = await given.api.query_task_multi_results([task.id for task in tasks])
        assert [told[task.id]["status"] for task in tasks] == ["complete"] * 3


@in_both
async def test_a_query_that_runs_is_killed_and_one_that_ended_is_not(version: ApiVersion) -> None:
    """The server stops it; of one that has ended it knows no more."""
    async with rig(version) as given:
        task = await given.api.create_query_task(given.emulator.examples.query, "json")
        await given.api.kill_query(task.id)
        assert (await given.api.query_task(task.id)).status == "killed"
        with pytest.raises(NotFound):
            await given.api.kill_query(task.id)


async def test_a_wrong_wish_is_refused_with_the_servers_words() -> None:
    """What only Looker can judge is refused by Looker, field by field."""
    async with rig() as given:
        with pytest.raises(RequestRefused) as raised:
            await given.api.create_dashboard_render_task(
                given.emulator.examples.dashboard, "pdf", width=0, height=600, pdf_paper_size="a9"
            )
        assert raised.value.status == 422
        assert {complaint.partition(":")[0] for complaint in raised.value.errors} == {"width", "pdf_paper_size"}


async def test_every_parameter_of_a_query_task_is_sent_under_lookers_own_name() -> None:
    """What is given goes into the query string, booleans as JSON writes them; what is not stays out."""
    wishes = {
        "limit": -1,
        "apply_formatting": True,
        "apply_vis": False,
        "cache": True,
        "generate_drill_links": False,
        "force_production": True,
        "cache_only": False,
        "path_prefix": "/a b",
        "rebuild_pdts": True,
        "server_table_calcs": False,
        "image_width": 10,
        "image_height": 20,
        "fields": "id",
    }
    async with scripted_looker() as looker, session_to(looker.url, version="3.1") as session:
        api = LookerApi(session)
        for wish, value in wishes.items():
            await api.create_query_task("7", "csv", dashboard_id="5", look_id="6", deferred=True, **{wish: value})  # type: ignore[arg-type]  # each has the type of its parameter
        creates = [asked for operation, asked in looker.asked if operation == "create"]
    sent = [asked.target.partition("?")[2] for asked in creates]
    assert sent == [
        "limit=-1",
        "apply_formatting=true",
        "apply_vis=false",
        "cache=true",
        "generate_drill_links=false",
        "force_production=true",
        "cache_only=false",
        "path_prefix=/a+b",
        "rebuild_pdts=true",
        "server_table_calcs=false",
        "image_width=10",
        "image_height=20",
        "fields=id",
    ]
    body = {"query_id": 7, "result_format": "csv", "deferred": True, "look_id": 6, "dashboard_id": "5"}
    assert all(json.loads(asked.body) == body for asked in creates)
