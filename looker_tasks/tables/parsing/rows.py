"""Runs of rows into arrays, column by column.

Arrow parses a run at once, each value as what its column has had until now, and refuses what is anything else. Then
each row is looked at by itself: its columns become known, its faults are found, and its values say what to expect next.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NoReturn

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as arrow_json

from looker_tasks.tables.columns.column import Column
from looker_tasks.tables.columns.numbers import exact
from looker_tasks.tables.errors import TableError
from looker_tasks.tables.fields import Field, Metadata, Pivot, message_of, pivot_name

Path = tuple[str, ...]  # of a cell in its row: a field's name, and under pivots one of their keys

_ERROR = "looker_error"  # the one key of a row that tells why the query failed
_VALUE = "value"  # the key of a cell's value; beside it are "rendered", "links" and the like
# Numbers of more decimals than Arrow can take away: where it has to, a decimal is nothing, and no error. The first is
# found by its zeros (a decimal that Arrow parses has no more than 28 other digits), the second by its exponent. Arrow
# takes a text for a decimal as well.
_ODD_NUMBER = re.compile(
    rb'"value":[ \t\r\n]*"?-?(?:0\.0{10}|(?![0-9](?:\.[0-9]{1,17})?[eE]-(?:0?[0-9]|10)[^0-9])[0-9.]++[eE]-)'
)
_MANY_ZEROS = b"." + b"0" * 10
_SHAPES = bytes(b"0"[0] if byte in b"0123456789" else b"e"[0] if byte in b"eE" else byte for byte in range(256))
_EXPONENT = b"0e-"  # in these shapes


class RowReader:
    """Reads the rows that *metadata* describes, and knows the columns that they have had."""

    def __init__(self, metadata: Metadata, timezone: str | None) -> None:
        self.columns: dict[Path, Column] = {}
        self._metadata = metadata
        self._timezone = timezone
        self._fields = {each.name: each for each in metadata.fields}
        self._pivots = {each.key: each for each in metadata.pivots}
        self._dimensions = {each.name for each in metadata.dimensions}
        self.count = 0
        """Of the rows that were read."""

    def parse(self, data: bytes) -> dict[Path, pa.Array] | None:
        """Parse the rows of *data* by Arrow; None where they are not what is known of their columns."""
        row_type = _row_type(self.columns)
        if row_type is None or _ERROR.encode() in data:
            return None
        rows = _parsed(data, row_type)
        if rows is None or not self._is_complete(rows, data):
            return None
        found = {path: pc.struct_field(rows, [*path, _VALUE]) for path in self.columns}
        if not all(map(_is_finite, found.values())) or _has_odd_number(data):
            return None
        self.count += len(rows)
        return {path: self.columns[path].take(values) for path, values in found.items()}

    def examine(self, data: bytes, bounds: Iterable[tuple[int, int]]) -> dict[Path, pa.Array]:
        """Read the rows at *bounds* of *data* one by one. Raises TableError for one that is not as promised."""
        cells: dict[Path, list[object]] = {}  # by columns: of rows, the interpreter would look for garbage in each
        number = 0
        for number, (start, end) in enumerate(bounds, start=1):
            self.count += 1
            for path, value in self._cells(_read(data[start:end], self.count)):
                column = cells.setdefault(path, [])
                column.extend([None] * (number - 1 - len(column)))
                column.append(value)
        for path in cells:
            self._know(path)
        return {path: each.take_cells(_filled(cells.get(path, []), number)) for path, each in self.columns.items()}

    def complete(self) -> None:
        """Know the columns as well that the metadata promises and no row had."""
        paths = set(self.columns)
        pivoted = {path[0] for path in paths if len(path) > 1}
        plain = {path[0] for path in paths if len(path) == 1}
        for field in self._metadata.fields:
            is_measure = field in self._metadata.measures
            if field.name in pivoted or (is_measure and self._pivots and field.name not in plain):
                for key in self._pivots:
                    self._know((field.name, key))
            else:
                self._know((field.name,))

    def _know(self, path: Path) -> None:
        if path not in self.columns:
            field = self._fields.get(path[0]) or Field(path[0])
            pivot = (self._pivots.get(path[1]) or Pivot(path[1], pivot_name(path[1]))) if len(path) > 1 else None
            self.columns[path] = Column(field, pivot, self._timezone)

    def _is_complete(self, rows: pa.StructArray, data: bytes) -> bool:
        """Tell whether the values of *rows* are all that *data* has, and its texts all their texts.

        Arrow passes over keys that it does not know, and takes texts for decimals.
        """
        cells = texts = 0
        for path, column in self.columns.items():
            cell = pc.struct_field(rows, list(path))
            cells += len(cell) - cell.null_count
            if pa.types.is_string(column.parsed_as):
                values = pc.struct_field(cell, [_VALUE])
                texts += len(values) - values.null_count
        return data.count(b'"value"') == cells and texts in _text_counts(data)

    def _cells(self, row: Mapping[str, Any]) -> Iterator[tuple[Path, object]]:
        if _ERROR in row and len(row) == 1:
            raise TableError(message_of(row[_ERROR]), is_query_error=True)
        for name, cell in row.items():
            if cell is None:
                continue
            if not isinstance(cell, dict):
                self._refuse(name, "is no object")
            if not self._is_pivoted(name, cell):
                yield (name,), self._value(name, cell)
                continue
            for key, inner in cell.items():
                if inner is not None:
                    yield (name, key), self._value(name, inner)

    def _is_pivoted(self, name: str, cell: Mapping[str, Any]) -> bool:
        """Tell whether *cell* holds cells by the keys of the pivots; one of these may be "value"."""
        if not self._pivots or name in self._dimensions:
            return False
        return _VALUE not in cell or (_VALUE in self._pivots and isinstance(cell[_VALUE], dict))

    def _value(self, name: str, cell: object) -> object:
        if not isinstance(cell, dict) or _VALUE not in cell:
            self._refuse(name, "has no value")
        if isinstance(cell, _Repeated):
            self._refuse(name, "has a key twice")
        return cell[_VALUE]

    def _refuse(self, name: str, fault: str) -> NoReturn:
        raise TableError(f"row {self.count} is not as promised: its cell {name!r} {fault}")


def _filled(cells: list[object], count: int) -> list[object]:
    return [*cells, *[None] * (count - len(cells))]


class _Repeated(dict[str, object]):
    """An object of JSON with a key twice."""


def _object(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else _Repeated(found)


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_float=exact, parse_int=Decimal, parse_constant=_constant)


def _read(raw: bytes, number: int) -> dict[str, Any]:
    """Read one row. Raises TableError."""
    try:
        row = _DECODER.decode(raw.decode())
        for name in row:
            name.encode()
    except (ValueError, RecursionError) as error:
        raise TableError(f"row {number} is not JSON: {error}") from error
    if isinstance(row, _Repeated):
        raise TableError(f"row {number} is not as promised: it has two cells of one name")
    return dict(row)


def _row_type(columns: Mapping[Path, Column]) -> pa.DataType | None:
    """Return the type of a row; None where there is none, because a field is pivoted in some rows and not in others."""
    plain: dict[str, pa.DataType] = {}
    pivoted: dict[str, list[pa.Field]] = {}
    for path, column in columns.items():
        cell = pa.struct([(_VALUE, column.parsed_as)])
        if len(path) == 1:
            plain[path[0]] = cell
        else:
            pivoted.setdefault(path[0], []).append(pa.field(path[1], cell))
    if not columns or plain.keys() & pivoted.keys():
        return None
    return pa.struct([*plain.items(), *((name, pa.struct(fields)) for name, fields in pivoted.items())])


def _parsed(data: bytes, row_type: pa.DataType) -> pa.StructArray | None:
    """Parse rows; None where they are not of *row_type*, or where *data* is not rows and nothing else."""
    # Rows in one array are one value in a line. In two arrays *data* can close neither: no member can follow there.
    line = b'{"rows":[[%b]]}' % data
    schema = pa.schema([("rows", pa.list_(pa.list_(row_type)))])
    try:
        table = arrow_json.read_json(
            pa.BufferReader(line),
            read_options=arrow_json.ReadOptions(use_threads=False, block_size=len(line) + 1),
            parse_options=arrow_json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore"),
        )
        rows = table.column(0).combine_chunks().flatten().flatten()
        rows.validate(full=True)  # of strings and decimals, that they are what they seem
    except pa.ArrowInvalid:
        return None
    return None if rows.null_count else rows


def _text_counts(data: bytes) -> Iterator[int]:
    """Count the values of *data* that are texts, as JSON is written without blanks, and as it is written with them."""
    yield data.count(b'"value":"')
    yield data.count(b'"value": "')


def _is_finite(values: pa.Array) -> bool:
    return not pa.types.is_floating(values.type) or pc.all(pc.is_finite(values)).as_py() is not False


def _has_odd_number(data: bytes) -> bool:
    may_be = _MANY_ZEROS in data or _EXPONENT in data.translate(_SHAPES)  # quick, and true of few texts
    return may_be and _ODD_NUMBER.search(data) is not None
