"""The journal among hostile neighbours, spoiled values, odd file systems and other programs."""

import asyncio
import errno
import fcntl
import logging
import os
import sqlite3
import stat
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from looker_tasks import ConfigurationError, DashboardExport, FolderInUse, JournalRefused
from looker_tasks.aio.files import job_group, lock
from looker_tasks.aio.files.disk import Disk
from looker_tasks.aio.files.journal import Journal
from looker_tasks.sansio.journal import Record
from looker_tasks.sansio.naming import OWN_FOLDER
from tests.aio.journals import open_journal

URL = "https://looker.example"
FILE = "journal.sqlite3"
EXPORT = DashboardExport("42", "pdf", name="42.pdf")


async def one_record(folder: Path) -> None:
    """Keep a journal with one record of `EXPORT`, whose file is there."""
    journal = await open_journal(folder, URL)
    entry = journal.entry(EXPORT, "42.pdf")
    journal.write(
        Record(entry.key, "42.pdf", "render", "exported", "t1", 7, 123, "ab" * 32, "application/pdf", "", 7.5)
    )
    await journal.aclose()


def altered(folder: Path, statement: str, *values: object) -> None:
    """Change the journal as a flipped bit would."""
    with closing(sqlite3.connect(folder / OWN_FOLDER / FILE, isolation_level=None)) as database:
        database.execute(statement, values)


async def found_in(folder: Path, *, fresh: bool = False) -> Record | None:
    """Return what the next run knows of `EXPORT`."""
    journal = await open_journal(folder, URL, fresh=fresh)
    record = journal.entry(EXPORT, "42.pdf").record
    assert all(seconds == 7.5 for seconds in journal.times("render"))
    await journal.aclose()
    return record


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("name", b"\xff\xfe"),
        ("name", 7),
        ("kind", "rendar"),
        ("kind", b"\xc3\x28"),
        ("state", "exporteb"),
        ("state", b"\xff"),
        ("task_id", 7),
        ("task_id", b"\x80abc"),
        ("size", "many"),
        ("size", -1),
        ("size", 1.5),
        ("modified", "then"),
        ("sha256", "zz"),
        ("sha256", b"\xff" * 32),
        ("content_type", 7.5),
        ("error", b"\xe2\x28\xa1"),
        ("seconds", "long"),
        ("seconds", -1.0),
        ("seconds", 9e99),
        ("etag", b"\x9f"),
        ("ended", "then"),
        ("export", b"\xff"),
    ],
)
async def test_a_value_that_no_run_has_written_makes_its_row_unknown(
    tmp_path: Path, column: str, value: object
) -> None:
    """Pages may be sound where a value is not: the export is then made again, and nothing else happens."""
    await one_record(tmp_path)
    altered(tmp_path, f"UPDATE record SET {column} = ?", value)  # noqa: S608  # names of ours
    found = await found_in(tmp_path)
    assert found is None or column in {
        "name",
        "task_id",
        "content_type",
        "error",
        "etag",
        "export",
    }  # texts may be anything
    await found_in(tmp_path, fresh=True)


@pytest.mark.parametrize(
    "statement",
    ["DROP TABLE record", "ALTER TABLE record RENAME COLUMN state TO stat", "ALTER TABLE record DROP COLUMN etag"],
)
async def test_a_table_that_is_missing_is_told_and_begun_anew(tmp_path: Path, statement: str) -> None:
    """With advice that works."""
    await one_record(tmp_path)
    altered(tmp_path, statement)
    with pytest.raises(JournalRefused, match=r"journal\.sqlite3 is broken: it has no table of records") as raised:
        await open_journal(tmp_path, URL)
    assert "--fresh" in raised.value.advice
    assert await found_in(tmp_path, fresh=True) is None


async def test_the_journal_of_an_earlier_release_is_taken_over(tmp_path: Path) -> None:
    """What was done yesterday is known today."""
    await one_record(tmp_path)
    for column in ("etag", "ended", "export"):
        altered(tmp_path, f"ALTER TABLE record DROP COLUMN {column}")
    altered(tmp_path, "DROP TABLE note")
    altered(tmp_path, "PRAGMA user_version = 2")
    found = await found_in(tmp_path)
    assert found is not None
    assert (found.state, found.sha256, found.etag) == ("exported", "ab" * 32, "")


