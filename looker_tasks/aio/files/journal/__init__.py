"""The durable journal: what became of each export, in a folder of its own (SQLite, WAL).

Records that come within a few milliseconds are committed together, in a thread: a disk that does not answer holds up
neither the loop nor a deadline. A record survives the death of the process a moment after it came, and a power cut may
take the last moments, which are then done again.
"""

import asyncio
import logging
import os
import sqlite3
import stat
import threading
from collections.abc import Callable
from functools import partial
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import Self, TypeVar

import anyio

from looker_tasks.aio.files import lock
from looker_tasks.aio.files.disk import Disk
from looker_tasks.aio.files.journal.database import COLUMNS, FILE, opened, remove, transaction
from looker_tasks.aio.files.journal.entry import Entry
from looker_tasks.errors import ConfigurationError, FileNotWritten, InvalidExport, JournalRefused
from looker_tasks.exports import Export
from looker_tasks.models import TaskKind
from looker_tasks.sansio.journal import Record, is_duration, record_of
from looker_tasks.sansio.naming import check_name, export_key

J = TypeVar("J", bound="Journal")

_log = logging.getLogger(__name__)

_LOCK = "lock"
_PACE = 0.005  # seconds between two commits
_PATIENCE = 1.0  # seconds between two tries of a commit that was refused
_LAST = 10.0  # seconds, for what is left at the end
_CHECK_POINT = 1000  # records
_SAMPLE = 64  # tasks
_WRITE = f"INSERT OR REPLACE INTO record ({', '.join(COLUMNS)}) VALUES "  # noqa: S608  # no value in it
_ROW = f"({', '.join('?' * len(COLUMNS))})"
_MOST_ROWS = 64  # of one statement, a transaction by itself: older releases of SQLite bind 999 values
_READ = f"SELECT {', '.join(COLUMNS)} FROM record WHERE key = ?"  # noqa: S608  # no value in it
_FORGET = "UPDATE record SET state = 'forgotten', task_id = NULL, error = ''"
_TIMES = "SELECT seconds FROM record WHERE kind = ? AND seconds > 0 ORDER BY key LIMIT ?"  # by digests: by chance
_FRESH = "fresh"  # a note: a run that began anew has not come to its end
_IS_NOTED = "SELECT 1 FROM note WHERE name = ?"
_NOTE = "INSERT OR REPLACE INTO note VALUES (?)"
_UNNOTE = "DELETE FROM note WHERE name = ?"
_UNFINISHED = "SELECT name FROM record WHERE state = 'created'"
_row = attrgetter(*COLUMNS)


