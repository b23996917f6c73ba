"""Whether a failure is worth another try, and which of the three budgets pays for it.

One call: sent again while its attempts last. One task: created again, once. One export: its deadline, which alone
bounds a 429, for a server that says "not now" has not failed.
"""

from enum import Enum, auto
from typing import TypeAlias

from looker_tasks.errors import (
    ApiError,
    ConnectionBroken,
    CredentialsRefused,
    LookerTasksError,
    NotFound,
    NotReady,
    RequestRefused,
    ResultRejected,
    ServerBroken,
    TaskFailed,
    Throttled,
    UnexpectedAnswer,
)
from looker_tasks.policy import Retry

#: What another try seldom mends is tried this often: an answer that makes no sense, a plain 500, a spoiled result.
FEW_ATTEMPTS = 5

#: A 404 is believed when it came so often: a task just created may be unknown for a moment, and gateways say it too.
ENOUGH_ABSENCES = 3

#: A result that tells of a failed query is fetched so often: that costs a call, and creating it again a whole query.
ENOUGH_FAILURES = 2

_ENOUGH_REFUSALS = 3  # of tokens that had just been renewed
_UNAUTHORIZED = 401
_INTERNAL = 500
_UNAVAILABLE = 503
_TRANSIENT = frozenset({408, 425, 502, 503, 504})


FailureKind: TypeAlias = tuple[type[LookerTasksError], int]


class Verdict(Enum):
    """What a failed call deserves."""

    AGAIN = auto()  # send the same call again
    LATER = auto()  # the same, at the deadline's cost alone
    NOT_YET = auto()  # nothing failed: the task still runs
    GIVE_UP = auto()  # another try of this call would fail too
    STOP_RUN = auto()  # every other export would fail too


def verdict(error: LookerTasksError, attempt: int, policy: Retry, *, is_known: bool = False) -> Verdict:
    """Return what failure number *attempt* (from 1) of one call deserves.

    *is_known* tells that this server has answered the same operation well before: what makes no sense is bad luck then,
    and no wrong address. Where `is_unauthorized` or `counts_alone`, *attempt* counts failures of that kind alone.
    """
    match error:
        case NotReady():
            return Verdict.NOT_YET
        case Throttled():
            return Verdict.LATER
        case CredentialsRefused():
            return Verdict.STOP_RUN
        case _ if is_unauthorized(error):
            # A token cut off early is bad luck; a few in a row are a refusal.
            return Verdict.AGAIN if attempt < _ENOUGH_REFUSALS else Verdict.STOP_RUN
        case _:
            return Verdict.AGAIN if attempt < _attempts(error, policy, is_known=is_known) else Verdict.GIVE_UP


def _attempts(error: LookerTasksError, policy: Retry, *, is_known: bool) -> int:
    """Return how many attempts a call deserves that fails with *error* each time."""
    match error:
        case ConnectionBroken():
            attempts = policy.call_attempts
        case ApiError(status=status) if status in _TRANSIENT:
            attempts = policy.call_attempts
        case UnexpectedAnswer() if is_known:
            attempts = policy.call_attempts
        case NotFound():
            attempts = ENOUGH_ABSENCES
        case TaskFailed():
            attempts = ENOUGH_FAILURES
        case _ if counts_alone(error):
            attempts = FEW_ATTEMPTS
        case _:
            attempts = 1
    return min(attempts, policy.call_attempts)


def is_unauthorized(error: LookerTasksError) -> bool:
    """Return whether the server refused a token that had just been renewed."""
    return isinstance(error, RequestRefused) and error.status == _UNAUTHORIZED


def counts_alone(error: LookerTasksError, *, is_known: bool = False) -> bool:
    """Return whether another try seldom helps, so that few are due: other failures must not use them up."""
    match error:
        case UnexpectedAnswer():
            return not is_known
        case ResultRejected() | NotFound() | TaskFailed():
            return True
        case ServerBroken(status=status):
            return status == _INTERNAL
        case _:
            return False


def kind_of(error: LookerTasksError) -> FailureKind:
    """Return what failures are counted by."""
    return type(error), error.status if isinstance(error, ApiError) else 0


def may_have_arrived(error: LookerTasksError) -> bool:
    """Return whether the server may have obeyed the call that ended in *error*: a create may then have made a task."""
    match error:
        case ApiError(operation="login") | ConnectionBroken(operation="login"):  # the call itself was never sent
            return False
        case ConnectionBroken(sent=sent):
            return sent
        case UnexpectedAnswer() | ServerBroken():
            return True
        case _:
            return False


def is_over_full(error: LookerTasksError) -> bool:
    """Return whether the server says that it has more to do than it can."""
    return isinstance(error, Throttled) or (isinstance(error, ServerBroken) and error.status == _UNAVAILABLE)


def asked_wait(error: LookerTasksError) -> float | None:
    """Return the seconds that the server asked to wait, if it did."""
    return error.retry_after if isinstance(error, ApiError) else None
