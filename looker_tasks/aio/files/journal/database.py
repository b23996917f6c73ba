"""The journal's database: opened, begun, brought up to date or refused. Everything here blocks."""

import errno
import fcntl
import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from attrs import fields

from looker_tasks.aio.files.lock import WITHOUT_LOCKS
from looker_tasks.errors import ConfigurationError, JournalRefused
from looker_tasks.sansio.journal import Record, record_of

FILE = "journal.sqlite3"

#: Of the table `record`.
COLUMNS = tuple(column.name for column in fields(Record))

_APPLICATION = 0x4C4B5453  # "LKTS": tells our databases from others
_FORMAT = 4
_UPDATES = {  # from a former format to the next one
    2: ("ALTER TABLE record ADD COLUMN etag TEXT NOT NULL DEFAULT ''",),
    3: (
        "ALTER TABLE record ADD COLUMN ended REAL NOT NULL DEFAULT 0",
        "ALTER TABLE record ADD COLUMN export TEXT NOT NULL DEFAULT ''",
        "CREATE TABLE note (name TEXT PRIMARY KEY) WITHOUT ROWID",
    ),
}
_PATIENCE = 5.0  # seconds, for another program that holds a lock on it
_SCHEMA = """
CREATE TABLE record (
    key TEXT PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL, task_id TEXT,
    size INTEGER NOT NULL, modified INTEGER NOT NULL, sha256 TEXT NOT NULL, content_type TEXT NOT NULL,
    error TEXT NOT NULL, seconds REAL NOT NULL, etag TEXT NOT NULL DEFAULT '', ended REAL NOT NULL DEFAULT 0,
    export TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
"""


def opened(path: Path, *, has_locks: bool) -> tuple[sqlite3.Connection, sqlite3.Connection]:
    """Return a connection to write to the journal at *path* and one to read it, be it whole or new.

    Raises `JournalRefused` for what is broken, or no journal; it is not touched.
    """
    with ExitStack() as stack:
        try:
            has_locks = _claim(path) and has_locks
            writer = _connection(path, has_locks=has_locks)
            stack.callback(writer.close)
            if _is_blank(writer):
                _begin(writer)
            _recognise(writer, path)
            writer.execute("PRAGMA synchronous = NORMAL")
            writer.execute("PRAGMA wal_autocheckpoint = 0")
            reader = _connection(path, has_locks=True) if has_locks else writer  # without locks it has one user
            stack.callback(reader.close)
            has_columns = tuple(name for _, name, *_ in reader.execute("PRAGMA table_info(record)")) == COLUMNS
        except (sqlite3.Error, OSError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise JournalRefused(f"{path} cannot be read as a journal: {reason}") from error
        if not has_columns:
            raise JournalRefused(f"{path} is broken: it has no table of records")
        stack.pop_all()
    return writer, reader


def read_records(path: Path) -> list[Record]:
    """Return the records of the journal at *path*, as far as they make sense; a run may be at work there.

    Raises `JournalRefused` where there is no journal, or something else.
    """
    if not path.is_file():
        raise JournalRefused(f"{path}: there is no journal; expected an output folder of an earlier run")
    try:
        with closing(sqlite3.connect(f"file:{quote(os.fsencode(path))}?mode=ro", uri=True, timeout=_PATIENCE)) as found:
            found.text_factory = _text
            rows = found.execute(f"SELECT {', '.join(COLUMNS)} FROM record ORDER BY name").fetchall()  # noqa: S608  # no value in it
    except sqlite3.Error as error:
        raise JournalRefused(f"{path} cannot be read as a journal: {error}") from error
    return [record for row in rows if (record := record_of(row)) is not None]


def remove(path: Path) -> None:
    """Remove what lies in the journal's place, whatever it is. Raises `ConfigurationError`."""
    for file in path.parent.glob(f"{path.name}*"):
        try:
            file.unlink()
        except OSError as error:
            raise ConfigurationError(f"{file} cannot be removed: {error.strerror or error}") from error


@contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[None]:
    """Commit at the end, or roll back."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")


def _claim(path: Path) -> bool:
    """Make the file if there is none, for us alone, and return whether its file system has the locks that SQLite takes.

    Raises `OSError` for a link or something else that is no file.
    """
    for companion in (path, *(Path(f"{path}{ending}") for ending in ("-wal", "-shm", "-journal"))):
        with suppress(FileNotFoundError):
            if not stat.S_ISREG(companion.lstat().st_mode):
                raise OSError(errno.EINVAL, f"{companion.name} is no file")
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        if os.fstat(descriptor).st_uid == os.geteuid():
            os.fchmod(descriptor, 0o600)
        return _has_locks(descriptor)
    finally:
        os.close(descriptor)


def _has_locks(descriptor: int) -> bool:
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        fcntl.lockf(descriptor, fcntl.LOCK_UN)
    except (BlockingIOError, PermissionError):  # another program reads or writes it
        return True
    except OSError as error:
        if error.errno not in WITHOUT_LOCKS:
            raise
        return False
    return True


def _connection(path: Path, *, has_locks: bool) -> sqlite3.Connection:
    vfs = "" if has_locks else "?vfs=unix-none"
    database = sqlite3.connect(
        f"file:{quote(os.fsencode(path))}{vfs}",
        uri=True,
        timeout=_PATIENCE,
        isolation_level=None,
        check_same_thread=False,
    )
    database.text_factory = _text
    if not has_locks:
        database.execute("PRAGMA locking_mode = EXCLUSIVE")
    return database


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _is_blank(database: sqlite3.Connection) -> bool:
    """Return whether nothing was ever written there, or whoever began to was killed."""
    (application,) = database.execute("PRAGMA application_id").fetchone()
    (objects,) = database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return not application and not objects


def _begin(database: sqlite3.Connection) -> None:
    database.execute("PRAGMA journal_mode = WAL")
    with transaction(database):
        database.execute(_SCHEMA)
        database.execute(_UPDATES[3][-1])
        database.execute(f"PRAGMA application_id = {_APPLICATION}")
        database.execute(f"PRAGMA user_version = {_FORMAT}")


def _recognise(database: sqlite3.Connection, path: Path) -> None:
    (application,) = database.execute("PRAGMA application_id").fetchone()
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if application != _APPLICATION:
        raise JournalRefused(f"{path} is no journal of looker-tasks")
    if version not in {*_UPDATES, _FORMAT}:
        raise JournalRefused(f"{path} was kept by another release of looker-tasks (format {version})")
    (found,) = database.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise JournalRefused(f"{path} is broken: {found}")
    if version != _FORMAT:
        with transaction(database):
            for former in range(version, _FORMAT):
                for update in _UPDATES[former]:
                    database.execute(update)
            database.execute(f"PRAGMA user_version = {_FORMAT}")
