"""A manifest whole: every row is checked before any is used, in memory that does not grow with their number.

The file is gone through twice: once to check, once to export. JSON and YAML are documents and are kept in memory.
"""

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

from attrs import define, field, frozen

from looker_tasks.errors import ConfigurationError, InvalidExport
from looker_tasks.exports import Export
from looker_tasks.manifest.columns import key_of, read_defaults, to_export
from looker_tasks.manifest.documents import json_document, yaml_document
from looker_tasks.manifest.lines import LinesOf, csv_rows, json_lines
from looker_tasks.manifest.rows import Entry, Mistake, Position, Rows
from looker_tasks.sansio import export_requests
from looker_tasks.sansio.names import NameSet, digest_of
from looker_tasks.sansio.naming import file_name, same_file
from looker_tasks.sansio.protocol.operations import ApiVersion

#: So many wrong rows are told one by one.
TOLD = 5
_LONGEST_COMPLAINT = 300  # characters

_READERS: Mapping[str, Callable[[Path], Rows]] = {
    ".yaml": yaml_document,
    ".yml": yaml_document,
    ".json": json_document,
    ".jsonl": lambda path: Rows(LinesOf(path, json_lines)),
    ".csv": lambda path: Rows(LinesOf(path, csv_rows)),
}


@frozen
class Manifest:
    """A manifest that has been checked: so many exports, made anew from the file each time that it is gone through."""

    path: Path
    count: int
    _rows: Rows = field(repr=False)
    _defaults: Mapping[str, Any] = field(repr=False)

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[Export]:
        try:
            for entry in self._rows.entries:
                yield _export(entry, self._defaults)
        except _Wrong as wrong:  # the file has changed since it was checked
            raise ConfigurationError(f"{self.path}: {wrong}") from None
        except OSError as error:
            raise ConfigurationError(f"{self.path}: {error.strerror}") from None


class _Wrong(Exception):
    """A row of which no export can be made; its text tells the position and the complaint."""

    def __init__(self, position: Position | str, complaint: object) -> None:
        super().__init__(f"{position}: {complaint}"[:_LONGEST_COMPLAINT])


def read_manifest(path: Path, api_version: ApiVersion) -> Manifest:
    """Read and check all of *path*, whose suffix says its form, for what *api_version* can make.

    Raises `ConfigurationError` with a line for each of the first wrong rows: file, row, key, what was expected.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise ConfigurationError(f"{path}: expected a name that ends in {', '.join(_READERS)}")
    try:
        rows = reader(path)
        defaults = read_defaults(rows.defaults)
        return Manifest(path, _checked(path, rows, defaults, api_version), rows, defaults)
    except InvalidExport as wrong:
        raise ConfigurationError(f"{path}: {_Wrong('defaults', wrong)}") from None
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from None


def _checked(path: Path, rows: Rows, defaults: Mapping[str, Any], api_version: ApiVersion) -> int:
    """Return how many exports there are, all of them right."""
    complaints = _Complaints(path)
    names, suspects = NameSet(), set[int]()
    count = 0
    for entry in rows.entries:
        count += 1
        try:
            name = _file_name(entry, defaults, api_version)
            if not names.add(name):
                suspects.add(digest_of(name))
        except _Wrong as wrong:
            complaints.add(wrong)
    for double in _doubles(rows, defaults, api_version, suspects):
        complaints.add(double)
    complaints.raise_any()
    return count


def _doubles(
    rows: Rows, defaults: Mapping[str, Any], api_version: ApiVersion, suspects: AbstractSet[int]
) -> Iterator[_Wrong]:
    """Give a complaint for each row whose file is that of an earlier row; *suspects* are digests of such names."""
    first: dict[str, Position] = {}
    for entry in rows.entries if suspects else ():
        try:
            name = _file_name(entry, defaults, api_version)
        except _Wrong:  # that has been told already
            continue
        if digest_of(name) in suspects:
            earlier = first.setdefault(same_file(name), entry.position)
            if earlier != entry.position:
                yield _Wrong(entry.position, f"name: {name!r} is the file of {earlier} too; expected one of its own")


def _file_name(entry: Entry, defaults: Mapping[str, Any], api_version: ApiVersion) -> str:
    export = _export(entry, defaults)
    try:
        export_requests.check(export, api_version)
        return file_name(export)
    except InvalidExport as wrong:
        raise _Wrong(entry.position, f"{key_of(wrong.field)}: {wrong.message}") from None


def _export(entry: Entry, defaults: Mapping[str, Any]) -> Export:
    if isinstance(entry, Mistake):
        raise _Wrong(entry.position, entry.complaint)
    try:
        return to_export(entry.given, defaults)
    except InvalidExport as wrong:
        raise _Wrong(entry.position, f"{key_of(wrong.field)}: {wrong.message}") from None


@define
class _Complaints:
    """The first few in full, the others as a number."""

    path: Path
    told: list[str] = field(factory=list)
    count: int = 0

    def add(self, wrong: _Wrong) -> None:
        self.count += 1
        if len(self.told) < TOLD:
            self.told.append(f"{self.path}: {wrong}")

    def raise_any(self) -> None:
        if self.count > len(self.told):
            self.told.append(f"... and {self.count - len(self.told)} more")
        if self.told:
            raise ConfigurationError("\n".join(self.told))
