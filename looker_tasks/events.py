"""What an observer of a client may see. Values: an observer sees what happened, never the machinery.

An observer is a plain callable, called on the event loop between two awaits; it must return at once. One that raises
is reported once through the logger `looker_tasks`, and ends nothing; one that takes long is reported by its name.
"""

from collections.abc import Callable
from typing import TypeAlias

from attrs import field, frozen

from looker_tasks.errors import LookerTasksError
from looker_tasks.exports import Export
from looker_tasks.outcomes import Outcome


@frozen
class _Observed:
    """What every event has: when it happened, and for which export."""

    at: float = field(default=0.0, kw_only=True)  # seconds since 1970
    key: str = field(default="", kw_only=True)  # of the export: exports that differ in filters alone have other keys
    name: str = field(default="", kw_only=True)  # of its file, below the output folder; "" where there is none


@frozen
class RunStarted(_Observed):
    """A batch of exports begins. It is seen in the context of whoever began it."""

    location: str  # where its files go
    concurrency: int | str  # how many tasks may be in flight, or "auto"


@frozen
class RunFinished(_Observed):
    """The batch has ended: every export of it that began has its outcome."""


@frozen
class ExportStarted(_Observed):
    """An export has its slot under the limit and is about to be created."""

    export: Export


@frozen
class TaskCreated(_Observed):
    """Looker gave the export a task."""

    export: Export
    task_id: str


@frozen
class Polled(_Observed):
    """Looker answered with the task's status."""

    export: Export
    task_id: str
    phase: str


@frozen
class BackedOff(_Observed):
    """A call failed and is sent again after *seconds*."""

    export: Export
    seconds: float
    error: LookerTasksError


@frozen
class DownloadStarted(_Observed):
    """The result is there, and begins to be fetched."""

    export: Export
    task_id: str


@frozen
class ExportFinished(_Observed):
    """The export has its outcome."""

    outcome: Outcome


@frozen
class ContentNamed(_Observed):
    """Looker named content that is exported, in the response to a call that was made for something else."""

    content: str  # "dashboard", "look", "query" or "element"
    content_id: str
    title: str


@frozen
class CallEnded(_Observed):
    """An HTTP request was answered with *status*, or not at all (None)."""

    operation: str
    status: int | None
    seconds: float  # until the head of the response was there


@frozen
class Paused(_Observed):
    """The server answered *operation* with a 429: no call of it is sent for *seconds*, by nobody of this client."""

    operation: str
    seconds: float


@frozen
class LimitChanged(_Observed):
    """So many tasks of this kind may be in flight from now on."""

    kind: str  # "render", "query", or "task" where both share one limit
    limit: int


@frozen
class LoopStalled(_Observed):
    """The event loop came *seconds* late to what was due: something on it computes, or waits, for too long."""

    seconds: float


Event: TypeAlias = (
    RunStarted
    | RunFinished
    | ExportStarted
    | TaskCreated
    | Polled
    | BackedOff
    | DownloadStarted
    | ExportFinished
    | ContentNamed
    | CallEnded
    | Paused
    | LimitChanged
    | LoopStalled
)
Observer: TypeAlias = Callable[[Event], None]
