"""What makes the files of formats that are made here: Parquet and Arrow, of Looker's json_bi."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from threading import Thread
from typing import TYPE_CHECKING

from looker_tasks.aio.files.sink import Encoder
from looker_tasks.errors import TaskFailed
from looker_tasks.extras import require
from looker_tasks.formats import FORMATS

if TYPE_CHECKING:
    from looker_tasks.tables.encoder import TableEncoder


def encoder_of(result_format: str) -> Encoder | None:
    """Return what makes a file of *result_format*; None where Looker's own bytes are one.

    Raises `ConfigurationError` where the extra `tables` is not installed.
    """
    if FORMATS[result_format].made_from is None:
        return None
    require("tables")
    return _TableFile(result_format)


class _TableFile:
    """A table's encoder, whose errors are those of a result."""

    def __init__(self, result_format: str) -> None:
        self._format = result_format
        self.rows: int | None = None
        """How many the file has, as soon as it is made."""

    @cached_property
    def _encoder(self) -> "TableEncoder":
        """Made in the thread that uses it: it opens a temporary file."""
        from looker_tasks.tables.encoder import TableEncoder  # noqa: PLC0415  # an extra

        return TableEncoder("arrow" if self._format == "arrow" else "parquet")

    def feed(self, chunk: bytes) -> bytes:
        """Take the next bytes. Raises `TaskFailed` and `ValueError`, as `finish` does."""
        with _translated():
            return self._encoder.feed(chunk)

    def finish(self) -> Iterator[bytes]:
        """Yield the file, a row group at a time."""
        with _translated():
            yield from self._encoder.finish()
        self.rows = self._encoder.rows

    def close(self) -> None:
        """Let its temporary file go, in a thread: to give back the room of a large one takes a while."""
        if "_encoder" in vars(self) and self.rows is None:  # a file that was made has closed it
            Thread(target=self._encoder.close, name="looker-tasks-close", daemon=True).start()


@contextmanager
def _translated() -> Iterator[None]:
    from looker_tasks.tables.errors import TableError  # noqa: PLC0415  # an extra

    try:
        yield
    except TableError as error:
        if error.is_query_error:
            raise TaskFailed(task_id="-", status="error", detail=error.reason) from error
        raise ValueError(error.reason) from error
