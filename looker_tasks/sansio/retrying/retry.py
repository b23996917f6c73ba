"""Whether a failure is worth another try, and which of the three budgets pays for it.

One call: sent again while its attempts last. One task: created again, once. One export: its deadline, which alone
bounds a 429, for a server that says "not now" has not failed.
"""

from enum import Enum, auto
from typing import TypeAlias

from attrs import frozen

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
    UnexpectedResponse,
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


def verdict(error: LookerTasksError, attempt: int, policy: Retry, *, endpoint_proven: bool = False) -> Verdict:
    """Return what failure number *attempt* (from 1) of one call deserves.

    *endpoint_proven*: this server has answered the same operation well before, so that an answer without sense is
    a passing fault and no wrong address. Where `is_unauthorized` or `counts_alone`, *attempt* counts failures of that
    kind alone.
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
            return (
                Verdict.AGAIN
                if attempt < _attempts(error, policy, endpoint_proven=endpoint_proven)
                else Verdict.GIVE_UP
            )


def _attempts(error: LookerTasksError, policy: Retry, *, endpoint_proven: bool) -> int:
    """Return how many attempts a call deserves that fails with *error* each time."""
    match error:
        case ConnectionBroken():
            attempts = policy.call_attempts
        case ApiError(status=status) if status in _TRANSIENT:
            attempts = policy.call_attempts
        case UnexpectedResponse() if endpoint_proven:
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


def counts_alone(error: LookerTasksError, *, endpoint_proven: bool = False) -> bool:
    """Return whether another try seldom helps, so that few are due: other failures must not use them up."""
    match error:
        case UnexpectedResponse():
            return not endpoint_proven
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
        case UnexpectedResponse() | ServerBroken():
            return True
        case _:
            return False


def is_over_full(error: LookerTasksError) -> bool:
    """Return whether the server says that it has more to do than it can."""
    return isinstance(error, Throttled) or (isinstance(error, ServerBroken) and error.status == _UNAVAILABLE)


def asked_wait(error: LookerTasksError) -> float | None:
    """Return the seconds that the server asked to wait, if it did."""
    return error.retry_after if isinstance(error, ApiError) else None


@frozen
class Attempts:
    """The failures of the present call, in a row."""

    failures: tuple[FailureKind, ...] = ()
    throttles: int = 0  # a 429 costs none of a call's attempts
    refusals: int = 0  # the last so many were 401s, each with a new token
    trouble: LookerTasksError | None = None  # the last of them, or why the task was created again

    @property
    def number(self) -> int:
        """How many there were, of whatever kind: the wait before the next try grows with it."""
        return len(self.failures) + self.throttles

    def after(self, error: LookerTasksError, policy: Retry, *, endpoint_proven: bool) -> tuple["Attempts", Verdict]:
        """Return what they are after one more failure, and what that deserves."""
        refusals = self.refusals + 1 if is_unauthorized(error) else 0
        failures = (*self.failures, kind_of(error))
        attempt = len(failures)
        if counts_alone(error, endpoint_proven=endpoint_proven) and attempt < policy.call_attempts:
            attempt = failures.count(kind_of(error))
        judgement = verdict(error, refusals or attempt, policy, endpoint_proven=endpoint_proven)
        if judgement is Verdict.LATER:
            return Attempts(self.failures, self.throttles + 1, refusals, error), judgement
        return Attempts(failures, self.throttles, refusals, error), judgement
