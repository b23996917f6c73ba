"""Parts → one XLSX: a sheet for each table.

xlsxwriter with `constant_memory` holds one row at a time; openpyxl's way of writing holds every text of the book.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, TypeVar

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from looker_tasks.combining.parts import Part
from looker_tasks.combining.sheets.sheet import Formats, Sheet
from looker_tasks.combining.sheets.sheet_names import SheetNames
from looker_tasks.combining.sheets.sheet_tables import sheet_tables
from looker_tasks.combining.tables import Table
from looker_tasks.combining.text_tables import DELIMITERS, delimited_rows, json_rows

_CREATED = datetime(2000, 1, 1, tzinfo=UTC)  # fixed, so that the same parts are the same bytes
_Item = TypeVar("_Item")


def write_workbook(parts: Sequence[Part], file: BinaryIO, folder: Path) -> None:
    """Write the tables of *parts* to *file*; rows wait in *folder*."""
    target = _Target(file)
    book = xlsxwriter.Workbook(target, {"constant_memory": True, "tmpdir": str(folder)})
    book.use_zip64()
    book.set_properties({"created": _CREATED})
    names, formats = SheetNames(), Formats(book)
    for part in parts:
        for table in _readable(part, _tables(part)):
            with Sheet(book.add_worksheet(names.take(table.title)), formats) as sheet:
                for row in _readable(part, table.rows):
                    try:
                        sheet.write(row)
                    except ValueError as error:
                        raise part.rejection(str(error)) from error
    try:
        book.close()
    except FileCreateError as error:  # with the OSError in it
        target.error = error.args[0]
    if target.error is not None:
        raise target.error


class _Target:
    """The file that xlsxwriter writes to, whose first error is kept, and after which it is let alone.

    xlsxwriter leaves its ZIP open where writing fails, and Python would try to write its end once more when it is gone.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.error: OSError | None = None

    def write(self, block: bytes) -> int:
        return self._try(lambda: self._file.write(block))

    def tell(self) -> int:
        return self._try(self._file.tell)

    def seek(self, position: int, whence: int = 0) -> int:
        return self._try(lambda: self._file.seek(position, whence))

    def flush(self) -> None:
        self._try(self._file.flush)

    def _try(self, call: Callable[[], _Item]) -> _Item | int:
        if self.error is None:
            try:
                return call()
            except OSError as error:
                self.error = error
        return 0


def _tables(part: Part) -> Iterator[Table]:
    if part.result_format == "xlsx":
        yield from sheet_tables(part.path, part.title)
    elif part.result_format in DELIMITERS:
        yield Table(part.title, delimited_rows(part.path, part.result_format))
    else:
        yield Table(part.title, json_rows(part.path, part.result_format))


def _readable(part: Part, items: Iterable[_Item]) -> Iterator[_Item]:
    """Give *items*; whatever the reader raises of a broken file is a `PartRejected`."""
    try:
        yield from items
    except OSError as error:
        raise part.rejection(error.strerror or str(error)) from error
    except Exception as error:  # the readers raise whatever they stumble over
        raise part.rejection(f"it cannot be read as {part.result_format}: {str(error) or repr(error)}") from error
