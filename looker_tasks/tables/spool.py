"""Where a result waits until all of it has come: an unnamed file, which is gone when it is closed or the program ends.

It lies in the system's folder for temporary files (TMPDIR).
"""

from collections.abc import Iterator, Mapping
from tempfile import TemporaryFile

import pyarrow as pa

from looker_tasks.tables.parsing.rows import Path


class Spool:
    """Keeps arrays by the paths of their columns, in the order in which they come."""

    def __init__(self) -> None:
        self._file = TemporaryFile()  # noqa: SIM115  # closed by `close`, or when the spool is forgotten
        self._sink = pa.PythonFile(self._file, "w")
        self._writer: pa.ipc.RecordBatchStreamWriter | None = None
        self._paths: tuple[Path, ...] = ()
        self._schema: pa.Schema | None = None
        self._streams: list[tuple[Path, ...]] = []  # the columns of each stream in the file

    def write(self, arrays: Mapping[Path, pa.Array]) -> None:
        """Keep *arrays*, all of one length. Raises OSError where the file cannot grow."""
        paths = tuple(arrays)
        batch = pa.RecordBatch.from_arrays(list(arrays.values()), [str(number) for number in range(len(paths))])
        if self._writer is None or paths != self._paths or batch.schema != self._schema:  # a stream has one schema
            self._end()
            self._paths, self._schema = paths, batch.schema
            self._streams.append(paths)
            self._writer = pa.ipc.new_stream(self._sink, batch.schema)
        self._writer.write_batch(batch)

    def read(self) -> Iterator[dict[Path, pa.Array]]:
        """Yield what was kept."""
        self._end()
        self._file.seek(0)
        source = pa.PythonFile(self._file, "r")
        for paths in self._streams:
            for batch in pa.ipc.open_stream(source):
                yield dict(zip(paths, batch.columns, strict=True))

    def close(self) -> None:
        """Forget it all."""
        self._file.close()

    def _end(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None
