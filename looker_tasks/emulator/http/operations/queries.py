"""The query tasks: creating them, asking about them, fetching their rows, killing them."""

import asyncio
from collections.abc import Mapping
from typing import Literal

from looker_tasks.emulator.body import Body
from looker_tasks.emulator.farm.tasks import QueryOrder, QueryTask, Result
from looker_tasks.emulator.http.bodies.query_results import error_result, joined, multi_result, with_note
from looker_tasks.emulator.http.bodies.tasks import query_task_body, running_query_body
from looker_tasks.emulator.http.call import Call
from looker_tasks.emulator.http.errors import not_found
from looker_tasks.emulator.http.parameters import Parameters
from looker_tasks.emulator.reply import JSON_TYPE, Reply, not_yet

QueryFormat = Literal[
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
    "odc",
]
_IN_QUERY = (
    "limit",
    "apply_formatting",
    "apply_vis",
    "cache",
    "generate_drill_links",
    "force_production",
    "cache_only",
    "path_prefix",
    "rebuild_pdts",
    "server_table_calcs",
)
_IN_BODY = ("query_id", "result_format", "source", "deferred", "look_id", "dashboard_id")
_UNFINISHED = frozenset({"added", "running"})


async def create_query_task(call: Call) -> Reply:
    """Run a query that is stored already."""
    query, body = call.query(), Parameters(await call.body(required=True))
    query.refuse_misplaced(_IN_BODY, "the body")
    body.refuse_misplaced(_IN_QUERY, "the query string")
    query_id = body.identity("query_id", required=True)
    body.text("result_format", required=True)
    format_name = body.choice("result_format", QueryFormat)
    if format_name == "odc" and call.version == "3.1":
        body.refuse("result_format", "invalid", "result_format odc is of API 4.0.")
    look_id, dashboard_id = body.identity("look_id"), body.identity("dashboard_id")
    source, deferred = body.text("source"), body.boolean("deferred", default=False)
    limit, formatted = query.integer("limit"), query.boolean("apply_formatting", default=False)
    cache = query.boolean("cache", default=True)
    flags = {
        "generate_links": query.boolean("generate_drill_links", default=False),
        "force_production": query.boolean("force_production", default=False),
        "path_prefix": query.text("path_prefix"),
        "cache": cache,
        "server_table_calcs": query.boolean("server_table_calcs", default=True),
        "cache_only": query.boolean("cache_only", default=False),
        "rebuild_pdts": query.boolean("rebuild_pdts", default=False),
    }
    body.check()
    query.check()
    stored = call.looker.catalogue.query(query_id or "")
    if stored is None:
        raise not_found()
    order = QueryOrder(
        query=stored,
        format=format_name or "",
        limit=limit,
        cache=cache,
        apply_formatting=formatted,
        source=source,
        look_id=look_id,
        dashboard_id=dashboard_id,
        deferred=deferred,
        flags=flags,
    )
    task = call.looker.farm.query(order, call.user_id, call.injection(*order.targets))
    call.count_created()
    return call.respond("QueryTask", query_task_body(task))


async def query_task(call: Call) -> Reply:
    """Answer how a query task stands."""
    return call.respond("QueryTask", query_task_body(_found(call)))


async def query_task_results(call: Call) -> Reply:
    """Send the rows of a finished query task.

    202 (204 in API 3.1) while it is not finished, 404 when the rows are gone. An error is 200 in the formats that can
    tell it, else 400.
    """
    task = _found(call)
    looker = call.looker
    if task.status in _UNFINISHED:
        usual = 202 if call.version == "4.0" else 204
        return not_yet(looker.settings.unfinished_status or usual, looker.settings.retry_after)
    result = looker.farm.result(task.id)
    if result is None and task.failure is not None:
        result = error_result(task, task.failure)
    if result is None or task.status == "expired":
        raise not_found()
    result = with_note(task, result)
    return Reply(body=result.body, headers={"Content-Type": result.content_type})


async def query_task_multi_results(call: Call) -> Reply:
    """Answer the status of many query tasks, with the rows of those that are finished."""
    query = call.query()
    ids = query.text("query_task_ids", required=True)
    query.check()
    farm = call.looker.farm
    tasks = {task_id: farm.query_task(task_id) for task_id in filter(None, (ids or "").split(","))}
    found = {task_id: (task, None if task is None else farm.result(task.id)) for task_id, task in tasks.items()}
    body = await asyncio.to_thread(_multi_results, found)
    return Reply(body=body, headers={"Content-Type": JSON_TYPE})


async def all_running_queries(call: Call) -> Reply:
    """List the queries that wait or run."""
    tasks = call.looker.farm.running_queries()
    return call.respond("RunningQueries", [running_query_body(task, call.looker.clock) for task in tasks])


async def kill_query(call: Call) -> Reply:
    """Kill a query that waits or runs; one that has ended is "Not found"."""
    if not call.looker.farm.kill(_found(call)):
        raise not_found()
    return Reply(204)


def _multi_results(found: Mapping[str, tuple[QueryTask | None, Result | None]]) -> Body:
    return joined({task_id: multi_result(task, result) for task_id, (task, result) in found.items()})


def _found(call: Call) -> QueryTask:
    task = call.looker.farm.query_task(call.target_id)
    if task is None:
        raise not_found()
    return task
