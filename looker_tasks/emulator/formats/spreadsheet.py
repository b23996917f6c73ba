"""The formats of Excel: xlsx, and odc, a file that tells Excel where to ask for the rows. Pure."""

import io
from datetime import UTC, date, datetime
from html import escape

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from looker_tasks.emulator.content import Column, Rows, Value
from looker_tasks.emulator.formats.cells import headings, rendered

_CREATED = datetime(2026, 1, 1, tzinfo=UTC)  # fixed, so that the same rows are the same bytes
_DAY = "yyyy-mm-dd"
_WIDEST = 40  # letters


def workbook(rows: Rows, *, apply_formatting: bool) -> bytes:
    """Write the rows as the one sheet of a workbook: numbers and days as such, or all as text if formatted."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        book.set_properties({"created": _CREATED})
        sheet = book.add_worksheet("Query Results")
        bold = book.add_format({"bold": True})
        top = headings(rows)
        for number, line in enumerate(top):
            for index, text in enumerate(line):
                sheet.write_string(number, index, text, bold)
        styles = [book.add_format({"num_format": _number_format(column)}) for column in rows.columns]
        for index, column in enumerate(rows.columns):
            sheet.set_column(index, index, min(_WIDEST, len(top[-1][index]) + 2))
            for number, values in enumerate(rows.values, start=len(top)):
                value = values[index]
                if apply_formatting and value is not None:
                    sheet.write_string(number, index, rendered(value, column))
                else:
                    _write(sheet, number, index, value, styles[index])
        sheet.freeze_panes(len(top), 0)
    return target.getvalue()


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
    return _DAY if column.type == "date" else column.value_format or "General"


def _write(sheet: Worksheet, number: int, index: int, value: Value, style: Format) -> None:
    if value is None:
        return
    if isinstance(value, str):
        day = _day(value) if style.num_format == _DAY else None
        if day is None:
            sheet.write_string(number, index, value)
        else:
            sheet.write_datetime(number, index, day, style)
    else:
        sheet.write_number(number, index, value, style)


def _day(text: str) -> date | None:
    """Read a whole day; a month ("2026-06") stays text."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
