"""What Looker, or something before it, answered instead of what was asked for, by status."""

from collections.abc import Mapping
from typing import ClassVar

from attrs import define

from looker_tasks.errors import advice as advices
from looker_tasks.errors.advice import Stage, advice_on_status, stage
from looker_tasks.errors.root import LookerTasksError


@define(eq=False, kw_only=True)
class ApiError(LookerTasksError):
    """Looker, or something before it, answered *operation* with *status*."""

    _advice: ClassVar[Mapping[Stage, str]] = {}

    operation: str
    status: int
    message: str = ""
    errors: tuple[str, ...] = ()  # the single complaints of a 422: "field: message"
    documentation_url: str = ""
    retry_after: float | None = None  # seconds
    request_id: str = ""
    location: str = ""  # where a redirection leads, without its query

    @property
    def advice(self) -> str:  # type: ignore[override]  # the advice depends on what was being done
        """What to try, by what was being done: to log in, to create, to poll, to fetch."""
        return advice_on_status(self.operation, self.status) or self._advice.get(stage(self.operation), "")

    def __str__(self) -> str:
        message = "; ".join(filter(None, (self.message, *self.errors)))
        return f"{self.operation}: {self.status}{f' {message}' if message else ''}"


@define(eq=False, kw_only=True)
class CredentialsRefused(ApiError):
    """Looker does not let this client in: login refused, or 401 with a token that was just renewed."""

    _advice = advices.CREDENTIALS


@define(eq=False, kw_only=True)
class UserRefused(ApiError):
    """Looker does not let the API user act as the user that the message names. Other users' exports go on."""

    _advice = advices.USER


@define(eq=False, kw_only=True)
class NotFound(ApiError):
    """404: no such thing, no permission to see it, or a cached result that Looker no longer keeps."""

    _advice = advices.ABSENT


@define(eq=False, kw_only=True)
class RequestRefused(ApiError):
    """Looker read the request and refuses it: 400, 403, 405, 409, 422 and their like."""

    _advice = advices.REFUSED


@define(eq=False, kw_only=True)
class Throttled(ApiError):
    """429: the server asks everybody to slow down."""

    _advice = advices.THROTTLED


@define(eq=False, kw_only=True)
class ServerBroken(ApiError):
    """5xx, from Looker or from a gateway before it."""

    _advice = advices.BROKEN


@define(eq=False, kw_only=True)
class NotReady(ApiError):
    """202 or 204 on results: the task has not finished."""


@define(eq=False, kw_only=True)
class UnexpectedResponse(ApiError):
    """The body is not what the operation promises; *message* says where, by its path."""

    _advice = advices.UNEXPECTED
