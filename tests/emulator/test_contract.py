"""The emulator under the published contract: every operation and every status that it declares, in both versions."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from looker_tasks.emulator import Emulator, Fault, Scenario
from tests.contract import needs_specifications
from tests.contract_proxy import Judge, judged
from tests.emulator.raw import STEADY, Raw, session_of
from tests.emulator.small_catalogue import QUERY, small_catalogue

pytestmark = [needs_specifications, pytest.mark.virtual_time]

FORMATS = (
    "inline_json",
    "json",
    "json_detail",
    "json_fe",
    "json_bi",
    "csv",
    "html",
    "md",
    "txt",
    "xlsx",
    "gsxml",
    "sql",
)
SIZE = "width=800&height=600"


async def every_read(client: Raw) -> None:
    """Read all content, and what is not there."""
    for path in ("looks/1", "dashboards/1", "dashboards/thelook::shop", "dashboards/search?title=%25", "queries/1"):
        await client.get(path)
    for path in ("folders/5/dashboards", "running_queries", "versions", "looks/1?fields=id,query(id)"):
        await client.get(path)
    for path in ("looks/99", "dashboards/99", "queries/99", "folders/99/dashboards", "render_tasks/x", "query_tasks/x"):
        assert (await client.call("GET", path))[0] == 404
    assert (await client.call("GET", "query_tasks/multi_results"))[0] == 400
    assert (await client.call("GET", "dashboards/search?limit=many&page=many"))[0] == 400


async def every_render(client: Raw, creates: Sequence[tuple[str, object]]) -> None:
    """Create each kind of render, and fetch it too early, in time and after it failed."""
    client.emulator.play(Scenario((Fault("failure", nth=len(creates)),)))
    tasks = [await client.post(f"render_tasks/{path}?{SIZE}", body) for path, body in creates]
    ids = [task["id"] for task in tasks]
    for task_id in ids:
        assert (await client.call("GET", f"render_tasks/{task_id}/results"))[0] == 202
    await asyncio.sleep(60)
    statuses = []
    for task_id in ids:
        await client.get(f"render_tasks/{task_id}?fields=id,status")
        await client.get(f"render_tasks/{task_id}")
        statuses.append((await client.call("GET", f"render_tasks/{task_id}/results"))[0])
    assert statuses == [200] * (len(creates) - 1) + [404]


async def every_refusal(client: Raw) -> None:
    """Send what is wrong: sizes, formats, filters, ids, JSON, tokens, too much."""
    for path, body, status in (
        ("render_tasks/dashboards/1/pdf", {}, 422),
        (f"render_tasks/dashboards/1/gif?{SIZE}", {}, 422),
        (f"render_tasks/dashboards/1/pdf?{SIZE}", {"dashboard_filters": "100%"}, 422),
        (f"render_tasks/dashboards/99/pdf?{SIZE}", {}, 404),
        (f"render_tasks/looks/1/pdf?{SIZE}", None, 422),
        (f"render_tasks/looks/99/png?{SIZE}", None, 404),
        (f"render_tasks/queries/99/png?{SIZE}", None, 404),
        ("query_tasks", {"result_format": "json"}, 422),
        ("query_tasks", {"query_id": client.id("99"), "result_format": "json"}, 404),
        ("queries", {"view": "orders"}, 422),
        ("login/99", None, 404),
    ):
        answer = await client.call("POST", path, json=body)
        assert answer[0] == status, (path, answer)
    assert (await client.call("POST", "query_tasks", data=b"{", headers={"Content-Type": "application/json"}))[0] == 400
    client.emulator.play(Scenario((Fault("throttled", nth=1),)))
    assert (await client.call("POST", "queries", json=QUERY))[0] == 429
    client.emulator.revoke_tokens()
    assert (await client.call("GET", "looks/1"))[0] == 401


async def every_query(client: Raw, formats: tuple[str, ...], unfinished: int) -> None:
    """Run a query in each format, one that fails, one that is killed."""
    client.emulator.play(Scenario())
    query: Any = await client.post("queries?fields=id,share_url", QUERY)
    ids = [await client.query(each, query["id"]) for each in formats]
    assert (await client.call("GET", f"query_tasks/{ids[0]}/results"))[0] == unfinished
    assert len(await client.get("running_queries")) == len(formats)
    await asyncio.sleep(30)
    for task_id in ids:
        await client.get(f"query_tasks/{task_id}")
        await client.get(f"query_tasks/{task_id}/results")
    await client.get(f"query_tasks/multi_results?query_task_ids={','.join(ids)}")
    wrong = await client.post("queries", QUERY | {"fields": ["orders.nothing"]})
    failed = [await client.query(each, wrong["id"]) for each in ("json_detail", "csv")]
    await asyncio.sleep(30)
    statuses = [(await client.call("GET", f"query_tasks/{each}/results"))[0] for each in failed]
    assert statuses == [200, 400]
    killed = await client.query("json", query["id"])
    assert (await client.call("DELETE", f"running_queries/{killed}"))[0] == 204
    assert (await client.call("DELETE", f"running_queries/{killed}"))[0] == 404


async def told_through_a_judge(version: str, creates: Sequence[tuple[str, object]], unfinished: int) -> Judge:
    """Do everything in *version*, through the judge."""
    formats = (*FORMATS, "odc") if version == "4.0" else FORMATS
    async with (
        Emulator(STEADY, catalogue=small_catalogue()) as emulator,
        judged(emulator.url) as judge,
        session_of(emulator, version, judge.url) as client,
    ):
        await every_read(client)
        await client.post("login/2")
        await every_render(client, creates)
        await every_query(client, formats, unfinished)
        await every_refusal(client)
        await client.log_in()
        assert (await client.call("DELETE", "logout"))[0] == 204
        async with client.session.delete("/api/logout") as response:
            assert response.status == 401
    return judge


async def test_version_4_0_keeps_the_contract() -> None:
    """Each operation of API 4.0, each format, and each refusal is within Looker's document."""
    body = {"dashboard_filters": "Order+Status=Complete", "dashboard_style": "tiled", "tab_ids": ["t1"]}
    creates = [
        ("dashboards/1/pdf", body),
        ("dashboards/thelook%3A%3Ashop/png", {}),
        ("looks/1/jpg", None),
        ("queries/1/png", None),
        ("dashboard_elements/11/png", None),
        ("dashboard_elements/thelook%3A%3Ashop%3A%3A11/png", None),
    ]
    judge = await told_through_a_judge("4.0", creates, unfinished=202)
    assert judge.breaches() == []
    assert len(judge.exchanges) > 100


async def test_version_3_1_keeps_the_contract() -> None:
    """The same of API 3.1: integer ids, lookml_dashboards, 204 on unfinished query results."""
    creates = [
        ("dashboards/1/pdf", {"dashboard_style": "single_column"}),
        ("lookml_dashboards/thelook%3A%3Ashop/png", {}),
        ("looks/1/jpg", None),
        ("queries/1/png", None),
    ]
    judge = await told_through_a_judge("3.1", creates, unfinished=204)
    assert judge.breaches() == []
    assert len(judge.exchanges) > 90


async def test_the_judge_sees_a_breach() -> None:
    """A body that the contract does not know is told, so that an empty list means something."""
    fault = Fault("scripted", operation="look", headers={"Content-Type": "application/json"}, body='{"id": 1, "x": 2}')
    async with (
        Emulator(STEADY, catalogue=small_catalogue(), scenario=Scenario((fault,))) as emulator,
        judged(emulator.url) as judge,
        session_of(emulator, "4.0", judge.url) as client,
    ):
        await client.get("looks/1")
    told = "\n".join(judge.breaches())
    assert "is not of type 'string'" in told
    assert "'x' was unexpected" in told
