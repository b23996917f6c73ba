"""What an earlier run left of an export: the file it made, the task it created, or nothing."""

import hashlib
from functools import partial
from pathlib import Path

from looker_tasks.aio.files.disk import Disk
from looker_tasks.aio.files.journal import Entry
from looker_tasks.exports import Export
from looker_tasks.outcomes import Artifact, Exported
from looker_tasks.sansio.journal import Compare, Create, Fingerprint, Reattach, Record, Skip, plan


async def resume(entry: Entry, export: Export, path: Path, disk: Disk) -> Exported | str | None:
    """Return the outcome that an earlier run brought about, or the id of the task that it created, or None."""
    record = entry.record
    if record is None:
        return None
    match plan(record, await disk.run(partial(_fingerprint, path))):
        case Skip():
            return _exported(export, path, record)
        case Compare(sha256=sha256):
            is_same = await disk.run(partial(_digest, path)) == sha256
            return _exported(export, path, record) if is_same else None
        case Reattach(task_id=task_id):
            return task_id
        case Create():
            return None


def _exported(export: Export, path: Path, record: Record) -> Exported:
    artifact = Artifact(
        path, record.size, record.sha256, record.content_type, export.result_format, modified=record.modified
    )
    return Exported(export, artifact, resumed=True)


def _fingerprint(path: Path) -> Fingerprint | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return Fingerprint(found.st_size, found.st_mtime_ns)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
