"""The date of a run that goes on after midnight."""

import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from looker_tasks.cli.run.began import beginning_of, forget_beginning, keep_beginning
from tests.cli.program import emulator, line_of, looker_tasks, started, wait_for

BEGAN = datetime(2026, 11, 26, 23, 50, tzinfo=UTC)
NEXT = BEGAN + timedelta(minutes=20)


def kept(state: Path, *, fresh: bool = False, last_sign: datetime = BEGAN) -> Path:
    """Keep a beginning, and let the last sign of its run be older."""
    keep_beginning(state, BEGAN, fresh=fresh)
    os.utime(state / "began", (last_sign.timestamp(),) * 2)
    return state


def test_a_run_that_did_not_end_goes_on_with_its_own_date(tmp_path: Path) -> None:
    """As long as it was at work just now; an end, a long silence or a fresh beginning makes it another run."""
    assert beginning_of(tmp_path, NEXT) == NEXT
    assert beginning_of(kept(tmp_path), NEXT) == BEGAN
    assert beginning_of(kept(tmp_path), NEXT, fresh=True) == NEXT
    assert beginning_of(kept(tmp_path, fresh=True), NEXT, fresh=True) == BEGAN
    assert beginning_of(kept(tmp_path, fresh=True), NEXT) == BEGAN
    the_next_night = BEGAN + timedelta(days=1)
    assert beginning_of(kept(tmp_path), the_next_night) == the_next_night
    assert beginning_of(kept(tmp_path, last_sign=the_next_night - timedelta(hours=1)), the_next_night) == BEGAN
    forget_beginning(tmp_path)
    assert beginning_of(tmp_path, NEXT) == NEXT


@pytest.mark.parametrize("content", [b"", b"yesterday", b"2026-11-26", b"2026-11-26T23:50:00", b"\xff", b"3" * 5000])
def test_what_makes_no_sense_is_no_beginning(content: bytes, tmp_path: Path) -> None:
    """Nobody's run is held up by it."""
    (tmp_path / "began").write_bytes(content)
    assert beginning_of(tmp_path, NEXT) == NEXT


def test_what_was_planted_is_neither_read_nor_followed(tmp_path: Path) -> None:
    """A pipe does not hold the program up, and what a link leads to is neither believed nor overwritten."""
    os.mkfifo(tmp_path / "began")
    assert beginning_of(tmp_path, NEXT) == NEXT
    (tmp_path / "began").unlink()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text(BEGAN.isoformat())
    (tmp_path / "began").symlink_to(elsewhere)
    assert beginning_of(tmp_path, NEXT) == NEXT
    keep_beginning(tmp_path, NEXT)
    assert elsewhere.read_text() == BEGAN.isoformat()


def test_a_killed_run_makes_the_names_of_its_day(tmp_path: Path) -> None:
    """After the kill the plan, and the run that goes on, have its date; when that has ended, the next has today's."""
    (tmp_path / "m.yaml").write_text(
        "exports: [{for_each: {dashboard: [1, 2, 3]}, format: pdf, name: '{date} {dashboard.id}.pdf'}]"
    )
    command = ("export", "m.yaml", "--out", "o", "--no-report")
    with emulator("--renderer", "fake", "--render-seconds", "0.5") as (settings, _):
        with started(*command, cwd=tmp_path, settings=settings) as run:
            line_of(run.stderr)
            wait_for((tmp_path / "o/.looker-tasks/began").exists)
            run.send_signal(signal.SIGKILL)
            run.wait()
        yesterday = datetime.now().astimezone() - timedelta(days=1)
        keep_beginning(tmp_path / "o/.looker-tasks", yesterday)
        gone_on = looker_tasks(*command, cwd=tmp_path, settings=settings)
        assert "going on with the run of " in gone_on.err
        assert _days(tmp_path) == {f"{yesterday:%Y-%m-%d}"}
        assert "going on" not in looker_tasks(*command, cwd=tmp_path, settings=settings).err
    assert _days(tmp_path) == {f"{yesterday:%Y-%m-%d}", f"{datetime.now().astimezone():%Y-%m-%d}"}


def _days(folder: Path) -> set[str]:
    return {path.name.partition(" ")[0] for path in (folder / "o").glob("*.pdf")}
