"""Manifests that are read line by line, in the memory of one line: JSON lines and CSV.

In CSV every cell is a text and an empty one is absent; ``filters.Region`` is the filter Region; the cells of ``tabs``
separate tabs by ``|``.
"""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

from attrs import frozen

from looker_tasks.errors import ConfigurationError
from looker_tasks.manifest import strict_json
from looker_tasks.manifest.rows import Entry, Mistake, Position, Row, entry

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
    with path.open("rb") as file:
        for line, raw in enumerate(file, start=1):
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
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True, skipinitialspace=True)
        try:
            header = [name.strip() for name in next(reader, [])]
            _check_header(header, path)
            number = 0
            begins = reader.line_num + 1
            for cells in reader:
                if any(cells):
                    number += 1
                    yield _csv_row(Position(number, begins), header, cells)
                begins = reader.line_num + 1
        except csv.Error as error:
            raise ConfigurationError(f"{path}: line {reader.line_num}: no CSV: {error}") from None
        except UnicodeDecodeError:
            raise ConfigurationError(f"{path}: after line {reader.line_num}: it is not UTF-8 text") from None


def _check_header(header: list[str], path: Path) -> None:
    if not any(header):
        raise ConfigurationError(f"{path}: line 1: expected the names of the columns, such as dashboard,format,name")
    if len(header) == 1 and ";" in header[0]:
        raise ConfigurationError(f"{path}: line 1: the columns are separated by ';'; expected ','")
    for column, name in enumerate(header, start=1):
        if not name:
            raise ConfigurationError(f"{path}: line 1: column {column} has no name")
        if name in header[: column - 1]:
            raise ConfigurationError(f"{path}: line 1: the column {name!r} is there twice")
        if name in {"filters", _FILTER}:
            raise ConfigurationError(
                f"{path}: line 1: {name!r} names no filter; expected a column such as filters.Region"
            )


def _csv_row(position: Position, header: list[str], cells: list[str]) -> Entry:
    if len(cells) != len(header):
        return Mistake(position, f"it has {len(cells)} cells, and the header has {len(header)}")
    given: dict[str, object] = {}
    filters: dict[str, str] = {}
    for name, cell in zip(header, cells, strict=True):
        if not cell:
            continue
        if name.startswith(_FILTER):
            filters[name.removeprefix(_FILTER)] = cell
        else:
            given[name] = cell.split("|") if name == "tabs" else cell
    return Row(position, given | {"filters": filters} if filters else given)
