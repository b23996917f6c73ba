"""Whether a failure is worth another try, and which of the three budgets pays for it.

One call: sent again while its attempts last. One task: created again, once. One export: its deadline, which alone
bounds a 429, for a server that says "not now" has not failed.
"""

from enum import Enum, auto
from typing import TypeAlias

from attrs import evolve, frozen

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
    UserRefused,
)
from looker_tasks.errors.advice import stage
from looker_tasks.policy import Backoff, Retry
from looker_tasks.sansio.retrying.backoff import full_jitter

#: What another try seldom mends is tried this often: an answer that makes no sense, a plain 500, a spoiled result
#: (test_what_another_try_seldom_mends_is_tried_a_few_times).
FEW_ATTEMPTS = 5

#: A 404 is believed when it came so often: a task just created may be unknown for a moment, and gateways say it too.
ENOUGH_ABSENCES = 3

#: A result that tells of a failed query is fetched so often: that costs a call, and creating it again a whole query.
ENOUGH_FAILURES = 2

#: A create that may have arrived is sent so often in all: each may be one more task that nobody asks about. Fewer times
#: where the server most likely has it: after a gateway's 504, or an answer that makes no sense.
LOST_CREATES = 5
TAKEN_CREATES = 3

#: The same for a server that has answered such creates well before: then it is bad luck, and passes. Where every third
#: call is lost, fewer would cost one export of a hundred.
PROVEN_LOST_CREATES = 8
PROVEN_TAKEN_CREATES = 5

#: So many failures in a row of a connection, or of a gateway that reaches no server, are an outage of seconds.
SHORT_OUTAGE = 10

_SHORT_WAIT = 2.0  # seconds, the longest in a short outage: nothing works there that a call could disturb
_SHORT_WINDOWS = 3  # 0.5, 1 and 2 s: what follows a short outage goes on from there
_SPACING = 4  # times the base between the first creates that may have arrived, and then _WIDER times as much
_WIDER = 8
_ENOUGH_REFUSALS = 3  # of tokens that had just been renewed
_UNAUTHORIZED = 401
_INTERNAL = 500
_BAD_GATEWAY = 502
_UNAVAILABLE = 503
_TRANSIENT = frozenset({408, 425, 502, 503, 504})


FailureKind: TypeAlias = tuple[type[LookerTasksError], int | str]


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
        case ConnectionBroken(failure=failure) if failure != "unparsable":
            attempts = policy.call_attempts
        case ApiError(status=status) if status in _TRANSIENT:
            attempts = policy.call_attempts
        case UnexpectedResponse() if endpoint_proven:
            attempts = policy.call_attempts
        case NotFound() | UserRefused():
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
        case ResultRejected() | NotFound() | UserRefused() | TaskFailed() | ConnectionBroken(failure="unparsable"):
            return True
        case ServerBroken(status=status):
            return status == _INTERNAL
        case _:
            return False


def kind_of(error: LookerTasksError) -> FailureKind:
    """Return what failures are counted by."""
    match error:
        case ApiError(status=status):
            return type(error), status
        case ConnectionBroken(failure=failure):
            return type(error), failure
        case _:
            return type(error), 0


def may_have_arrived(error: LookerTasksError) -> bool:
    """Return whether the server may have obeyed the call that ended in *error*: a create may then have made a task."""
    match error:
        case ApiError(operation=operation) | ConnectionBroken(operation=operation) if stage(operation) == "login":
            return False  # the call itself was never sent
        case ConnectionBroken(sent=sent):
            return sent
        case ServerBroken(status=status):
            return status != _UNAVAILABLE  # which says that it was not taken
        case UnexpectedResponse():
            return True
        case _:
            return False


def is_lost_create(error: LookerTasksError) -> bool:
    """Return whether *error* is that of a create of a task, which the server may have obeyed."""
    return (
        isinstance(error, ApiError | ConnectionBroken)
        and error.operation.startswith("create_")
        and error.operation.endswith("_task")
        and may_have_arrived(error)
    )


