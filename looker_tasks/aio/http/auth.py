"""A token: taken by one login at a time, renewed before it ends or once it was refused, given back at the end.

`Auth` is the API user's, and `UserAuth` that of a user whom the API user stands for (*as_user*): taken once for all
callers that wait for it, held as long as it is used, a bounded number of them (`HeldTokens`). Tokens and secrets are
`Secret`, and in no repr, error or event.
"""

from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any, TypeAlias

import anyio

from looker_tasks.aio import clock
from looker_tasks.aio.http.transport import Transport
from looker_tasks.errors import (
    ApiError,
    ConnectionBroken,
    CredentialsRefused,
    LookerTasksError,
    NotFound,
    RequestRefused,
    UserRefused,
)
from looker_tasks.policy import Policy
from looker_tasks.sansio.protocol import responses
from looker_tasks.sansio.protocol.operations import AccessToken, ApiVersion
from looker_tasks.sansio.protocol.requests import Request, request
from looker_tasks.sansio.protocol.secrets import Secret, Secrets
from looker_tasks.sansio.retrying.login import configuration_error, wait_after_failure, wait_after_refusal
from looker_tasks.sansio.retrying.token import renew_at

#: Sends a request with the API user's token, and returns what it was answered.
Call: TypeAlias = Callable[[Request], Awaitable[Any]]

_LOGOUT_WITHIN = 5.0  # seconds
_MOST_USERS = 500  # whose tokens are held at a time: more than a client has exports under way
_UNAUTHORIZED = 401


class TokenAuth(ABC):
    """The token that calls carry. *secrets* are those that no error of these calls may show."""

    def __init__(self, transport: Transport, version: ApiVersion, secrets: Secrets) -> None:
        self._transport = transport
        self._version = version
        self._secrets = secrets
        self._token: Secret | None = None
        self._renew_at = 0.0
        self._login = anyio.Lock()
        self._is_known = False  # a token was taken once
        self.accepted: Secret | None = None
        """The token that Looker took last: one that it refuses after that has ended, and is no bad one."""
        self._failure: LookerTasksError | None = None  # of the last login
        self._failures = 0

    @abstractmethod
    async def _take_token(self) -> AccessToken:
        """Have Looker make a token. Raises `CredentialsRefused`, another `ApiError` or `ConnectionBroken`."""

    @property
    def held(self) -> Secret | None:
        """The token that we have, as long as it lives."""
        return self._token if self._token is not None and clock.now() < self._renew_at else None

    def secrets(self, *tokens: Secret | None) -> Secrets:
        """Return what no error of a call with *tokens* may show."""
        return self._secrets.and_also(self._token, *tokens)

    async def token(self) -> Secret:
        """Return a token that lives; log in where there is none.

        Raises `CredentialsRefused`, another `ApiError` or `ConnectionBroken`.
        """
        failures = self._failures
        async with self._login:
            return self.held or await self._log_in(failures)

    async def renew(self, refused: Secret) -> Secret:
        """Return a token other than *refused*, which Looker did not take: whoever comes first logs in, once."""
        failures = self._failures
        async with self._login:
            if self._token is None or self._token == refused:
                return await self._log_in(failures)
            return self._token

    async def _log_in(self, failures: int) -> Secret:
        """Log in, or fail as the login did that the caller waited for: it knows of *failures* before that."""
        if self._failure is not None and failures != self._failures:
            raise self._failure
        try:
            taken = await self._insist()
        except LookerTasksError as error:
            self._failure = error
            self._failures += 1
            raise
        self._failure, self._is_known = None, True
        self._token = Secret(taken.access_token)
        self._renew_at = renew_at(clock.now(), taken.expires_in)
        return self._token

    async def _insist(self) -> AccessToken:
        """Take a token. Raises `CredentialsRefused` where Looker says so a few times."""
        for refusals in count(1):
            try:
                return await self._take_token()
            except CredentialsRefused:
                wait = wait_after_refusal(refusals, endpoint_proven=self._is_known)
                if wait is None:
                    raise
                await anyio.sleep(wait)
        raise AssertionError  # a count has no end

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


