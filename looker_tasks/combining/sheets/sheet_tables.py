"""The sheets of an xlsx → tables, their cells typed and formatted as they are.

openpyxl reads row by row and knows number formats; python-calamine reads faster and does not.
"""

import re
import warnings
from collections.abc import Iterable, Iterator
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import openpyxl
from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell

from looker_tasks.combining.exact_numbers import Number
from looker_tasks.combining.tables import Cell, Moment, Row, Table

warnings.filterwarnings("ignore", module="openpyxl")  # of styles that other programs leave out of their files

_MOST_HEADINGS = 10  # rows: a heading for each pivot, and the fields' labels
_CONTROL_CHARACTER = re.compile(r"_x(00[01][0-9A-Fa-f])_")  # as an xlsx writes one, and openpyxl leaves it

_ReadCell: TypeAlias = EmptyCell | ReadOnlyCell
_Line: TypeAlias = tuple[Any, ...]  # of _ReadCell; openpyxl's types name those of a book that is not read-only


def sheet_tables(path: Path, title: str) -> Iterator[Table]:
    """Give the sheets of the xlsx at *path*, under *title*, and under their own titles too where there are several.

    A table is to be read before the next. Raises whatever openpyxl does on a broken file.
    """
    with path.open("rb") as file:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        if not book.worksheets:
            raise ValueError("there is no sheet in it")
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # the size that a file claims for itself need not be so
            name = title if len(book.worksheets) == 1 else f"{title} {sheet.title}"
            yield Table(name, _rows(sheet.iter_rows()))


def _rows(lines: Iterable[_Line]) -> Iterator[Row]:
    """Give the rows; those that lead are headings as long as they are bold, the first one anyway."""
    leads = True
    for number, line in enumerate(lines):
        leads = leads and number < _MOST_HEADINGS and (number == 0 or _is_bold(line))
        yield Row([_cell(cell) for cell in line], is_heading=leads)


def _is_bold(line: _Line) -> bool:
    filled = [cell for cell in line if cell.value is not None]
    return bool(filled) and all(cell.font is not None and cell.font.b for cell in filled)


def _cell(cell: _ReadCell) -> Cell:
    match cell.value:
        case None | bool():
            return cell.value
        case int() | float():
            return Number(cell.value, cell.number_format)
        case date() | time() | timedelta():
            return Moment(cell.value, cell.number_format)
        case text:
            return _CONTROL_CHARACTER.sub(lambda code: chr(int(code[1], 16)), str(text))