def _was_taken(error: LookerTasksError) -> bool:
    """Return whether the server most likely obeyed the create that ended in *error*."""
    match error:
        case UnexpectedResponse() | ServerBroken(status=504) | ConnectionBroken(failure="timeout" | "unparsable"):
            return True
        case _:
            return False


def is_outage(error: LookerTasksError) -> bool:
    """Return whether *error* says that no server was reached, or that it went away."""
    match error:
        case ConnectionBroken(failure=failure):
            return failure == "connection"
        case ServerBroken(status=status):
            return status == _BAD_GATEWAY
        case _:
            return False


def is_over_full(error: LookerTasksError) -> bool:
    """Return whether the server says that it has more to do than it can."""
    return isinstance(error, Throttled) or (isinstance(error, ServerBroken) and error.status == _UNAVAILABLE)


def asked_wait(error: LookerTasksError) -> float | None:
    """Return the seconds that the server asked to wait, if it did."""
    return error.retry_after if isinstance(error, ApiError) else None


def _are_enough(lost: int, taken: int, *, endpoint_proven: bool) -> bool:
    """Return whether so many creates that may have arrived, or most likely did, are enough."""
    if endpoint_proven:
        return lost >= PROVEN_LOST_CREATES or taken >= PROVEN_TAKEN_CREATES
    return lost >= LOST_CREATES or taken >= TAKEN_CREATES


@frozen
class Attempts:
    """The failures of the present call, in a row."""

    failures: tuple[FailureKind, ...] = ()
    throttles: int = 0  # a 429 costs none of a call's attempts
    refusals: int = 0  # the last so many were 401s, each with a new token
    lost: int = 0  # of a create: those that may have arrived
    taken: int = 0  # of these: those that most likely did
    trouble: LookerTasksError | None = None  # the last of them, or why the task was created again

    @property
    def number(self) -> int:
        """How many there were, of whatever kind: the wait before the next try grows with it."""
        return len(self.failures) + self.throttles

    def after(self, error: LookerTasksError, policy: Retry, *, endpoint_proven: bool) -> tuple["Attempts", Verdict]:
        """Return what they are after one more failure, and what that deserves."""
        refusals = self.refusals + 1 if is_unauthorized(error) else 0
        failures = (*self.failures, kind_of(error))
        is_lost = is_lost_create(error)
        lost, taken = self.lost + is_lost, self.taken + (is_lost and _was_taken(error))
        attempt = len(failures)
        if counts_alone(error, endpoint_proven=endpoint_proven) and attempt < policy.call_attempts:
            attempt = failures.count(kind_of(error))
        judgement = verdict(error, refusals or attempt, policy, endpoint_proven=endpoint_proven)
        if judgement is Verdict.AGAIN and is_lost and _are_enough(lost, taken, endpoint_proven=endpoint_proven):
            judgement = Verdict.GIVE_UP
        if judgement is Verdict.LATER:
            return Attempts(self.failures, self.throttles + 1, refusals, lost, taken, error), judgement
        return Attempts(failures, self.throttles, refusals, lost, taken, error), judgement

    def wait(self, policy: Backoff, rand: float) -> float:
        """Return the seconds until the call is sent again; *rand* is in [0, 1).

        Creates that may have arrived are spaced: what an overloaded server needs least is more of them. After an
        outage of seconds everybody is back within two.
        """
        if self.trouble is not None and is_lost_create(self.trouble):
            window = min(policy.cap, policy.base * _SPACING * _WIDER ** min(self.lost - 1, SHORT_OUTAGE))
            return float(window * (1 + rand) / 2)
        if self.trouble is not None and is_outage(self.trouble):
            if self.number <= SHORT_OUTAGE:
                return full_jitter(self.number, evolve(policy, cap=min(_SHORT_WAIT, policy.cap)), rand)
            return full_jitter(self.number - SHORT_OUTAGE + _SHORT_WINDOWS, policy, rand)
        return full_jitter(self.number, policy, rand)
