"""What a run remembers of an export, and what an earlier run's memory means for this one. No disk, no database."""

import math
import re
from collections.abc import Sequence
from typing import Any, Literal, TypeAlias, get_args

from attrs import frozen

from looker_tasks.models import TaskKind

State: TypeAlias = Literal["created", "exported", "failed", "forgotten"]


@frozen
class Fingerprint:
    """What tells whether a file is still the one that was written: cheap to look at, unlike its digest."""

    size: int  # bytes
    modified: int  # nanoseconds since 1970, as the file system or the bucket has it
    etag: str = ""  # of an object in a bucket: it tells more than the time


@frozen(slots=False)  # see `sansio.evolving`
class Record:
    """One export, by its key, as the journal has it."""

    key: str
    name: str  # of its file, below the folder
    kind: TaskKind
    state: State
    task_id: str | None = None  # as soon as Looker gave one
    size: int = 0  # bytes
    modified: int = 0  # nanoseconds since 1970
    sha256: str = ""
    content_type: str = ""
    error: str = ""
    seconds: float = 0.0  # that its last task took; 0: nobody knows
    etag: str = ""  # of an object in a bucket
    ended: float = 0.0  # seconds since 1970, when it was exported or failed; 0: an earlier release did not say
    export: str = ""  # the export itself, as JSON (`sansio.export_codec`): a failed one can be tried again by it

    @property
    def made(self) -> float:
        """When the file was made, in seconds since 1970."""
        return self.ended or self.modified / 1e9


_DIGEST = re.compile(r"[0-9a-f]{64}|")
_MOST_SECONDS = 1e7


def record_of(row: Sequence[Any]) -> Record | None:
    """Return the record that the fields of *row* make; None where no run can have written them."""
    try:
        record = Record(*row)
        texts = (record.key, record.name, record.sha256, record.content_type, record.error, record.etag, record.export)
        numbers = (record.size, record.modified)
        is_sound = (
            all(isinstance(text, str) for text in texts)
            and all(type(number) is int and number >= 0 for number in numbers)
            and record.kind in get_args(TaskKind)
            and record.state in get_args(State)
            and (record.task_id is None or isinstance(record.task_id, str))
            and _DIGEST.fullmatch(record.sha256) is not None
            and is_duration(record.seconds)
            and isinstance(record.ended, int | float)
            and math.isfinite(record.ended)
        )
    except TypeError:  # too few fields, or a kind that is no text
        return None
    return record if is_sound else None


def is_duration(seconds: object) -> bool:
    """Return whether a task can have taken *seconds*."""
    return isinstance(seconds, int | float) and math.isfinite(seconds) and 0 <= seconds <= _MOST_SECONDS


@frozen
class Skip:
    """It is done, and its file is there, unchanged."""


@frozen
class Compare:
    """It is done if the file's digest is still this one: its time of change is another."""

    sha256: str


@frozen
class Reattach:
    """Looker may still have the task that an earlier run created."""

    task_id: str


@frozen
class Create:
    """Create it."""


Plan: TypeAlias = Skip | Compare | Reattach | Create


def plan(record: Record | None, found: Fingerprint | None, *, not_before: float = 0.0) -> Plan:
    """Return what is left to do for an export of which the journal has *record*, with a file *found* under its name.

    What was made before *not_before* (seconds since 1970) is made again.
    """
    match record:
        case Record(state="exported", made=made) if made < not_before:
            return Create()
        case Record(state="exported") if found is not None and found.size == record.size:
            has_tags = bool(found.etag and record.etag)
            is_same = found.etag == record.etag if has_tags else found.modified == record.modified
            return Skip() if is_same else Compare(record.sha256)
        case Record(state="created", task_id=str(task_id)):
            return Reattach(task_id)
        case _:
            return Create()
