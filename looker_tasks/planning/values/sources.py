"""Where values come from: a list, a file (csv, json, jsonl, parquet), or the rows of a look or a query.

[pdf, png]
{csv: customers.csv, column: name}             without a column, a variable is bound to whole rows
{query: 17, field: customers.name}             or look: 7; run anew for each plan, all rows of it
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from attrs import frozen

from looker_tasks.errors import ConfigurationError
from looker_tasks.manifest.forms.files import LONGEST_DOCUMENT, lines_of, open_file, read_document
from looker_tasks.manifest.forms.spreadsheets import open_sheet
from looker_tasks.manifest.forms.strict_json import parse
from looker_tasks.manifest.keys import SOURCES
from looker_tasks.manifest.readers import is_unicode, read_id, read_text, read_yes_or_no
from looker_tasks.manifest.rows import is_null, shown
from looker_tasks.planning.values.matrix import Record, Value

_SHAPE = "expected a list, a name from `values`, or a source such as {csv: customers.csv, column: name}"


@frozen
class Source:
    """A source as a manifest names it: *what* is a file's path or Looker's id."""

    kind: str
    what: str
    column: str | None = None  # None: whole rows
    allow_empty: bool = False

    @property
    def is_asked(self) -> bool:
        """Whether Looker has the values."""
        return SOURCES[self.kind].column == "field"

    def __str__(self) -> str:
        return f"{self.kind} {self.what}" if self.is_asked else self.what


@frozen
class Values:
    """What a source holds: each value once, in its order."""

    values: Sequence[Value]
    columns: Mapping[str, int] | None = None
    missing: int = 0  # rows that have no value in the column


def read_source(raw: object) -> Source | tuple[str, ...]:
    """Read what stands for values: a list becomes its texts. Raises `ValueError`, saying what is wrong."""
    if isinstance(raw, list):
        return tuple(dict.fromkeys(_listed(each) for each in raw))
    if not isinstance(raw, Mapping):
        raise ValueError(f"{shown(raw)} is no list of values; {_SHAPE}")  # noqa: TRY004  # wrong in the file
    kinds = [kind for kind in SOURCES if kind in raw]
    if len(kinds) != 1:
        raise ValueError(f"{' and '.join(kinds) or shown(raw)}: {_SHAPE}")
    kind = kinds[0]
    column = SOURCES[kind].column
    for key in raw:
        if key not in {kind, column, "allow_empty"}:
            raise ValueError(f"{shown(key)}: a source from {kind} has {kind}, {column} and allow_empty alone")
    return Source(
        kind,
        read_id(raw[kind]) if column == "field" else read_text(raw[kind]),
        None if is_null(raw.get(column)) else read_text(raw[column]),
        allow_empty=read_yes_or_no(raw.get("allow_empty", False)),
    )


def _listed(value: object) -> str:
    text = text_of(value)
    if text is None:
        raise ValueError(
            f"{shown(value)} is no value; expected a text or a number, in quotes where YAML takes it for null"
        )
    return text


def text_of(value: object) -> str | None:
    """Return a value as a text, None for none. A yes/no is written as filters have it, 42.0 as the number it was."""
    match value:
        case bool():
            return "Yes" if value else "No"
        case float() if value.is_integer():
            return str(int(value))
        case float() if math.isnan(value):  # as data frames write a gap
            return None
        case int() | float():
            return str(value)
        case str() if is_unicode(value):
            return str(value)
        case _ if is_null(value):
            return None
    raise ValueError(f"{shown(value)} is no value; expected a text or a number")


def file_values(source: Source, folder: Path) -> Values:
    """Read the values of a file; a relative path begins at *folder*. Raises `ConfigurationError`."""
    path = folder / source.what
    match source.kind:
        case "csv":
            return _checked(source, str(path), *_sheet(path))
        case "jsonl":
            return _checked(source, str(path), *_objects(_json_lines(path), path))
        case "json":
            return _checked(source, str(path), *_objects(_json(read_document(path), path), path))
        case _:
            return _checked(source, str(path), *_parquet(path, source.column))


def asked_values(source: Source, body: bytes) -> Values:
    """Read the values of a look's or a query's rows, *body*, in Looker's `json`. Raises `ConfigurationError`."""
    if len(body) > LONGEST_DOCUMENT:
        raise ConfigurationError(f"{source}: its rows take more than {LONGEST_DOCUMENT // 2**20} MB")
    where = Path(str(source))
    return _checked(source, str(source), *_objects(_json(body.decode("utf-8-sig", "replace"), where), where))


