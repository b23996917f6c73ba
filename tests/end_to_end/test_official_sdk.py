"""Looker's own Python SDK (API 4.0) against the emulator: it cannot tell the difference.

The SDK blocks, so that each story runs in a thread while the emulator serves from the test's event loop.
"""

import asyncio
import io
import json
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from itertools import product
from pathlib import Path
from typing import Any, TypeVar

import looker_sdk
import openpyxl
import pytest
from attrs import evolve
from looker_sdk import models40 as models
from looker_sdk.error import SDKError
from looker_sdk.sdk.api40.methods import Looker40SDK

from looker_tasks.emulator import Emulator, Settings
from tests.emulator.small_catalogue import QUERY, small_catalogue

T = TypeVar("T")
QUICK = Settings(renderer="fake", query_seconds=0.01, render_seconds=0.01, spread=0)
BODY = models.CreateDashboardRenderTask()
MAGIC = {"pdf": b"%PDF-", "png": b"\x89PNG", "jpg": b"\xff\xd8"}


@asynccontextmanager
async def started(settings: Settings = QUICK) -> AsyncIterator[Emulator]:
    """Run an emulator over the small catalogue."""
    async with Emulator(settings, catalogue=small_catalogue()) as emulator:
        yield emulator


async def told(emulator: Emulator, folder: Path, story: Callable[[Looker40SDK], T]) -> T:
    """Run *story* with an SDK that is configured by a looker.ini, in a thread, and log out."""
    ini = folder / "looker.ini"
    ini.write_text(
        f"[Looker]\nbase_url={emulator.url}\nclient_id={emulator.client_id}\nclient_secret={emulator.client_secret}\n"
        "verify_ssl=false\n"
    )

    def whole() -> T:
        sdk = looker_sdk.init40(str(ini))
        with sdk:
            return story(sdk)

    return await asyncio.to_thread(whole)


def rendered(sdk: Looker40SDK, task: models.RenderTask) -> bytes:
    """Poll a render to its end and fetch its file."""
    assert task.id
    while task.status not in {"success", "failure"}:
        time.sleep(0.01)
        task = sdk.render_task(task.id or "")
    assert task.status == "success", task.status_detail
    file = sdk.render_task_results(task.id or "")
    assert isinstance(file, bytes)
    return file


def answered(sdk: Looker40SDK, query_id: str, result_format: str) -> str | bytes:
    """Poll a query task to its end and fetch its rows."""
    body = models.WriteCreateQueryTask(query_id=query_id, result_format=models.ResultFormat(result_format))
    task = sdk.create_query_task(body)
    while task.status in {"added", "running"}:
        time.sleep(0.01)
        task = sdk.query_task(task.id or "", fields="id,status")
    assert task.status == "complete"
    return sdk.query_task_results(task.id or "")


async def test_every_kind_of_render_gives_its_file(tmp_path: Path) -> None:
    """Dashboards of both kinds, a look, a query and a dashboard element are created, polled and fetched."""

    def story(sdk: Looker40SDK) -> Sequence[tuple[str, bytes]]:
        body = models.CreateDashboardRenderTask(dashboard_filters="Order+Status=Complete", dashboard_style="tiled")
        pictures: tuple[Callable[[str], models.RenderTask], ...] = (
            lambda fmt: sdk.create_look_render_task("1", fmt, 640, 480),
            lambda fmt: sdk.create_query_render_task("1", fmt, 640, 480),
            lambda fmt: sdk.create_dashboard_element_render_task("11", fmt, 640, 480),
            lambda fmt: sdk.create_dashboard_element_render_task("thelook::shop::11", fmt, 640, 480),
        )
        dashboards: tuple[Callable[[str], models.RenderTask], ...] = (
            lambda fmt: sdk.create_dashboard_render_task("1", fmt, body, 545, 842),
            lambda fmt: sdk.create_dashboard_render_task("thelook::shop", fmt, body, 545, 842),
        )
        wanted = [*product(("pdf", "png", "jpg"), dashboards), *product(("png", "jpg"), pictures)]
        return [(fmt, rendered(sdk, create(fmt))) for fmt, create in wanted]

    async with started() as emulator:
        files = await told(emulator, tmp_path, story)
        assert len(files) == 14
        assert all(file.startswith(MAGIC[fmt]) for fmt, file in files)
        assert emulator.statistics.created == {
            "create_dashboard_render_task": 6,
            "create_look_render_task": 2,
            "create_query_render_task": 2,
            "create_dashboard_element_render_task": 4,
        }


