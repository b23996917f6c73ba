"""The table of the result formats: what writes each, and the content type it goes under. Pure."""

import json
from collections.abc import Callable, Mapping

from attrs import frozen

from looker_tasks.emulator.content import Query, Rows
from looker_tasks.emulator.formats import json_rows, spreadsheet, tables

_JSON = "application/json"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@frozen
class _Result:
    """All that a format may want to tell."""

    rows: Rows
    query: Query
    task_id: str
    apply_formatting: bool

    @property
    def title(self) -> str:
        return f"{self.query.model} {self.query.view}"


def encode(
    rows: Rows, result_format: str, *, query: Query, task_id: str, apply_formatting: bool = False
) -> tuple[bytes, str]:
    """Write *rows* in *result_format* (one of RESULT_FORMATS, else KeyError): the body and its content type."""
    content_type, write = _FORMATS[result_format]
    body = write(_Result(rows, query, task_id, apply_formatting))
    return body if isinstance(body, bytes) else body.encode(errors="replace"), content_type


def _plain(result: _Result) -> str:
    return _dumped(json_rows.plain(result.rows, apply_formatting=result.apply_formatting))


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


_FORMATS: Mapping[str, tuple[str, Callable[[_Result], str | bytes]]] = {
    "inline_json": (_JSON, _plain),
    "json": (_JSON, _plain),
    "json_detail": (_JSON, lambda it: _dumped(json_rows.detailed(it.rows, it.query))),
    "json_fe": (_JSON, lambda it: _dumped(json_rows.detailed(it.rows, it.query))),
    "json_bi": (_JSON, lambda it: _dumped(json_rows.for_bi(it.rows, apply_formatting=it.apply_formatting))),
    "csv": (
        "text/csv; charset=utf-8",
        lambda it: tables.delimited(it.rows, ",", apply_formatting=it.apply_formatting),
    ),
    "txt": (
        "text/plain; charset=utf-8",
        lambda it: tables.delimited(it.rows, "\t", apply_formatting=it.apply_formatting),
    ),
    "md": ("text/markdown; charset=utf-8", lambda it: tables.markdown(it.rows, apply_formatting=it.apply_formatting)),
    "html": (
        "text/html; charset=utf-8",
        lambda it: tables.html(it.rows, title=it.title, apply_formatting=it.apply_formatting),
    ),
    "gsxml": (
        "application/xml; charset=utf-8",
        lambda it: tables.sheet_xml(it.rows, apply_formatting=it.apply_formatting),
    ),
    "xlsx": (_XLSX, lambda it: spreadsheet.workbook(it.rows, apply_formatting=it.apply_formatting)),
    "sql": ("text/plain; charset=utf-8", lambda it: it.rows.sql),
    "odc": ("text/x-ms-odc; charset=utf-8", lambda it: spreadsheet.connection_file(task_id=it.task_id, title=it.title)),
}
RESULT_FORMATS = tuple(_FORMATS)
