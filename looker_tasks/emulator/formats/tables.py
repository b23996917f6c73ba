"""The formats that are a table in text: csv, txt, md, html and gsxml. Pure."""

import csv
import io
from collections.abc import Iterable
from html import escape
from typing import Literal

from looker_tasks.emulator.content import Rows
from looker_tasks.emulator.drawing.typeface import printable
from looker_tasks.emulator.formats.cells import headings, rendered


def cells(rows: Rows, *, apply_formatting: bool) -> Iterable[list[str]]:
    """Give the texts of each row under the headings; a missing value is empty."""
    for values in rows.values:
        if apply_formatting:
            yield [rendered(value, column) for value, column in zip(values, rows.columns, strict=True)]
        else:
            yield ["" if value is None else str(value) for value in values]


def delimited(rows: Rows, delimiter: Literal[",", "\t"], *, apply_formatting: bool) -> str:
    """Write the rows under their labels, in quotes where a cell needs them (RFC 4180, but lines end in a line feed)."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerows(headings(rows))
    writer.writerows(cells(rows, apply_formatting=apply_formatting))
    return text.getvalue()


def markdown(rows: Rows, *, apply_formatting: bool) -> str:
    """Write a table of GitHub's Markdown."""
    head, *rest = headings(rows)
    body = [head, ["---"] * len(head), *rest, *cells(rows, apply_formatting=apply_formatting)]
    return "".join(f"| {' | '.join(map(_markdown_cell, line))} |\n" for line in body)


def html(rows: Rows, *, title: str, apply_formatting: bool) -> str:
    """Write a page that holds the rows as its one table."""
    return (
        '<!DOCTYPE html>\n<html><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title></head><body>\n"
        f"{_markup(rows, apply_formatting=apply_formatting)}</body></html>\n"
    )


def sheet_xml(rows: Rows, *, apply_formatting: bool) -> str:
    """Write XML for a Google sheet, which reads it by `=ImportXML(address, "//tr")`."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{_markup(rows, apply_formatting=apply_formatting)}'


def _markup(rows: Rows, *, apply_formatting: bool) -> str:
    head = "".join(_markup_row(line, "th") for line in headings(rows))
    body = "".join(_markup_row(line, "td") for line in cells(rows, apply_formatting=apply_formatting))
    return f"<table>\n<thead>\n{head}</thead>\n<tbody>\n{body}</tbody>\n</table>\n"


def _markup_row(line: Iterable[str], tag: Literal["th", "td"]) -> str:
    return f"<tr>{''.join(f'<{tag}>{escape(printable(text))}</{tag}>' for text in line)}</tr>\n"


def _markdown_cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ")
