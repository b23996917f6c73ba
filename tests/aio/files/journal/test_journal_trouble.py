"""The journal after a kill, a torn disk or a stranger's hand: mended where that is certain, told where it is not."""

import asyncio
import shutil
import sqlite3
from pathlib import Path

import pytest

from looker_tasks.errors import ConfigurationError, JournalRefused
from looker_tasks.sansio.journal import Record
from looker_tasks.sansio.naming import OWN_FOLDER
from tests.aio.journals import open_journal

URL = "https://looker.example"
FILE = "journal.sqlite3"


def own(folder: Path) -> Path:
    """Make the journal's own folder."""
    made = folder / OWN_FOLDER
    made.mkdir(parents=True)
    return made


def names_in(folder: Path) -> list[str]:
    """Return the names of the records in the journal of *folder*, read by another reader."""
    database = sqlite3.connect(folder / OWN_FOLDER / FILE)
    found = [name for (name,) in database.execute("SELECT name FROM record ORDER BY name")]
    database.close()
    return found


async def opened_and_closed(folder: Path, *, fresh: bool = False) -> None:
    """Open the journal of *folder*, write a record and close it."""
    journal = await open_journal(folder, URL, fresh=fresh)
    journal.write(Record("last", "last.pdf", "render", "failed"))
    await journal.aclose()


@pytest.mark.parametrize("step", ["", "PRAGMA journal_mode = WAL", "PRAGMA user_version = 1"])
async def test_who_was_killed_while_beginning_it_is_no_reason_to_refuse(tmp_path: Path, step: str) -> None:
    """A database in which nothing was ever written is a journal yet to begin, in whatever mode it was left."""
    database = sqlite3.connect(own(tmp_path) / FILE, isolation_level=None)
    database.execute(step)
    database.close()
    await opened_and_closed(tmp_path)
    assert names_in(tmp_path) == ["last.pdf"]


async def test_a_folder_in_its_place_is_refused(tmp_path: Path) -> None:
    """It is named in one line, even where it should be removed."""
    (own(tmp_path) / FILE).mkdir()
    with pytest.raises(JournalRefused, match=FILE):
        await open_journal(tmp_path, URL)
    with pytest.raises(ConfigurationError, match="cannot be removed"):
        await open_journal(tmp_path, URL, fresh=True)


async def test_fresh_replaces_a_broken_one(tmp_path: Path) -> None:
    """What the advice of the refusal says works."""
    (own(tmp_path) / FILE).write_bytes(b"nonsense")
    await opened_and_closed(tmp_path, fresh=True)
    assert names_in(tmp_path) == ["last.pdf"]


async def test_a_file_in_a_folders_place_is_told_when_it_is_in_the_way(tmp_path: Path) -> None:
    """Sweeping looks for part files in folders that somebody may have replaced since."""
    journal = await open_journal(tmp_path, URL)
    journal.write(Record("k", "a/b.pdf", "render", "created", "t1"))
    await journal.aclose()
    (tmp_path / "a").write_bytes(b"no folder any more")
    await opened_and_closed(tmp_path)
    assert (tmp_path / "a").read_bytes() == b"no folder any more"


async def test_a_torn_journal_is_whole_or_refused(tmp_path: Path) -> None:
    """Cut off anywhere, it is refused and left as it is: what it remembers is all of it or nothing."""
    journal = await open_journal(tmp_path / "whole", URL)
    for number in range(300):
        journal.write(Record(f"{number:032}", f"{number}.pdf", "render", "created", f"{number:032}"))
    await journal.aclose()
    body = (tmp_path / "whole" / OWN_FOLDER / FILE).read_bytes()
    assert len(body) > 8 * 4096
    for size in range(1000, len(body), 4096):
        path = own(tmp_path / str(size)) / FILE
        path.write_bytes(body[:size])
        with pytest.raises(JournalRefused):
            await open_journal(tmp_path / str(size), URL)
        assert path.read_bytes() == body[:size]


async def test_a_torn_log_costs_its_end_alone(tmp_path: Path) -> None:
    """Wherever the write-ahead log of a killed run ends, what was committed before is there, in order."""
    live = tmp_path / "live"
    journal = await open_journal(live, URL)
    for number in range(40):
        journal.write(Record(f"{number:032}", f"{number:02}.pdf", "render", "failed"))
        while journal._timer is not None or journal._writing is not None:  # noqa: ASYNC110  # each in a commit of its own
            await asyncio.sleep(0.001)
        assert len(names_in(live)) == number + 1
    log = (live / OWN_FOLDER / f"{FILE}-wal").read_bytes()
    database = (live / OWN_FOLDER / FILE).read_bytes()
    await journal.aclose()
    counts = []
    for size in range(0, len(log), len(log) // 25):
        torn = tmp_path / str(size)
        (own(torn) / FILE).write_bytes(database)
        (torn / OWN_FOLDER / f"{FILE}-wal").write_bytes(log[:size])
        await (await open_journal(torn, URL)).aclose()
        found = names_in(torn)
        assert found == [f"{number:02}.pdf" for number in range(len(found))]
        counts.append(len(found))
        shutil.rmtree(torn)
    assert counts == sorted(counts)
    assert counts[-1] > 20
