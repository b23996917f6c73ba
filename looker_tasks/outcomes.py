"""What comes out: an Artifact on disk, and one Outcome for each Export, always."""

from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from attrs import field, frozen

from looker_tasks.errors import LookerTasksError
from looker_tasks.exports import Export


@frozen
class Artifact:
    """A file on disk, whole: written, checked, synced and renamed to its name."""

    path: Path
    size: int  # bytes
    sha256: str
    content_type: str
    result_format: str
    modified: int = 0  # nanoseconds since 1970, as the file system has it


@frozen(slots=False)  # one that changes with every call: see `sansio.evolving`
class History:
    """How an export went: what it took, and where its time went."""

    seconds: float = 0.0  # from its create to its end
    task_id: str | None = None  # of the last task that Looker ran for it
    phases: Mapping[str, float] = field(factory=dict, hash=False)  # seconds in each phase
    task_seconds: float = 0.0  # about how long its last task took; 0: nobody knows
    calls: int = 0
    retries: int = 0  # calls sent again
    creates: int = 0  # tasks created for it, as far as Looker told
    lost_creates: int = 0  # creates whose answer was lost: Looker may have run one more


@frozen
class Exported:
    """The export is on disk."""

    export: Export
    artifact: Artifact
    history: History = field(factory=History)
    resumed: bool = False  # an earlier run had made the file


@frozen
class Failed:
    """The export could not be had; *error* says why, and its `advice` what to do."""

    export: Export
    error: LookerTasksError
    history: History = field(factory=History)


@frozen
class Cancelled:
    """The run ended before the export did."""

    export: Export
    history: History = field(factory=History)


Outcome: TypeAlias = Exported | Failed | Cancelled
