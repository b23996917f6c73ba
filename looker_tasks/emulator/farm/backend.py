"""What is really done in the phases of a task, as the farm sees it."""

from typing import Protocol

from attrs import frozen

from looker_tasks.emulator.drawing.page import Page
from looker_tasks.emulator.farm.tasks import Failure, QueryOrder, RenderOrder, Result, ResultSource


class QueryFailedError(Exception):
    """A query cannot be run: in Looker's words and the database's own, with its SQL and which line is at fault."""

    def __init__(self, message: str, *, details: str = "", sql: str = "", line: int | None = None) -> None:
        super().__init__(message)
        self.failure = Failure(message=message, details=details, sql=sql, line=line)


@frozen
class Answer:
    """What one run of a query gave."""

    result: Result
    sql: str
    source: ResultSource = "query"


class Backend(Protocol):
    """Who does the work of tasks. Nothing here may block the event loop."""

    async def prepare(self, order: RenderOrder) -> Page:
        """Run all queries of what *order* draws."""
        ...

    async def draw(self, page: Page, order: RenderOrder) -> bytes:
        """Draw *page* in the order's format and size."""
        ...

    async def answer(self, order: QueryOrder, task_id: str) -> Answer:
        """Run the query of *order* and write its rows; raises QueryFailedError."""
        ...
