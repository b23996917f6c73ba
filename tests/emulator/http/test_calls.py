"""What a bare HTTP client sees that the official SDK hides: headers, old versions, other ways to log in."""

import asyncio
from typing import Any, Literal

import aiohttp
import pytest
from attrs import evolve

from looker_tasks.emulator import Settings
from tests.emulator.raw import RENDER, STEADY, raw

pytestmark = pytest.mark.virtual_time
CREDENTIALS = {"client_id": "emulator-client-id", "client_secret": "emulator-client-secret"}


@pytest.mark.parametrize("sent", [{"data": CREDENTIALS}, {"params": CREDENTIALS}, {"json": CREDENTIALS}])
async def test_credentials_come_as_form_query_or_json(sent: dict[str, Any]) -> None:
    """Each way gives a token for an hour."""
    async with raw() as client:
        status, body = await client.call("POST", "login", **sent)
        assert (status, body["token_type"], body["expires_in"]) == (200, "Bearer", 3600)


@pytest.mark.parametrize("sent", [{"data": CREDENTIALS | {"client_secret": "x"}}, {"json": {}}, {}])
async def test_wrong_credentials_are_404(sent: dict[str, Any]) -> None:
    """Looker does not say that the secret is wrong."""
    async with raw() as client:
        status, body = await client.call("POST", "login", **sent)
        assert (status, body["message"]) == (404, "Not found")


async def test_both_words_of_the_authorization_header_work() -> None:
    """`Bearer` and `token` are the same to the server, none of them is 401."""
    async with raw() as client:
        token = await client.log_in()
        for header, status in ((f"Bearer {token}", 200), (f"token {token}", 200), ("", 401), ("Bearer x", 401)):
            answer = await client.call("GET", "user", headers={"Authorization": header})
            assert answer[0] == status
            if status == 401:
                assert answer[1]["message"] == "Requires authentication."


async def test_a_token_ends_after_its_hour() -> None:
    """What is asked with it is 401 from then on, and its tasks go on."""
    async with raw() as client:
        task_id = await client.render()
        await client.until(3599)
        assert (await client.call("GET", f"render_tasks/{task_id}"))[0] == 200
        await client.until(3601)
        assert (await client.call("GET", f"render_tasks/{task_id}"))[0] == 401
        await client.log_in()
        assert (await client.get(f"render_tasks/{task_id}"))["status"] == "success"


async def test_unfinished_results_are_202_with_retry_after_and_no_body() -> None:
    """A client that asks too early learns when to come again."""
    async with raw(evolve(STEADY, retry_after=7.0)) as client:
        task_id = await client.render()
        async with client.session.get(f"/api/4.0/render_tasks/{task_id}/results") as response:
            assert (response.status, response.headers["Retry-After"], await response.read()) == (202, "7", b"")


async def test_retry_after_may_be_left_out() -> None:
    """`retry_after=None` sends no such header."""
    async with raw(evolve(STEADY, retry_after=None)) as client:
        task_id = await client.render()
        async with client.session.get(f"/api/4.0/render_tasks/{task_id}/results") as response:
            assert response.status == 202
            assert "Retry-After" not in response.headers


@pytest.mark.parametrize(
    ("version", "setting", "status"), [("4.0", None, 202), ("3.1", None, 204), ("4.0", 204, 204), ("3.1", 202, 202)]
)
async def test_unfinished_query_results_are_told_as_the_release_does(
    version: str, setting: Literal[202, 204] | None, status: int
) -> None:
    """202 in API 4.0 and 204 in 3.1, or what the settings say."""
    async with raw(evolve(STEADY, unfinished_status=setting), version=version) as client:
        assert await client.call("GET", f"query_tasks/{await client.query()}/results") == (status, b"")


async def test_results_are_404_once_their_time_is_over() -> None:
    """300 s after the end the task still answers, and its file and its rows are gone."""
    async with raw() as client:
        render_id, query_id = await client.render(), await client.query()
        await asyncio.sleep(400)
        assert (await client.get(f"render_tasks/{render_id}"))["status"] == "success"
        assert (await client.call("GET", f"render_tasks/{render_id}/results"))[0] == 404
        assert (await client.get(f"query_tasks/{query_id}"))["status"] == "complete"
        assert (await client.call("GET", f"query_tasks/{query_id}/results"))[0] == 404
        entry = (await client.get(f"query_tasks/multi_results?query_task_ids={query_id}"))[query_id]
        assert entry == {"status": "expired"}


