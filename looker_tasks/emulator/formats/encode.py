"""The table of the result formats: what writes each, and the content type it goes under."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from attrs import field, frozen

from looker_tasks.emulator.body import Body, collected
from looker_tasks.emulator.content import Query
from looker_tasks.emulator.formats import json_rows, spreadsheet, tables
from looker_tasks.emulator.results import Table

_JSON = "application/json"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@frozen
class _Result:
    """All that a format may want to write."""

    table: Table
    query: Query
    task_id: str
    apply_formatting: bool
    links: json_rows.Links = field(factory=dict)
    from_cache: bool = False

    @property
    def title(self) -> str:
        return f"{self.query.model} {self.query.view}"


def encode(
    table: Table,
    result_format: str,
    *,
    query: Query,
    task_id: str,
    apply_formatting: bool = False,
    with_links: bool = False,
    from_cache: bool = False,
) -> tuple[Body, str]:
    """Write *table* in *result_format* (one of RESULT_FORMATS, else KeyError): the body and its content type.

    Reads the rows of *table* as it writes, and blocks on the disk where they are many.
    """
    content_type, write = _FORMATS[result_format]
    links = _drill_links(table, query) if with_links else {}
    pieces = write(_Result(table, query, task_id, apply_formatting, links, from_cache))
    return collected(_in_bytes(pieces)), content_type


def _in_bytes(pieces: Iterable[str | bytes]) -> Iterator[bytes]:
    return (piece if isinstance(piece, bytes) else piece.encode(errors="replace") for piece in pieces)


def _drill_links(table: Table, query: Query) -> json_rows.Links:
    """Make what `generate_drill_links` adds to the cells of a measure: the way to the rows behind it."""
    measures = {(column.measure or column).name for column in table.columns if column.kind == "measure"}
    dimensions = ",".join(column.name for column in table.columns if column.kind == "dimension")
    url = f"/explore/{query.model}/{query.view}?fields={dimensions}"
    link: json_rows.Json = {"label": "Show All", "label_value": "Show All", "url": url, "type": "measure_default"}
    return {name: [link] for name in measures}


_FORMATS: Mapping[str, tuple[str, Callable[[_Result], Iterable[str | bytes]]]] = {
    "inline_json": (_JSON, lambda it: json_rows.plain(it.table, apply_formatting=it.apply_formatting)),
    "json": (_JSON, lambda it: json_rows.plain(it.table, apply_formatting=it.apply_formatting)),
    "json_detail": (_JSON, lambda it: json_rows.detailed(it.table, it.query, it.links, from_cache=it.from_cache)),
    "json_fe": (_JSON, lambda it: json_rows.detailed(it.table, it.query, it.links, from_cache=it.from_cache)),
    "json_bi": (_JSON, lambda it: json_rows.for_bi(it.table, it.query, it.links)),
    "csv": (
        "text/csv; charset=utf-8",
        lambda it: tables.delimited(it.table, ",", apply_formatting=it.apply_formatting),
    ),
    "txt": (
        "text/plain; charset=utf-8",
        lambda it: tables.delimited(it.table, "\t", apply_formatting=it.apply_formatting),
    ),
    "md": ("text/markdown; charset=utf-8", lambda it: tables.markdown(it.table, apply_formatting=it.apply_formatting)),
    "html": (
        "text/html; charset=utf-8",
        lambda it: tables.html(it.table, title=it.title, apply_formatting=it.apply_formatting),
    ),
    "gsxml": (
        "application/xml; charset=utf-8",
        lambda it: tables.sheet_xml(it.table, apply_formatting=it.apply_formatting),
    ),
    "xlsx": (_XLSX, lambda it: spreadsheet.workbook(it.table, apply_formatting=it.apply_formatting)),
    "sql": ("text/plain; charset=utf-8", lambda it: [it.table.sql]),
    "odc": (
        "text/x-ms-odc; charset=utf-8",
        lambda it: [spreadsheet.connection_file(task_id=it.task_id, title=it.title)],
    ),
}
RESULT_FORMATS = tuple(_FORMATS)
