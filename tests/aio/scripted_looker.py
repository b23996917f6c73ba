"""A Looker that follows a script: all goes well, but for the answers that a test puts in its place.

For what the emulator, which is a faithful one, would never say.
"""

import asyncio
import json
import re
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Literal, TypeAlias

from attrs import define, field

from tests.aio.raw_server import Asked, raw_server, response, said

Operation: TypeAlias = Literal["login", "logout", "create", "poll", "results", "kill", "look", "other"]
Response: TypeAlias = bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]

DOCUMENTS: dict[str, tuple[bytes, str]] = {
    "pdf": (b"%PDF-1.7\nnothing to see\n%%EOF\n", "application/pdf"),
    "png": (b"\x89PNG\r\n\x1a\nnothing to see IEND\xaeB`\x82", "image/png"),
    "jpg": (b"\xff\xd8\xffnothing to see\xff\xd9", "image/jpeg"),
    "json": (b'[{"orders.count": 1}]', "application/json"),
    "csv": (b"Orders Count\n1\n", "text/csv"),
}


@define
class ScriptedLooker:
    """What it was asked, and what it is to answer: `script["poll"]` holds the next answers to polls, in order."""

    script: defaultdict[Operation, deque[Response]] = field(factory=lambda: defaultdict(deque))
    always: dict[Operation, Response] = field(factory=dict)
    asked: list[tuple[Operation, Asked]] = field(factory=list)
    moments: list[float] = field(factory=list)  # of the same, loop time
    expires_in: float = 3600.0
    url: str = ""
    _formats: dict[str, str] = field(factory=dict)

    def when(self, operation: Operation) -> list[float]:
        """Tell when it was asked for *operation*."""
        return [moment for (asked, _), moment in zip(self.asked, self.moments, strict=True) if asked == operation]

    def count(self, operation: Operation) -> int:
        """Tell how often it was asked for *operation*."""
        return sum(asked == operation for asked, _ in self.asked)

    async def answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        """Response one request, as the script has it or well."""
        operation = _operation(asked)
        self.asked.append((operation, asked))
        self.moments.append(asyncio.get_running_loop().time())
        planned = self.script[operation]
        scripted = planned.popleft() if planned else self.always.get(operation)
        if scripted is None:
            writer.write(self._well(operation, asked))
        elif isinstance(scripted, bytes):
            writer.write(scripted)
        else:
            await scripted(writer)

    def _well(self, operation: Operation, asked: Asked) -> bytes:
        match operation:
            case "login":
                return said({"access_token": f"token-{self.count('login')}", "expires_in": self.expires_in})
            case "create":
                task_id = f"task-{self.count('create')}"
                self._formats[task_id] = _format(asked)
                return said({"id": task_id, "status": "added"})
            case "poll":
                status = "complete" if "/query_tasks/" in asked.path else "success"
                return said({"id": asked.path.rpartition("/")[2], "status": status})
            case "results":
                body, content_type = DOCUMENTS[self._formats[asked.path.split("/")[-2]]]
                return response(200, body, {"Content-Type": content_type})
            case "look":
                return said({"id": "1", "query_id": "7"})
            case _:
                return b"HTTP/1.1 204 Told\r\n\r\n"


@asynccontextmanager
async def scripted_looker() -> AsyncIterator[ScriptedLooker]:
    """Run one for as long as the block runs."""
    looker = ScriptedLooker()
    async with raw_server(looker.answer) as looker.url:
        yield looker


_OPERATIONS: tuple[tuple[str, Operation], ...] = (  # by "METHOD /path", the first that fits
    (r"POST .*/login", "login"),
    (r"DELETE .*/logout", "logout"),
    (r"GET .*_tasks/[^/]+/results", "results"),
    (r"GET .*_tasks/[^/]+", "poll"),
    (r"POST .*_tasks(/.*)?", "create"),
    (r"DELETE .*/running_queries/.*", "kill"),
    (r"GET .*/looks/.*", "look"),
)


def _operation(asked: Asked) -> Operation:
    line = f"{asked.method} {asked.path}"
    return next((name for pattern, name in _OPERATIONS if re.fullmatch(pattern, line)), "other")


def _format(asked: Asked) -> str:
    """Return the format of a create: at the path's end, or in the body of a query task."""
    return (
        str(json.loads(asked.body)["result_format"])
        if asked.path.endswith("/query_tasks")
        else asked.path.rpartition("/")[2]
    )
