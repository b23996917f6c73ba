"""CSV as spreadsheets write it: commas, semicolons or tabs, a byte order mark, UTF-16, `sep=`, `#TYPE`, empty columns.

Used for manifests and for files of values alike.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from attrs import frozen

from looker_tasks.errors import ConfigurationError
from looker_tasks.manifest.forms.files import LONGEST_LINE, encoding_of, open_file, reason
from looker_tasks.manifest.rows import shown

_DELIMITERS = ",;\t"
_LONGEST_CELL = 2**20  # characters; the csv module's own bound is 128 KiB
_INVISIBLE = "\ufeff\u200b\u00a0"
_PREAMBLE = 2  # lines at most before the header: `#TYPE` and `sep=`


@frozen
class Record:
    """A record that is not blank: the line that it begins on, from 1, and its cells, as many as there are columns."""

    line: int
    cells: Sequence[str]
    surplus: int = 0  # cells that differ from the header's number: more, or (below 0) less


@frozen
class Sheet:
    """A CSV file that has been begun: its header's names as written, and its records, to be gone through once."""

    columns: Sequence[str]
    header_line: int
    records: Iterator[Record]


def trimmed(cell: str) -> str:
    """Return *cell* without the blanks around it, those that cannot be seen included."""
    return cell.strip().strip(_INVISIBLE).strip()


def open_sheet(path: Path, *, keeps_blanks: bool = False) -> Sheet:
    """Begin to read *path*; with *keeps_blanks*, a blank at the beginning of a cell is part of it.

    Raises `ConfigurationError` for what is no CSV, here or while its records are read.
    """
    lines = _Lines(path)
    first, delimiter = _header(lines)
    reader = csv.reader([first], delimiter=delimiter, strict=True, skipinitialspace=True)
    try:
        header = [trimmed(name) for name in next(reader, [])]
    except csv.Error:  # a quoted name goes on in the next line: no manifest's does
        raise ConfigurationError(f"{path}: line {lines.number}: expected the names of the columns") from None
    while header and not header[-1]:
        header.pop()
    if not header:
        raise ConfigurationError(
            f"{path}: line {max(lines.number, 1)}: expected the names of the columns, such as dashboard,format,name"
        )
    for column, name in enumerate(header, start=1):
        if not name:
            raise ConfigurationError(f"{path}: line {lines.number}: column {column} has no name")
        if name in header[: column - 1]:
            raise ConfigurationError(f"{path}: line {lines.number}: the column {shown(name)} is there twice")
    return Sheet(header, lines.number, _records(path, lines, delimiter, len(header), keeps_blanks))


class _Lines:
    """The lines of a file as text, each bounded, with the number of the last one read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.number = 0
        self._lines = self._read()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        return next(self._lines)

    def _read(self) -> Iterator[str]:
        with open_file(self.path) as raw:
            encoding = encoding_of(raw.read(4096))
            raw.seek(0)
            try:
                with io.TextIOWrapper(raw, encoding=encoding, newline="") as text:
                    while line := text.readline(LONGEST_LINE):
                        self.number += 1
                        if len(line) == LONGEST_LINE and not line.endswith(("\n", "\r")):
                            raise ConfigurationError(f"{self.path}: line {self.number}: it is too long for a record")
                        yield line
            except UnicodeDecodeError:
                raise ConfigurationError(
                    f"{self.path}: after line {self.number}: it is not UTF-8 text; expected it saved as CSV UTF-8"
                ) from None
            except OSError as error:
                raise ConfigurationError(f"{self.path}: {reason(error)}") from None


def _header(lines: Iterable[str]) -> tuple[str, str]:
    """Return the line with the columns' names and what separates them; `#TYPE` and `sep=` before it are not part."""
    named = ""
    for _, line in zip(range(_PREAMBLE + 1), lines, strict=False):
        bare = trimmed(line).strip('"')
        if bare.upper().startswith("#TYPE"):
            continue
        if bare.lower().startswith("sep=") and len(bare.strip()) <= len("sep=") + 1 and not named:
            named = line.strip('\ufeff"\r\n')[len("sep=") :][:1] or ","
            continue
        return line.removeprefix("\ufeff"), named or _delimiter(line)
    return "", ","


def _delimiter(header: str) -> str:
    """Return what separates most columns of *header*; what stands in quotes separates none."""

    def columns(delimiter: str) -> int:
        try:
            return len(next(csv.reader([header], delimiter=delimiter, skipinitialspace=True), []))
        except csv.Error:
            return 0

    return max(_DELIMITERS, key=columns)


def _records(path: Path, lines: _Lines, delimiter: str, width: int, keeps_blanks: bool) -> Iterator[Record]:
    # The bound is the csv module's own, for the whole process; it is only ever raised.
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_CELL))
    reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=not keeps_blanks)
    begins = lines.number + 1
    try:
        for cells in reader:
            if any(cells):
                surplus = len(cells) - width
                if surplus > 0 and not any(map(trimmed, cells[width:])):
                    surplus = 0
                yield Record(begins, cells[:width], surplus)
            begins = lines.number + 1
    except csv.Error as error:
        raise ConfigurationError(f"{path}: line {lines.number}: no CSV: {error}") from None
