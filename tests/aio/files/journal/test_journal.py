"""The journal: what one run writes, the next one goes by, over a real SQLite file."""

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from attrs import evolve

from looker_tasks import DashboardExport, Exported, FileNotWritten, FolderInUse, JournalRefused, LookExport, NotFound
from looker_tasks.aio.files.disk import Disk
from looker_tasks.aio.files.journal import Journal
from looker_tasks.outcomes import Artifact, Failed, History, Outcome
from looker_tasks.sansio.journal import Record
from tests.aio.journals import open_journal

T = TypeVar("T")

URL = "https://looker.example.com"
EXPORT = DashboardExport("42", "pdf", name="a/42.pdf")


def artifact_in(folder: Path) -> Artifact:
    """Return what a download would have left."""
    return Artifact(folder / "a/42.pdf", 7, "ab" * 32, "application/pdf", "pdf", modified=123)


async def after(folder: Path, outcome: Outcome | None, *, url: str = URL) -> Record | None:
    """Return what a second run finds of an export whose task was created, and that ended so."""
    journal = await open_journal(folder, URL)
    entry = journal.entry(EXPORT, "a/42.pdf")
    entry.created("t1")
    if outcome is not None:
        entry.ended(outcome)
    await journal.aclose()
    journal = await open_journal(folder, url)
    found = journal.entry(EXPORT, "a/42.pdf").record
    await journal.aclose()
    return found


async def test_a_task_is_known_to_the_next_run(tmp_path: Path) -> None:
    """A run that died after a create leaves the task's id."""
    assert await after(tmp_path, None) == Record(
        key=(await _key_of(tmp_path)),
        name="a/42.pdf",
        kind="render",
        state="created",
        task_id="t1",
        export='{"dashboard": "42", "name": "a/42.pdf"}',
    )


async def _key_of(folder: Path) -> str:
    """Return the one key in the journal, read by another reader."""
    database = sqlite3.connect(folder / ".looker-tasks" / "journal.sqlite3")
    (key,) = database.execute("SELECT key FROM record").fetchone()
    database.close()
    return str(key)


async def test_a_file_is_known_by_its_size_time_and_digest(tmp_path: Path) -> None:
    """An export that is done leaves all by which its file is known again."""
    found = await after(tmp_path, Exported(EXPORT, artifact_in(tmp_path)))
    assert found is not None
    assert (found.state, found.task_id) == ("exported", "t1")
    assert (found.size, found.modified, found.sha256) == (7, 123, "ab" * 32)


async def test_a_failure_is_kept_with_its_reason(tmp_path: Path) -> None:
    """What could not be had is told by the journal as by the outcome."""
    gone = NotFound(operation="render_task", status=404, message="Not found")
    found = await after(tmp_path, Failed(EXPORT, gone))
    assert found is not None
    assert (found.state, found.error) == ("failed", "render_task: 404 Not found")


async def test_another_looker_s_records_count_for_nothing(tmp_path: Path) -> None:
    """The same dashboard of another Looker is another export, and both are kept."""
    assert await after(tmp_path, None, url="https://other.example.com") is None
    assert await after(tmp_path, None) is not None


async def test_another_wish_is_another_export(tmp_path: Path) -> None:
    """With other filters it was never done, whatever its name."""
    journal = await open_journal(tmp_path, URL)
    journal.entry(EXPORT, "a/42.pdf").created("t1")
    await journal.aclose()
    journal = await open_journal(tmp_path, URL)
    assert journal.entry(evolve(EXPORT, filters={"Region": "West"}), "a/42.pdf").record is None
    assert journal.entry(LookExport("42", "csv", name="a/42.pdf"), "a/42.pdf").record is None
    await journal.aclose()


async def test_fresh_forgets(tmp_path: Path) -> None:
    """A journal begun anew knows of nothing that was done."""
    await after(tmp_path, None)
    journal = await open_journal(tmp_path, URL, fresh=True)
    found = journal.entry(EXPORT, "a/42.pdf").record
    await journal.aclose()
    assert found is not None
    assert (found.state, found.task_id, found.seconds) == ("forgotten", None, 0.0)


async def test_a_fresh_run_that_was_interrupted_goes_on(tmp_path: Path) -> None:
    """Repeated with *fresh*, what it made is not forgotten; once it came to its end, all is."""

    async def state(*, complete: bool) -> str | None:
        journal = await open_journal(tmp_path, URL, fresh=True)
        entry = journal.entry(EXPORT, "a/42.pdf")
        entry.ended(Exported(EXPORT, artifact_in(tmp_path)))
        if complete:
            journal.complete()
        await journal.aclose()
        return None if entry.record is None else entry.record.state

    assert await state(complete=False) is None
    assert await state(complete=False) == "exported"
    assert await state(complete=True) == "exported"
    assert await state(complete=True) == "forgotten"


@pytest.mark.parametrize("former", [2, 3])
async def test_an_earlier_release_s_journal_is_brought_up_to_date(tmp_path: Path, former: int) -> None:
    """What it has of files and tasks still counts."""
    known = await after(tmp_path, Exported(EXPORT, artifact_in(tmp_path)))
    database = sqlite3.connect(tmp_path / ".looker-tasks" / "journal.sqlite3")
    for column in ("ended", "export", *(("etag",) if former == 2 else ())):
        database.execute(f"ALTER TABLE record DROP COLUMN {column}")
    database.execute("DROP TABLE note")
    database.execute(f"PRAGMA user_version = {former}")
    database.commit()
    database.close()
    journal = await open_journal(tmp_path, URL)
    found = journal.entry(EXPORT, "a/42.pdf").record
    await journal.aclose()
    assert known is not None
    assert found == evolve(known, ended=0.0, export="")


