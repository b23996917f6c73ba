"""The rows of a Parquet file, as values of Python: a source of values for a plan."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from looker_tasks.errors import ConfigurationError

_BATCH = 10_000  # rows in memory at a time


def parquet_rows(path: Path, column: str | None = None) -> tuple[Sequence[str], Iterator[Sequence[object]]]:
    """Return the columns of *path* and its rows, read as they are gone through; with *column*, of that one alone.

    Raises `ConfigurationError` for what is no Parquet file; where *column* is not there, all are returned.
    """
    try:
        file = pq.ParquetFile(path)
    except (OSError, pa.ArrowException) as error:
        raise ConfigurationError(f"{path}: no Parquet: {str(error).splitlines()[0]}") from None
    names = [str(name) for name in file.schema_arrow.names]
    chosen = [column] if column is not None and column in names else names
    return chosen, _rows(file, chosen, path)


def _rows(file: pq.ParquetFile, columns: Sequence[str], path: Path) -> Iterator[Sequence[object]]:
    try:
        for batch in file.iter_batches(_BATCH, columns=columns):
            yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)
    except (OSError, pa.ArrowException) as error:
        raise ConfigurationError(f"{path}: no Parquet: {str(error).splitlines()[0]}") from None
