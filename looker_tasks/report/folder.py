"""What lies in an output folder, read without trust: no link leads out of it, and nothing but plain files is opened."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import quote

from attrs import frozen

from looker_tasks.observers import timeline
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


def plain_file(folder: Path, name: str) -> Path | None:
    """Return the file *name* below *folder*; None where there is none, or a link in it leads elsewhere."""
    try:
        found = (folder / name).resolve(strict=True)
        return found if found.is_relative_to(folder.resolve()) and found.is_file() else None
    except (OSError, ValueError, RuntimeError):  # a name that no file can have, a circle of links
        return None


def read_runs(folder: Path) -> list[Run]:
    """Return the runs that were recorded below *folder*, the last one first."""
    names = [timeline.FILE, *(timeline.earlier(number) for number in range(1, timeline.KEPT + 1))]
    return [run for name in names if (run := _run(folder, name)) is not None]


def _run(folder: Path, name: str) -> Run | None:
    path = plain_file(folder, f"{OWN_FOLDER}/{name}")
    if path is None:
        return None
    try:
        with path.open("rb") as lines:
            return read_run(iter(lambda: lines.readline(LONGEST_LINE + 1), b""))
    except OSError:
        return None


def read_journal(folder: Path) -> list[JournalRow]:
    """Return what the journal of *folder* has; nothing where there is none, it is locked, or it is something else."""
    path = plain_file(folder, f"{OWN_FOLDER}/{_JOURNAL}")
    if path is None:
        return []
    for mode in ("mode=ro", "mode=ro&immutable=1"):  # the second, where the log beside it cannot be opened
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
