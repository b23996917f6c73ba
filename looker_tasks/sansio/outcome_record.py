"""The shape of an outcome for programs: a line of ``--json``, and an entry of ``exports`` in run.json. Pure.

Every key is always there; null where there is nothing to say. Filter values are left out: they are customers' names.
`run.schema.json` describes it.
"""

from datetime import UTC, datetime
from typing import assert_never

from looker_tasks.errors import LookerTasksError
from looker_tasks.exports import Export
from looker_tasks.models import TaskKind
from looker_tasks.outcomes import Cancelled, Exported, Failed, History, Outcome
from looker_tasks.sansio.naming import kind_and_id
from looker_tasks.sansio.protocol.statuses import Meaning, meaning

#: What an export that has no outcome yet has instead.
UNKNOWN: dict[str, object] = {
    "outcome": "unfinished",
    "file": None,
    "path": None,
    "size": None,
    "sha256": None,
    "content_type": None,
    "resumed": False,
    "notice": None,
    "error": None,
    "message": None,
    "phase": None,
    "advice": None,
    "task_id": None,
    "started": None,
    "finished": None,
    "seconds": None,
    "phases": {},
    "calls": None,
    "retries": None,
    "creates": None,
}


def outcome_record(outcome: Outcome, *, name: str, at: float) -> dict[str, object]:
    """Return *outcome* of the export with the file *name*, finished *at* (seconds since 1970), as values of JSON.

    Sizes are bytes, ``seconds`` and ``phases`` seconds, ``started`` and ``finished`` RFC 3339 in UTC.
    """
    times = {"started": utc_text(at - outcome.history.seconds), "finished": utc_text(at)}
    known = result_record(outcome)
    file = {"file": name} if known["outcome"] == "exported" else {}
    return {**requested(outcome.export, name), **UNKNOWN, **known, **file, **times}


def result_record(outcome: Outcome) -> dict[str, object]:
    """Return what of `outcome_record` neither the export nor the clock knows, as far as there is something to say."""
    return {**_result(outcome), **_history(outcome.history)}


def requested(export: Export, name: str) -> dict[str, object]:
    """Return what *export* asks for: the file's name, Looker's id under its kind, the format."""
    kind, found = kind_and_id(export)
    return {"name": name, kind: found, "format": export.result_format}


def utc_text(at: float) -> str:
    """Return *at*, seconds since 1970, as RFC 3339 has it: ``2026-03-01T02:00:00.123Z``."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _result(outcome: Outcome) -> dict[str, object]:
    match outcome:
        case Exported(artifact=artifact, resumed=resumed, notice=notice):
            return {
                "outcome": "exported",
                "path": artifact.location,
                "size": artifact.size,
                "sha256": artifact.sha256,
                "content_type": artifact.content_type,
                "resumed": resumed,
                "notice": notice or None,
            }
        case Failed(error=error, history=history):
            return {"outcome": "failed", **_error(error, history)}
        case Cancelled():
            return {"outcome": "cancelled"}
        case never:
            assert_never(never)


def _error(error: LookerTasksError, history: History) -> dict[str, object]:
    return {
        "error": type(error).__name__,
        "message": str(error),
        "phase": getattr(error, "phase", None) or _last_phase(history),
        "advice": error.advice,
    }


def _last_phase(history: History) -> str | None:
    """Return the last phase in which there was still something to come."""
    running = [phase for phase in history.phases if all(_is_running(kind, phase) for kind in _KINDS)]
    return running[-1] if running else None


def _is_running(kind: TaskKind, phase: str) -> bool:
    return meaning(kind, phase) is Meaning.RUNNING


_KINDS: tuple[TaskKind, ...] = ("render", "query")


def _history(history: History) -> dict[str, object]:
    return {
        "task_id": history.task_id,
        "seconds": round(history.seconds, 3),
        "phases": {phase: round(spent, 3) for phase, spent in history.phases.items()},
        "calls": history.calls,
        "retries": history.retries,
        "creates": history.creates,
    }
