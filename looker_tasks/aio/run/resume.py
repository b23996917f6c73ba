"""What an earlier run left of an export: the file it made, the task it created, or nothing."""

from looker_tasks.aio.files.destination import Target
from looker_tasks.aio.files.journal.entry import Entry
from looker_tasks.exports import Export
from looker_tasks.outcomes import Artifact, Exported
from looker_tasks.sansio.journal import Compare, Create, Fingerprint, Reattach, Record, Skip, plan


async def resume(entry: Entry, export: Export, target: Target, *, not_before: float = 0.0) -> Exported | str | None:
    """Return the outcome that an earlier run brought about, or the id of the task that it created, or None.

    What was made before *not_before* (seconds since 1970) counts for nothing.
    """
    destination, name = target.destination, target.name
    record = entry.record
    is_news = record is None and entry.asks_destination
    if is_news:
        record = await destination.remembered(entry.key, name)
    if record is None:
        return None
    found = await destination.fingerprint(name)
    match plan(record, found, not_before=not_before):
        case Skip():
            if is_news:
                entry.found(record)
            return _exported(export, target, record, found)
        case Compare(sha256=sha256):
            try:
                is_same = await destination.digest(name) == sha256
            except OSError:  # it is gone by now, or cannot be read
                return None
            return _exported(export, target, record, found) if is_same else None
        case Reattach(task_id=task_id):
            return task_id
        case Create():
            return None


def _exported(export: Export, target: Target, record: Record, found: Fingerprint | None) -> Exported:
    artifact = Artifact(
        target.location,
        record.size,
        record.sha256,
        record.content_type,
        export.result_format,
        modified=record.modified if found is None else found.modified,
        etag=record.etag if found is None else found.etag,
    )
    return Exported(export, artifact, resumed=True)
