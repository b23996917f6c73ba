"""How the end of a query task is told: an error in each format that can hold one, and the entries of multi_results."""

import codecs
import json
from collections.abc import Iterator
from json.encoder import encode_basestring

from looker_tasks.emulator.body import IN_MEMORY, Body, Part, collected
from looker_tasks.emulator.farm.tasks import Failure, QueryTask, Result
from looker_tasks.emulator.formats.json_rows import bi_metadata, dumped
from looker_tasks.emulator.http.bodies.content import Json
from looker_tasks.emulator.http.errors import bad_request
from looker_tasks.emulator.results import Rows

_JSON = "application/json"
_DETAILED = "json_detail"
_ROWS_OF_JSON = frozenset({"json", "inline_json", "json_detail", "json_fe", "json_bi"})


def error_data(task: QueryTask, failure: Failure) -> Json:
    """Write *failure* as the format of *task* has it."""
    query = task.order.query
    if task.order.format == _DETAILED:
        return {
            "id": query.slug,
            "runtime": task.runtime or 0.0,
            "sql": failure.sql,
            "fields": {},
            "data": [],
            "errors": [error_entry(failure)],
        }
    if task.order.format == "json_bi":
        metadata = bi_metadata(Rows((), (), failure.sql, 0.0), query)
        return {"metadata": metadata, "rows": [{"looker_error": failure.message}]}
    return {
        "id": query.slug,
        "error": failure.message,
        "runtime": task.runtime or 0.0,
        "sql": failure.sql,
    }


def error_entry(failure: Failure) -> Json:
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
    """Return *failure* as a result, in the formats that can tell it; raises the 400 of all others."""
    if task.order.format not in {_DETAILED, "json_bi"}:
        raise bad_request(f"{failure.message} {failure.details}".rstrip())
    return Result(json.dumps(error_data(task, failure)).encode(), _JSON)


def with_note(task: QueryTask, result: Result) -> Result:
    """Add to *result* the note that is not fatal, where *task* has one and its format can tell it."""
    if task.failure is None or task.order.format != _DETAILED:
        return result
    note = f',"errors":{dumped([error_entry(task.failure)])}}}'.encode()
    return Result(Body((*result.body.up_to(-1).parts, note)), result.content_type)


def multi_result(task: QueryTask | None, result: Result | None) -> Body:
    """Write the entry of one task: its status, and its rows or its error when it has ended. May block on the disk."""
    if task is None:
        return _entry({"status": "missing"})
    if task.finalized_at is None:
        return _entry({"status": task.status})
    if result is not None:
        head = dumped({"status": task.status, "result_source": task.result_source}).removesuffix("}")
        return Body((f'{head},"data":'.encode(), *_data(task, with_note(task, result)), b"}"))
    if task.status == "error" and task.failure is not None:
        return _entry({"status": "error", "data": error_data(task, task.failure)})
    return _entry({"status": "expired" if task.status == "complete" else task.status})


def joined(entries: dict[str, Body]) -> Body:
    """Write the object of *entries* by their keys."""
    parts: list[Part] = []
    for key, entry in entries.items():
        parts += [(b"," if parts else b"{") + dumped(key).encode() + b":", *entry.parts]
    return Body((*parts, b"}" if parts else b"{}"))


def _entry(entry: Json) -> Body:
    return Body(dumped(entry).encode())


def _data(task: QueryTask, result: Result) -> tuple[Part, ...]:
    """Return the rows as a JSON value: as they are where they are JSON, else as one text."""
    if task.order.format in _ROWS_OF_JSON:
        return result.body.parts
    return collected(_as_text(result.body)).parts


def _as_text(body: Body) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    yield b'"'
    for chunk in body.chunks(IN_MEMORY):
        yield encode_basestring(decoder.decode(chunk))[1:-1].encode()
    yield encode_basestring(decoder.decode(b"", final=True))[1:-1].encode() + b'"'
