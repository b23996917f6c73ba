"""Whether a failure is worth another try, and which of the three budgets pays for it.

One call: sent again while its attempts last. One task: created again, once. One export: its deadline, which alone
bounds a 429, for a server that says "not now" has not failed.
"""

from enum import Enum, auto

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
    Throttled,
    UnexpectedAnswer,
)
from looker_tasks.policy import Retry

#: What another try seldom mends is tried this often: an answer that makes no sense, a plain 500, a spoiled result.
FEW_ATTEMPTS = 3

_UNAUTHORIZED = 401
_INTERNAL = 500
_UNAVAILABLE = 503
_TRANSIENT = frozenset({408, 425, 502, 503, 504})


class Verdict(Enum):
    """What a failed call deserves."""

    AGAIN = auto()  # send the same call again
    LATER = auto()  # the same, at the deadline's cost alone
    NOT_YET = auto()  # nothing failed: the task still runs
    GIVE_UP = auto()  # another try of this call would fail too
    STOP_RUN = auto()  # every other export would fail too


def verdict(error: LookerTasksError, attempt: int, policy: Retry, *, is_poll: bool = False) -> Verdict:
    """Return what failure number *attempt* (from 1) of one call deserves.

    Where `is_unauthorized`, *attempt* counts failures of that kind alone, in a row.
    """
    match error:
        case NotReady():
            return Verdict.NOT_YET
        case Throttled():
            return Verdict.LATER
        case CredentialsRefused():
            return Verdict.STOP_RUN
        case _ if is_unauthorized(error):
            # A token cut off early is bad luck; three in a row are a refusal.
            return Verdict.AGAIN if attempt < FEW_ATTEMPTS else Verdict.STOP_RUN
        case ConnectionBroken():
            attempts = policy.call_attempts
        case ApiError(status=status) if status in _TRANSIENT:
            attempts = policy.call_attempts
        case UnexpectedAnswer() | ResultRejected():
            attempts = min(FEW_ATTEMPTS, policy.call_attempts)
        case NotFound() if is_poll:  # a task just created may be unknown for a moment
            attempts = min(FEW_ATTEMPTS, policy.call_attempts)
        case ServerBroken(status=status) if status == _INTERNAL:
            attempts = min(FEW_ATTEMPTS, policy.call_attempts)
        case _:
            return Verdict.GIVE_UP
    return Verdict.AGAIN if attempt < attempts else Verdict.GIVE_UP


def is_unauthorized(error: LookerTasksError) -> bool:
    """Return whether the server refused a token that had just been renewed."""
    return isinstance(error, RequestRefused) and error.status == _UNAUTHORIZED


def may_have_arrived(error: LookerTasksError) -> bool:
    """Return whether the server may have obeyed the call that ended in *error*: a create may then have made a task."""
    match error:
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
