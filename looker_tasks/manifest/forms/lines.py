"""Manifests that are read line by line, in the memory of one line: JSON lines and CSV.

In CSV every cell is a text and an empty one is absent; ``filters.Region`` is the filter Region; the cells of ``tabs``
separate tabs by ``|``. The names of columns may have capitals and blanks.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from attrs import frozen

from looker_tasks.errors import ConfigurationError
from looker_tasks.manifest.forms import strict_json
from looker_tasks.manifest.forms.files import lines_of
from looker_tasks.manifest.forms.spreadsheets import Record, open_sheet, trimmed
from looker_tasks.manifest.keys import KEYS
from looker_tasks.manifest.rows import Entry, Mistake, Position, Row, entry, shown

_FILTER = "filters."


@frozen
class LinesOf:
    """The entries of a file, read anew each time that somebody goes through them."""

    path: Path
    read: Callable[[Path], Iterator[Entry]]

    def __iter__(self) -> Iterator[Entry]:
        return self.read(self.path)


def json_lines(path: Path) -> Iterator[Entry]:
    """Read a row from each line of *path* that is not blank."""
    number = 0
    for line, raw in lines_of(path):
        if not raw.strip():
            continue
        number += 1
        position = Position(number, line)
        try:
            yield entry(position, strict_json.parse(raw.decode("utf-8-sig" if line == 1 else "utf-8")))
        except UnicodeDecodeError:
            yield Mistake(position, "it is not UTF-8 text")
        except ValueError as wrong:
            yield Mistake(position, str(wrong))


def csv_rows(path: Path) -> Iterator[Entry]:
    """Read a row from each record of *path* below its header, but for those with nothing in them."""
    sheet = open_sheet(path)
    header = [_key(name) for name in sheet.columns]
    for column, name in enumerate(header):
        if name in header[:column]:
            raise ConfigurationError(f"{path}: line {sheet.header_line}: the column {shown(name)} is there twice")
        if name in {"filters", _FILTER}:
            raise ConfigurationError(
                f"{path}: line {sheet.header_line}: {name!r} names no filter; expected a column such as filters.Region"
            )
    for number, record in enumerate(sheet.records, start=1):
        yield _row(Position(number, record.line), header, record)


def _key(column: str) -> str:
    """Return the key that the name of a *column* stands for: capitals and blanks are a spreadsheet's."""
    if column[: len(_FILTER)].lower() == _FILTER:
        return _FILTER + column[len(_FILTER) :].strip()
    plain = column.lower().replace(" ", "_").replace("-", "_")
    return plain if plain in KEYS else column


def _row(position: Position, header: list[str], record: Record) -> Entry:
    if record.surplus:
        found = len(header) + record.surplus
        return Mistake(position, f"it has {found} cells, and the header has {len(header)}")
    raw: dict[str, object] = {}
    filters: dict[str, str] = {}
    for name, cell in zip(header, record.cells, strict=True):
        if not cell:
            continue
        if name.startswith(_FILTER):
            filters[name.removeprefix(_FILTER)] = cell
        elif trimmed(cell):
            raw[name] = [trimmed(tab) for tab in cell.split("|")] if name == "tabs" else trimmed(cell)
    return Row(position, raw | {"filters": filters} if filters else raw)