async def test_names_that_were_spoiled_lead_nowhere(tmp_path: Path) -> None:
    """What is swept lies below the output folder, whatever the journal says."""
    journal = await open_journal(tmp_path, URL)
    for number, name in enumerate(["../../etc/x", "/etc/passwd", "a/b.pdf", ""]):
        journal.write(Record(f"{number}", name, "render", "created", "t1"))
    await journal.aclose()
    journal = await open_journal(tmp_path, URL)
    assert journal.unfinished == ["a/b.pdf"]
    await journal.aclose()


async def test_it_is_for_us_alone(tmp_path: Path) -> None:
    """Its folder is 0700 and its files 0600, whatever the umask, and whatever an earlier release left."""
    former = os.umask(0)
    try:
        (tmp_path / OWN_FOLDER).mkdir(mode=0o777)
        journal = await open_journal(tmp_path, URL)
        journal.write(Record("k", "a.pdf", "render", "failed"))
        await asyncio.sleep(0.05)
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / OWN_FOLDER).iterdir()}
        await journal.aclose()
    finally:
        os.umask(former)
    assert stat.S_IMODE((tmp_path / OWN_FOLDER).stat().st_mode) == 0o700
    assert modes == dict.fromkeys([FILE, f"{FILE}-shm", f"{FILE}-wal", "lock"], 0o600)


@pytest.mark.parametrize("name", ["lock", FILE, f"{FILE}-wal", f"{FILE}-shm", f"{FILE}-journal"])
@pytest.mark.parametrize("is_there", [True, False])
async def test_a_planted_link_is_not_followed(tmp_path: Path, name: str, is_there: bool) -> None:
    """What it leads to is neither changed nor made, with `--fresh` neither."""
    victim = tmp_path / "victim"
    if is_there:
        victim.write_bytes(b"precious")
    own = tmp_path / "out" / OWN_FOLDER
    own.mkdir(parents=True)
    (own / name).symlink_to(victim)
    with pytest.raises(
        ConfigurationError, match=name.removesuffix("-wal").removesuffix("-shm").removesuffix("-journal")
    ):
        await open_journal(tmp_path / "out", URL)
    if name == "lock":
        with pytest.raises(ConfigurationError, match="lock is no file: remove it"):
            await open_journal(tmp_path / "out", URL, fresh=True)
    else:
        await (await open_journal(tmp_path / "out", URL, fresh=True)).aclose()
    assert (victim.read_bytes() if is_there else victim.exists()) == (b"precious" if is_there else False)


async def test_a_planted_folder_is_not_followed(tmp_path: Path) -> None:
    """The journal's folder is a folder, and no link to somebody's."""
    (tmp_path / "victim").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / OWN_FOLDER).symlink_to(tmp_path / "victim")
    with pytest.raises(ConfigurationError, match="is a link: remove it"):
        await open_journal(tmp_path / "out", URL)
    assert os.listdir(tmp_path / "victim") == []  # noqa: PTH208  # as good as a Path's, in a coroutine too


@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir])
@pytest.mark.parametrize("name", ["lock", FILE])
async def test_what_is_no_file_in_its_place_is_told(tmp_path: Path, name: str, make: Callable[[Path], None]) -> None:
    """A FIFO would be waited for in vain."""
    (tmp_path / OWN_FOLDER).mkdir()
    make(tmp_path / OWN_FOLDER / name)
    async with asyncio.timeout(5):
        with pytest.raises(ConfigurationError, match=name):
            await open_journal(tmp_path, URL)


