"""The formats of Excel: xlsx, and odc, a file that tells Excel where to ask for the rows."""

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape
from itertools import islice

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from looker_tasks.emulator.formats.cells import headings, renderer
from looker_tasks.emulator.results import Column, Table, Value

_CREATED = datetime(2026, 1, 1, tzinfo=UTC)  # fixed, so that the same rows are the same bytes
_DAY = "yyyy-mm-dd"
_MOMENT = "yyyy-mm-dd hh:mm:ss"
_WIDEST = 40  # letters
_ROWS = 1_048_576  # of a sheet, in Excel
_PIECE = 256 * 1024  # bytes


def workbook(table: Table, *, apply_formatting: bool) -> Iterator[bytes]:
    """Write the rows as the one sheet of a workbook: numbers and days as such, or all as text if formatted.

    Rows go to the disk as they come; what Excel has no room for (1,048,576 rows) is left out.
    """
    with tempfile.TemporaryFile() as target:
        with xlsxwriter.Workbook(target, {"constant_memory": True}) as book:
            book.set_properties({"created": _CREATED})
            _write_sheet(book, book.add_worksheet("Query Results"), table, apply_formatting=apply_formatting)
        target.seek(0)
        while piece := target.read(_PIECE):
            yield piece


def _write_sheet(book: xlsxwriter.Workbook, sheet: Worksheet, table: Table, *, apply_formatting: bool) -> None:
    bold = book.add_format({"bold": True})
    top = headings(table)
    columns = [
        (renderer(column) if apply_formatting else None, book.add_format({"num_format": _number_format(column)}))
        for column in table.columns
    ]
    for index, label in enumerate(top[-1]):
        sheet.set_column(index, index, min(_WIDEST, len(label) + 2))
    sheet.freeze_panes(len(top), 0)
    for number, line in enumerate(top):
        for index, label in enumerate(line):
            sheet.write_string(number, index, label, bold)
    rows = (row for batch in table.batches() for row in batch)
    for number, values in enumerate(islice(rows, _ROWS - len(top)), start=len(top)):
        for index, (value, (render, style)) in enumerate(zip(values, columns, strict=True)):
            if render is not None and value is not None:
                sheet.write_string(number, index, render(value))
            else:
                _write(sheet, number, index, value, style)


def connection_file(*, task_id: str, title: str) -> str:
    """Write an Office Data Connection, a page of HTML around XML, to the results of the task as a web query."""
    address = escape(f"/api/4.0/query_tasks/{task_id}/results")
    return (
        '<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns="http://www.w3.org/TR/REC-html40">\n'
        '<head>\n<meta http-equiv="Content-Type" content="text/x-ms-odc; charset=utf-8"/>\n'
        '<meta name="ProgId" content="ODC.Database"/>\n'
        f"<title>{escape(title)}</title>\n"
        '<xml id="msodc"><odc:OfficeDataConnection xmlns:odc="urn:schemas-microsoft-com:office:odc">\n'
        f"<odc:WebQuery><odc:URL>{address}</odc:URL></odc:WebQuery>\n"
        "</odc:OfficeDataConnection></xml>\n</head>\n<body></body>\n</html>\n"
    )


def _number_format(column: Column) -> str:
    if column.type == "date":
        return _MOMENT if column.lookml.type == "date_time" else _DAY
    return column.value_format or "General"


def _write(sheet: Worksheet, number: int, index: int, value: Value, style: Format) -> None:
    if value is None:
        return
    if isinstance(value, str):
        moment = _moment(value) if style.num_format in {_DAY, _MOMENT} else None
        if moment is None:
            sheet.write_string(number, index, value)
        else:
            sheet.write_datetime(number, index, moment, style)
    else:
        sheet.write_number(number, index, value, style)


def _moment(text: str) -> datetime | None:
    """Read a day or a moment of it; a month ("2026-06") stays text."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
