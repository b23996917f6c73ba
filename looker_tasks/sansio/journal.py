"""What a run remembers of an export, and what an earlier run's memory means for this one. No disk, no database."""

from typing import Literal, TypeAlias

from attrs import frozen

from looker_tasks.models import TaskKind

State: TypeAlias = Literal["created", "exported", "failed", "forgotten"]


@frozen
class Fingerprint:
    """What tells whether a file is still the one that was written: cheap to look at, unlike its digest."""

    size: int  # bytes
    modified: int  # nanoseconds since 1970, as the file system has it


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


def plan(record: Record | None, found: Fingerprint | None) -> Plan:
    """Return what is left to do for an export of which the journal has *record*, with a file *found* under its name."""
    match record:
        case Record(state="exported") if found is not None and found.size == record.size:
            return Skip() if found.modified == record.modified else Compare(record.sha256)
        case Record(state="created", task_id=str(task_id)):
            return Reattach(task_id)
        case _:
            return Create()
