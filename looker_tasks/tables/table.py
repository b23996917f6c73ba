"""A `json_bi` result into a `pyarrow.Table`, from which pandas (`to_pandas`) and polars (`from_arrow`) are one call."""

from collections.abc import Iterable

import pyarrow as pa

from looker_tasks.tables.reader import TableReader

Table = pa.Table


def read_table(chunks: Iterable[bytes], *, timezone: str | None = None) -> pa.Table:
    """Read the bytes of a json_bi result, in pieces of any cut; *timezone* is that of the query. Raises TableError."""
    reader = TableReader(timezone)
    try:
        for chunk in chunks:
            reader.feed(chunk)
        schema = reader.finish()
        return pa.Table.from_batches(reader.batches(schema), schema.arrow)
    finally:
        reader.close()
