"""Calls with a token: an operation goes out as whoever we are, and what it answers comes back, structured or streamed.

Raises what `looker_tasks.errors` tells, and retries nothing but the call whose token had ended.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

import anyio

from looker_tasks.aio import clock
from looker_tasks.aio.auth import Auth
from looker_tasks.aio.result import Result
from looker_tasks.aio.transport import LARGEST_ANSWER, Stream, Transport
from looker_tasks.sansio import answers, headers
from looker_tasks.sansio.answers import Answer
from looker_tasks.sansio.operations import ApiVersion
from looker_tasks.sansio.requests import Request

_UNAUTHORIZED = 401
_RENEWALS = 5  # for one call, where each new token served others before it ended


class Session:
    """A transport and the token that its calls carry."""

    def __init__(self, transport: Transport, auth: Auth, version: ApiVersion) -> None:
        self._transport = transport
        self.auth = auth
        self.version = version
        self.known: set[str] = set()
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
        value = answers.read(request, answer.without(token))
        self.known.add(request.operation.name)
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
                    self.known.add(request.operation.name)
                    yield result
                    return
            token = await self.auth.renewed(token)

    def _is_renewable(self, answer: Answer, token: str, renewals: int) -> bool:
        """Tell whether *answer* says that *token* has ended, and not that no token is good enough."""
        if answer.status != _UNAUTHORIZED:
            self.auth.accepted = token
            return False
        return renewals == 0 or (renewals < _RENEWALS and token == self.auth.accepted)


async def _result(request: Request, stream: Stream, token: str) -> Result:
    """Return the result that *stream* brings, or raise what it brings instead."""
    head = stream.head
    if (unready := answers.not_ready(request, head)) is not None:
        raise unready
    if 200 < head.status < 300:  # noqa: PLR2004  # of all successes only a plain 200 is the whole
        raise answers.partial(request, head)
    if head.status != 200:  # noqa: PLR2004  # a status
        said = b""
        async for chunk in stream.chunks:
            said += chunk
            if len(said) >= LARGEST_ANSWER:
                break
        raise answers.error(request, Answer(head.status, head.headers, said, head.wall).without(token))
    return Result(
        headers.media_type(head.headers),
        headers.content_length(head.headers),
        stream.chunks,
        headers.is_compressed(head.headers),
    )
