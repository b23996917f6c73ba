"""The log: a line for each export at INFO, its steps at DEBUG, and no filter value."""

import logging
from pathlib import Path

import pytest

from looker_tasks.errors import TaskFailed
from looker_tasks.events import (
    BackedOff,
    ContentNamed,
    DownloadStarted,
    Event,
    ExportFinished,
    ExportStarted,
    LimitChanged,
    LoopStalled,
    Paused,
    Polled,
    TaskCreated,
)
from looker_tasks.exports import DashboardExport
from looker_tasks.observers.log import log_event
from looker_tasks.outcomes import Artifact, Cancelled, Exported, Failed, History

EXPORT = DashboardExport("42", filters={"Customer": "Acme"})
ERROR = TaskFailed(task_id="t1", status="failure")
ARTIFACT = Artifact(Path("/out/west.pdf"), 7, "ab", "application/pdf", "pdf")


@pytest.mark.parametrize(
    ("event", "level", "line"),
    [
        (ExportStarted(EXPORT, name="west.pdf"), "DEBUG", "west.pdf: started"),
        (TaskCreated(EXPORT, "t1"), "DEBUG", "dashboard 42 as pdf: task t1 created"),
        (Polled(EXPORT, "t1", "rendering"), "DEBUG", "dashboard 42 as pdf: task t1 is rendering"),
        (BackedOff(EXPORT, 1.5, ERROR), "DEBUG", f"dashboard 42 as pdf: again in 1.50 s: {ERROR}"),
        (DownloadStarted(EXPORT, "t1"), "DEBUG", "dashboard 42 as pdf: the result of task t1 comes"),
        (Paused("render_task", 2.0), "INFO", "render_task: throttled, paused for 2.0 s"),
        (ContentNamed("dashboard", "42", "Sales"), "DEBUG", "dashboard 42 is 'Sales'"),
        (LimitChanged("render", 7), "DEBUG", "up to 7 render tasks in flight from now on"),
        (LoopStalled(0.25), "DEBUG", "the event loop was 0.250 s late"),
        (
            ExportFinished(Exported(EXPORT, ARTIFACT, History(seconds=2.0)), name="west.pdf"),
            "INFO",
            "west.pdf: exported, 7 bytes in 2.0 s",
        ),
        (
            ExportFinished(Exported(EXPORT, ARTIFACT, resumed=True)),
            "INFO",
            "dashboard 42 as pdf: kept from an earlier run",
        ),
        (ExportFinished(Failed(EXPORT, ERROR)), "INFO", f"dashboard 42 as pdf: failed after 0.0 s: {ERROR}"),
        (ExportFinished(Cancelled(EXPORT)), "INFO", "dashboard 42 as pdf: cancelled after 0.0 s"),
    ],
)
def test_log_event_writes_one_line(caplog: pytest.LogCaptureFixture, event: Event, level: str, line: str) -> None:
    """Each event is one line at its level; nothing of it shows at a higher one."""
    caplog.set_level(logging.DEBUG, "looker_tasks")
    log_event(event)
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [(level, line)]
    assert "Acme" not in caplog.text
    caplog.clear()
    caplog.set_level(logging.INFO if level == "DEBUG" else logging.WARNING, "looker_tasks")
    log_event(event)
    assert not caplog.records
