"""The durable journal: what became of each export, in a folder of its own below the output folder (SQLite, WAL).

Records that come in one turn of the event loop are committed together, on the loop: a commit of the write-ahead log is
a few writes to the page cache, a fifth of what waking a thread for it costs, and survives the death of the process at
once. Of a power cut it may lose the last moments, which are then done again. What waits for the disk, the check-points
that move the log into the database, runs in a thread.
"""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from operator import attrgetter
from pathlib import Path
from typing import Self, TextIO

import anyio.to_thread
from attrs import fields

from looker_tasks.aio.files import lock
from looker_tasks.aio.files.sink import part_file
from looker_tasks.errors import ConfigurationError, FileNotWritten, JournalRefused
from looker_tasks.exports import Export
from looker_tasks.models import TaskKind
from looker_tasks.outcomes import Artifact, Exported, Failed, Outcome
from looker_tasks.sansio.evolving import evolve
from looker_tasks.sansio.export_requests import task_kind
from looker_tasks.sansio.journal import Record
from looker_tasks.sansio.naming import OWN_FOLDER, export_key

_FILE = "journal.sqlite3"
_LOCK = "lock"
_APPLICATION = 0x4C4B5453  # "LKTS": tells our databases from others
_FORMAT = 2
_CHECK_POINT = 1000  # records
_SAMPLE = 64  # tasks
_COLUMNS = tuple(column.name for column in fields(Record))
_SCHEMA = """
CREATE TABLE record (
    key TEXT PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL, task_id TEXT,
    size INTEGER NOT NULL, modified INTEGER NOT NULL, sha256 TEXT NOT NULL, content_type TEXT NOT NULL,
    error TEXT NOT NULL, seconds REAL NOT NULL
) WITHOUT ROWID;
"""
_WRITE = f"INSERT OR REPLACE INTO record VALUES ({', '.join('?' * len(_COLUMNS))})"  # noqa: S608  # no value in it
_READ = f"SELECT {', '.join(_COLUMNS)} FROM record WHERE key = ?"  # noqa: S608  # no value in it
_FORGET = "UPDATE record SET state = 'forgotten', task_id = NULL, error = ''"
_TIMES = "SELECT seconds FROM record WHERE kind = ? AND seconds > 0 ORDER BY key LIMIT ?"  # by digests: by chance
_row = attrgetter(*_COLUMNS)


class Journal:
    """The journal of one folder, locked for this process while it is open."""

    def __init__(self, folder: Path, base_url: str, lock_file: TextIO, database: sqlite3.Connection) -> None:
        self._path = folder / OWN_FOLDER / _FILE
        self._base_url = base_url
        self._lock = lock_file
        self._database = database
        self._has_past = database.execute("SELECT 1 FROM record LIMIT 1").fetchone() is not None
        self._group: list[Record] = []
        self._behind = 0  # records since the last check-point began
        self._failure: sqlite3.Error | None = None

    @classmethod
    async def open(cls, folder: Path, base_url: str, *, fresh: bool = False) -> Self:
        """Open the journal of *folder*, or begin it; with *fresh*, forget what was done and keep how long it took.

        What it has of another Looker than the one at *base_url* counts for nothing here, and is kept. Part files that
        a killed run left are removed. Raises `FolderInUse` while another run is at work there, and `JournalRefused`
        for a file in the journal's place that is broken or something else.
        """
        return await anyio.to_thread.run_sync(cls._open, folder, base_url, fresh)

    @classmethod
    def _open(cls, folder: Path, base_url: str, fresh: bool) -> Self:
        own = folder / OWN_FOLDER
        try:
            own.mkdir(parents=True, exist_ok=True)
            lock_file = lock.hold(own / _LOCK)
        except OSError as error:
            raise ConfigurationError(f"{own}: no journal can be kept there: {error.strerror or error}") from error
        try:
            database = _whatever_lies_there(own) if fresh else _opened(own / _FILE)
            _sweep(folder, database)
            if fresh:
                database.execute(_FORGET)
            return cls(folder, base_url, lock_file, database)
        except BaseException:
            lock_file.close()
            raise

    def entry(self, export: Export, name: str) -> "Entry":
        """Return the place of *export* in the journal, with what an earlier run wrote there."""
        key = export_key(export, self._base_url)
        row = self._database.execute(_READ, (key,)).fetchone() if self._has_past else None
        return Entry(self, key, name, task_kind(export), None if row is None else Record(*row))

    def times(self, kind: TaskKind) -> list[float]:
        """Return how long tasks of *kind* took in earlier runs, in seconds: a sample of them."""
        return [seconds for (seconds,) in self._database.execute(_TIMES, (kind, _SAMPLE))]

    def write(self, record: Record) -> None:
        """Have *record* written, in this turn of the loop. Raises `FileNotWritten` once an earlier one was refused."""
        if self._failure is not None:
            raise self._not_written(self._failure)
        if not self._group:
            asyncio.get_running_loop().call_soon(self._commit)
        self._group.append(record)

    async def aclose(self) -> None:
        """Write what is left, and let the folder go. Raises `FileNotWritten` where the disk has refused a record."""
        self._commit()
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(self._database.close)  # which is the last check-point
        self._lock.close()
        if self._failure is not None:
            raise self._not_written(self._failure)

    def _commit(self) -> None:
        """Commit the records that came together."""
        group, self._group = self._group, []
        if not group:  # the end came first
            return
        try:
            with _transaction(self._database):
                self._database.executemany(_WRITE, map(_row, group))
        except sqlite3.Error as error:
            self._failure = error  # told by the next `write`, or at the end
        self._behind += len(group)
        if self._behind >= _CHECK_POINT:
            self._behind = 0
            asyncio.get_running_loop().run_in_executor(None, _check_point, self._path)

    def _not_written(self, failure: sqlite3.Error) -> FileNotWritten:
        return FileNotWritten(path=str(self._path), reason=str(failure))