def _checked(source: Source, where: str, columns: Sequence[str], rows: Iterable[Sequence[str | None]]) -> Values:
    """Keep what *source* wants of the rows, each value once; complain of a column that is not there, or of nothing."""
    indices = {name: index for index, name in enumerate(columns)}
    if source.column is None and columns:
        cells = (tuple(cell or "" for cell in row) for row in rows)
        records = dict.fromkeys(row for row in cells if any(cell.strip() for cell in row))
        found = Values([Record(indices, row) for row in records], indices)
    else:
        if source.column is not None and source.column not in indices and columns:
            raise ConfigurationError(f"{where}: no {shown(source.column)} there; there are {', '.join(columns)}")
        found = _column(rows, indices.get(source.column or "", 0))
    if not found.values and not source.allow_empty:
        raise ConfigurationError(f"{where}: it has no values; expected some, or allow_empty: true beside it")
    return found


def _column(rows: Iterable[Sequence[str | None]], index: int) -> Values:
    missing = 0
    texts: dict[str, None] = {}
    for row in rows:
        text = row[index]
        if text is None or not text.strip():
            missing += 1
        else:
            texts[text] = None
    return Values(tuple(texts), None, missing)


def _sheet(path: Path) -> tuple[Sequence[str], Iterator[Sequence[str]]]:
    sheet = open_sheet(path, keeps_blanks=True)

    def rows() -> Iterator[Sequence[str]]:
        for record in sheet.records:
            if record.surplus:
                found = len(sheet.columns) + record.surplus
                raise ConfigurationError(
                    f"{path}: line {record.line}: it has {found} cells, and the header has {len(sheet.columns)};"
                    " a text that holds the separator is quoted"
                )
            yield record.cells

    return sheet.columns, rows()


def _json(text: str, path: Path) -> Iterator[tuple[str, object]]:
    try:
        document = parse(text)
    except ValueError as wrong:
        raise ConfigurationError(f"{path}: {wrong}") from None
    if not isinstance(document, list):
        raise ConfigurationError(f"{path}: it holds {shown(document)}; expected a list of values or of rows")
    return ((f"row {number}", value) for number, value in enumerate(document, start=1))


def _json_lines(path: Path) -> Iterator[tuple[str, object]]:
    for number, line in lines_of(path):
        if line.strip():
            try:
                yield f"line {number}", parse(line.decode("utf-8-sig"))
            except ValueError as wrong:
                raise ConfigurationError(f"{path}: line {number}: {wrong}") from None


def _objects(found: Iterable[tuple[str, object]], path: Path) -> tuple[Sequence[str], Iterable[Sequence[str | None]]]:
    """Return the columns and the rows of objects, or the one column, without a name, of plain values."""
    rows = list(found)
    columns = dict.fromkeys(str(key) for _, row in rows if isinstance(row, Mapping) for key in row)

    def texts() -> Iterator[Sequence[str | None]]:
        for where, row in rows:
            if columns and not isinstance(row, Mapping):
                raise ConfigurationError(f"{path}: {where}: {shown(row)} is no row like the others")
            try:
                yield [text_of(row.get(name)) for name in columns] if isinstance(row, Mapping) else [text_of(row)]
            except ValueError as wrong:
                raise ConfigurationError(f"{path}: {where}: {wrong}") from None

    return tuple(columns), texts()


def _parquet(path: Path, column: str | None) -> tuple[Sequence[str], Iterable[Sequence[str | None]]]:
    with open_file(path):  # raises for a folder, a pipe, a device
        pass
    from looker_tasks.tables.parquet_rows import parquet_rows  # noqa: PLC0415  # pyarrow is an extra, and takes a while

    columns, rows = parquet_rows(path, column)

    def texts() -> Iterator[Sequence[str | None]]:
        for number, row in enumerate(rows, start=1):
            try:
                yield [text_of(value) for value in row]
            except ValueError as wrong:
                raise ConfigurationError(f"{path}: row {number}: {wrong}") from None

    return columns, texts()
