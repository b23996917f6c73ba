"""What lies in an output folder, read without trust: no link leads out of it, and nothing but plain files is opened."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Self
from urllib.parse import quote

from attrs import frozen

from looker_tasks.errors import ConfigurationError
from looker_tasks.observers import timeline_file
from looker_tasks.report.records import LONGEST_LINE, Run, read_run
from looker_tasks.sansio.naming import OWN_FOLDER

_JOURNAL = "journal.sqlite3"
_ROWS = "SELECT key, name, state, task_id, size, modified, sha256, content_type, error FROM record"
_STEPS = 200_000_000  # of SQLite's machine: a journal of a million records needs fewer


@frozen
class JournalRow:
    """What the journal has of one export."""

    key: str
    name: str
    state: str
    task_id: str | None
    size: int  # bytes
    modified: int  # nanoseconds since 1970
    sha256: str
    content_type: str
    error: str


@frozen
class Place:
    """Where a run's files are, and where its records."""

    out: str  # a path or the URL of a bucket's, as it was given
    files: Path | None  # the folder; None: they are in a bucket
    records: Path  # nothing outside of this folder is read as a record …
    below: str  # … and they lie below it here

    @classmethod
    def of(cls, out: str | os.PathLike[str], state: str | os.PathLike[str] | None = None) -> Self:
        """Return where the run into *out* has its records: in *state*, or beside the files.

        Raises `ConfigurationError` for a bucket without *state*.
        """
        text = os.fspath(out)
        files = None if "://" in text else Path(text)
        if state is not None:
            return cls(text, files, Path(state), "")
        if files is None:
            raise ConfigurationError(
                f"{text}: the records of its runs are on the machine that ran them: give their folder"
            )
        return cls(text, files, files, f"{OWN_FOLDER}/")

    @property
    def own(self) -> Path:
        """The folder in which a report is written, where nobody gives another."""
        return self.records if self.files is None else self.files

    def record(self, name: str) -> Path | None:
        """Return the record *name*; None where there is none."""
        return plain_file(self.records, f"{self.below}{name}")


def plain_file(folder: Path, name: str) -> Path | None:
    """Return the file *name* below *folder*; None where there is none, or a link in it leads elsewhere."""
    return file_below(folder.resolve(), name)


def file_below(resolved: Path, name: str) -> Path | None:
    """Do what `plain_file` does, below a folder without links."""
    try:
        found = (resolved / name).resolve(strict=True)
        return found if found.is_relative_to(resolved) and found.is_file() else None
    except (OSError, ValueError, RuntimeError):  # a name that no file can have, a circle of links
        return None


def read_runs(place: Place) -> list[Run]:
    """Return the runs that were recorded at *place*, the last one first."""
    names = [timeline_file.FILE, *(timeline_file.earlier(number) for number in range(1, timeline_file.KEPT + 1))]
    return [run for name in names if (run := _run(place.record(name))) is not None]


def _run(path: Path | None) -> Run | None:
    if path is None:
        return None
    try:
        with path.open("rb") as lines:
            return read_run(iter(lambda: lines.readline(LONGEST_LINE + 1), b""))
    except OSError:
        return None


def read_journal(place: Place) -> list[JournalRow]:
    """Return what the journal at *place* has; nothing where there is none, it is locked, or it is something else."""
    path = place.record(_JOURNAL)
    if path is None:
        return []
    # With a log beside it, the log has to be read as well, if it can be; without, reading should leave none there.
    modes = ("mode=ro", "mode=ro&immutable=1")
    has_log = path.with_name(f"{path.name}-wal").exists()
    for mode in modes if has_log else reversed(modes):
        with suppress(sqlite3.Error, TypeError, ValueError):
            return list(_rows(path, mode))
    return []


def _rows(path: Path, mode: str) -> Iterator[JournalRow]:
    with closing(sqlite3.connect(f"file:{quote(str(path))}?{mode}", uri=True, timeout=2.0)) as database:
        database.execute("PRAGMA trusted_schema = OFF")
        database.set_progress_handler(lambda: 1, _STEPS)
        for key, name, state, task_id, size, modified, sha256, content_type, error in database.execute(_ROWS):
            yield JournalRow(
                str(key),
                str(name),
                str(state),
                None if task_id is None else str(task_id),
                int(size),
                int(modified),
                str(sha256),
                str(content_type),
                str(error),
            )
