"""A batch in this process: what shows while it runs, on a log and on a terminal."""

import io
from pathlib import Path

import pytest

from looker_tasks import DashboardExport, Policy, TaskFailed
from looker_tasks.cli.batch import Batch, run_batch
from looker_tasks.cli.display import LiveDisplay
from looker_tasks.cli.tally import Tally
from looker_tasks.config import read_settings
from looker_tasks.emulator import Emulator
from looker_tasks.outcomes import Failed


def batch(emulator: Emulator, out: Path, count: int) -> Batch:
    """Make a batch of *count* dashboards of *emulator*, two at a time."""
    return Batch(
        exports=(DashboardExport(str(number), name=f"{number}.pdf") for number in range(1, count + 1)),
        expected=count,
        out=out,
        settings=read_settings(
            ini="",
            environ={},
            base_url=emulator.url,
            client_id=emulator.client_id,
            client_secret=emulator.client_secret,
        ),
        policy=Policy(),
        concurrency=2,
    )


@pytest.mark.virtual_time
async def test_a_log_gets_a_line_every_few_seconds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Twenty-odd virtual seconds are a handful of lines, not one a poll, and the summary counts the loop's time."""
    async with Emulator(renderer="fake", render_slots=2, render_seconds=10, query_seconds=1, spread=0) as emulator:
        assert await run_batch(batch(emulator, tmp_path, 4)) == 0
    lines = capsys.readouterr().err.splitlines()
    progress, summary = lines[:-2], lines[-2:]
    assert [line.partition(":")[0] for line in progress] == [
        f"{5 * number} s" for number in range(1, len(progress) + 1)
    ]
    assert 4 <= len(progress) <= 6
    assert progress[1] == "10 s: 0 of 4 done; in flight: 2 rendering; 0 bytes"
    assert summary[0] == "4 of 4 exported"


def test_a_terminal_gets_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal the counts are drawn in place, and a failure stands above them as it was said."""
    screen = io.StringIO()
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")
    display = LiveDisplay(Tally(3))
    display.failed(Failed(DashboardExport("1"), TaskFailed(task_id="t", status="failure", detail="[red]odd[/red]")))
    display.show(1.0)
    display.close()
    assert "failed: dashboard-1.pdf: task t ended in failure: [red]odd[/red]" in screen.getvalue()
    assert "0/3" in screen.getvalue()
