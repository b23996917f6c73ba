"""The formats that are a table in text: csv, txt, md, html and gsxml. Pure."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import chain
from typing import Literal

from looker_tasks.emulator.drawing.typeface import printable
from looker_tasks.emulator.formats.cells import headings, renderer, text
from looker_tasks.emulator.results import Table, TextStyle

Lines = Iterable[Sequence[str]]


def cells(table: Table, *, apply_formatting: bool) -> Iterator[Lines]:
    """Yield the texts of the rows, batch by batch; a missing value is empty."""
    writers = [renderer(column) if apply_formatting else text for column in table.columns]
    for batch in table.batches():
        columns = zip(writers, zip(*batch, strict=True), strict=True) if batch else ()
        yield zip(*(map(write, values) for write, values in columns), strict=True)


def delimited(table: Table, delimiter: Literal[",", "\t"], *, apply_formatting: bool) -> Iterator[str]:
    """Write the rows under their labels, in quotes where a cell needs them (RFC 4180, but lines end in a line feed)."""
    yield _written(headings(table), delimiter)
    texts = table.texts(TextStyle("formatted" if apply_formatting else "plain", delimiter))
    if texts is not None:
        yield from map("".join, texts)
        return
    for lines in cells(table, apply_formatting=apply_formatting):
        yield _written(lines, delimiter)


def _written(lines: Lines, delimiter: str) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(lines)
    return text.getvalue()


def markdown(table: Table, *, apply_formatting: bool) -> Iterator[str]:
    """Write a table of GitHub's Markdown."""
    head, *rest = headings(table)
    for lines in chain([[head, ["---"] * len(head), *rest]], cells(table, apply_formatting=apply_formatting)):
        yield "".join(f"| {' | '.join(map(_markdown_cell, line))} |\n" for line in lines)


def html(table: Table, *, title: str, apply_formatting: bool) -> Iterator[str]:
    """Write a page that holds the rows as its one table."""
    yield (
        f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>{escape(printable(title))}</title></head><body>\n'
    )
    yield from _markup(table, apply_formatting=apply_formatting)
    yield "</body></html>\n"


def sheet_xml(table: Table, *, apply_formatting: bool) -> Iterator[str]:
    """Write XML for a Google sheet, which reads it by `=ImportXML(address, "//tr")`."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield from _markup(table, apply_formatting=apply_formatting)


def _markup(table: Table, *, apply_formatting: bool) -> Iterator[str]:
    yield f"<table>\n<thead>\n{_markup_rows(headings(table), 'th')}</thead>\n<tbody>\n"
    for lines in cells(table, apply_formatting=apply_formatting):
        yield _markup_rows(lines, "td")
    yield "</tbody>\n</table>\n"


def _markup_rows(lines: Lines, tag: Literal["th", "td"]) -> str:
    return "".join(
        f"<tr>{''.join(f'<{tag}>{escape(printable(cell))}</{tag}>' for cell in line)}</tr>\n" for line in lines
    )


def _markdown_cell(cell: str) -> str:
    return cell.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ")
