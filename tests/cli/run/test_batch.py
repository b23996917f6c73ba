"""A batch in this process: what shows while it runs, on a log and on a terminal."""

from pathlib import Path

import pytest

from looker_tasks import DashboardExport
from looker_tasks.cli.options import RunOptions
from looker_tasks.cli.run.batch import Batch, run_batch
from looker_tasks.config import read_settings
from looker_tasks.emulator import Emulator


def batch(emulator: Emulator, out: Path, count: int) -> Batch:
    """Make a batch of *count* dashboards of *emulator*, two at a time."""
    return Batch(
        exports=(DashboardExport(str(number), name=f"{number}.pdf") for number in range(1, count + 1)),
        expected=count,
        out=str(out),
        settings=read_settings(
            ini="",
            environ={},
            base_url=emulator.url,
            client_id=emulator.client_id,
            client_secret=emulator.client_secret,
        ),
        options=RunOptions(concurrency=2, report=False),
    )


@pytest.mark.virtual_time
async def test_a_log_gets_a_line_every_few_seconds(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Twenty-odd virtual seconds are a few lines, ever further apart."""
    async with Emulator(renderer="fake", render_slots=2, render_seconds=10, query_seconds=1, spread=0) as emulator:
        assert await run_batch(batch(emulator, tmp_path, 4)) == 0
    lines = capfd.readouterr().err.splitlines()
    progress, summary = lines[1:-2], lines[-2:]
    seconds = [int(line.partition(" s:")[0]) for line in progress]
    assert seconds[:2] == [5, 12]
    assert seconds == sorted(seconds)
    assert 3 <= len(progress) <= 4
    assert progress[0] == "5 s: 0 of 4 done; in flight: 2 rendering; 0 bytes"
    assert summary[0] == "4 of 4 exported"
