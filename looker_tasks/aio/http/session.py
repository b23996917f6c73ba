"""Calls with a token: an operation goes out as whoever we are, and what it answers comes back, structured or streamed.

Raises what `looker_tasks.errors` tells, and retries nothing but the call whose token had ended.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

import anyio

from looker_tasks.aio import clock
from looker_tasks.aio.http.auth import Auth
from looker_tasks.aio.http.result import Result
from looker_tasks.aio.http.transport import LARGEST_RESPONSE, Stream, Transport
from looker_tasks.sansio.protocol import headers, responses
from looker_tasks.sansio.protocol.operations import ApiVersion
from looker_tasks.sansio.protocol.requests import Request
from looker_tasks.sansio.protocol.responses import Response

_UNAUTHORIZED = 401
_RENEWALS = 5  # for one call, where each new token served others before it ended


class Session:
    """A transport and the token that its calls carry."""

    def __init__(self, transport: Transport, auth: Auth, version: ApiVersion) -> None:
        self._transport = transport
        self.auth = auth
        self.version = version
        self.proven: set[str] = set()
        """The operations that this server has answered well."""

    async def call(self, request: Request, until: float | None = None) -> Any:  # noqa: ANN401  # as the operation's row in the table says
        """Send *request* and return what its operation answers.

        Raises an `ApiError` or `ConnectionBroken`; TimeoutError where logging in took until *until*.
        """
        if until is None:
            until = clock.now() + self._transport.patience
        token = self.auth.held
        if token is None:
            with anyio.fail_after(until - clock.now()):
                token = await self.auth.token()
        answer = await self._transport.call(request, token, until)
        renewals = 0
        while self._is_renewable(answer, token, renewals):
            with anyio.fail_after(until - clock.now()):
                token = await self.auth.renewed(token)
            answer = await self._transport.call(request, token, until)
            renewals += 1
        value = responses.parse(request, answer.without(token))
        self.proven.add(request.operation.name)
        return value

    @asynccontextmanager
    async def stream(self, request: Request) -> AsyncIterator[Result]:
        """Send *request* and give its result as it comes.

        Raises `NotReady` where the task has not finished, another `ApiError` or `ConnectionBroken`.
        """
        token = self.auth.held or await self.auth.token()
        for renewals in count():
            async with self._transport.stream(request, token) as stream:
                if not self._is_renewable(stream.head, token, renewals):
                    result = await _result(request, stream, token)
                    self.proven.add(request.operation.name)
                    yield result
                    return
            token = await self.auth.renewed(token)

    def _is_renewable(self, answer: Response, token: str, renewals: int) -> bool:
        """Tell whether *answer* says that *token* has ended, and not that no token is good enough."""
        if answer.status != _UNAUTHORIZED:
            self.auth.accepted = token
            return False
        return renewals == 0 or (renewals < _RENEWALS and token == self.auth.accepted)


async def _result(request: Request, stream: Stream, token: str) -> Result:
    """Return the result that *stream* brings, or raise what it brings instead."""
    head = stream.head
    if (unready := responses.not_ready(request, head)) is not None:
        raise unready
    if 200 < head.status < 300:  # noqa: PLR2004  # of all successes only a plain 200 is the whole
        raise responses.not_whole(request, head)
    if head.status != 200:  # noqa: PLR2004  # a status
        said = b""
        async for chunk in stream.chunks:
            said += chunk
            if len(said) >= LARGEST_RESPONSE:
                break
        raise responses.error_from(request, Response(head.status, head.headers, said, head.wall).without(token))
    return Result(
        headers.media_type(head.headers),
        headers.content_length(head.headers),
        stream.chunks,
        headers.is_compressed(head.headers),
    )
