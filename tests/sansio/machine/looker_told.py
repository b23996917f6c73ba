"""What a Looker may tell a Lifecycle, and a driver that obeys one as the runner does, in a time of its own."""

from collections.abc import Sequence
from pathlib import Path
from typing import assert_never

from attrs import define, field

from looker_tasks.errors import (
    ApiError,
    ConnectionBroken,
    LookerTasksError,
    NotFound,
    NotReady,
    RequestRefused,
    ResultRejected,
    ServerBroken,
    TaskFailed,
    Throttled,
)
from looker_tasks.models import Look
from looker_tasks.outcomes import Artifact
from looker_tasks.sansio.export_requests import TaskState
from looker_tasks.sansio.machine.directives import Answered, Call, CallFailed, Done, Event, Save, Saved, Wait, Woke
from looker_tasks.sansio.machine.lifecycle import Lifecycle
from looker_tasks.sansio.polling.pacing import ByAge, Pacing

#: For those who look at single steps; it learns nothing.
PACING = ByAge()

ARTIFACT = Artifact(Path("/out/a.pdf"), 7, "ab", "application/pdf", "pdf")
SAVED = Saved(ARTIFACT)
KILLED = Answered(None)

_ROLES = {
    "look": "resolve",
    "render_task": "poll",
    "query_task": "poll",
    "render_task_results": "fetch",
    "query_task_results": "fetch",
    "kill_query": "kill",
}


def told(status: str | None, task_id: str = "t1", detail: str | None = None) -> Answered:
    """Return Looker's word of a task."""
    return Answered(TaskState(task_id, status, detail))


def look(query_id: str | None) -> Answered:
    """Return Looker's word of a look."""
    return Answered(Look("7", query_id=query_id))


def failed(kind: type[ApiError], status: int, retry_after: float | None = None, message: str = "") -> CallFailed:
    """Return an answer that was not what was asked for."""
    return CallFailed(kind(operation="an_operation", status=status, retry_after=retry_after, message=message))


def failing(error: LookerTasksError) -> CallFailed:
    """Return a failure of any other kind."""
    return CallFailed(error)


LOST = failing(ConnectionBroken(operation="an_operation", message="reset", sent=True))
UNSENT = failing(ConnectionBroken(operation="an_operation", message="refused", sent=False))
BAD_GATEWAY = failed(ServerBroken, 502)
THROTTLED = failed(Throttled, 429)
UNAUTHORIZED = failed(RequestRefused, 401)
NOT_FOUND = failed(NotFound, 404)
NOT_READY = failed(NotReady, 202)
QUERY_ERROR = failing(TaskFailed(task_id="t1", status="error", detail="SQL"))
SPOILED = failing(ResultRejected(task_id="t1", reason="it was cut short"))


def role(order: Call | Save) -> str:
    """Return what a call is for: resolve, create, poll, fetch or kill."""
    return _ROLES.get(order.request.operation.name, "create")


@define
class Obedient:
    """Does what a Lifecycle orders, each call taking a tenth of a second, and notes what it did."""

    flow: Lifecycle
    now: float
    rand: float = 0.5
    pacing: Pacing = PACING
    roles: list[str] = field(factory=list)
    waits: list[float] = field(factory=list)

    def through(self, script: Sequence[tuple[str, Event]], *, forever: bool = False) -> Done:
        """Response call after call by *script*, each row of the role that it names; return the end.

        A question about a running task may be asked by its status or by its result: a row for a poll serves both.
        With *forever* the last row goes on.
        """
        rows = list(script)
        while not isinstance(self.flow.directive, Done):
            self._obey(self.flow.directive, rows, forever=forever)
        assert not rows or forever, f"not asked for: {rows}"
        return self.flow.directive

    def until(self, wanted: str, script: Sequence[tuple[str, Event]]) -> Call | Save:
        """Response by *script*, whose last row goes on, until a call of the role *wanted* is ordered; return it."""
        rows = list(script)
        while True:
            directive = self.flow.directive
            assert not isinstance(directive, Done)
            if isinstance(directive, Call | Save) and len(rows) == 1 and role(directive) == wanted:
                return directive
            self._obey(directive, rows, forever=True)

    def _obey(self, directive: Call | Save | Wait, rows: list[tuple[str, Event]], *, forever: bool) -> None:
        event: Event
        match directive:
            case Wait(until=until):
                self.waits.append(until - self.now)
                self.now, event = until, Woke()
            case Call() | Save() as order:
                self.roles.append(role(order))
                self.now = min(self.now + 0.1, order.until)
                event = self._answer(order, rows, forever=forever)
            case never:
                assert_never(never)
        self.flow = self.flow.advance(event, now=self.now, rand=self.rand, pacing=self.pacing)

    @staticmethod
    def _answer(order: Call | Save, rows: list[tuple[str, Event]], *, forever: bool) -> Event:
        wanted, event = rows[0]
        if not (forever and len(rows) == 1):
            rows.pop(0)
        if role(order) == "fetch" and wanted == "poll" and isinstance(event, Answered):
            assert isinstance(event.value, TaskState)
            is_over = event.value.status in {"success", "complete", "error"}
            return Obedient._answer(order, rows, forever=forever) if is_over else NOT_READY
        assert role(order) == wanted, f"{role(order)} instead of {wanted}"
        return event
