"""A `json_bi` result into a file of Parquet, or of Arrow's IPC format."""

import io
from collections.abc import Iterator
from typing import Literal, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from looker_tasks.tables.reader import TableReader
from looker_tasks.tables.schema import TableSchema

TableFormat = Literal["parquet", "arrow"]

_GROUP_ROWS = 1 << 16  # of a row group
_GROUP_BYTES = 16 << 20  # of a row group in memory: it has fewer rows where they are long


class TableEncoder:
    """Encodes one result as *result_format*: `feed` it all bytes that Looker sends, then write what `finish` yields.

    The types of a file stand before its rows and are decided by all of them, so nothing is to be written before the
    end: until then the rows wait in an unnamed temporary file, in memory are some megabytes. *timezone* is that of the
    query (`query_timezone`), if it is known: its times become moments of that zone. Blocks, and belongs to one thread.
    """

    def __init__(self, result_format: TableFormat, *, timezone: str | None = None) -> None:
        self._format = result_format
        self._reader = TableReader(timezone)
        self.notes: tuple[str, ...] = ()
        """After `finish`: what a reader of the file should know, such as columns that are text for want of a type."""

    def feed(self, chunk: bytes) -> bytes:
        """Take the next bytes, any number of them; return the bytes of the file that are ready: none before `finish`.

        Raises TableError as soon as they cannot become a table.
        """
        self._reader.feed(chunk)
        return b""

    def finish(self) -> Iterator[bytes]:
        """Take note that all bytes have come, and yield the file, a row group at a time.

        Raises TableError before the first bytes of the file, if they cannot become one.
        """
        schema = self._reader.finish()
        self.notes = schema.notes
        return self._file(schema)

    @property
    def rows(self) -> int:
        """How many rows the file has, after `finish`."""
        return self._reader.rows

    def close(self) -> None:
        """Forget what was fed."""
        self._reader.close()

    def _file(self, schema: TableSchema) -> Iterator[bytes]:
        sink = _Pieces()
        writer = _writer(self._format, pa.PythonFile(sink, "w"), schema.arrow)
        for group in _groups(self._reader.batches(schema)):
            writer.write_table(group)
            yield sink.taken()
        writer.close()
        self.close()
        yield sink.taken()


class _Writer(Protocol):
    def write_table(self, table: pa.Table) -> None: ...

    def close(self) -> None: ...


def _writer(result_format: TableFormat, sink: pa.NativeFile, schema: pa.Schema) -> _Writer:
    writer: _Writer = pa.ipc.new_file(sink, schema) if result_format == "arrow" else pq.ParquetWriter(sink, schema)
    return writer


def _groups(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Put *batches* together into tables that are row groups."""
    group: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in batches:
        group.append(batch)
        rows, size = rows + batch.num_rows, size + batch.nbytes
        if rows >= _GROUP_ROWS or size >= _GROUP_BYTES:
            yield pa.Table.from_batches(group)
            group, rows, size = [], 0, 0
    if group:
        yield pa.Table.from_batches(group)


class _Pieces(io.RawIOBase):
    """A file that is taken away while it is written."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        """Let Arrow write."""
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]  # Arrow gives bytes
        """Take *data*."""
        self._pieces.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        """Return what was written since the last time."""
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken
