"""What comes out: an Artifact on disk, and one Outcome for each Export, always."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from attrs import field, frozen

from looker_tasks.errors import LookerTasksError
from looker_tasks.exports import Export

_URL = re.compile(r"[a-z][a-z0-9+.-]*://")


@frozen
class Artifact:
    """A file on a disk, or an object in a bucket, whole: written, checked, synced, and given its name last."""

    location: str = field(converter=str)  # its path, or its URL in a bucket
    size: int  # bytes
    sha256: str
    content_type: str
    result_format: str
    modified: int = 0  # nanoseconds since 1970, as the file system or the bucket has it
    etag: str = ""  # of an object in a bucket
    rows: int | None = None  # of a query's result, where its format lets them be counted as they come

    @property
    def path(self) -> Path:
        """Its path. Raises `ValueError` for what lies in a bucket: see `location`."""
        if _URL.match(self.location):
            raise ValueError(f"{self.location} is no local file: it has a location and no path")
        return Path(self.location)


@frozen(slots=False)  # one that changes with every call: see `sansio.evolving`
class History:
    """How an export went: what it took, and where its time went."""

    seconds: float = 0.0  # from its create to its end
    task_id: str | None = None  # of the last task that Looker ran for it
    phases: Mapping[str, float] = field(factory=dict, hash=False)  # seconds in each phase
    task_seconds: float = 0.0  # about how long its last task took; 0: nobody knows
    calls: int = 0
    retries: int = 0  # calls sent again
    creates: int = 0  # tasks created for it, as far as Looker answered
    lost_creates: int = 0  # creates whose answer was lost: Looker may have run one more


@frozen
class Started:
    """A task that was created, for whoever collects its result: *token* is URL-safe text, and holds no secret."""

    token: str
    export: Export
    task_id: str


@frozen
class Exported:
    """The export is where it should be."""

    export: Export
    artifact: Artifact
    history: History = field(factory=History)
    resumed: bool = False  # an earlier run had made the file
    notice: str = ""  # what a person should know of the file, such as that its rows end at the query's limit


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