async def test_how_long_tasks_took_is_never_forgotten(tmp_path: Path) -> None:
    """The next run begins with what the last one learnt, fresh or not; a run that does not know keeps it."""
    await after(tmp_path, Exported(EXPORT, artifact_in(tmp_path), History(task_seconds=7.5)))
    await after(tmp_path, Exported(EXPORT, artifact_in(tmp_path)))
    journal = await open_journal(tmp_path, URL, fresh=True)
    found = journal.entry(EXPORT, "a/42.pdf").record
    assert (journal.times("render"), journal.times("query")) == ([7.5], [])
    await journal.aclose()
    assert found is not None
    assert (found.state, found.seconds) == ("forgotten", 7.5)


async def test_a_second_run_is_told_who_is_at_work(tmp_path: Path) -> None:
    """One folder has one run at a time; the lock ends with its holder."""
    journal = await open_journal(tmp_path, URL)
    with pytest.raises(FolderInUse, match=r"in use by process \d+ on .+ since"):
        await open_journal(tmp_path, URL)
    await journal.aclose()
    await (await open_journal(tmp_path, URL)).aclose()


@pytest.mark.parametrize(
    "content", [b"not a database at all, but a text", b"SQLite format 3\0" + bytes(range(256)) * 8]
)
async def test_a_broken_journal_is_refused_and_not_touched(tmp_path: Path, content: bytes) -> None:
    """What cannot be read as a journal is left as it is, and does not keep the folder locked."""
    path = tmp_path / ".looker-tasks" / "journal.sqlite3"
    path.parent.mkdir()
    path.write_bytes(content)
    for _ in range(2):
        with pytest.raises(JournalRefused, match=r"journal\.sqlite3"):
            await open_journal(tmp_path, URL)
    assert path.read_bytes() == content


async def test_somebody_else_s_database_is_refused_and_not_touched(tmp_path: Path) -> None:
    """A database of another program in the journal's place stays that program's."""
    path = tmp_path / ".looker-tasks" / "journal.sqlite3"
    path.parent.mkdir()
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE theirs (value TEXT)")
    database.close()
    before = path.read_bytes()
    with pytest.raises(JournalRefused, match="no journal of looker-tasks"):
        await open_journal(tmp_path, URL)
    assert path.read_bytes() == before


async def test_another_release_s_journal_is_refused(tmp_path: Path) -> None:
    """A form that this release does not know is not guessed at."""
    await after(tmp_path, None)
    database = sqlite3.connect(tmp_path / ".looker-tasks" / "journal.sqlite3")
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(JournalRefused, match="another release"):
        await open_journal(tmp_path, URL)


@pytest.mark.parametrize("fresh", [False, True])
async def test_what_a_killed_run_did_not_end_is_known_by_its_names(tmp_path: Path, fresh: bool) -> None:
    """That is where part files may have been left, begun anew or not."""
    await after(tmp_path, None)
    journal = await open_journal(tmp_path, URL, fresh=fresh)
    assert journal.unfinished == ["a/42.pdf"]
    await journal.aclose()


async def test_many_records_are_all_there_in_few_commits(tmp_path: Path) -> None:
    """Ten thousand records that come together are written together, each of them."""
    journal = await open_journal(tmp_path, URL)
    for number in range(10_000):
        journal.write(Record(f"k{number}", f"{number}.pdf", "render", "created", f"t{number}"))
    await journal.aclose()
    database = sqlite3.connect(tmp_path / ".looker-tasks" / "journal.sqlite3")
    assert database.execute("SELECT count(*) FROM record").fetchone() == (10_000,)
    database.close()


async def test_nothing_but_the_journal_is_left(tmp_path: Path) -> None:
    """After the end there is no write-ahead log and no lock held."""
    await after(tmp_path, None)
    assert sorted(path.name for path in (tmp_path / ".looker-tasks").iterdir()) == ["journal.sqlite3", "lock"]


async def test_a_disk_that_refuses_a_record_is_told(tmp_path: Path) -> None:
    """A record that could not be written is no secret: at the latest the end of the run tells it."""
    journal = await open_journal(tmp_path, URL)
    database = sqlite3.connect(tmp_path / ".looker-tasks" / "journal.sqlite3")
    database.execute("DROP TABLE record")
    database.close()
    journal.write(Record("k", "a.pdf", "render", "created", "t1"))
    with pytest.raises(FileNotWritten, match=r"journal\.sqlite3: no such table"):
        await journal.aclose()


class SlowDisk(Disk):
    """A disk on which everything takes half a second."""

    async def run(self, do: Callable[[], T], folder: Path | None = None) -> T:
        """Do it, half a second later."""
        await asyncio.sleep(0.5)
        return await super().run(do, folder)


@pytest.mark.virtual_time
async def test_closing_while_records_are_written_begins_no_other_write(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """`aclose`: a record that came during a commit is written by the last one, and nothing is tried after it."""
    journal = await Journal.open(tmp_path, URL, SlowDisk(), location=str(tmp_path))
    other = LookExport("7", "csv", name="b.csv")
    journal.entry(EXPORT, "a/42.pdf").created("t1")
    await asyncio.sleep(0.1)
    journal.entry(other, "b.csv").created("t2")
    await journal.aclose()
    await asyncio.sleep(1)
    assert caplog.messages == []
    journal = await Journal.open(tmp_path, URL, Disk(), location=str(tmp_path))
    found = [journal.entry(EXPORT, "a/42.pdf").record, journal.entry(other, "b.csv").record]
    await journal.aclose()
    assert [record.task_id for record in found if record is not None] == ["t1", "t2"]
