"""Events as lines of the logger `looker_tasks`: INFO for each export that ended, DEBUG for each step of one.

No secret, and no filter value: an export is named by its file, or else by what it exports.
"""

import logging

from looker_tasks.events import (
    BackedOff,
    CallEnded,
    ContentNamed,
    DownloadStarted,
    Event,
    ExportFinished,
    ExportStarted,
    LimitChanged,
    LoopStalled,
    Paused,
    Polled,
    RunFinished,
    RunStarted,
    TaskCreated,
)
from looker_tasks.exports import Export
from looker_tasks.outcomes import Cancelled, Exported, Failed, Outcome
from looker_tasks.sansio.naming import kind_and_id

logger = logging.getLogger("looker_tasks")


def log_event(event: Event) -> None:
    """Write *event* to the logger: an observer that every client has."""
    match event:
        case ExportFinished(outcome=outcome):
            _log_outcome(event.name or _label(outcome.export), outcome)
        case LoopStalled(seconds=seconds):
            logger.debug("the event loop was %.3f s late", seconds)
        case Paused(operation=operation, seconds=seconds):
            logger.info("%s: throttled, paused for %.1f s", operation, seconds)
        case LimitChanged(kind=kind, limit=limit):
            logger.debug("up to %d %s tasks in flight from now on", limit, kind)
        case RunStarted(location=location, concurrency=concurrency):
            logger.info("a run into %s begins, %s tasks in flight at the most", location, concurrency)
        case RunFinished():
            logger.info("the run has ended")
        case ContentNamed(content=content, content_id=content_id, title=title):
            logger.debug("%s %s is %r", content, content_id, title)
        case CallEnded(operation=operation, status=status, seconds=seconds):
            logger.debug("%s: %s after %.3f s", operation, status or "no response", seconds)
        case _:
            if logger.isEnabledFor(logging.DEBUG):
                _log_step(event.name or _label(event.export), event)


def _log_outcome(label: str, outcome: Outcome) -> None:
    seconds = outcome.history.seconds
    match outcome:
        case Exported(resumed=True):
            logger.info("%s: kept from an earlier run", label)
        case Exported(artifact=artifact):
            logger.info("%s: exported, %d bytes in %.1f s", label, artifact.size, seconds)
        case Failed(error=error):
            logger.info("%s: failed after %.1f s: %s", label, seconds, error)
        case Cancelled():
            logger.info("%s: cancelled after %.1f s", label, seconds)


def _log_step(label: str, event: ExportStarted | TaskCreated | Polled | BackedOff | DownloadStarted) -> None:
    match event:
        case ExportStarted():
            logger.debug("%s: started", label)
        case TaskCreated(task_id=task_id):
            logger.debug("%s: task %s created", label, task_id)
        case Polled(task_id=task_id, phase=phase):
            logger.debug("%s: task %s is %s", label, task_id, phase)
        case BackedOff(seconds=seconds, error=error):
            logger.debug("%s: again in %.2f s: %s", label, seconds, error)
        case DownloadStarted(task_id=task_id):
            logger.debug("%s: the result of task %s comes", label, task_id)


def _label(export: Export) -> str:
    kind, found = kind_and_id(export)
    return f"{kind} {found} as {export.result_format}"