async def test_a_render_task_tells_what_was_asked_for(tmp_path: Path) -> None:
    """The typed RenderTask carries the order, the lifecycle's dates and the runtimes."""

    def story(sdk: Looker40SDK) -> tuple[models.RenderTask, models.RenderTask]:
        body = models.CreateDashboardRenderTask(dashboard_filters="Order+Status=Complete", tab_ids=["t1"])
        first = sdk.create_dashboard_render_task(
            "thelook::shop", "pdf", body, 545, 842, pdf_paper_size="a4", pdf_landscape=True, long_tables=True
        )
        rendered(sdk, first)
        return first, sdk.render_task(first.id or "")

    async with started() as emulator:
        first, last = await told(emulator, tmp_path, story)
    assert (first.status, first.finalized_at, first.runtime) == ("enqueued_for_query", None, None)
    assert (last.lookml_dashboard_id, last.dashboard_id) == ("thelook::shop", None)
    assert (last.width, last.height, last.result_format) == (545, 842, "pdf")
    assert (last.dashboard_filters, last.user_id) == ("Order+Status=Complete", "1")
    assert last.runtime == pytest.approx((last.query_runtime or 0) + (last.render_runtime or 0))
    assert (last.created_at or "") < (last.finalized_at or "")


async def test_every_result_format_of_a_query_task(tmp_path: Path) -> None:
    """A new query is created, and run in each format that the SDK's enumeration names."""

    def story(sdk: Looker40SDK) -> dict[str, str | bytes]:
        query = sdk.create_query(
            models.WriteQuery(model="thelook", view="orders", fields=QUERY["fields"], sorts=QUERY["sorts"], limit="3")
        )
        formats = [each.value for each in models.ResultFormat if each.value != "invalid_api_enum_value"]
        return {fmt: answered(sdk, query.id or "", fmt) for fmt in formats}

    async with started() as emulator:
        results = await told(emulator, tmp_path, story)
    assert len(results) == 13
    rows = json.loads(results["json"])
    assert len(rows) == 3
    assert json.loads(results["inline_json"]) == rows
    for cells in (json.loads(results["json_detail"])["data"], json.loads(results["json_bi"])["rows"]):
        assert [{name: cell["value"] for name, cell in row.items()} for row in cells] == rows
    assert str(results["csv"]).splitlines()[1] == f"{rows[0]['orders.status']},{rows[0]['orders.count']}"
    assert "SELECT" in str(results["sql"])
    sheet = openpyxl.load_workbook(io.BytesIO(bytes(results["xlsx"]))).active  # type: ignore[arg-type]  # xlsx is bytes
    assert sheet is not None
    assert sheet.max_row == 4


async def test_many_query_tasks_are_asked_about_at_once(tmp_path: Path) -> None:
    """multi_results takes the SDK's DelimSequence, and tells rows, errors and strangers."""

    def story(sdk: Looker40SDK) -> dict[str, Any]:
        wrong = sdk.create_query(models.WriteQuery(model="thelook", view="orders", fields=["orders.nothing"]))
        formats = (("1", "json"), (wrong.id or "", "json_detail"), (wrong.id or "", "json_bi"), (wrong.id or "", "csv"))
        ids = [
            sdk.create_query_task(
                models.WriteCreateQueryTask(query_id=query, result_format=models.ResultFormat(fmt))
            ).id
            for query, fmt in formats
        ]
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            answer = sdk.query_task_multi_results(models.DelimSequence([*(each or "" for each in ids), "nobody"]))
            if all(each["status"] not in {"added", "running"} for each in answer.values()):
                break
            time.sleep(0.05)
        return dict(zip(("good", "detail", "bi", "csv", "stranger"), answer.values(), strict=True))

    async with started() as emulator:
        answer = await told(emulator, tmp_path, story)
    assert answer["good"]["status"] == "complete"
    assert isinstance(answer["good"]["data"], list)
    assert {answer[each]["status"] for each in ("detail", "bi", "csv")} == {"error"}
    assert answer["detail"]["data"]["errors"][0]["fatal"]
    assert "looker_error" in answer["bi"]["data"]["rows"][0]
    assert answer["csv"]["data"]["error"]
    assert answer["stranger"] == {"status": "missing"}


