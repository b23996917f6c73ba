"""Whether a file holds what was asked for: looked at with other libraries than those that made it."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path

import openpyxl
import pyarrow.ipc
import pyarrow.parquet
import pypdfium2  # type: ignore[import-untyped]  # the library ships no types
from PIL import Image

from looker_tasks.emulator.results import Rows

IMAGES = {"png": "PNG", "jpg": "JPEG"}


def text_of(pdf: Path) -> str:
    """Return all text of a PDF."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()


def pages_of(pdf: Path) -> list[tuple[int, int]]:
    """Return the size of each page of a PDF in points."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [(round(page.get_width()), round(page.get_height())) for page in document]
    finally:
        document.close()


def picture_of(path: Path) -> tuple[str | None, tuple[int, int], int]:
    """Return format and size of a picture, and how many colours it has at the least."""
    with Image.open(path) as image:
        image.load()
        colours = image.convert("RGB").getcolors(maxcolors=2**24) or []
        return image.format, image.size, len(colours)


def holds(path: Path, result_format: str, rows: Rows) -> bool:
    """Tell whether the file at *path* has *rows* in it, all of them, in their order."""
    return _HOLDS[result_format](path.read_bytes(), rows)


def _same(written: object, value: object) -> bool:
    """Compare cells of a text with values: numbers as numbers, whatever their writing."""
    try:
        return float(str(written)) == float(str(value))
    except ValueError:
        return str(written or "") == str(value or "")


def _in_json(found: list[Mapping[str, object]], rows: Rows) -> bool:
    names = [column.name for column in rows.columns]
    return len(found) == len(rows.values) and all(
        all(_same(each[name], value) for name, value in zip(names, row, strict=True))
        for each, row in zip(found, rows.values, strict=True)
    )


def _json(body: bytes, rows: Rows) -> bool:
    return _in_json(json.loads(body), rows)


def _detail(body: bytes, rows: Rows) -> bool:
    found = json.loads(body)["data"]
    return _in_json([{name: cell["value"] for name, cell in row.items()} for row in found], rows)


def _bi(body: bytes, rows: Rows) -> bool:
    found = json.loads(body)["rows"]
    return _in_json(
        [{name: cell["value"] if isinstance(cell, dict) else cell for name, cell in row.items()} for row in found], rows
    )


def _separated(delimiter: str) -> Callable[[bytes, Rows], bool]:
    def check(body: bytes, rows: Rows) -> bool:
        labels, *found = csv.reader(io.StringIO(body.decode()), delimiter=delimiter)
        return labels == [column.label for column in rows.columns] and _in_table(found, rows)

    return check


def _in_table(found: list[list[str]], rows: Rows) -> bool:
    return len(found) == len(rows.values) and all(
        all(_same(cell, value) for cell, value in zip(line, row, strict=True))
        for line, row in zip(found, rows.values, strict=True)
    )


def _spreadsheet(body: bytes, rows: Rows) -> bool:
    sheet = openpyxl.load_workbook(io.BytesIO(body)).worksheets[0]
    labels, *found = [[str(cell or "") for cell in line] for line in sheet.iter_rows(values_only=True)]
    return labels == [column.label for column in rows.columns] and _in_table(found, rows)


def _words(body: bytes, rows: Rows) -> bool:
    """Of the formats for people: each text of the rows is in it."""
    text = body.decode()
    return all(value in text for row in rows.values for value in row if isinstance(value, str))


def _sql(body: bytes, rows: Rows) -> bool:
    return body.decode().strip() == rows.sql.strip()


def _parquet(body: bytes, rows: Rows) -> bool:
    return _in_json(pyarrow.parquet.read_table(io.BytesIO(body)).to_pylist(), rows)


def _arrow(body: bytes, rows: Rows) -> bool:
    with pyarrow.ipc.open_file(io.BytesIO(body)) as file:
        return _in_json(file.read_all().to_pylist(), rows)


_HOLDS: Mapping[str, Callable[[bytes, Rows], bool]] = {
    "json": _json,
    "inline_json": _json,
    "json_detail": _detail,
    "json_fe": _detail,
    "json_bi": _bi,
    "csv": _separated(","),
    "txt": _separated("\t"),
    "xlsx": _spreadsheet,
    "html": _words,
    "md": _words,
    "gsxml": _words,
    "parquet": _parquet,
    "arrow": _arrow,
    "sql": _sql,
    "odc": lambda body, _: b"OfficeDataConnection" in body or b"odc" in body.lower(),
}
