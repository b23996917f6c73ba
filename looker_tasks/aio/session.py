"""Calls with a token: an operation goes out as whoever we are, and what it answers comes back, structured or streamed.

Raises what `looker_tasks.errors` tells, and retries nothing but the one call whose token had ended.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from looker_tasks.aio.auth import Auth
from looker_tasks.aio.result import Result
from looker_tasks.aio.transport import LARGEST_ANSWER, Stream, Transport
from looker_tasks.sansio import answers, headers
from looker_tasks.sansio.answers import Answer
from looker_tasks.sansio.operations import ApiVersion
from looker_tasks.sansio.requests import Request

_UNAUTHORIZED = 401


class Session:
    """A transport and the token that its calls carry."""

    def __init__(self, transport: Transport, auth: Auth, version: ApiVersion) -> None:
        self._transport = transport
        self.auth = auth
        self.version = version

    async def call(self, request: Request) -> Any:  # noqa: ANN401  # as the operation's row in the table says
        """Send *request* and return what its operation answers. Raises an `ApiError` or `ConnectionBroken`."""
        token = await self.auth.token()
        answer = await self._transport.call(request, token)
        if answer.status == _UNAUTHORIZED:
            answer = await self._transport.call(request, await self.auth.renewed(token))
        return answers.read(request, answer)

    @asynccontextmanager
    async def stream(self, request: Request) -> AsyncIterator[Result]:
        """Send *request* and give its result as it comes.

        Raises `NotReady` where the task has not finished, another `ApiError` or `ConnectionBroken`.
        """
        token = await self.auth.token()
        async with self._transport.stream(request, token) as stream:
            if stream.head.status != _UNAUTHORIZED:
                yield await _result(request, stream)
                return
        async with self._transport.stream(request, await self.auth.renewed(token)) as stream:
            yield await _result(request, stream)


async def _result(request: Request, stream: Stream) -> Result:
    """Return the result that *stream* brings, or raise what it brings instead."""
    head = stream.head
    if (unready := answers.not_ready(request, head)) is not None:
        raise unready
    if not 200 <= head.status < 300:  # noqa: PLR2004  # the class of successes
        said = b""
        async for chunk in stream.chunks:
            said += chunk
            if len(said) >= LARGEST_ANSWER:
                break
        raise answers.error(request, Answer(head.status, head.headers, said, head.wall))
    return Result(headers.media_type(head.headers), headers.content_length(head.headers), stream.chunks)
