"""What lies in a folder is read without trust: no link leads out of it, no journal is broken or waited for."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from looker_tasks import DashboardExport, LookerTasks
from looker_tasks.emulator import Emulator
from looker_tasks.report.folder import Place, plain_file, read_journal, read_runs

JOURNAL = ".looker-tasks/journal.sqlite3"


def test_only_plain_files_within_the_folder_are_found(tmp_path: Path) -> None:
    """A link to elsewhere, a name with dots, a folder and a pipe are no files of the run; a link within is."""
    out, secret = tmp_path / "out", tmp_path / "secret"
    (out / "folder").mkdir(parents=True)
    secret.write_text("secret")
    (out / "a.pdf").write_text("a")
    (out / "within").symlink_to("a.pdf")
    (out / "outside").symlink_to(secret)
    (out / "up").symlink_to(tmp_path)
    (out / "circle").symlink_to("circle")
    os.mkfifo(out / "pipe")
    found = {
        name
        for name in ("a.pdf", "within", "outside", "up/secret", "../secret", str(secret), "folder", "pipe", "circle")
        if plain_file(out, name) is not None
    }
    assert found == {"a.pdf", "within"}
    assert plain_file(out, "a\0b") is None
    assert plain_file(out, "x" * 5000) is None


def all_below(folder: Path) -> set[Path]:
    """Return the paths of all that lies below *folder*."""
    return set(folder.rglob("*"))


async def test_the_journal_of_a_run_is_read(tmp_path: Path) -> None:
    """While a run holds it, and afterwards; then nothing is left there of the reading."""
    async with (
        Emulator(renderer="fake", render_seconds=0, query_seconds=0) as emulator,
        LookerTasks(emulator.url, emulator.client_id, emulator.client_secret) as looker,
        looker.export_all([DashboardExport("42", name="a.pdf")], tmp_path) as outcomes,
    ):
        assert len([outcome async for outcome in outcomes]) == 1
        during = read_journal(Place.of(tmp_path))
    before = all_below(tmp_path)
    (row,) = read_journal(Place.of(tmp_path))
    assert all_below(tmp_path) == before
    assert [each.key for each in during] == [row.key]  # its end is written a moment later
    assert (row.name, row.state, row.size) == ("a.pdf", "exported", (tmp_path / "a.pdf").stat().st_size)


@pytest.mark.parametrize("content", [None, b"", b"no database", b"SQLite format 3\0" + b"\xff" * 4096])
def test_what_is_no_journal_is_no_failure(content: bytes | None, tmp_path: Path) -> None:
    """Absent, empty, foreign or broken: nothing is remembered, and nothing is raised."""
    if content is not None:
        (tmp_path / ".looker-tasks").mkdir()
        (tmp_path / JOURNAL).write_bytes(content)
    assert read_journal(Place.of(tmp_path)) == []
    assert read_runs(Place.of(tmp_path)) == []


def test_a_journal_that_is_a_link_to_elsewhere_is_not_read(tmp_path: Path) -> None:
    """Nor a timeline that is one."""
    out, other = tmp_path / "out", tmp_path / "other.sqlite3"
    (out / ".looker-tasks").mkdir(parents=True)
    with closing(sqlite3.connect(other)) as database:
        database.execute("CREATE TABLE record (key, name, state, task_id, size, modified, sha256, content_type, error)")
        database.execute("INSERT INTO record VALUES ('k', 'n', 'failed', NULL, 0, 0, '', '', 'secret')")
        database.commit()
    other.with_suffix(".jsonl").write_text('{"looker_tasks_timeline":1,"started":1}\n')
    (out / JOURNAL).symlink_to(other)
    (out / ".looker-tasks" / "timeline.jsonl").symlink_to(other.with_suffix(".jsonl"))
    assert read_journal(Place.of(out)) == []
    assert read_runs(Place.of(out)) == []
