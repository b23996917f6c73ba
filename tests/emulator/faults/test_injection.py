"""Each kind of fault, seen by a bare HTTP client."""

import asyncio
import json
import socket
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import aiohttp
import pytest
from attrs import evolve

from looker_tasks.emulator import Fault, Scenario
from looker_tasks.emulator.faults.effects import RENDER_FAILURES, WARNING
from tests.emulator.raw import RENDER, STEADY, Raw, raw

pytestmark = pytest.mark.virtual_time


def playing(*faults: Fault) -> Scenario:
    """Make a scenario of *faults*."""
    return Scenario(faults)


async def finished_render(client: Raw) -> str:
    """Create a render and wait until it has ended."""
    task_id = await client.render()
    await asyncio.sleep(10)
    return task_id


@pytest.mark.parametrize(("retry_after", "header"), [(None, None), (2.0, "2"), (0.5, "0.5")])
async def test_throttled_is_429_with_and_without_retry_after(retry_after: float | None, header: str | None) -> None:
    """`throttled` answers 429, and tells when to come again if it is told to; the call is not carried out."""
    fault = Fault("throttled", operation="create_*", nth=1, retry_after=retry_after)
    async with raw(scenario=playing(fault)) as client:
        async with client.session.post(f"/api/4.0/{RENDER}", json={}) as response:
            assert (response.status, response.headers.get("Retry-After")) == (429, header)
        await client.render()
        assert client.emulator.statistics.created.total() == 1
        assert client.emulator.statistics.faults == {"throttled": 1}


async def test_retry_after_may_be_a_date() -> None:
    """With `as_date` the header is an HTTP-date, so many seconds after the answer's own."""
    fault = Fault("throttled", operation="create_*", retry_after=90.0, as_date=True)
    async with raw(scenario=playing(fault)) as client, client.session.post(f"/api/4.0/{RENDER}", json={}) as response:
        told = parsedate_to_datetime(response.headers["Retry-After"])
        now = parsedate_to_datetime(response.headers["Date"])
        assert 88 <= (told - now).total_seconds() <= 92


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_server_error_is_a_page_in_html(status: int) -> None:
    """`server_error` answers with a load balancer's page instead of Looker's JSON."""
    fault = Fault("server_error", operation="create_*", nth=1, status=status, retry_after=3)
    async with raw(scenario=playing(fault)) as client, client.session.post(f"/api/4.0/{RENDER}", json={}) as response:
        assert (response.status, response.content_type) == (status, "text/html")
        assert response.headers["Retry-After"] == "3"
        assert (await response.text()).startswith("<html>")


async def test_not_found_is_lookers_404_and_passes() -> None:
    """`not_found` makes the first question after a create 404, and the second is answered."""
    async with raw(scenario=playing(Fault("not_found", operation="render_task", nth=1))) as client:
        task_id = await client.render()
        status, body = await client.call("GET", f"render_tasks/{task_id}")
        assert (status, body["message"]) == (404, "Not found")
        assert (await client.get(f"render_tasks/{task_id}"))["id"] == task_id


async def test_unauthenticated_ends_the_token() -> None:
    """`unauthenticated` answers 401 once; the token stays dead, and a new login helps."""
    async with raw(scenario=playing(Fault("unauthenticated", operation="render_task", nth=1))) as client:
        task_id = await client.render()
        for _ in range(2):
            assert (await client.call("GET", f"render_tasks/{task_id}"))[0] == 401
        await client.log_in()
        assert (await client.get(f"render_tasks/{task_id}"))["id"] == task_id


async def test_short_token_ends_before_what_it_says() -> None:
    """`short_token` gives a token that says 3600 s and lives 10."""
    async with raw(scenario=playing(Fault("short_token", nth=1, seconds=10.0))) as client:
        await client.until(9)
        assert (await client.call("GET", "user"))[0] == 200
        await client.until(11)
        assert (await client.call("GET", "user"))[0] == 401
        await client.log_in()
        await client.until(3000)
        assert (await client.call("GET", "user"))[0] == 200


async def test_reset_comes_before_the_call_and_lost_answer_after_it() -> None:
    """Both end the connection without an answer; the task exists after `lost_answer` alone."""
    faults = (Fault("reset", operation="create_*", nth=1), Fault("lost_answer", operation="create_*", nth=1))
    async with raw(scenario=playing(*faults)) as client:
        for created in (0, 1):
            with pytest.raises(aiohttp.ClientConnectionError):
                await client.render()
            assert client.emulator.statistics.created.total() == created
        await client.render()
        assert client.emulator.statistics.created.total() == 2
        assert client.emulator.statistics.faults == {"reset": 1, "lost_answer": 1}


async def test_a_reset_is_a_reset_on_the_wire() -> None:
    """The socket ends with ECONNRESET, not with an orderly end."""
    async with raw(scenario=playing(Fault("reset", operation="versions"))) as client:
        host, port = client.emulator.url.removeprefix("http://").split(":")
        loop = asyncio.get_running_loop()
        with socket.socket() as connection:
            connection.setblocking(False)
            await loop.sock_connect(connection, (host, int(port)))
            await loop.sock_sendall(connection, b"GET /versions HTTP/1.1\r\nHost: x\r\n\r\n")
            with pytest.raises(ConnectionResetError):
                await loop.sock_recv(connection, 1)


