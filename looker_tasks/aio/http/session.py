"""Calls with a token: an operation goes out as whoever we are, and what it answers comes back, structured or streamed.

Raises what `looker_tasks.errors` tells, and retries nothing but the call whose token had ended. Errors leave here
without a secret, whatever the server, or a proxy before it, wrote into its response.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any
from weakref import WeakValueDictionary

import anyio
from attrs import evolve

from looker_tasks.aio import clock
from looker_tasks.aio.http.auth import Auth, TokenAuth, UserAuth, hide
from looker_tasks.aio.http.result import Result
from looker_tasks.aio.http.transport import LARGEST_ERROR, Stream, Transport
from looker_tasks.errors import ApiError, LookerTasksError, RequestRefused
from looker_tasks.sansio.export_requests import TaskState
from looker_tasks.sansio.protocol import headers, responses
from looker_tasks.sansio.protocol.operations import ApiVersion
from looker_tasks.sansio.protocol.requests import Request
from looker_tasks.sansio.protocol.responses import Response
from looker_tasks.sansio.protocol.secrets import Secret
from looker_tasks.sansio.protocol.statuses import is_known
from looker_tasks.sansio.retrying.retry import is_unauthorized
from looker_tasks.sansio.retrying.token import is_renewable

_OK = 200
_UNAUTHORIZED = 401

#: Media types of results, in which no secret need be looked for.
_USUAL = frozenset(
    {"application/pdf", "image/png", "image/jpeg", "application/json", "text/csv", "text/plain", "text/html"}
)


class Session:
    """A transport and the token that its calls carry."""

    def __init__(self, transport: Transport, auth: TokenAuth, version: ApiVersion) -> None:
        self._transport = transport
        self.auth = auth
        self.version = version
        self.proven: set[str] = set()
        """The operations that this server has answered well."""
        self._users: WeakValueDictionary[str, Session] = WeakValueDictionary()

    def for_user(self, user_id: str) -> "Session":
        """Return the session whose calls are made in the name of *user_id*: one for all who ask for the same user.

        Its token is taken by `login_user` at the first call, with this session's own, and given back when this session
        logs out. Calls raise `UserRefused` where Looker does not allow it: that concerns this user's exports alone.
        """
        if not isinstance(self.auth, Auth):
            raise TypeError("a user's session has no users of its own")
        found = self._users.get(user_id)
        if found is None:
            auth = UserAuth(self._transport, self.version, self.auth, user_id, self.call)
            found = self._users[user_id] = Session(self._transport, auth, self.version)
            found.proven = self.proven
        return found

    async def call(self, request: Request, until: float | None = None) -> Any:  # noqa: ANN401  # as the operation's row in the table says
        """Send *request* and return what its operation answers.

        Raises an `ApiError` or `ConnectionBroken`; TimeoutError where logging in took until *until*.
        """
        if until is None:
            until = clock.now() + self._transport.patience
        token = self.auth.held
        try:
            if token is None:
                with anyio.fail_after(until - clock.now()):
                    token = await self.auth.token()
            response = await self._transport.call(request, token, until)
            renewals = 0
            while self._is_renewable(response, token, renewals):
                with anyio.fail_after(until - clock.now()):
                    token = await self.auth.renew(token)
                response = await self._transport.call(request, token, until)
                renewals += 1
            value = responses.parse(request, response)
        except LookerTasksError as error:
            self._hide(error, token, request)
            raise
        self.proven.add(request.operation.name)
        return self._shown(value, token)

    @asynccontextmanager
    async def stream(self, request: Request) -> AsyncIterator[Result]:
        """Send *request* and give its result as it comes.

        Raises `NotReady` where the task has not finished, another `ApiError` or `ConnectionBroken`.
        """
        token = self.auth.held
        try:
            token = token or await self.auth.token()
            for renewals in count():
                async with self._transport.stream(request, token) as stream:
                    if not self._is_renewable(stream.head, token, renewals):
                        result = await self._result(request, stream, token)
                        self.proven.add(request.operation.name)
                        yield result
                        return
                token = await self.auth.renew(token)
        except LookerTasksError as error:  # what the reader of the result finds wrong with it is quoted of it, too
            self._hide(error, token, request)
            raise

    def _is_renewable(self, response: Response, token: Secret, renewals: int) -> bool:
        """Return whether *response* says that *token* has ended, and not that no token is good enough."""
        renewable = is_renewable(response.status, renewals, served=token == self.auth.accepted)
        if response.status != _UNAUTHORIZED:
            self.auth.accepted = token
        return renewable

    def _hide(self, error: LookerTasksError, token: Secret | None, request: Request) -> None:
        """Make *error* one that may be shown. Raise `UserRefused` where a user's new tokens are refused."""
        hide(error, self.auth.secrets(token))
        if not isinstance(self.auth, UserAuth) or not isinstance(error, RequestRefused) or not is_unauthorized(error):
            return
        if error.operation == request.operation.name:  # and not the login, which is the API user's call
            raise self.auth.refusal(error) from None

    def _shown(self, value: Any, token: Secret) -> Any:  # noqa: ANN401  # what an operation answers
        """Return *value* with what Looker tells of a task as it may be shown: in events, in the journal, in errors."""
        if isinstance(value, TaskState):
            if value.status and not is_known(value.status):
                value = evolve(value, status=self.auth.secrets(token).redact(value.status))
            if value.status_detail:
                value = evolve(value, status_detail=self.auth.secrets(token).redact(value.status_detail))
        return value

    async def _result(self, request: Request, stream: Stream, token: Secret) -> Result:
        """Return the result that *stream* brings, or raise what it brings instead."""
        head = stream.head
        if (unready := responses.not_ready(request, head)) is not None:
            raise unready
        if _OK < head.status < 300:  # noqa: PLR2004  # of all successes only a plain 200 is the whole
            raise responses.not_whole(request, head)
        if head.status != _OK:
            raise await _error(request, stream)
        media_type = headers.media_type(head.headers)
        return Result(
            media_type if media_type in _USUAL else self.auth.secrets(token).redact(media_type),
            headers.content_length(head.headers),
            stream.chunks,
            is_compressed=headers.is_compressed(head.headers),
            is_length_proven=stream.is_length_proven,
        )


async def _error(request: Request, stream: Stream) -> ApiError:
    """Return the error that *stream* brings in place of a result."""
    head, body = stream.head, b""
    async for chunk in stream.chunks:
        body += chunk
        if len(body) >= LARGEST_ERROR:
            break
    return responses.error_from(request, Response(head.status, head.headers, body, head.wall))