async def test_a_killed_query_tells_so() -> None:
    """Its results are an error: 200 with `errors` in json_detail, 400 in csv."""
    async with raw() as client:
        ids = [await client.query(each) for each in ("json_detail", "csv")]
        for each in ids:
            assert (await client.call("DELETE", f"running_queries/{each}"))[0] == 204
        assert (await client.get(f"query_tasks/{ids[0]}/results"))["errors"][0]["message"] == "Query killed."
        status, body = await client.call("GET", f"query_tasks/{ids[1]}/results")
        assert (status, body["message"]) == (400, "Query killed.")
        answers = await client.get(f"query_tasks/multi_results?query_task_ids={','.join(ids)}")
        assert [each["status"] for each in answers.values()] == ["killed", "killed"]


async def test_version_3_1_has_integer_ids_and_its_own_operations() -> None:
    """Ids of queries, looks and dashboards are integers; what came or went with 4.0 is 404."""
    async with raw(version="3.1") as client:
        look = await client.get("looks/1")
        assert (look["id"], look["query_id"], look["query"]["id"], look["space_id"]) == (1, 1, 1, "5")
        task = await client.post(RENDER, {})
        assert (task["dashboard_id"], task["user_id"]) == (1, 1)
        task = await client.post("render_tasks/lookml_dashboards/thelook::shop/pdf?width=8&height=8", {})
        assert (task["dashboard_id"], task["lookml_dashboard_id"]) == (None, "thelook::shop")
        for path in ("dashboards/thelook::shop/pdf", "lookml_dashboards/1/pdf", "dashboard_elements/11/png"):
            assert (await client.call("POST", f"render_tasks/{path}?width=8&height=8", json={}))[0] == 404
        assert "refresh_token" not in (await client.call("POST", "login", data=CREDENTIALS))[1]
    async with raw() as client:
        path = "render_tasks/lookml_dashboards/thelook::shop/pdf?width=8&height=8"
        assert (await client.call("POST", path, json={}))[0] == 404


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("render_tasks/dashboards/1/pdf", {"width": 8, "height": 8}, "width"),
        (f"{RENDER}&dashboard_filters=x", {}, "dashboard_filters"),
        ("render_tasks/looks/1/png?width=8&height=8", {"width": 8}, "width"),
        ("query_tasks", {"query_id": "1", "result_format": "json", "limit": 5}, "limit"),
        ("query_tasks?query_id=1", {"result_format": "json"}, "query_id"),
    ],
)
async def test_a_parameter_in_the_wrong_place_is_refused(path: str, body: object, field: str) -> None:
    """Sizes belong in the query string, filters in the body."""
    async with raw() as client:
        status, answer = await client.call("POST", path, json=body)
        assert (status, answer["message"]) == (422, "Validation Failed")
        assert field in [each["field"] for each in answer["errors"]]


async def test_a_look_needs_no_body_though_the_type_is_json() -> None:
    """The official SDK sends `Content-Type: application/json` and nothing."""
    async with raw() as client:
        headers = {"Content-Type": "application/json"}
        assert (await client.call("POST", "render_tasks/looks/1/png?width=8&height=8", headers=headers))[0] == 200
        assert (await client.call("POST", RENDER, headers=headers))[0] == 400


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "nothing", 404), ("PUT", "queries", 405)])
async def test_unknown_addresses_and_methods_are_refused_in_json(method: str, path: str, status: int) -> None:
    """An address that is none is 404, a method that is none 405 with the ones that are."""
    async with raw() as client, client.session.request(method, f"/api/4.0/{path}") as response:
        assert response.status == status
        assert (await response.json())["message"]
        assert response.headers.get("Allow") == ("POST" if status == 405 else None)


async def test_the_server_lives_and_counts() -> None:
    """/alive needs no token; /emulator/statistics tells what happened."""
    async with raw() as client:
        await client.render()
        await asyncio.sleep(10)
        async with client.session.get("/alive", headers={"Authorization": ""}) as response:
            assert (response.status, await response.read()) == (200, b"")
        async with client.session.get("/emulator/statistics") as response:
            told = await response.json()
        assert told["created"] == {"create_dashboard_render_task": 1}
        assert told["calls"]["login"] == 1
        assert told["ended"] == {"success": 1}
        assert (told["in_flight"], told["peak_in_flight"]) == (0, 1)
        assert told["peak_running"]["rendering"] == 1