async def test_a_lost_answer_may_be_a_gateway_page() -> None:
    """`lost_answer` with a status answers with that page though the task was created."""
    fault = Fault("lost_answer", operation="create_*", status=504)
    async with raw(scenario=playing(fault)) as client:
        status, body = await client.call("POST", RENDER, json={})
        assert (status, body[:6]) == (504, b"<html>")
        assert client.emulator.statistics.created.total() == 1


async def test_truncated_ends_in_the_middle_of_the_body() -> None:
    """`truncated` tells the whole length, sends half, and closes the connection."""
    async with raw(scenario=playing(Fault("truncated", operation="render_task_results", nth=1))) as client:
        task_id = await finished_render(client)
        async with client.session.get(f"/api/4.0/render_tasks/{task_id}/results") as response:
            length = int(response.headers["Content-Length"])
            with pytest.raises(aiohttp.ClientPayloadError):
                await response.read()
        assert len(await client.get(f"render_tasks/{task_id}/results")) == length


async def test_reset_in_body_comes_after_so_many_bytes() -> None:
    """`reset_in_body` sends as many bytes as it is told, and then resets."""
    fault = Fault("reset_in_body", operation="render_task_results", size=10)
    async with raw(scenario=playing(fault)) as client:
        task_id = await finished_render(client)
        async with client.session.get(f"/api/4.0/render_tasks/{task_id}/results") as response:
            assert await response.content.readexactly(10)
            with pytest.raises((aiohttp.ClientPayloadError, aiohttp.ClientConnectionError)):
                await response.content.read(1)


