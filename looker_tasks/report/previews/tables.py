"""The first rows of a Parquet or an Arrow file. Needs pyarrow, which whoever exports such a file has."""

from collections.abc import Iterable, Mapping
from itertools import chain, islice

import pyarrow as pa
import pyarrow.parquet as pq

from looker_tasks.report.previews.rows import table_of
from looker_tasks.report.previews.values import Preview, Request

_READ = 65536  # bytes of a column at a time


def of_parquet(request: Request) -> Preview:
    """Return the first rows; of a large file no more than them is read. Raises what pyarrow raises."""
    with pq.ParquetFile(request.path, buffer_size=_READ, pre_buffer=False) as file:
        batches = file.iter_batches(batch_size=request.rows, use_threads=False)
        return _table(file.schema_arrow, batches, request)


def of_arrow(request: Request) -> Preview:
    """Return the first rows. Raises what pyarrow raises."""
    with pa.memory_map(request.path) as source, pa.ipc.open_file(source) as file:
        return _table(file.schema, map(file.get_batch, range(file.num_record_batches)), request)


def _table(schema: pa.Schema, batches: Iterable[pa.RecordBatch], request: Request) -> Preview:
    names = schema.names[: request.columns]
    rows = chain.from_iterable(_rows(batch.slice(0, request.rows), len(names)) for batch in batches)
    return table_of(chain([names], ([_cell(value) for value in row] for row in rows)), request)


def _rows(batch: pa.RecordBatch, columns: int) -> Iterable[tuple[object, ...]]:
    return zip(*(column.to_pylist() for column in batch.columns[:columns]), strict=True)


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case [*values]:
            return ", ".join(map(_cell, islice(values, 20)))
        case Mapping():
            return ", ".join(f"{name}: {_cell(each)}" for name, each in islice(value.items(), 20))
        case _:
            return str(value)
