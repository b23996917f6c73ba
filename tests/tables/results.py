"""Results as Looker writes them, by the published schema (JsonBi of API 4.0), and the tables they become."""

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from looker_tasks.tables.encoder import TableEncoder
from looker_tasks.tables.table import read_table

Json = dict[str, Any]


class Raw:
    """A piece of JSON that is put in as it is written."""

    def __init__(self, text: str) -> None:
        self.text = text


def field(name: str, type_name: str | None, category: str = "dimension", **facts: object) -> Json:
    """Describe a field (JsonBiField), or a table calculation (JsonBiTableCalc) where it has no type."""
    if type_name is None:
        calculation = {"name": name, "label": name, "align": "right", "expression": "1", "value_format": None}
        return calculation | {"measure": False} | facts
    label = name.replace(".", " ").replace("_", " ").title()
    described = {"name": name, "type": type_name, "category": category, "label": label, "sql": "secret_table.x"}
    more = {"view": "orders", "view_label": "Orders", "hidden": False, "description": None, "dimension_group": None}
    return described | more | {"field_group_label": None, "field_group_variant": label} | facts


def metadata(
    dimensions: Sequence[Json] = (),
    measures: Sequence[Json] = (),
    calculations: Sequence[Json] = (),
    pivot_fields: Sequence[Json] = (),
    pivots: Sequence[Json] = (),
    **facts: object,
) -> Json:
    """Make the metadata with all its nine keys (JsonBiMetadata)."""
    return {
        "big_query_metadata": {"total_bytes_processed": 0, "backend_cache_hit": False},
        "fields": {
            "dimensions": list(dimensions),
            "measures": list(measures),
            "pivots": list(pivot_fields),
            "table_calculations": list(calculations),
        },
        "pivots": list(pivots),
        "has_subtotals": False,
        "has_totals": False,
        "columns_truncated": "no",
        "filter_expression": None,
        "filters": {"orders.region": "secret filter"},
        "sql": "SELECT secret_table.x",
        **facts,
    }


def written(value: object) -> str:
    """Write JSON, with pieces that are written already."""
    if isinstance(value, Raw):
        return value.text
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{written(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(written, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def cell(value: object, **more: object) -> Json:
    """Make a cell."""
    return {"value": value, **more}


def result(head: object, rows: Iterable[object], *, metadata_first: bool = True) -> bytes:
    """Write a whole result."""
    members = [f'"metadata":{written(head)}', f'"rows":{written(list(rows))}']
    return ("{" + ",".join(members if metadata_first else reversed(members)) + "}").encode()


def columns(types: Mapping[str, str | None], values: Mapping[str, Sequence[object]]) -> bytes:
    """Write a result of columns with their *types* and *values*; a column without a type is a table calculation."""
    dimensions = [field(name, type_name) for name, type_name in types.items() if type_name is not None]
    calculations = [field(name, None) for name, type_name in types.items() if type_name is None]
    lengths = {len(each) for each in values.values()}
    rows = [{name: cell(values[name][index]) for name in types} for index in range(max(lengths, default=0))]
    return result(metadata(dimensions, calculations=calculations), rows)


def one_column(type_name: str | None, values: Sequence[object]) -> pa.Table:
    """Make a table of one column, `x`."""
    return read_table([columns({"x": type_name}, {"x": values})])


def cut(data: bytes, *, size: int) -> list[bytes]:
    """Cut *data* into pieces of *size* bytes."""
    return [data[start : start + size] for start in range(0, len(data), size)]


def encoded(
    chunks: Iterable[bytes], result_format: Literal["parquet", "arrow"] = "parquet", timezone: str | None = None
) -> bytes:
    """Encode a result that comes in *chunks*."""
    encoder = TableEncoder(result_format, timezone=timezone)
    head = b"".join(map(encoder.feed, chunks))
    return head + b"".join(encoder.finish())


def parquet_table(file: bytes) -> pa.Table:
    """Read a Parquet file."""
    return pq.read_table(io.BytesIO(file))