async def test_slow_takes_its_time_and_sends_all() -> None:
    """`slow` sends 100 bytes each 5 s, and the file is whole in the end."""
    fault = Fault("slow", operation="render_task_results", nth=1, size=100, seconds=5.0)
    async with raw(scenario=playing(fault)) as client:
        task_id = await finished_render(client)
        began = asyncio.get_running_loop().time()
        slow = await client.get(f"render_tasks/{task_id}/results")
        assert asyncio.get_running_loop().time() - began == pytest.approx(5.0 * (len(slow) // 100 + 1), abs=5.0)
        assert slow == await client.get(f"render_tasks/{task_id}/results")


@pytest.mark.parametrize(("told", "seen"), [(None, "text/html"), ("application/octet-stream",) * 2])
async def test_wrong_type_keeps_the_body(told: str | None, seen: str) -> None:
    """`wrong_type` sends the file under another content type."""
    fault = Fault("wrong_type", operation="render_task_results", body=told)
    async with raw(scenario=playing(fault)) as client:
        task_id = await finished_render(client)
        async with client.session.get(f"/api/4.0/render_tasks/{task_id}/results") as response:
            assert response.content_type == seen
            assert (await response.read()).startswith(b"%PDF-")


async def test_empty_is_a_200_without_a_body() -> None:
    """`empty` answers 200 with nothing."""
    async with raw(scenario=playing(Fault("empty", operation="render_task_results"))) as client:
        task_id = await finished_render(client)
        assert await client.get(f"render_tasks/{task_id}/results") == b""


async def test_looker_error_is_a_200_with_an_error_in_it() -> None:
    """`looker_error` answers 200 with a row that tells an error."""
    fault = Fault("looker_error", operation="query_task_results", detail="Out of memory")
    async with raw(scenario=playing(fault)) as client:
        task_id = await client.query()
        await asyncio.sleep(10)
        assert await client.get(f"query_tasks/{task_id}/results") == [{"looker_error": "Out of memory"}]


async def test_answers_that_are_not_ready_are_left_alone() -> None:
    """A fault of the body does not count, and does not strike, a 202."""
    async with raw(scenario=playing(Fault("empty", operation="render_task_results", nth=1))) as client:
        task_id = await client.render()
        assert (await client.call("GET", f"render_tasks/{task_id}/results"))[0] == HTTPStatus.ACCEPTED
        await asyncio.sleep(10)
        assert await client.get(f"render_tasks/{task_id}/results") == b""


async def test_scripted_is_any_answer() -> None:
    """`scripted` answers with the status, headers and body that it is told."""
    fault = Fault("scripted", operation="render_task", status=302, headers={"Location": "http://localhost:9/"})
    async with raw(scenario=playing(fault)) as client:
        task_id = await client.render()
        async with client.session.get(f"/api/4.0/render_tasks/{task_id}", allow_redirects=False) as response:
            assert (response.status, response.headers["Location"]) == (302, "http://localhost:9/")


async def test_a_render_fails_with_lookers_own_words() -> None:
    """`failure` ends a render as failed; without a `detail` in words that Looker has been seen to use."""
    faults = (Fault("failure", nth=1, detail="no outfile"), Fault("failure", nth=2))
    async with raw(scenario=playing(*faults)) as client:
        told = []
        for _ in range(3):
            task = await client.get(f"render_tasks/{await finished_render(client)}")
            told.append((task["status"], task["status_detail"]))
        assert told[0] == ("failure", "no outfile")
        assert told[1][1] in RENDER_FAILURES
        assert told[2] == ("success", None)


async def test_a_failed_render_has_no_results() -> None:
    """The results of a failed render are 404."""
    async with raw(scenario=playing(Fault("failure"))) as client:
        task_id = await finished_render(client)
        assert (await client.call("GET", f"render_tasks/{task_id}/results"))[0] == 404


async def test_stuck_never_leaves_enqueued_for_render() -> None:
    """`stuck` keeps a render of dashboard 1 in the queue for a day."""
    async with raw(scenario=playing(Fault("stuck", target="1"))) as client:
        task_id = await client.render()
        await asyncio.sleep(21_000)
        await client.log_in()
        assert (await client.get(f"render_tasks/{task_id}"))["status"] == "enqueued_for_render"


async def test_vanished_is_404_right_after_the_create() -> None:
    """`vanished` gives an id that nobody knows."""
    async with raw(scenario=playing(Fault("vanished", nth=1))) as client:
        task_id = await client.render()
        assert (await client.call("GET", f"render_tasks/{task_id}"))[0] == 404
        assert (await client.call("GET", f"render_tasks/{task_id}/results"))[0] == 404


async def test_expires_takes_the_result_away() -> None:
    """`expires` makes results 404 though the render succeeded, and a query tell `expired`."""
    async with raw(scenario=playing(Fault("expires"))) as client:
        render_id, query_id = await client.render(), await client.query()
        await asyncio.sleep(10)
        assert (await client.get(f"render_tasks/{render_id}"))["status"] == "success"
        assert (await client.call("GET", f"render_tasks/{render_id}/results"))[0] == 404
        assert (await client.get(f"query_tasks/{query_id}"))["status"] == "expired"
        assert (await client.call("GET", f"query_tasks/{query_id}/results"))[0] == 404


async def test_flapping_tells_expired_then_running_then_complete() -> None:
    """`flapping` shows `expired` in the middle of the run; the rows come all the same."""
    settings = evolve(STEADY, query_seconds=3.0)
    async with raw(settings, playing(Fault("flapping", operation="create_query_task"))) as client:
        began = asyncio.get_running_loop().time()
        task_id = await client.query()
        seen = []
        for seconds in (0.5, 1.5, 2.5, 3.5):
            await client.until(began + seconds)
            seen.append((await client.get(f"query_tasks/{task_id}"))["status"])
        assert seen == ["running", "expired", "running", "complete"]
        assert await client.get(f"query_tasks/{task_id}/results")


async def test_a_warning_is_an_error_with_all_rows() -> None:
    """`warning` ends as `error`; json_detail has the rows and a note that is not fatal."""
    async with raw(scenario=playing(Fault("warning"))) as client:
        task_id = await client.query("json_detail")
        await asyncio.sleep(10)
        assert (await client.get(f"query_tasks/{task_id}"))["status"] == "error"
        body = await client.get(f"query_tasks/{task_id}/results")
        entry = (await client.get(f"query_tasks/multi_results?query_task_ids={task_id}"))[task_id]
        assert entry == {"status": "error", "result_source": "query", "data": body}
        assert len(body["data"]) > 1
        assert [(each["message"], each["fatal"]) for each in body["errors"]] == [(WARNING, False)]


async def test_a_failing_query_tells_its_error() -> None:
    """`failure` ends a query as `error`, with its message in json_detail."""
    async with raw(scenario=playing(Fault("failure", detail="The database is away."))) as client:
        task_id = await client.query("json_detail")
        await asyncio.sleep(10)
        body = await client.get(f"query_tasks/{task_id}/results")
        assert [each["message"] for each in body["errors"]] == ["The database is away."]


async def test_a_target_is_what_is_exported_even_where_the_address_names_a_task() -> None:
    """A fault on dashboard 1's results leaves those of the LookML dashboard alone."""
    async with raw(scenario=playing(Fault("empty", operation="render_task_results", target="1"))) as client:
        ids = [await client.render()]
        ids.append((await client.post("render_tasks/dashboards/thelook::shop/pdf?width=8&height=8", {}))["id"])
        await asyncio.sleep(20)
        bodies = [await client.get(f"render_tasks/{each}/results") for each in ids]
        assert [bool(each) for each in bodies] == [False, True]


async def test_another_scenario_may_be_played_while_it_runs() -> None:
    """`play` ends the faults of before, and the emulator's own address is never struck."""
    async with raw() as client:
        client.emulator.play(playing(Fault("server_error")))
        assert (await client.call("POST", RENDER, json={}))[0] == 502
        async with client.session.get("/emulator/statistics") as response:
            assert json.loads(await response.text())["faults"] == {"server_error": 1}
        client.emulator.play(Scenario())
        await client.render()
