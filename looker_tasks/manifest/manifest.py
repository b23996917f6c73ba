"""A manifest whole: every row is checked before any is used, in memory that does not grow with their number.

The file is gone through twice: once to check, once to export. JSON and YAML are documents and are kept in memory.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from attrs import field, frozen

from looker_tasks.errors import ConfigurationError, InvalidExport
from looker_tasks.exports import Export
from looker_tasks.manifest.clashes import clashes
from looker_tasks.manifest.columns import read_defaults, to_export
from looker_tasks.manifest.complaints import MOST_COMPLAINTS, Complaints
from looker_tasks.manifest.documents import json_document, yaml_document
from looker_tasks.manifest.keys import key_of
from looker_tasks.manifest.lines import LinesOf, csv_rows, json_lines
from looker_tasks.manifest.rows import Entry, Mistake, Position, Rows
from looker_tasks.sansio import export_requests
from looker_tasks.sansio.names import NameSet
from looker_tasks.sansio.naming import file_name
from looker_tasks.sansio.protocol.operations import ApiVersion

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
    complaints = Complaints(path)
    names = NameSet()
    suspects: list[tuple[Position, str]] = []
    count = 0
    for entry in rows.entries:
        count += 1
        try:
            name = _file_name(entry, defaults, api_version)
            if not names.add(name):
                suspects.append((entry.position, name))
        except _Wrong as wrong:
            complaints.add(wrong)
    for clash in clashes(suspects[:MOST_COMPLAINTS], _named(rows, defaults, api_version)):
        complaints.add(clash)
    complaints.add_uncounted(len(suspects) - MOST_COMPLAINTS)
    complaints.raise_any()
    return count


def _named(rows: Rows, defaults: Mapping[str, Any], api_version: ApiVersion) -> Iterator[tuple[Position, str]]:
    for entry in rows.entries:
        with suppress(_Wrong):  # counted already
            yield entry.position, _file_name(entry, defaults, api_version)


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
        return to_export(entry.raw, defaults)
    except InvalidExport as wrong:
        raise _Wrong(entry.position, f"{key_of(wrong.field)}: {wrong.message}") from None
