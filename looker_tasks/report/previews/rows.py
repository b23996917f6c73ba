"""The first rows of data, as a table or as lines of text. Only the beginning of a file is read."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping
from html.parser import HTMLParser
from itertools import islice
from pathlib import Path

from looker_tasks.report.previews.values import Preview, Request

_READ = 262144  # bytes of a file that are looked at


def _of_separated(separator: str) -> Callable[[Request], Preview]:
    def look(request: Request) -> Preview:
        return table_of(csv.reader(io.StringIO(_head(request), newline=""), delimiter=separator), request)

    return look


def _of_json(request: Request) -> Preview:
    return _records(_items(_head(request)), request)


def _items(text: str) -> Iterable[object]:
    """Yield what the first list of *text* holds, as far as it was read."""
    start = text.find("[") + 1
    decoder = json.JSONDecoder()
    while start:
        while start < len(text) and text[start] in " \t\r\n,":
            start += 1
        try:
            item, start = decoder.raw_decode(text, start)
        except ValueError:
            return
        yield item


def _of_json_list(name: str) -> Callable[[Request], Preview]:
    """Return what reads the last list of that *name* in a JSON object."""
    begin = re.compile(rf'"{name}"\s*:\s*(?=\[)')

    def look(request: Request) -> Preview:
        text = _head(request)
        starts = [match.end() for match in begin.finditer(text)]
        return _records(_items(text[starts[-1] :] if starts else ""), request)

    return look


def _records(items: Iterable[object], request: Request) -> Preview:
    """Return a table of *items*, of which each names its fields."""
    records = [item for item in islice(items, request.rows) if isinstance(item, Mapping)]
    names = list(dict.fromkeys(name for record in records for name in record))[: request.columns]
    return table_of([names, *([_cell(record.get(name)) for name in names] for record in records)], request)


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case {"rendered": str(shown)} if shown:
            return shown
        case {"value": shown}:
            return _cell(shown)
        case str() | int() | float():
            return str(value)
        case _:
            return json.dumps(value, ensure_ascii=False)


def _of_xlsx(request: Request) -> Preview:
    import openpyxl  # noqa: PLC0415  # for this format alone

    book = openpyxl.load_workbook(request.path, read_only=True, data_only=True)
    rows = book.worksheets[0].iter_rows(max_row=request.rows + 1, max_col=request.columns, values_only=True)
    return table_of(([str("" if cell is None else cell) for cell in row] for row in rows), request)


def table_of(rows: Iterable[Iterable[str]], request: Request) -> Preview:
    """Return as much of *rows*, the columns' names first, as is asked for."""
    found = [
        [_short(" ".join(cell.split()), request.characters) for cell in islice(row, request.columns)]
        for row in islice(rows, request.rows + 1)
    ]
    return Preview(rows=found if any(found) else [])


class _Table(HTMLParser):
    """Collects the cells of the rows of a page's tables."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._is_in_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  # the parser's own
        """Begin a row, or a cell."""
        if tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"} and self.rows:
            self.rows[-1].append("")
            self._is_in_cell = True

    def handle_endtag(self, tag: str) -> None:
        """End a cell."""
        self._is_in_cell = self._is_in_cell and tag not in {"td", "th"}

    def handle_data(self, data: str) -> None:
        """Add to the cell."""
        if self._is_in_cell:
            self.rows[-1][-1] += data


def _of_html(request: Request) -> Preview:
    table = _Table()
    table.feed(_head(request))
    return table_of(table.rows, request)


def _of_text(request: Request) -> Preview:
    lines = _head(request).splitlines()[: 2 * request.rows]
    return Preview(text="\n".join(_short(line, request.columns * request.characters // 2) for line in lines))


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _head(request: Request) -> str:
    with Path(request.path).open("rb") as file:
        return file.read(_READ).decode("utf-8-sig", "replace")


#: What reads a format. Each raises what it likes for a file that is something else.
READERS: Mapping[str, Callable[[Request], Preview]] = {
    "csv": _of_separated(","),
    "txt": _of_separated("\t"),
    "json": _of_json,
    "inline_json": _of_json,
    "json_fe": _of_json_list("data"),
    "json_detail": _of_json_list("data"),
    "json_bi": _of_json_list("rows"),
    "xlsx": _of_xlsx,
    "html": _of_html,
    "md": _of_text,
    "sql": _of_text,
}
