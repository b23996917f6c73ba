"""A `json_bi` result that comes in pieces, read into a table whose types are decided by all of its values."""

import json
from collections.abc import Iterator, Mapping
from tempfile import TemporaryFile
from typing import IO

import pyarrow as pa
from attrs import evolve

from looker_tasks.tables.errors import TableError
from looker_tasks.tables.fields import Metadata, read_metadata, warnings_of
from looker_tasks.tables.parsing.document import Document, Member, Rows
from looker_tasks.tables.parsing.rows import Path, RowReader
from looker_tasks.tables.schema import TableSchema, table_schema
from looker_tasks.tables.spool import Spool

_RUN = 1 << 20  # bytes of rows that are parsed at once
_FIRST_RUN = 1 << 16  # bytes of rows that are looked at one by one, to know what the others will be


class TableReader:
    """Reads one result: `feed` its bytes, `finish`, then take its `batches`. Blocks, and belongs to one thread."""

    def __init__(self, timezone: str | None = None) -> None:
        self._timezone = timezone
        self._document = Document()
        self._metadata: Metadata | None = None
        self._warnings: tuple[str, ...] = ()
        self._rows: RowReader | None = None
        self._spool = Spool()
        self._raw: IO[bytes] | None = None  # the rows as they are written, if they came before the metadata

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes, any number of them. Raises TableError as soon as they cannot become a table."""
        self._document.feed(chunk)
        self._advance()

    def finish(self) -> TableSchema:
        """Take note that all bytes have come, and return what the table looks like. Raises TableError."""
        self._document.finish()
        self._advance()
        if self._metadata is None or self._rows is None:
            raise TableError("it has no metadata")
        if self._raw is not None:
            self._read_raw(self._raw)
        elif not self._document.had_rows:
            raise TableError("it has no rows")
        self._rows.complete()
        metadata = evolve(self._metadata, notes=(*self._warnings, *self._metadata.notes))
        return table_schema(metadata, self._rows.columns)

    @property
    def rows(self) -> int:
        """How many rows the table has, once all bytes have come."""
        return 0 if self._rows is None else self._rows.count

    def batches(self, schema: TableSchema) -> Iterator[pa.RecordBatch]:
        """Yield the rows of the table that `finish` told the *schema* of, some thousands at a time."""
        for arrays in self._spool.read():
            yield schema.batch(arrays)

    def close(self) -> None:
        """Forget the rows."""
        self._spool.close()
        if self._raw is not None:
            self._raw.close()

    def _advance(self) -> None:
        while True:
            if self._document.is_at_rows:
                if not self._take_rows():
                    return
            elif member := self._document.member():
                self._take_member(member)
            elif not self._document.is_at_rows:
                return

    def _take_member(self, member: Member) -> None:
        if member.name == "metadata":
            self._metadata = read_metadata(member.value)
            self._rows = RowReader(self._metadata, self._timezone or self._metadata.timezone)
        elif member.name == "errors":
            try:
                self._warnings = warnings_of(json.loads(member.value))
            except (ValueError, RecursionError) as error:
                raise TableError(f"its errors are not JSON: {error}") from error

    def _take_rows(self) -> bool:
        """Take some rows, if enough have come; return whether there may be more."""
        if self._rows is None or self._metadata is None:
            return self._keep_raw_rows()
        likely = self._document.likely_rows(_RUN) if self._rows.columns else None
        arrays: Mapping[Path, pa.Array] | None = self._rows.parse(likely.data) if likely else None
        rows = likely
        if rows is None or arrays is None:
            rows = self._document.certain_rows(_RUN if self._rows.columns else _FIRST_RUN)
            if rows is None:
                return False
            arrays = self._arrays(self._rows, rows.without_last() if self._ends_in_totals(rows) else rows)
        if arrays:
            self._spool.write(arrays)
        self._document.take(rows)
        return True

    def _ends_in_totals(self, rows: Rows) -> bool:
        return rows.is_end and self._metadata is not None and self._metadata.has_totals

    def _arrays(self, reader: RowReader, rows: Rows) -> Mapping[Path, pa.Array]:
        if not rows.bounds:
            return {}
        arrays = reader.parse(rows.data)
        return reader.examine(rows.data, rows.bounds) if arrays is None else arrays

    def _keep_raw_rows(self) -> bool:
        rows = self._document.certain_rows(_FIRST_RUN if self._raw is None else _RUN)
        if rows is None:
            return False
        if self._raw is None:
            self._raw = TemporaryFile()  # noqa: SIM115  # closed by `close`, or when it is forgotten
            if b"looker_error" in rows.data:
                RowReader(Metadata(), None).examine(rows.data, rows.bounds)
        elif rows.data:
            self._raw.write(b",")
        self._raw.write(rows.data)
        self._document.take(rows)
        return True

    def _read_raw(self, raw: IO[bytes]) -> None:
        """Read the rows that were kept, now that it is known what they are."""
        raw.seek(0)
        self._document = Document()
        self._document.feed(b'{"rows":[')
        self._advance()
        while piece := raw.read(_RUN):
            self._document.feed(piece)
            self._advance()
        self._document.feed(b"]}")
        self._document.finish()
        self._advance()
