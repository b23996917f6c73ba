"""What a Lifecycle directs, and the events that come of it: the vocabulary between the decisions and the effects."""

from typing import TypeAlias

from attrs import frozen

from looker_tasks.errors import LookerTasksError
from looker_tasks.models import Look
from looker_tasks.outcomes import Artifact, Outcome
from looker_tasks.sansio.export_requests import TaskState
from looker_tasks.sansio.protocol.requests import Request


@frozen
class Call:
    """Send *request*, and have its answer at the latest at *until*."""

    request: Request
    until: float


@frozen
class Wait:
    """Do nothing before *until*."""

    until: float


@frozen
class Save:
    """Stream the result that *request* fetches to the export's file, at the latest until *until*."""

    request: Request
    task_id: str
    until: float


@frozen
class Done:
    """It is over; with *stops_run*, for every other export too."""

    outcome: Outcome
    stops_run: bool = False


Directive: TypeAlias = Call | Wait | Save | Done


@frozen
class Answered:
    """The call was answered with *value*; None where the operation answers nothing."""

    value: TaskState | Look | None


@frozen
class Saved:
    """The result is on disk."""

    artifact: Artifact


@frozen
class CallFailed:
    """The call, or the saving, failed; with *endpoint_proven*, this server has answered the operation well before."""

    error: LookerTasksError
    endpoint_proven: bool = False


@frozen
class Woke:
    """The wait is over."""


Event: TypeAlias = Answered | Saved | CallFailed | Woke