class Auth(TokenAuth):
    """The token of the API user, taken by `login`, and those of the users that the API user stands for."""

    def __init__(self, transport: Transport, client_id: str, client_secret: str, version: ApiVersion) -> None:
        self._client_id = client_id
        self._client_secret = Secret(client_secret)
        self.users = HeldTokens()
        super().__init__(transport, version, transport.secrets.and_also(self._client_secret))

    async def _take_token(self) -> AccessToken:
        # The secret goes in a form: Looker is about to take it from the query string no more, and logs keep those.
        form = {"client_id": self._client_id, "client_secret": self._client_secret}
        call = request("login", self._version, form=form)
        try:
            taken: AccessToken = responses.parse(call, await self._transport.call(call, None))
        except LookerTasksError as error:
            hide(error, self._secrets)
            raise
        if not is_usable(taken):
            raise CredentialsRefused(operation="login", status=200, message="Looker gave no usable token")
        return taken

    async def log_out(self) -> None:
        """Give all tokens back, those of users first, in a few seconds at the most. Never raises."""
        await self.users.log_out()
        await super().log_out()


class UserAuth(TokenAuth):
    """The token of a user whom the API user stands for, taken by `login_user` with the API user's own."""

    def __init__(self, transport: Transport, version: ApiVersion, auth: Auth, user_id: str, call: Call) -> None:
        """Prepare for *user_id*: *call* makes a call with the token of *auth*."""
        self.user_id = user_id
        self._users = auth.users
        self._api_user = auth
        self._call = call
        super().__init__(transport, version, transport.secrets)

    @property
    def held(self) -> Secret | None:
        """The token that we have, as long as it lives."""
        held = super().held
        if held is not None:
            self._users.use(self)
        return held

    def secrets(self, *tokens: Secret | None) -> Secrets:
        """Return what no error of a call with *tokens* may show."""
        return self._api_user.secrets(self._token, *tokens)

    async def _take_token(self) -> AccessToken:
        await self._users.make_room(self)
        try:
            taken: AccessToken = await self._call(request("login_user", self._version, path={"user_id": self.user_id}))
        except (NotFound, RequestRefused) as error:
            if error.status == _UNAUTHORIZED:
                raise  # that is the API user's own token
            raise self.refusal(error) from None
        if not is_usable(taken):
            raise UserRefused(operation="login_user", status=200, message=f"user {self.user_id}: no usable token")
        return taken

    def refusal(self, error: ApiError) -> UserRefused:
        """Return *error* as one that concerns this user alone."""
        return UserRefused(
            operation=error.operation,
            status=error.status,
            message=f"user {self.user_id}: {error.message}" if error.message else f"user {self.user_id}",
            errors=error.errors,
            request_id=error.request_id,
        )


class HeldTokens:
    """Those users whose tokens we hold: the least recently used is given back where there are more than *most*."""

    def __init__(self, most: int = _MOST_USERS) -> None:
        self._most = most
        self._held: OrderedDict[TokenAuth, None] = OrderedDict()

    def use(self, user: TokenAuth) -> None:
        """Remember that the token of *user* is used now."""
        self._held[user] = None
        self._held.move_to_end(user)

    async def make_room(self, user: TokenAuth) -> None:
        """Give tokens back until that of *user* can be taken too."""
        self.use(user)
        while len(self._held) > self._most:
            least_used, _ = self._held.popitem(last=False)
            await least_used.log_out()

    async def log_out(self) -> None:
        """Give all of them back, together, in a few seconds at the most. Never raises."""
        held, self._held = self._held, OrderedDict()
        async with anyio.create_task_group() as logouts:
            for user in held:
                logouts.start_soon(user.log_out)


def is_usable(token: AccessToken) -> bool:
    """Return whether a header can carry *token*."""
    return token.access_token.isascii() and token.access_token.isprintable() and bool(token.access_token)


def hide(error: LookerTasksError, secrets: Secrets) -> None:
    """Take *secrets* out of *error*, and from it what holds them in forms that nobody knows: what led to it."""
    secrets.redact_error(error)
    if isinstance(error, ApiError | ConnectionBroken):
        error.__cause__ = error.__context__ = None


async def log_in(auth: TokenAuth, base_url: str, policy: Policy, rand: Callable[[], float]) -> None:
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
                if (wrong := configuration_error(error, base_url)) is not None:
                    raise wrong from error
                raise
            await anyio.sleep(wait)
        else:
            return
