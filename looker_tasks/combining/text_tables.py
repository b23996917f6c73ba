"""CSV, text and JSON → rows. A file is read twice, first to know its columns, so that no more than a row is held.

A column in which any number would lose something as one (a leading zero, a digit beyond the fifteenth) is a column of
ids: all of it stays text.
"""

import csv
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import partial
from pathlib import Path

import ijson

from looker_tasks.combining.exact_numbers import Number, Text, parse_number
from looker_tasks.combining.tables import Cell, Row, check_size

#: The formats that are lines of text, and what parts their cells.
DELIMITERS = {"csv": ",", "txt": "\t"}
_PATHS = {  # of the list of rows, and of a row of totals beside it
    "json": ("", None),
    "inline_json": ("", None),
    "json_bi": ("rows", None),
    "json_detail": ("data", "totals_data"),
    "json_fe": ("data", "totals_data"),
}
_PIVOT_SEPARATOR = "|FIELD|"  # Looker's, between the values of several pivots

Scalar = str | bool | int | Decimal | None


def delimited_rows(path: Path, result_format: str) -> Iterator[Row]:
    """Give the rows of a file in csv or txt, the first as headings. Raises what `csv` and a broken encoding raise."""
    lines = partial(_lines, path, DELIMITERS[result_format])
    ids: set[int] = set()
    for number, line in enumerate(lines()):
        check_size(number + 1, len(line))
        if number:
            ids.update(column for column, text in enumerate(line) if column not in ids and _is_lossy(text))
    for number, line in enumerate(lines()):
        if number:
            yield Row([text if column in ids else _parsed(text) for column, text in enumerate(line)])
        else:
            yield Row(line, is_heading=True)


def json_rows(path: Path, result_format: str) -> Iterator[Row]:
    """Give the rows of a file in one of the JSON formats, under the names of their fields.

    A pivoted field is a column for each value of its pivot; of a cell with value and rendering, the value counts.
    Raises ValueError where there are no rows in the format's place, `ijson.JSONError` where it is no JSON.
    """
    records = partial(_records, path, result_format)
    columns: dict[str, None] = {}  # an ordered set
    ids: set[str] = set()
    for number, record in enumerate(records(), start=2):  # the headings are one
        columns.update(dict.fromkeys(record))
        check_size(number, len(columns))
        ids.update(name for name, value in record.items() if name not in ids and _is_lossy(_digits(value)))
    if not columns:
        _check_rows(path, result_format)
    yield Row(list(columns), is_heading=True)
    for record in records():
        yield Row([_cell(record.get(name), is_id=name in ids) for name in columns])


def _lines(path: Path, delimiter: str) -> Iterator[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.reader(file, delimiter=delimiter, strict=True)


def _parsed(text: str) -> Cell:
    number = parse_number(text)
    return number if isinstance(number, Number) else text


def _is_lossy(text: str) -> bool:
    return parse_number(text) is Text.LOSSY


def _records(path: Path, result_format: str) -> Iterator[Mapping[str, Scalar]]:
    rows, totals = _PATHS[result_format]
    for place in (f"{rows}.item".removeprefix("."), totals):
        if place is not None:
            with path.open("rb") as file:
                for row in ijson.items(file, place):
                    if row is not None:  # totals that were not asked for
                        yield dict(_flattened("", row))


def _flattened(name: str, value: object) -> Iterator[tuple[str, Scalar]]:
    """Give the values below *value*, by the names that lead to them."""
    match value:
        case {"value": inner} if name:
            yield from _flattened(name, inner)
        case dict():
            for key, inner in value.items():
                yield from _flattened(f"{name} | {key.replace(_PIVOT_SEPARATOR, ' | ')}" if name else key, inner)
        case str() | bool() | int() | Decimal() | None if name:
            yield name, value
        case list() if name:
            yield name, json.dumps(value, ensure_ascii=False, default=str)
        case _:
            raise ValueError(f"a row is no object: {value!r}")


def _digits(value: Scalar) -> str:
    return str(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else ""


def _cell(value: Scalar, *, is_id: bool) -> Cell:
    if isinstance(value, str | bool) or value is None:
        return value
    return str(value) if is_id else _parsed(str(value))


def _check_rows(path: Path, result_format: str) -> None:
    """Raise ValueError where not even an empty list of rows is there."""
    rows, _ = _PATHS[result_format]
    with path.open("rb") as file:
        if next(ijson.items(file, rows), None) != []:
            raise ValueError(f"there is no list of rows {f'under {rows!r}' if rows else 'in it'}")