class Journal:
    """The journal of one destination, locked for this process while it is open."""

    def __init__(
        self,
        path: Path,
        base_url: str,
        disk: Disk,
        held: lock.Lock,
        database: sqlite3.Connection,
        reader: sqlite3.Connection,
    ) -> None:
        self._path = path
        self._base_url = base_url
        self._disk = disk
        self._lock = held
        self._database = database
        self._reader = reader
        self.has_past = reader.execute("SELECT 1 FROM record LIMIT 1").fetchone() is not None
        """Whether an earlier run wrote in it."""
        self.asks_destination = False
        """Whether the destination may know of exports that this journal does not: it is new, and not by request."""
        self.unfinished: list[str] = []
        """The names of the files that an earlier run did not bring to an end."""
        self._pending: list[Record] = []
        self._timer: asyncio.TimerHandle | None = None
        self._writing: asyncio.Task[None] | None = None
        self._not_before = 0.0
        self._behind = 0  # records since the last check-point
        self._failure: sqlite3.Error | None = None
        self._is_complete = False
        self._is_closing = False

    @classmethod
    async def open(
        cls, folder: Path, base_url: str, disk: Disk, *, location: str, output: Path | None = None, fresh: bool = False
    ) -> Self:
        """Open the journal in *folder*, or begin it; with *fresh*, forget what was done and keep how long it took.

        A *fresh* run that was interrupted goes on when it is repeated: what it has made is not forgotten.
        It is of what lies at *location*; *output* is that, where it is a local folder. What the journal has of
        another Looker than the one at *base_url* counts for nothing here, and is kept. Raises `FolderInUse` while
        another run is at work there, and `JournalRefused` for a file in the journal's place that is broken or
        something else.
        """
        opening = _Opening()
        try:
            return await disk.run(
                partial(opening.open, lambda: cls._open(folder, base_url, disk, location, output, fresh=fresh))
            )
        except asyncio.CancelledError:
            opening.abandon()
            raise

    @classmethod
    def _open(cls, folder: Path, base_url: str, disk: Disk, location: str, output: Path | None, *, fresh: bool) -> Self:
        path = folder / FILE
        try:
            _make_own(folder)
            held = lock.hold(folder / _LOCK, location, output)
        except OSError as error:
            raise ConfigurationError(f"{folder}: no journal can be kept there: {error.strerror or error}") from error
        try:
            try:
                database, reader = opened(path, has_locks=held.is_sound)
            except JournalRefused:
                if not fresh:
                    raise
                remove(path)
                database, reader = opened(path, has_locks=held.is_sound)
            journal = cls(path, base_url, disk, held, database, reader)
            journal.asks_destination = not (journal.has_past or fresh)
            journal.unfinished = [name for (name,) in reader.execute(_UNFINISHED) if _is_name(name)]
            if fresh and database.execute(_IS_NOTED, (_FRESH,)).fetchone() is None:
                with transaction(database):
                    database.execute(_FORGET)
                    database.execute(_NOTE, (_FRESH,))
        except BaseException:
            held.close()
            raise
        return journal

    def entry(self, export: Export, name: str) -> Entry:
        """Return the place of *export* in the journal, with what an earlier run wrote there."""
        key = export_key(export, self._base_url)
        record = self._record(key) if self.has_past else None
        return Entry(key, name, export, record, self.write, asks_destination=self.asks_destination)

    def times(self, kind: TaskKind) -> list[float]:
        """Return how long tasks of *kind* took in earlier runs, in seconds: a sample of them."""
        try:
            found = self._reader.execute(_TIMES, (kind, _SAMPLE)).fetchall()
        except sqlite3.Error:  # it is of use, and not needed
            return []
        return [seconds for (seconds,) in found if is_duration(seconds)]

    def write(self, record: Record) -> None:
        """Have *record* written in a moment. Where that is refused it is tried again, at the latest by `aclose`."""
        self._pending.append(record)
        self._write_soon()

    def complete(self) -> None:
        """Take note, as the journal is closed, that the run came to its end: each of its exports has an outcome."""
        self._is_complete = True

    async def aclose(self) -> None:
        """Write what is left, and let the folder go. Raises `FileNotWritten` where the disk has refused a record."""
        self._is_closing = True
        if self._timer is not None:
            self._timer.cancel()
        with anyio.move_on_after(_LAST, shield=True):
            if self._writing is not None:
                await asyncio.wait({self._writing})
            await self._disk.run(self._end)
        self._lock.close()
        if self._failure is not None:
            raise FileNotWritten(path=str(self._path), reason=str(self._failure))

    def abandon(self) -> None:
        """Let the folder go, nothing written. Blocks."""
        self._reader.close()
        self._database.close()
        self._lock.close()

    def _record(self, key: str) -> Record | None:
        try:
            row = self._reader.execute(_READ, (key,)).fetchone()
        except sqlite3.Error:  # a spoiled page, say: then nobody knows
            return None
        return None if row is None else record_of(row)

    def _write_soon(self) -> None:
        if self._timer is None and self._writing is None and not self._is_closing:  # else `_end` writes what is left
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(max(self._not_before, loop.time()), self._begin_to_write)

    def _begin_to_write(self) -> None:
        self._timer = None
        self._writing = asyncio.create_task(self._write_pending())

    async def _write_pending(self) -> None:
        """Commit the records that came together."""
        loop = asyncio.get_running_loop()
        self._not_before = loop.time() + _PACE
        group, self._pending = self._pending, []
        try:
            await self._disk.run(partial(self._commit, group))
        except sqlite3.Error as error:
            if self._failure is None:
                _log.warning("%s: %s: what ends meanwhile may be done again by the next run", self._path, error)
            self._failure = error
            self._not_before = loop.time() + _PATIENCE
            self._pending = group + self._pending
        except asyncio.CancelledError:
            self._pending = group + self._pending  # written or not: they may be written twice
            raise
        finally:
            self._writing = None
        if self._pending:
            self._write_soon()

    def _commit(self, group: list[Record]) -> None:
        for start in range(0, len(group), _MOST_ROWS):
            rows = [_row(record) for record in group[start : start + _MOST_ROWS]]
            self._database.execute(_WRITE + ", ".join([_ROW] * len(rows)), [*chain.from_iterable(rows)])
        self._failure = None
        self._behind += len(group)
        if self._behind >= _CHECK_POINT:
            self._behind = 0
            self._database.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def _end(self) -> None:
        try:
            if self._pending:
                self._commit(self._pending)
            if self._is_complete:
                self._database.execute(_UNNOTE, (_FRESH,))
        except sqlite3.Error as error:
            self._failure = error
        if self._failure is None and not self._path.exists():
            _log.warning("%s was removed during the run: the next one knows nothing of it", self._path)
        self._reader.close()
        self._database.close()  # which is the last check-point


class _Opening:
    """A journal that a thread opens, while whoever wants it may stop waiting: it is closed then, by who comes last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_abandoned = False
        self._journal: Journal | None = None

    def open(self, make: Callable[[], J]) -> J:
        """Return the journal that *make* opens."""
        journal = make()
        with self._lock:
            self._journal = journal
            is_abandoned = self._is_abandoned
        if is_abandoned:
            journal.abandon()
        return journal

    def abandon(self) -> None:
        """Have the journal closed."""
        with self._lock:
            self._is_abandoned = True
            journal = self._journal
        if journal is not None:
            journal.abandon()


def _make_own(folder: Path) -> None:
    """Make the journal's folder, for us alone. Raises `ConfigurationError` for a link in its place."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    facts = folder.lstat()
    if stat.S_ISLNK(facts.st_mode):
        raise ConfigurationError(f"{folder} is a link: remove it, or give another folder")
    if facts.st_uid == os.geteuid():
        folder.chmod(0o700)


def _is_name(name: object) -> bool:
    """Return whether *name* can be one of ours: the journal may have been spoiled."""
    try:
        check_name(name if isinstance(name, str) else "")
    except InvalidExport:
        return False
    return True
