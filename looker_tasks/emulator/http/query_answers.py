"""How the end of a query task is told: an error in each format that can hold one, and the entries of multi_results."""

import json

from looker_tasks.emulator.farm.tasks import Failure, QueryTask, Result
from looker_tasks.emulator.http.content_bodies import Body
from looker_tasks.emulator.http.errors import bad_request

_JSON = "application/json"
_DETAILED = "json_detail"
_ROWS_OF_JSON = frozenset({"json", "inline_json", "json_detail", "json_fe", "json_bi"})


def error_data(task: QueryTask, failure: Failure) -> Body:
    """Write *failure* as the format of *task* has it."""
    if task.order.format == _DETAILED:
        return {
            "id": task.order.query.slug,
            "runtime": task.runtime or 0.0,
            "sql": failure.sql,
            "fields": {},
            "data": [],
            "errors": [error_entry(failure)],
        }
    if task.order.format == "json_bi":
        return {"metadata": {"sql": failure.sql, "fields": {}}, "rows": [{"looker_error": failure.message}]}
    return {
        "id": task.order.query.slug,
        "error": failure.message,
        "runtime": task.runtime or 0.0,
        "sql": failure.sql,
    }


def error_entry(failure: Failure) -> Body:
    """Write one entry of the `errors` of json_detail."""
    place = None if failure.line is None else {"line": failure.line, "column": 1, "character": None}
    return {
        "message": failure.message,
        "message_details": failure.details or None,
        "sql_error_loc": place,
        "params": None,
        "edit_url": None,
        "error_pos": None,
        "fatal": failure.fatal,
        "level": "error" if failure.fatal else "warning",
    }


def error_result(task: QueryTask, failure: Failure) -> Result:
    """Give *failure* as a result, in the formats that can tell it; raises the 400 of all others."""
    if task.order.format not in {_DETAILED, "json_bi"}:
        raise bad_request(f"{failure.message} {failure.details}".rstrip())
    return Result(json.dumps(error_data(task, failure)).encode(), _JSON)


def with_note(task: QueryTask, result: Result) -> Result:
    """Add to *result* the note that is not fatal, where *task* has one and its format can tell it."""
    if task.failure is None or task.order.format != _DETAILED:
        return result
    body = json.loads(result.body) | {"errors": [error_entry(task.failure)]}
    return Result(json.dumps(body).encode(), result.content_type)


def multi_result(task: QueryTask | None, result: Result | None) -> Body:
    """Write the entry of one task: its status, and its rows or its error when it has ended."""
    if task is None:
        return {"status": "missing"}
    if task.finalized_at is None:
        return {"status": task.status}
    if result is not None:
        return {"status": task.status, "result_source": "query", "data": _data(task, with_note(task, result))}
    if task.status == "error" and task.failure is not None:
        return {"status": "error", "data": error_data(task, task.failure)}
    return {"status": "expired" if task.status == "complete" else task.status}


def _data(task: QueryTask, result: Result) -> object:
    if task.order.format in _ROWS_OF_JSON:
        return json.loads(result.body)
    return result.body.decode(errors="replace")
