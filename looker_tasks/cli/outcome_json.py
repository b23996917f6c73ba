"""An outcome, or what would be exported, as one line of JSON for programs."""

import json
import time

from looker_tasks.cli.wording import name_of
from looker_tasks.exports import Export
from looker_tasks.outcomes import Outcome
from looker_tasks.sansio.outcome_record import outcome_record, requested


def outcome_line(outcome: Outcome) -> str:
    """Write *outcome*, which just came: what was asked for, what became of it, what it took."""
    return json.dumps(outcome_record(outcome, name=name_of(outcome.export), at=time.time()))


def export_line(export: Export) -> str:
    """Write what *export* would make."""
    return json.dumps(requested(export, name_of(export)))