class Entry:
    """The place of one export in the journal."""

    def __init__(self, journal: Journal, key: str, name: str, kind: TaskKind, record: Record | None) -> None:
        self._journal = journal
        self._record = Record(key, name, kind, "created", seconds=record.seconds if record is not None else 0.0)
        self.record = record
        """What an earlier run wrote, if one did."""
        self.seconds = self._record.seconds
        """How long its task took in an earlier run; 0: nobody knows."""

    def created(self, task_id: str) -> None:
        """Remember that Looker runs *task_id* for it."""
        self._record = evolve(self._record, task_id=task_id)
        self._journal.write(self._record)

    def ended(self, outcome: Outcome) -> None:
        """Remember how it ended; one that was cancelled has its task to go on with."""
        match outcome:
            case Exported(artifact=artifact, history=history):
                self._journal.write(_exported(self._record, artifact, history.task_seconds))
            case Failed(error=error):
                self._journal.write(evolve(self._record, state="failed", error=str(error)))


def _exported(record: Record, artifact: Artifact, seconds: float) -> Record:
    return evolve(
        record,
        state="exported",
        size=artifact.size,
        modified=artifact.modified,
        sha256=artifact.sha256,
        content_type=artifact.content_type,
        seconds=seconds or record.seconds,
    )


def _check_point(path: Path) -> None:
    """Move what the log holds into the database, as far as nobody is in the way; the last one is at the end."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA wal_checkpoint(PASSIVE)")


@contextmanager
def _transaction(database: sqlite3.Connection) -> Iterator[None]:
    database.execute("BEGIN")
    try:
        yield
    except BaseException:
        database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")


def _opened(path: Path) -> sqlite3.Connection:
    """Return a connection to a journal that is whole, or new."""
    with ExitStack() as stack:
        try:
            database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            stack.callback(database.close)
            if _is_blank(database):
                _begin(database)
            _recognise(database, path)
            database.execute("PRAGMA synchronous = NORMAL")
            database.execute("PRAGMA wal_autocheckpoint = 0")
        except sqlite3.Error as error:
            raise JournalRefused(f"{path} cannot be read as a journal: {error}") from error
        stack.pop_all()
    return database


def _whatever_lies_there(own: Path) -> sqlite3.Connection:
    """Return a connection to the journal; what is no journal makes way for one."""
    try:
        return _opened(own / _FILE)
    except JournalRefused:
        _remove(own)
        return _opened(own / _FILE)


def _is_blank(database: sqlite3.Connection) -> bool:
    """Tell whether nothing was ever written there, or whoever began to was killed."""
    (application,) = database.execute("PRAGMA application_id").fetchone()
    (objects,) = database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return not application and not objects


def _begin(database: sqlite3.Connection) -> None:
    database.execute("PRAGMA journal_mode = WAL")
    with _transaction(database):
        database.execute(_SCHEMA)
        database.execute(f"PRAGMA application_id = {_APPLICATION}")
        database.execute(f"PRAGMA user_version = {_FORMAT}")


def _recognise(database: sqlite3.Connection, path: Path) -> None:
    (application,) = database.execute("PRAGMA application_id").fetchone()
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if application != _APPLICATION:
        raise JournalRefused(f"{path} is no journal of looker-tasks")
    if version != _FORMAT:
        raise JournalRefused(f"{path} was kept by another release of looker-tasks (format {version})")
    (found,) = database.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise JournalRefused(f"{path} is broken: {found}")


def _sweep(folder: Path, reader: sqlite3.Connection) -> None:
    """Remove the part files that a run left when it was killed."""
    for (name,) in reader.execute("SELECT name FROM record WHERE state = 'created'"):
        with suppress(OSError):  # what is in the way is told when the file is written
            part_file(folder / name).unlink(missing_ok=True)


def _remove(own: Path) -> None:
    """Remove what lies in the journal's place, whatever it is."""
    for file in own.glob(f"{_FILE}*"):
        try:
            file.unlink()
        except OSError as error:
            raise ConfigurationError(f"{file} cannot be removed: {error.strerror or error}") from error
