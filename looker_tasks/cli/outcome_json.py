"""An outcome, or what would be exported, as one line of JSON for programs. Pure."""

import json

from looker_tasks.cli.wording import name_of
from looker_tasks.exports import Export
from looker_tasks.outcomes import Cancelled, Exported, Failed, History, Outcome
from looker_tasks.sansio.naming import kind_and_id


def outcome_line(outcome: Outcome) -> str:
    """Write *outcome*: what was wanted, what became of it, what it took. Times are seconds, sizes bytes."""
    match outcome:
        case Exported(artifact=artifact, resumed=resumed):
            became = {
                "outcome": "exported",
                "path": artifact.location,
                "size": artifact.size,
                "sha256": artifact.sha256,
                "content_type": artifact.content_type,
                "resumed": resumed,
            }
        case Failed(error=error):
            became = {
                "outcome": "failed",
                "error": type(error).__name__,
                "message": str(error),
                "advice": error.advice,
            }
        case Cancelled():
            became = {"outcome": "cancelled"}
    return json.dumps({**_wish(outcome.export), **became, **_history(outcome.history)})


def export_line(export: Export) -> str:
    """Write what *export* would make."""
    return json.dumps(_wish(export))


def _wish(export: Export) -> dict[str, object]:
    kind, found = kind_and_id(export)
    return {"name": name_of(export), kind: found, "format": export.result_format}


def _history(history: History) -> dict[str, object]:
    return {
        "task_id": history.task_id,
        "seconds": round(history.seconds, 3),
        "phases": {phase: round(spent, 3) for phase, spent in history.phases.items()},
        "calls": history.calls,
    }
