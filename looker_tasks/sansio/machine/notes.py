"""What happened in a step of a Lifecycle, for those who take note of it: journal, observers, pacing, admission.

`Lifecycle.advance` fills `Lifecycle.notes`; the runner hands each to whom it concerns, and decides nothing.
"""

from typing import TypeAlias

from attrs import frozen

from looker_tasks.errors import LookerTasksError
from looker_tasks.models import TaskKind
from looker_tasks.sansio.polling.observation import Observation
from looker_tasks.sansio.protocol.statuses import Stage


@frozen
class TaskCreated:
    """Looker gave the export a task, which is in *phase*."""

    task_id: str
    phase: str


@frozen
class Polled:
    """The task has no result yet: it is in *phase*, and so has come to this *stage*."""

    task_id: str
    phase: str
    stage: Stage


@frozen
class DownloadBegun:
    """There is a result, and it comes: what obeys the directive notes this, as it comes before the answer's end."""

    task_id: str


@frozen
class BackedOff:
    """A call failed and is sent again after *seconds*."""

    seconds: float
    error: LookerTasksError


@frozen
class Observed:
    """More is known of a task that this run created: for the pacing. One that was given up is known no more."""

    kind: TaskKind
    before: Observation
    seen: Observation


@frozen
class AskedTooEarly:
    """A question for the result came before there was one; the server wants no other for *pause* seconds."""

    kind: TaskKind
    pause: float


@frozen
class Refused:
    """The server has more to do than it can, and took no task: for the limit. It asks for *pause* seconds, or 0."""

    kind: TaskKind
    pause: float


@frozen
class RenderLeft:
    """The export ended before its render did, which no Looker can stop: it goes on, *age* seconds old by now."""

    task_id: str
    age: float


Note: TypeAlias = TaskCreated | Polled | DownloadBegun | BackedOff | Observed | AskedTooEarly | Refused | RenderLeft