async def test_a_failed_query_is_200_in_json_detail_and_400_elsewhere(tmp_path: Path) -> None:
    """A query with an unknown field tells its error in the body of json_detail, and as an error in csv."""

    def story(sdk: Looker40SDK) -> tuple[str, SDKError]:
        wrong = sdk.create_query(models.WriteQuery(model="thelook", view="orders", fields=["orders.nothing"]))

        def ended(fmt: str) -> str:
            body = models.WriteCreateQueryTask(query_id=wrong.id or "", result_format=models.ResultFormat(fmt))
            task = sdk.create_query_task(body)
            while task.status in {"added", "running"}:
                time.sleep(0.01)
                task = sdk.query_task(task.id or "")
            assert task.status == "error"
            return task.id or ""

        detail = sdk.query_task_results(ended("json_detail"))
        with pytest.raises(SDKError) as refused:
            sdk.query_task_results(ended("csv"))
        return detail, refused.value

    async with started() as emulator:
        detail, refused = await told(emulator, tmp_path, story)
    assert json.loads(detail)["errors"][0]["message"]
    assert "orders.nothing" in refused.message + detail


async def test_queries_that_wait_are_listed_and_killed_once(tmp_path: Path) -> None:
    """running_queries tells what runs, kill_query ends it, and killing what has ended is "Not found"."""

    def story(sdk: Looker40SDK) -> tuple[int, str | None, int, str]:
        body = models.WriteCreateQueryTask(query_id="1", result_format=models.ResultFormat.json)
        task = sdk.create_query_task(body)
        before = sdk.all_running_queries()
        assert before[0].query_task_id == task.id
        sdk.kill_query(task.id or "")
        with pytest.raises(SDKError) as refused:
            sdk.kill_query(task.id or "")
        return len(before), sdk.query_task(task.id or "").status, len(sdk.all_running_queries()), refused.value.message

    async with started(evolve(QUICK, query_seconds=60.0)) as emulator:
        assert await told(emulator, tmp_path, story) == (1, "killed", 0, "Not found")


async def test_content_is_read_as_typed_models(tmp_path: Path) -> None:
    """Looks, dashboards, folders, queries, the user and the versions deserialise, cut by `fields`."""

    def story(sdk: Looker40SDK) -> None:
        dashboard = sdk.dashboard("thelook::shop")
        assert [each.title for each in dashboard.dashboard_elements or ()] == ["By status", "As a table", "A note"]
        assert [each.title for each in dashboard.dashboard_filters or ()] == ["Order Status"]
        assert [each.label for each in dashboard.dashboard_layouts or ()] == ["First", "Second"]
        look = sdk.look("1")
        assert look.query is not None
        assert (look.title, look.query.view, look.folder_id) == ("Orders by status", "orders", "5")
        slim = sdk.look("1", fields="id,query(id)")
        assert (slim.id, slim.title, slim.query and slim.query.id) == ("1", None, "1")
        assert [each.id for each in sdk.folder_dashboards("5")] == ["1", "thelook::shop"]
        assert [each.id for each in sdk.folder_looks("5", fields="id")] == ["1"]
        assert [each.id for each in sdk.search_dashboards(title="the%")] == ["thelook::shop"]
        assert sdk.query_for_slug(sdk.query("1").slug or "").id == "1"
        assert sdk.me().id == "1"
        assert sdk.versions().looker_release_version

    async with started() as emulator:
        await told(emulator, tmp_path, story)


