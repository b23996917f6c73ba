"""The last run, and all that lies in its folder, for programs: the content of run.json. Pure.

An entry of its ``exports`` has the shape of a line of ``--json``; `run.schema.json` describes both.
"""

from collections.abc import Mapping

from looker_tasks.report.overview import Item, Overview
from looker_tasks.report.records import Run
from looker_tasks.sansio.outcome_record import UNKNOWN, utc_text

FORMAT = 1


def run_record(overview: Overview, *, folder: str) -> Mapping[str, object]:
    """Return the values of run.json for what was exported to *folder*, a path or the address of a bucket."""
    exports = [_entry(item, folder) for item in overview.items]
    outcomes = ("exported", "failed", "cancelled", "unfinished")
    counts = {outcome: sum(each["outcome"] == outcome for each in exports) for outcome in outcomes}
    return {"format": FORMAT, **_of_run(overview.run), "folder": folder, "counts": counts, "exports": exports}


def _of_run(run: Run | None) -> Mapping[str, object]:
    if run is None:
        return dict.fromkeys(("version", "host", "started", "finished", "ended", "seconds", "expected", "concurrency"))
    return {
        "version": run.version,
        "host": run.host,
        "started": utc_text(run.started),
        "finished": utc_text(run.started + run.last),
        "ended": run.is_ended,
        "seconds": round(run.last, 3),
        "expected": run.expected,
        "concurrency": int(run.concurrency) if run.concurrency.isdecimal() else run.concurrency,
    }


def _entry(item: Item, folder: str) -> dict[str, object]:
    is_made = item.state in {"exported", "earlier"}
    known: dict[str, object] = {
        "outcome": "exported" if is_made else item.state,
        "file": item.name if is_made else None,
        "path": f"{folder.rstrip('/')}/{item.name}" if is_made else None,
        "size": item.size if is_made else None,
        "sha256": (item.sha256 or None) if is_made else None,
        "content_type": (item.content_type or None) if is_made else None,
        "resumed": item.state == "earlier",
        "notice": (item.notice or None) if is_made else None,
        "task_id": item.task_id or None,
        "started": None if item.began is None else utc_text(item.began),
        "finished": None if item.ended is None else utc_text(item.ended),
        "seconds": item.seconds,
        "phases": dict(item.phases),
        "calls": item.calls,
        "retries": item.retries,
        "creates": item.creates,
    }
    if item.state == "failed":
        known |= {
            "error": item.error or None,
            "message": item.message,
            "phase": item.phase or None,
            "advice": item.advice,
        }
    content = {item.kind: item.id} if item.kind else {}
    return {"name": item.name, **content, "format": item.format, **UNKNOWN, **known}
