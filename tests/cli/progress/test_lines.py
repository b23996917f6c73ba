"""What a terminal shows of a run, at each width."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from looker_tasks import ConnectionBroken, DashboardExport, TaskFailed
from looker_tasks.cli.progress import lines
from looker_tasks.cli.progress.display import LiveDisplay
from looker_tasks.cli.progress.tally import Tally
from looker_tasks.cli.streams import Output
from looker_tasks.events import BackedOff, ExportStarted, LimitChanged, Paused, Polled
from looker_tasks.outcomes import Artifact, Exported, Failed

EXPORT = DashboardExport("42", name="a-rather-long-name/of-a-customer/and-a-dashboard.pdf")
FAILED = Failed(EXPORT, TaskFailed(task_id="t", status="failure", detail="[red]odd[/red]"))
NOW = 1_000_000.0


@pytest.fixture
def tally() -> Tally:
    """Count a run of 240 in its middle: all that can be shown is there."""
    tally = Tally(240)
    artifact = Artifact(Path("o/x.pdf"), 150_000, "ab", "application/pdf", "pdf")
    for number in range(120):
        tally.take(Exported(EXPORT, artifact), number / 2)
    tally.take(FAILED, 60.0)
    for number, phase in enumerate(("rendering", "rendering", "enqueued_for_render", "querying")):
        tally.observe(ExportStarted(EXPORT, key=str(number)))
        tally.observe(Polled(EXPORT, "t", phase, key=str(number)))
    tally.observe(LimitChanged("render", 6))
    tally.observe(Paused("query_task", 4.0, at=NOW - 1.0))
    tally.observe(BackedOff(EXPORT, 1.0, ConnectionBroken(operation="x", message="gone", sent=True), key="0"))
    return tally


def shown(tally: Tally, width: int) -> list[str]:
    """Return the lines that are shown on *width* columns."""
    return [line.plain for line in lines.frame(tally, 60.0, width, now=NOW)]


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_frame_has_a_whole_bar_and_whole_counts(tally: Tally, width: int) -> None:
    """`frame`: from 60 columns on there is a bar, and counts and times are whole."""
    head, *rest = shown(tally, width)
    assert head.startswith("━━")
    assert head.endswith("121/240  1 failed  1:00, about 1:00 left")
    assert all(len(line) <= width for line in (head, *rest))


def test_frame_says_where_looker_is(tally: Tally) -> None:
    """Phases in the order of a task's path, the limit, pauses, speed, and the last failure."""
    _, work, speed, failure = shown(tally, 120)
    assert work == "1 querying  1 enqueued_for_render  2 rendering  render limit 6  query_task paused for 3 s"
    assert speed == "2.0 files/s  300.0 kB/s  18.0 MB in 120 files  1 call sent again"
    assert failure.startswith("failed: a-rather-long-name/of-a-customer/and-a-dashboard.pdf: task t ended in failure")


def test_frame_is_made_to_a_narrow_terminal(tally: Tally) -> None:
    """At 40 columns there is no bar; what does not fit ends in an ellipsis."""
    lines = shown(tally, 40)
    assert lines[0] == "121/240  1 failed  1:00, about 1:00 left"
    assert all(len(line) <= 40 for line in lines)
    assert lines[-1].endswith("…")


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[LiveDisplay, int]]:
    """Give a live display of an empty run, and the end of a pipe that shows what it draws."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "120")
    reading, writing = os.pipe()
    output = Output(writing, encoding="utf-8", drops=True)
    yield LiveDisplay(Tally(3), output), reading
    output.close()
    os.close(writing)
    os.close(reading)


def drawn(display: LiveDisplay, reading: int) -> str:
    """Return what *display* has drawn, to its end."""
    display.close()
    display._output.close()
    return os.read(reading, 2**20).decode()


def test_live_display_draws_counts_and_failures(terminal: tuple[LiveDisplay, int]) -> None:
    """`LiveDisplay`: the counts in place, a failure above them, its markup as it was written."""
    display, reading = terminal
    display.failed(FAILED)
    display.show(1.0)
    text = drawn(display, reading)
    assert "task t ended in failure: [red]odd[/red]" in text
    assert "0/3" in text


def test_live_display_respects_no_color(monkeypatch: pytest.MonkeyPatch, terminal: tuple[LiveDisplay, int]) -> None:
    """With NO_COLOR no colour is drawn."""
    display, reading = terminal
    monkeypatch.setenv("NO_COLOR", "1")
    quiet = LiveDisplay(Tally(3), display._output)
    quiet.failed(FAILED)
    text = drawn(quiet, reading)
    assert "ended in failure" in text
    assert "\x1b[31m" not in text


def test_live_display_speaks_the_progress_protocol(
    monkeypatch: pytest.MonkeyPatch, terminal: tuple[LiveDisplay, int]
) -> None:
    """Where the terminal has OSC 9;4 it gets the percentage, and is cleared at the end."""
    display, reading = terminal
    monkeypatch.setenv("WT_SESSION", "x")
    speaking = LiveDisplay(Tally(3), display._output)
    speaking.show(1.0)
    text = drawn(speaking, reading)
    assert "\x1b]9;4;1;0\x1b\\" in text
    assert text.rindex("\x1b]9;4;0;0\x1b\\") > text.rindex("\x1b]9;4;1;0")
