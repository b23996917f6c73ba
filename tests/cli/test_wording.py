"""What is counted of a run, and what is said of it."""

import json
from pathlib import Path

import pytest

from looker_tasks import (
    Artifact,
    BackedOff,
    Cancelled,
    ConnectionBroken,
    DashboardExport,
    DownloadStarted,
    Exported,
    ExportFinished,
    ExportStarted,
    Failed,
    History,
    LimitChanged,
    LookExport,
    Polled,
    TaskCreated,
    TaskFailed,
)
from looker_tasks.cli import wording
from looker_tasks.cli.outcome_json import export_line, outcome_line
from looker_tasks.cli.progress.tally import KEPT_FAILURES, Tally

WEST = DashboardExport("42", name="west.pdf")
LOOK = LookExport("7", "csv")
ARTIFACT = Artifact(Path("o/west.pdf"), size=1500, sha256="ab", content_type="application/pdf", result_format="pdf")
BROKEN = TaskFailed(task_id="t1", status="failure", detail="Script timed out.\n - retried")
FAILED = Failed(
    LOOK, BROKEN, History(seconds=62.04, task_id="t1", phases={"querying": 1.96, "rendering": 60.08}, calls=9)
)


@pytest.fixture
def tally() -> Tally:
    """Count a run of five: one exported, one from an earlier run, one failed, one cancelled, one in flight."""
    tally = Tally(5)
    for event in (
        LimitChanged("render", 3),
        ExportStarted(WEST, key="west"),
        TaskCreated(WEST, "t0", key="west"),
        Polled(WEST, "t0", "rendering", key="west"),
        BackedOff(WEST, 1.0, ConnectionBroken(operation="render_task", message="gone", sent=True), key="west"),
        DownloadStarted(WEST, "t0", key="west"),
        ExportFinished(Exported(WEST, ARTIFACT), key="west"),
        ExportStarted(LOOK, key="look"),
    ):
        tally.observe(event)
    for outcome in (Exported(WEST, ARTIFACT), Exported(WEST, ARTIFACT, resumed=True), FAILED, Cancelled(WEST)):
        tally.take(outcome, 1.0)
    return tally


def test_progress_is_one_line(tally: Tally) -> None:
    """How many are done, what is in flight by phase, and the bytes that this run brought."""
    assert (
        wording.progress(tally, 12.3)
        == "12 s: 4 of 5 done; 1 failed; in flight: 1 creating; 1.5 kB (0.1 files a second)"
    )
    tally.observe(TaskCreated(LOOK, "t1", key="look"))
    assert tally.in_flight == {"created": 1}


def test_the_summary_tells_counts_and_each_failure(tally: Tally) -> None:
    """Counts, bytes, time and calls; of a failure its name, reason, phases and what to do."""
    assert list(wording.summary(tally, 2.0, calls=33, now=3600.0)) == [
        "2 of 5 exported, 1 of them by an earlier run, the oldest 60 min ago, 1 failed, 2 not done",
        "1.5 kB in 2.0 s (0.5 files a second), 33 calls, 1 of them sent again",
        "failed: look-7.csv: task t1 ended in failure: Script timed out. - retried",
        "    after 62.0 s (querying 2.0 s, rendering 60.1 s)",
        "    The dashboard takes too long in Looker's renderer: fewer tiles, or faster queries.",
    ]


def test_a_run_of_nothing_has_a_summary() -> None:
    """No export and no time passed: nothing is divided by nothing."""
    assert list(wording.summary(Tally(0), 0.0, calls=0, now=0.0)) == ["0 of 0 exported", "0 bytes in 0.0 s, 0 calls"]


def test_of_very_many_failures_the_first_are_told() -> None:
    """The memory of a run does not grow with its failures; the rest is a number."""
    tally = Tally(KEPT_FAILURES + 7)
    for _ in range(KEPT_FAILURES + 7):
        tally.take(FAILED, 1.0)
    assert len(tally.failures) == KEPT_FAILURES
    assert list(wording.summary(tally, 1.0, calls=1, now=0.0))[-1] == "... and 7 more failed; --json tells each"


def test_a_name_that_cannot_be_is_shown_as_it_was_wished() -> None:
    """A failure for a bad name still has a name to be told by."""
    assert wording.name_of(DashboardExport("1", name="../x")) == "'../x'"


def test_outcomes_are_one_line_of_json_each() -> None:
    """Each outcome has the same keys, whatever became of it; `tests.report.test_run_record` has the whole shape."""
    requested = {"name": "west.pdf", "dashboard": "42", "format": "pdf"}
    assert json.loads(export_line(WEST)) == requested
    lines = [
        outcome_line(each) for each in (Cancelled(WEST), Exported(WEST, ARTIFACT, resumed=True), Failed(WEST, BROKEN))
    ]
    cancelled, exported, failed = map(json.loads, lines)
    assert requested.items() <= cancelled.items()
    assert cancelled.keys() == exported.keys() == failed.keys()
    assert (cancelled["outcome"], cancelled["path"], cancelled["error"]) == ("cancelled", None, None)
    assert (exported["outcome"], exported["path"], exported["size"]) == ("exported", "o/west.pdf", 1500)
    assert (exported["sha256"], exported["content_type"], exported["resumed"]) == ("ab", "application/pdf", True)


def test_a_failure_on_a_line_of_json_tells_why() -> None:
    """The error's name, its message on one line of JSON, the phase, the advice, and where the time went."""
    line = outcome_line(FAILED)
    assert "\n" not in line
    found = json.loads(line)
    assert (found["error"], found["phase"], found["advice"]) == ("TaskFailed", "rendering", BROKEN.advice)
    assert found["message"] == "task t1 ended in failure: Script timed out.\n - retried"
    assert (found["task_id"], found["seconds"], found["calls"]) == ("t1", 62.04, 9)
    assert found["phases"] == {"querying": 1.96, "rendering": 60.08}


def test_a_summary_says_which_looker_was_asked_and_as_whom() -> None:
    """A variable may stand over the file that somebody has in mind."""
    lines = list(wording.summary(Tally(0), 0.0, calls=7, now=0.0, looker="https://looker.example.com as an-id"))
    assert lines[1] == "0 bytes in 0.0 s, 7 calls, of https://looker.example.com as an-id"