async def test_a_folder_is_locked_though_its_journal_is_removed(tmp_path: Path) -> None:
    """Whoever deletes `.looker-tasks` during a run lets no second one in."""
    journal = await open_journal(tmp_path, URL)
    for path in (tmp_path / OWN_FOLDER).iterdir():  # a local folder
        path.unlink()
    (tmp_path / OWN_FOLDER).rmdir()
    with pytest.raises(FolderInUse):
        await open_journal(tmp_path, URL)
    await journal.aclose()
    await (await open_journal(tmp_path, URL)).aclose()


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP])
async def test_a_file_system_without_locks_is_good_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, number: int
) -> None:
    """NFS and SMB as people mount them: the journal is kept, and what cannot be promised is said once."""

    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(job_group, "_noted", set())
    monkeypatch.setattr(fcntl, "flock", refuse)
    monkeypatch.setattr(fcntl, "lockf", refuse)
    with caplog.at_level(logging.WARNING):
        await one_record(tmp_path)
        found = await found_in(tmp_path)
    assert found is not None
    assert found.state == "exported"
    assert [record.getMessage() for record in caplog.records] == [
        f"{tmp_path / OWN_FOLDER}: its file system has no locks: see that no other run works on {tmp_path} meanwhile"
    ]
    monkeypatch.undo()
    assert await found_in(tmp_path) == found


async def test_another_programs_lock_costs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Records wait until it lets go; the run goes on meanwhile."""
    monkeypatch.setattr("looker_tasks.aio.files.journal.database._PATIENCE", 0.05)
    monkeypatch.setattr("looker_tasks.aio.files.journal._PATIENCE", 0.05)
    journal = await open_journal(tmp_path, URL)
    with closing(sqlite3.connect(tmp_path / OWN_FOLDER / FILE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for number in range(5):
            journal.write(Record(f"{number}", f"{number}.pdf", "render", "failed"))
            await asyncio.sleep(0.05)
        assert journal._failure is not None
        other.execute("ROLLBACK")
    await journal.aclose()
    with closing(sqlite3.connect(tmp_path / OWN_FOLDER / FILE)) as database:
        assert database.execute("SELECT count(*) FROM record").fetchone() == (5,)


async def test_the_log_does_not_grow_where_records_never_pause(tmp_path: Path) -> None:
    """Fifty thousand records, one group after the other: the log stays as long as a few thousand need."""
    journal = await open_journal(tmp_path, URL)
    for start in range(0, 50_000, 500):
        for number in range(start, start + 500):
            journal.write(Record(f"{number:032}", f"{number}.pdf", "render", "created", f"{number:032}"))
        while journal._timer is not None or journal._writing is not None:  # noqa: ASYNC110  # a commit each
            await asyncio.sleep(0.001)
    log = (tmp_path / OWN_FOLDER / f"{FILE}-wal").stat().st_size
    await journal.aclose()
    assert log < 4 * 2**20


@pytest.mark.parametrize("moment", [0.0, 0.002, 0.005, 0.01, 0.02, 0.05])
async def test_an_opening_that_is_cancelled_leaves_no_lock(tmp_path: Path, moment: float) -> None:
    """The same process can open it a moment later."""
    disk = Disk()
    opening = asyncio.create_task(
        Journal.open(tmp_path / OWN_FOLDER, URL, disk, location=str(tmp_path), output=tmp_path)
    )
    await asyncio.sleep(moment)
    if opening.done():
        await opening.result().aclose()
    else:
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
    await disk.run(lambda: None)
    await (await open_journal(tmp_path, URL)).aclose()
    disk.close()


async def test_an_opening_that_is_cancelled_while_it_is_slow_leaves_no_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who opens it in a thread lets go at the end, as nobody wants it any more."""
    hold = lock.hold

    def slow(path: Path, location: str, folder: Path | None = None) -> lock.Lock:
        held = hold(path, location, folder)
        began.set()
        may_end.wait(10)
        return held

    began, may_end = threading.Event(), threading.Event()
    monkeypatch.setattr(lock, "hold", slow)
    opening = asyncio.create_task(open_journal(tmp_path, URL))
    await asyncio.to_thread(began.wait, 10)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    may_end.set()
    monkeypatch.undo()
    async with asyncio.timeout(10):
        while True:
            try:
                journal = await open_journal(tmp_path, URL)
                break
            except FolderInUse:
                await asyncio.sleep(0.01)
    await journal.aclose()
