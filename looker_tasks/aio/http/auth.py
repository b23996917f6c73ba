"""The token: taken by one login at a time, renewed before it ends or once it was refused, given back at the end."""

from collections.abc import Callable
from itertools import count
from urllib.parse import quote_plus

import anyio

from looker_tasks.aio import clock
from looker_tasks.aio.http.transport import Transport
from looker_tasks.errors import (
    ConnectionBroken,
    CredentialsRefused,
    HostUnreachable,
    LookerTasksError,
    UnexpectedResponse,
)
from looker_tasks.policy import Policy
from looker_tasks.sansio.protocol import responses
from looker_tasks.sansio.protocol.operations import AccessToken, ApiVersion
from looker_tasks.sansio.protocol.requests import request
from looker_tasks.sansio.retrying.login import wait_after_failure, wait_after_refusal

#: Renewed so many seconds before its end, or at half of a shorter life: no call may meet a token that just ended.
RENEW_BEFORE = 60.0

_LOGOUT_WITHIN = 5.0  # seconds


class Auth:
    """Who we are to Looker. The secret and the token appear in no repr, no error and no event."""

    def __init__(self, transport: Transport, client_id: str, client_secret: str, version: ApiVersion) -> None:
        self._transport = transport
        self._client_id = client_id
        self._client_secret = client_secret
        self._version = version
        self._token: str | None = None
        self._renew_at = 0.0
        self._login = anyio.Lock()
        self._is_known = False  # the credentials were good once
        self.accepted = ""
        """The token that Looker took last: one that it refuses after that has ended, and is no bad one."""
        self._failure: LookerTasksError | None = None  # of the last login
        self._failures = 0

    @property
    def held(self) -> str | None:
        """The token that we have, as long as it lives."""
        return self._token if self._token is not None and clock.now() < self._renew_at else None

    async def token(self) -> str:
        """Return a token that lives; log in where there is none.

        Raises `CredentialsRefused`, another `ApiError` or `ConnectionBroken`.
        """
        failures = self._failures
        async with self._login:
            if self.held is None:
                await self._log_in(failures)
            return self._token or ""

    async def renewed(self, refused: str) -> str:
        """Return a token other than *refused*, which Looker did not take: whoever comes first logs in, once."""
        failures = self._failures
        async with self._login:
            if self._token is None or self._token == refused:
                await self._log_in(failures)
            return self._token or ""

    async def _log_in(self, failures: int) -> None:
        """Log in, or fail as the login did that the caller waited for: it knows of *failures* before that."""
        if self._failure is not None and failures != self._failures:
            raise self._failure
        try:
            await self._let_in()
        except LookerTasksError as error:
            self._failure = error
            self._failures += 1
            raise
        self._failure = None

    async def _let_in(self) -> None:
        """Log in. Raises `CredentialsRefused` where Looker insists on that."""
        for refusals in count(1):
            try:
                await self._new_token()
            except CredentialsRefused:
                wait = wait_after_refusal(refusals, endpoint_proven=self._is_known)
                if wait is None:
                    raise
                await anyio.sleep(wait)
            else:
                return

    async def _new_token(self) -> None:
        form = {"client_id": self._client_id, "client_secret": self._client_secret}
        call = request("login", self._version, form=form)
        answer = await self._transport.call(call, None)
        for secret in (self._client_secret, quote_plus(self._client_secret)):  # as it is, and as the form has it
            answer = answer.without(secret)
        given: AccessToken = responses.parse(call, answer)
        if not given.access_token.isascii() or not given.access_token.isprintable() or not given.access_token:
            raise CredentialsRefused(operation="login", status=200, message="Looker gave no usable token")
        life = given.expires_in if given.expires_in > 0 else 2 * RENEW_BEFORE
        self._token, self._is_known = given.access_token, True
        self._renew_at = clock.now() + max(life - RENEW_BEFORE, life / 2)

    async def log_out(self) -> None:
        """Give the token back, in a few seconds at the most; it ends by itself otherwise. Never raises."""
        token, self._token = self._token, None
        if token is None:
            return
        with anyio.move_on_after(_LOGOUT_WITHIN, shield=True):
            try:
                await self._transport.call(request("logout", self._version), token)
            except LookerTasksError:
                return  # the host is gone: nothing is left to give back


async def log_in(auth: Auth, base_url: str, policy: Policy, rand: Callable[[], float]) -> None:
    """Log in, with a few tries against bad luck and no more: nobody has been there yet.

    Raises `CredentialsRefused`, `HostUnreachable` where no Looker answers, or what else Looker said at the last try.
    """
    give_up_at = clock.now() + policy.deadlines.call
    for attempt in count(1):
        try:
            await auth.token()
        except LookerTasksError as error:
            wait = wait_after_failure(error, attempt, policy, rand())
            if wait is None or clock.now() + wait > give_up_at:
                if isinstance(error, ConnectionBroken | UnexpectedResponse):
                    raise HostUnreachable(f"no Looker answers at {base_url}: {error}") from error
                raise
            await anyio.sleep(wait)
        else:
            return
