"""The durable journal: what became of each export, in a folder of its own below the output folder (SQLite, WAL).

One thread writes, and commits together what came together, so that the event loop never waits for the disk. A commit
survives the death of the process at once; of a power cut it may lose the last moments, which are then done again.
"""

import queue
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Self, TextIO

import anyio.to_thread
from attrs import astuple, fields

from looker_tasks.aio import lock
from looker_tasks.aio.sink import part_file
from looker_tasks.errors import ConfigurationError, FileNotWritten, JournalRefused
from looker_tasks.exports import Export
from looker_tasks.outcomes import Artifact, Exported, Failed, Outcome
from looker_tasks.sansio.journal import Record
from looker_tasks.sansio.naming import OWN_FOLDER, export_key

_FILE = "journal.sqlite3"
_LOCK = "lock"
_APPLICATION = 0x4C4B5453  # "LKTS": tells our databases from others
_FORMAT = 1
_COLUMNS = tuple(column.name for column in fields(Record))
_SCHEMA = """
CREATE TABLE record (
    key TEXT PRIMARY KEY, name TEXT NOT NULL, state TEXT NOT NULL, task_id TEXT,
    size INTEGER NOT NULL, modified INTEGER NOT NULL, sha256 TEXT NOT NULL, content_type TEXT NOT NULL,
    error TEXT NOT NULL
) WITHOUT ROWID;
"""
_WRITE = f"INSERT OR REPLACE INTO record VALUES ({', '.join('?' * len(_COLUMNS))})"  # noqa: S608  # no value in it
_READ = f"SELECT {', '.join(_COLUMNS)} FROM record WHERE key = ?"  # noqa: S608  # no value in it


class Journal:
    """The journal of one folder, locked for this process while it is open."""

    def __init__(self, folder: Path, base_url: str, lock_file: TextIO, reader: sqlite3.Connection) -> None:
        self._folder = folder
        self._base_url = base_url
        self._lock = lock_file
        self._reader = reader
        self._queue: queue.SimpleQueue[Record | None] = queue.SimpleQueue()
        self._failure: sqlite3.Error | None = None
        self._thread = threading.Thread(target=self._write, name="journal", daemon=True)
        self._thread.start()

    @classmethod
    async def open(cls, folder: Path, base_url: str, *, fresh: bool = False) -> Self:
        """Open the journal of *folder*, or begin it; with *fresh*, begin it anew.

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
            if fresh:
                _forget(own)
            reader = _opened(own / _FILE)
            _sweep(folder, reader)
            return cls(folder, base_url, lock_file, reader)
        except BaseException:
            lock_file.close()
            raise

    def entry(self, export: Export, name: str) -> "Entry":
        """Return the place of *export* in the journal, with what an earlier run wrote there."""
        key = export_key(export, self._base_url)
        row = self._reader.execute(_READ, (key,)).fetchone()
        return Entry(self, key, name, None if row is None else Record(*row))

    def write(self, record: Record) -> None:
        """Have *record* written, very soon. Raises `FileNotWritten` once the disk has refused an earlier one."""
        if self._failure is not None:
            raise self._not_written(self._failure)
        self._queue.put(record)

    async def aclose(self) -> None:
        """Write what is left, and let the folder go. Raises `FileNotWritten` where the disk has refused a record."""
        self._queue.put(None)
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(self._thread.join)
        self._reader.close()
        self._lock.close()
        if self._failure is not None:
            raise self._not_written(self._failure)

    def _write(self) -> None:
        try:
            with closing(sqlite3.connect(self._folder / OWN_FOLDER / _FILE, isolation_level=None)) as database:
                database.execute("PRAGMA synchronous = NORMAL")
                self._commit_groups(database)
        except sqlite3.Error as error:
            self._failure = error  # told by the next `write`, or at the end

    def _commit_groups(self, database: sqlite3.Connection) -> None:
        """Commit records in groups, until there are no more."""
        is_last = False
        while not is_last and (record := self._queue.get()) is not None:
            group = [record]
            while not is_last and not self._queue.empty():
                following = self._queue.get()
                is_last = following is None
                group += [] if following is None else [following]
            with _transaction(database):
                database.executemany(_WRITE, map(astuple, group))

    def _not_written(self, failure: sqlite3.Error) -> FileNotWritten:
        return FileNotWritten(path=str(self._folder / OWN_FOLDER / _FILE), reason=str(failure))


class Entry:
    """The place of one export in the journal."""

    def __init__(self, journal: Journal, key: str, name: str, record: Record | None) -> None:
        self._journal = journal
        self._key = key
        self._name = name
        self._task_id: str | None = None
        self.record = record
        """What an earlier run wrote, if one did."""

    def created(self, task_id: str) -> None:
        """Remember that Looker runs *task_id* for it."""
        self._task_id = task_id
        self._journal.write(Record(self._key, self._name, "created", task_id))

    def ended(self, outcome: Outcome) -> None:
        """Remember how it ended; one that was cancelled has its task to go on with."""
        match outcome:
            case Exported(artifact=artifact):
                self._journal.write(_exported(self._key, self._name, self._task_id, artifact))
            case Failed(error=error):
                self._journal.write(Record(self._key, self._name, "failed", self._task_id, error=str(error)))


def _exported(key: str, name: str, task_id: str | None, artifact: Artifact) -> Record:
    return Record(
        key,
        name,
        "exported",
        task_id,
        artifact.size,
        artifact.modified,
        artifact.sha256,
        artifact.content_type,
    )


@contextmanager
def _transaction(database: sqlite3.Connection) -> Iterator[None]:
    database.execute("BEGIN")
    yield
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
        except sqlite3.Error as error:
            raise JournalRefused(f"{path} cannot be read as a journal: {error}") from error
        stack.pop_all()
    return database


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


def _forget(own: Path) -> None:
    """Remove the journal, whatever it is."""
    for file in own.glob(f"{_FILE}*"):
        try:
            file.unlink()
        except OSError as error:
            raise ConfigurationError(f"{file} cannot be removed: {error.strerror or error}") from error