@pytest.mark.parametrize(
    ("call", "message", "fields"),
    [
        (lambda sdk: sdk.create_dashboard_render_task("99", "pdf", BODY, 8, 8), "Not found", []),
        (lambda sdk: sdk.create_look_render_task("x::y", "png", 8, 8), "Not found", []),
        (lambda sdk: sdk.create_dashboard_element_render_task("99", "png", 8, 8), "Not found", []),
        (lambda sdk: sdk.render_task("nobody"), "Not found", []),
        (lambda sdk: sdk.render_task_results("nobody"), "Not found", []),
        (lambda sdk: sdk.query_task_results("nobody"), "Not found", []),
        (lambda sdk: sdk.look("99"), "Not found", []),
        (lambda sdk: sdk.post("/login/99", models.AccessToken), "Not found", []),
        (lambda sdk: sdk.create_look_render_task("1", "pdf", 8, 8), "Validation Failed", ["result_format"]),
        (lambda sdk: sdk.create_dashboard_render_task("1", "gif", BODY, 8, 8), "Validation Failed", ["result_format"]),
        (lambda sdk: sdk.create_dashboard_render_task("1", "pdf", BODY, 0, 8), "Validation Failed", ["width"]),
        (lambda sdk: sdk.create_look_render_task("1", "png", 8, -1), "Validation Failed", ["height"]),
        (
            lambda sdk: sdk.post("/render_tasks/looks/1/png", models.RenderTask),
            "Validation Failed",
            ["width", "height"],
        ),
        (
            lambda sdk: sdk.create_dashboard_render_task("1", "pdf", BODY, 8, 8, pdf_paper_size="fit"),
            "Validation Failed",
            ["pdf_paper_size"],
        ),
        (
            lambda sdk: sdk.create_dashboard_render_task(
                "1", "pdf", models.CreateDashboardRenderTask(dashboard_filters="Discount=5%&x=1"), 8, 8
            ),
            "Validation Failed",
            ["dashboard_filters"],
        ),
        (lambda sdk: sdk.create_query(models.WriteQuery(model="", view="orders")), "Validation Failed", ["model"]),
    ],
)
async def test_what_is_wrong_is_told_as_looker_tells_it(
    tmp_path: Path, call: Callable[[Looker40SDK], object], message: str, fields: list[str]
) -> None:
    """Wrong ids, formats, sizes and filters arrive as SDKError with Looker's message and the fields at fault."""

    def story(sdk: Looker40SDK) -> SDKError:
        with pytest.raises(SDKError) as refused:
            call(sdk)
        return refused.value

    async with started() as emulator:
        error = await told(emulator, tmp_path, story)
    assert (error.message, [each.field for each in error.errors]) == (message, fields)
    assert "/r/err/4.0/" in error.documentation_url


async def test_a_dead_token_is_401(tmp_path: Path) -> None:
    """A token that the server has forgotten is refused in Looker's words."""
    async with started() as emulator:

        def story(sdk: Looker40SDK) -> str:
            sdk.me()
            emulator.revoke_tokens()
            with pytest.raises(SDKError) as refused:
                sdk.me()
            sdk.auth.token.access_token = ""  # the SDK logs out on leaving only where it believes to be logged in
            return refused.value.message

        assert await told(emulator, tmp_path, story) == "Requires authentication."


async def test_leaving_the_block_logs_out(tmp_path: Path) -> None:
    """`with sdk:` ends with DELETE /api/logout, after which the token is dead."""

    def story(sdk: Looker40SDK) -> None:
        sdk.me()

    async with started() as emulator:
        await told(emulator, tmp_path, story)
        assert emulator.statistics.calls == {"login": 1, "me": 1, "logout": 1}
        assert emulator.statistics.statuses == {200: 2, 204: 1}


async def test_one_may_act_as_another_user(tmp_path: Path) -> None:
    """`login_user` gives a token that speaks as that user."""

    def story(sdk: Looker40SDK) -> tuple[str | None, str | None]:
        sdk.auth.login_user(2)
        other = sdk.me().id
        sdk.auth.logout()
        return other, sdk.me().id

    async with started() as emulator:
        assert await told(emulator, tmp_path, story) == ("2", "1")


async def test_wrong_credentials_are_not_found(tmp_path: Path) -> None:
    """Looker answers 404 to a wrong secret."""
    async with started() as emulator:
        wrong = Emulator(catalogue=emulator.catalogue, port=int(emulator.url.rpartition(":")[2]), client_secret="wrong")

        def story(sdk: Looker40SDK) -> str:
            with pytest.raises(SDKError) as refused:
                sdk.me()
            return refused.value.message

        assert '"message":"Not found"' in await told(wrong, tmp_path, story)  # the SDK does not read a login's error
