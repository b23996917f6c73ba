"""One sheet of the workbook that is written, row by row."""

from collections import Counter
from types import TracebackType
from typing import Self
from unicodedata import east_asian_width

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from looker_tasks.combining.exact_numbers import Number
from looker_tasks.combining.tables import Cell, Moment, Row, check_size

_GENERAL = "General"
_NARROWEST, _WIDEST = 8, 60  # columns, in letters
_MARGIN = 2  # letters
_MEASURED = 500  # rows by which columns get their widths
_TOO_LONG = -2  # xlsxwriter's answer


class Formats:
    """The cell formats of one workbook, made once each."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[str, bool], Format | None] = {(_GENERAL, False): None}

    def format_of(self, number_format: str, *, bold: bool) -> Format | None:
        """Return the cell format; None for the plain one."""
        key = (number_format, bold)
        if key not in self._made:
            self._made[key] = self._book.add_format({"num_format": number_format, "bold": bold})
        return self._made[key]


class Sheet:
    """A sheet that grows. At the end of the block its headings are frozen and its columns as wide as their texts."""

    def __init__(self, sheet: Worksheet, formats: Formats) -> None:
        self._sheet = sheet
        self._formats = formats
        self._rows = 0
        self._headings = 0
        self._widths: Counter[int] = Counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        for column, width in self._widths.items():
            self._sheet.set_column(column, column, min(max(width + _MARGIN, _NARROWEST), _WIDEST))
        if self._headings < self._rows:  # frozen alone, headings could not be scrolled
            self._sheet.freeze_panes(self._headings, 0)
        self._sheet._opt_close()  # noqa: SLF001  # else each sheet keeps a file open: 1,000 sheets are too many

    def write(self, row: Row) -> None:
        """Add *row*. Raises ValueError for what no sheet holds."""
        check_size(self._rows + 1, len(row.cells))
        for column, cell in enumerate(row.cells):
            if cell is None or cell == "":
                continue
            if self._write(column, cell, bold=row.is_heading) == _TOO_LONG:
                name = xl_rowcol_to_cell(self._rows, column)
                raise ValueError(f"the text of cell {name} is longer than 32,767 characters, which no cell holds")
            if self._rows < _MEASURED:
                self._widths[column] = max(self._widths[column], _width(cell))
        self._rows += 1
        self._headings += row.is_heading

    def _write(self, column: int, cell: Cell, *, bold: bool) -> int:
        """Write one cell; return xlsxwriter's answer."""
        at = (self._rows, column)
        match cell:
            case Number(value, number_format):
                style = self._formats.format_of(number_format, bold=bold)
                answer = self._sheet.write_number(*at, _Exact(value), style)
            case Moment(value, number_format):
                answer = self._sheet.write_datetime(*at, value, self._formats.format_of(number_format, bold=bold))
            case bool():
                answer = self._sheet.write_boolean(*at, cell, self._formats.format_of(_GENERAL, bold=bold))
            case _:
                answer = self._sheet.write_string(*at, cell, self._formats.format_of(_GENERAL, bold=bold))
        return int(answer)


class _Exact(float):
    """A float that xlsxwriter writes with all its digits: by itself it writes sixteen, and some have seventeen."""

    def __format__(self, _: str) -> str:
        return repr(float(self)).removesuffix(".0")


def _width(cell: Cell) -> int:
    """Return how wide *cell* is shown, about, in letters."""
    match cell:
        case str():
            return max(map(_letters, cell.splitlines()), default=0)
        case Number(value, number_format):
            shown = f"{value:,.2f}" if number_format != _GENERAL else f"{value:.10g}"
            return len(shown) + (number_format != _GENERAL)
        case Moment(_, number_format):
            return len(number_format)
        case _:
            return len(str(cell))


def _letters(line: str) -> int:
    return len(line) if line.isascii() else sum(2 if east_asian_width(each) in "WF" else 1 for each in line)