async def test_a_deferred_query_is_created_and_not_run() -> None:
    """`deferred` leaves the task as `added`."""
    async with raw() as client:
        task = await client.post("query_tasks", {"query_id": "1", "result_format": "json", "deferred": True})
        await asyncio.sleep(100)
        assert (await client.get(f"query_tasks/{task['id']}"))["status"] == "added"


async def test_a_large_result_arrives_whole() -> None:
    """A body of several chunks comes with its length."""
    async with raw() as client:
        query = await client.post(
            "queries",
            {"model": "thelook", "view": "orders", "fields": ["orders.id", "orders.status"], "limit": "-1"},
        )
        task_id = await client.query("json_detail", query["id"])
        await asyncio.sleep(10)
        async with client.session.get(f"/api/4.0/query_tasks/{task_id}/results") as response:
            body = await response.read()
            assert len(body) == int(response.headers["Content-Length"]) > 512 * 1024


async def test_another_users_token_has_its_own_query_slots() -> None:
    """With one slot each, the API user's query and another user's run at once."""
    async with raw(Settings(renderer="fake", spread=0, query_seconds=5, query_slots=1)) as client:
        first, second = await client.query(), await client.query()
        token = (await client.post("login/2"))["access_token"]
        client.session.headers["Authorization"] = f"Bearer {token}"
        third = await client.query()
        await asyncio.sleep(1)
        statuses = [(await client.get(f"query_tasks/{each}"))["status"] for each in (first, second, third)]
        assert statuses == ["running", "added", "running"]


async def test_a_client_that_leaves_in_the_middle_harms_nobody() -> None:
    """A connection closed while a large result streams leaves a server that answers."""
    async with raw() as client:
        query = {"model": "thelook", "view": "orders", "fields": ["orders.id", "orders.status"], "limit": "-1"}
        task_id = await client.query("json_detail", (await client.post("queries", query))["id"])
        await asyncio.sleep(10)
        async with aiohttp.ClientSession(client.emulator.url, headers=dict(client.session.headers)) as other:
            response = await other.get(f"/api/4.0/query_tasks/{task_id}/results")
            await response.content.readexactly(1000)
            response.close()
        assert len(await client.get("running_queries")) == 0


async def test_dashboards_are_searched_in_pages() -> None:
    """By limit and offset, or by page and per_page as API 3.1 does; by title, id, slug and folder."""
    async with raw() as client:
        for query, found in (
            ("", ["1", "thelook::shop"]),
            ("limit=1", ["1"]),
            ("limit=1&offset=1", ["thelook::shop"]),
            ("page=2&per_page=1", ["thelook::shop"]),
            ("title=orders", ["1"]),
            ("id=thelook::shop", ["thelook::shop"]),
            ("slug=slug6", ["1"]),
            ("folder_id=99", []),
        ):
            answer = await client.get(f"dashboards/search?fields=id&{query}")
            assert [each["id"] for each in answer] == found, query
        assert (await client.get("folders/5?fields=name")) == {"name": "Shared"}


async def test_odc_is_of_api_4_0() -> None:
    """The format is refused in 3.1, and runs in 4.0."""
    body = {"query_id": 1, "result_format": "odc"}
    async with raw(version="3.1") as client:
        status, answer = await client.call("POST", "query_tasks", json=body)
        assert (status, [each["field"] for each in answer["errors"]]) == (422, ["result_format"])
    async with raw() as client:
        assert (await client.call("POST", "query_tasks", json=body))[0] == 200


async def test_a_mistake_of_the_emulator_is_a_500_in_json_and_in_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What nobody expected is told as Looker tells it, and the log has the traceback."""
    async with raw() as client:
        monkeypatch.setattr(client.emulator.catalogue, "look", None)
        status, body = await client.call("GET", "looks/1")
        assert (status, body["message"]) == (500, "An error has occurred.")
        assert "look broke" in caplog.text
        assert "TypeError" in caplog.text
