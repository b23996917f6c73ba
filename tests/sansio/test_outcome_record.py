"""An outcome as values of JSON: every key, whatever came of the export."""

import json

import pytest

from looker_tasks.errors import DeadlineExceeded, NotFound, TaskFailed
from looker_tasks.exports import DashboardExport, ElementExport, Export, LookExport, QueryExport
from looker_tasks.outcomes import Artifact, Cancelled, Exported, Failed, History, Outcome
from looker_tasks.sansio.outcome_record import UNKNOWN, outcome_record, requested, result_record, utc_text

_EXPORT = DashboardExport("42", "pdf", filters={"Customer": "Smith"}, name="a.pdf")
_ARTIFACT = Artifact("out/a.pdf", 7, "ab", "application/pdf", "pdf")
_HISTORY = History(
    seconds=2.00049, task_id="t1", phases={"creating": 0.5, "rendering": 1.50049}, calls=5, retries=1, creates=1
)


def test_an_export_that_is_there_says_where_and_what() -> None:
    """Its times are rounded to milliseconds, and no filter value is in it."""
    found = outcome_record(Exported(_EXPORT, _ARTIFACT, _HISTORY, resumed=True), name="a.pdf", at=1_772_330_402.0)
    assert found == {
        **UNKNOWN,
        "name": "a.pdf",
        "dashboard": "42",
        "format": "pdf",
        "outcome": "exported",
        "file": "a.pdf",
        "path": "out/a.pdf",
        "size": 7,
        "sha256": "ab",
        "content_type": "application/pdf",
        "resumed": True,
        "started": "2026-03-01T01:59:59.999Z",
        "finished": "2026-03-01T02:00:02.000Z",
        "task_id": "t1",
        "seconds": 2.0,
        "phases": {"creating": 0.5, "rendering": 1.5},
        "calls": 5,
        "retries": 1,
        "creates": 1,
    }
    assert "Smith" not in json.dumps(found)


def test_one_that_failed_says_why_and_in_which_phase() -> None:
    """Of an error that knows no phase, the last in which something was still to come; a file it has none."""
    history = History(phases={"creating": 0.1, "rendering": 1.0, "failure": 0.0})
    found = outcome_record(Failed(_EXPORT, TaskFailed(task_id="t1", status="failure"), history), name="a.pdf", at=0.0)
    assert (found["outcome"], found["error"], found["phase"]) == ("failed", "TaskFailed", "rendering")
    assert (found["file"], found["path"], found["message"]) == (None, None, "task t1 ended in failure")
    assert found["advice"]


@pytest.mark.parametrize(
    ("outcome", "phase"),
    [
        (Failed(_EXPORT, DeadlineExceeded(seconds=9.0, phase="querying"), _HISTORY), "querying"),
        (Failed(_EXPORT, NotFound(operation="look", status=404)), None),
        (Failed(_EXPORT, NotFound(operation="look", status=404), History(phases={"complete": 1.0})), None),
    ],
)
def test_the_phase_is_the_errors_own_or_the_last_that_ran(outcome: Outcome, phase: str | None) -> None:
    """Or none, where nothing ran."""
    assert result_record(outcome)["phase"] == phase


def test_one_that_was_cancelled_says_so() -> None:
    """With what it had cost until then."""
    found = outcome_record(Cancelled(_EXPORT, _HISTORY), name="a.pdf", at=9.0)
    assert (found["outcome"], found["error"], found["calls"]) == ("cancelled", None, 5)
    assert found.keys() == {*UNKNOWN, "name", "dashboard", "format"}


@pytest.mark.parametrize(
    ("export", "kind"),
    [
        (DashboardExport("9"), "dashboard"),
        (LookExport("9", "png"), "look"),
        (QueryExport("9", "csv"), "query"),
        (ElementExport("9", "png"), "element"),
    ],
)
def test_each_kind_has_its_own_key(export: Export, kind: str) -> None:
    """Looker's id stands under it."""
    assert requested(export, "a") == {"name": "a", kind: "9", "format": export.result_format}


def test_times_are_written_as_rfc_3339() -> None:
    """In UTC, to the millisecond."""
    assert utc_text(1_772_330_400.123) == "2026-03-01T02:00:00.123Z"
