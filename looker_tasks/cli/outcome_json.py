"""An outcome, or what would be exported, as one line of JSON for programs."""

import json
import os
import time

from looker_tasks.cli.wording import name_of
from looker_tasks.exports import Export
from looker_tasks.outcomes import Outcome
from looker_tasks.sansio.outcome_record import outcome_record, requested


def outcome_line(outcome: Outcome) -> str:
    """Write *outcome*, which just came: what was asked for, what became of it, what it took."""
    record = outcome_record(outcome, name=name_of(outcome.export), at=time.time())
    path = record.get("path")
    return json.dumps({**record, "path": _path(path)} if isinstance(path, str) else record)


def export_line(export: Export) -> str:
    """Write what *export* would make."""
    return json.dumps(requested(export, name_of(export)))


def _path(path: str) -> str:
    """Return a path as text, whatever the locale: a name is UTF-8 everywhere, and no JSON has half a character."""
    return os.fsencode(path).decode("utf-8", "replace")
