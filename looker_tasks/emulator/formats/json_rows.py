"""The JSON formats: plain rows, rows with the description of their fields, and the one for BI tools.

Rows are written a batch at a time and column by column: each column has a function from its values to JSON, and a row
is one template that is filled with them. Pure.
"""

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import chain
from json.encoder import encode_basestring
from typing import Any

from looker_tasks.emulator.content import Query
from looker_tasks.emulator.formats.cells import pivot_key, renderer
from looker_tasks.emulator.formats.fields import bi_fields, detailed_fields
from looker_tasks.emulator.results import CellStyle, Column, Row, Table, TextStyle, Value

Json = dict[str, object]
Links = Mapping[str, Sequence[Json]]  # the drill links of a field, by its name
Encode = Callable[[Iterable[Value]], list[str]]


def dumped(value: object) -> str:
    """Write a small *value* as JSON."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def plain(table: Table, *, apply_formatting: bool) -> Iterator[str]:
    """Write an array of objects, one a row, by field name; a pivoted measure holds an object by pivot key."""
    yield "["
    yield from _rows(table, "formatted" if apply_formatting else "plain")
    yield "]"


def detailed(table: Table, query: Query, links: Links, *, from_cache: bool = False) -> Iterator[str]:
    """Write what json_detail holds: all about the query, and rows whose cells have a value and its rendering."""
    rows = _rows(table, "detailed", links)
    head: Json = {
        "id": query.slug,
        "runtime": round(table.seconds, 3),
        "sql": table.sql,
        "fields": detailed_fields(table),
        "pivots": [_pivot(table, column, detailed=True) for column in _pivot_columns(table)] or None,
        "applied_filters": dict(query.filters),
        "has_totals": table.totals is not None,
        "has_row_totals": False,
        "expired": False,
        "from_cache": from_cache,
        "timezone": "UTC",
    }
    yield dumped(head).removesuffix("}") + ',"data":['
    yield from rows
    yield "]"
    if table.totals is not None:
        yield f',"totals_data":{_row_writer(table.columns, "detailed", links)([table.totals])}'
    yield "}"


def for_bi(table: Table, query: Query, links: Links) -> Iterator[str]:
    """Write what json_bi holds (JsonBi of API 4.0): metadata, and rows of cells, of which the last are the totals."""
    yield f'{{"metadata":{dumped(bi_metadata(table, query))},"rows":['
    yield from _rows(table, "detailed", links, with_totals=True)
    yield "]}"


def bi_metadata(table: Table, query: Query) -> Json:
    """Make the metadata of json_bi (JsonBiMetadata)."""
    expression = query.raw.get("filter_expression")
    return {
        "big_query_metadata": {"total_bytes_processed": 0, "backend_cache_hit": False},
        "fields": bi_fields(table),
        "pivots": [_pivot(table, column, detailed=False) for column in _pivot_columns(table)],
        "has_subtotals": False,
        "has_totals": table.totals is not None,
        "columns_truncated": "yes" if table.columns_truncated else "no",
        "filter_expression": expression if isinstance(expression, str) else None,
        "filters": dict(query.filters),
        "sql": table.sql,
    }


def _rows(table: Table, style: CellStyle, links: Links | None = None, *, with_totals: bool = False) -> Iterator[str]:
    """Write the rows as the inside of an array; the query has begun when this returns."""
    write = _row_writer(table.columns, style, links or {})
    totals = [write([table.totals])] if with_totals and table.totals is not None else []
    texts = None if links else table.texts(TextStyle(style))
    batches = map(write, table.batches()) if texts is None else map(",".join, texts)
    return _separated(chain(batches, totals))


def _separated(batches: Iterable[str]) -> Iterator[str]:
    separator = ""
    for batch in batches:
        if batch:
            yield separator + batch
            separator = ","


def _row_writer(columns: Sequence[Column], style: CellStyle, links: Links) -> Callable[[Sequence[Row]], str]:
    """Make what writes rows: objects by field name, a pivoted measure's cells one level below by pivot key."""
    cells: dict[str, list[tuple[int, str]]] = {}  # field → the place in a row, and the pivot key, of each of its cells
    for place, column in enumerate(columns):
        cells.setdefault((column.measure or column).name, []).append((place, pivot_key(column)))
    members = []
    encoders: list[tuple[int, Encode]] = []
    for name, its_cells in cells.items():
        slots = []
        for place, key in its_cells:
            slot, encode = _cell(columns[place], style, links.get(name, ()))
            encoders.append((place, encode))
            slots.append(f"{_key(key)}{slot}" if columns[place].measure else slot)
        is_pivoted = columns[its_cells[0][0]].measure is not None
        members.append(f"{_key(name)}{{{','.join(slots)}}}" if is_pivoted else f"{_key(name)}{slots[0]}")
    template = f"{{{','.join(members)}}}"

    def write(rows: Sequence[Row]) -> str:
        if not rows:
            return ""
        values = list(zip(*rows, strict=True))
        texts = [encode(values[place]) for place, encode in encoders]
        return ",".join(map(template.__mod__, zip(*texts, strict=True))) if texts else ",".join("{}" for _ in rows)

    return write


def _key(name: str) -> str:
    return f"{encode_basestring(name)}:".replace("%", "%%")


def _cell(column: Column, style: CellStyle, links: Sequence[Json]) -> tuple[str, Encode]:
    """Return the place of a cell in the template of a row, and what makes the text that comes there."""
    if style == "plain":
        return "%s", _encoded
    render = renderer(column)
    if style == "formatted":
        return "%s", lambda values: ["null" if each is None else encode_basestring(render(each)) for each in values]
    more = f',"links":{dumped(links)}' if links else ""
    if column.value_format is None:
        return f'{{"value":%s{more.replace("%", "%%")}}}', _encoded

    def cells(values: Iterable[Value]) -> list[str]:
        return [
            '{"value":null}'
            if each is None
            else f'{{"value":{_ENCODERS[type(each)](each)},"rendered":{encode_basestring(render(each))}{more}}}'
            for each in values
        ]

    return "%s", cells


def _encoded(values: Iterable[Value]) -> list[str]:
    return [_ENCODERS[type(each)](each) for each in values]


_ENCODERS: Mapping[type, Callable[[Any], str]] = {
    type(None): lambda _: "null",
    bool: lambda value: "true" if value else "false",
    int: str,
    float: lambda value: repr(value) if math.isfinite(value) else "null",
    Decimal: lambda value: format(value, "f"),
    str: encode_basestring,
}


def _pivot_columns(table: Table) -> list[Column]:
    """Return one column for each pivot key, in order."""
    return list({pivot_key(column): column for column in table.columns if column.pivots}.values())


def _pivot(table: Table, column: Column, *, detailed: bool) -> Json:
    values = dict(zip((each.name for each in table.pivots), column.pivots, strict=True))
    data = {name: None if value is None else str(value) for name, value in values.items()}
    entry: Json = {"key": pivot_key(column), "is_total": False, "data": data}
    if detailed:
        return entry | {"metadata": {name: {"value": value} for name, value in data.items()}}
    texts = {name: value or "" for name, value in data.items()}  # the schema of json_bi has no null here
    return entry | {"data": texts, "sort_values": texts}
