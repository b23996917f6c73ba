"""What an observer of a run may see. Values: an observer sees what happened, never the machinery.

An observer is a plain callable, called on the event loop between two awaits; it must return at once.
"""

from collections.abc import Callable
from typing import TypeAlias

from attrs import frozen

from looker_tasks.errors import LookerTasksError
from looker_tasks.exports import Export
from looker_tasks.outcomes import Outcome


@frozen
class ExportStarted:
    """An export has its place under the limit and is about to be created."""

    export: Export


@frozen
class TaskCreated:
    """Looker gave the export a task."""

    export: Export
    task_id: str


@frozen
class Polled:
    """Looker told the task's status."""

    export: Export
    task_id: str
    phase: str


@frozen
class BackedOff:
    """A call failed and is sent again after *seconds*."""

    export: Export
    seconds: float
    error: LookerTasksError


@frozen
class LimitChanged:
    """So many tasks of this kind may be in flight from now on."""

    kind: str  # "render", "query", or "task" where both share one limit
    limit: int


@frozen
class LoopStalled:
    """The event loop came *seconds* late to what was due: something on it computes, or waits, for too long."""

    seconds: float


@frozen
class ExportFinished:
    """The export has its outcome."""

    outcome: Outcome


Event: TypeAlias = ExportStarted | TaskCreated | Polled | BackedOff | LimitChanged | LoopStalled | ExportFinished
Observer: TypeAlias = Callable[[Event], None]
