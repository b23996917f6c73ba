"""Events as JSON lines: an observer that a log shipper understands. It names no filter's value."""

import json
import sys

from looker_tasks import Event, ExportFinished


def log_json(event: Event) -> None:
    """Write one line for each event."""
    line = {"at": event.at, "event": type(event).__name__, "key": event.key, "file": event.name}
    if isinstance(event, ExportFinished):
        line |= {"outcome": type(event.outcome).__name__, "seconds": event.outcome.history.seconds}
    sys.stdout.write(f"{json.dumps(line)}\n")
