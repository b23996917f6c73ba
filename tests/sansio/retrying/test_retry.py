"""Which failures are worth another try."""

import pytest

from looker_tasks.errors import (
    ApiError,
    ConnectionBroken,
    CredentialsRefused,
    DeadlineExceeded,
    FileNotWritten,
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
from looker_tasks.errors.advice import NetworkFailure
from looker_tasks.policy import Backoff, Retry
from looker_tasks.sansio.retrying.retry import (
    FEW_ATTEMPTS,
    LOST_CREATES,
    PROVEN_LOST_CREATES,
    PROVEN_TAKEN_CREATES,
    SHORT_OUTAGE,
    TAKEN_CREATES,
    Attempts,
    Verdict,
    asked_wait,
    counts_alone,
    is_over_full,
    is_unauthorized,
    kind_of,
    may_have_arrived,
    verdict,
)

_POLICY = Retry(call_attempts=10)


def _api(kind: type[ApiError], status: int, retry_after: float | None = None) -> ApiError:
    return kind(operation="render_task", status=status, retry_after=retry_after)


_BROKEN = ConnectionBroken(operation="render_task", message="reset", sent=True)
_UNSENT = ConnectionBroken(operation="render_task", message="refused", sent=False)
_REJECTED = ResultRejected(task_id="1", reason="cut short")
_TRANSIENT = [
    _BROKEN,
    _UNSENT,
    *(_api(ServerBroken, status) for status in (502, 503, 504)),
    *(_api(RequestRefused, status) for status in (408, 425)),
]
_UNPARSABLE = ConnectionBroken(operation="render_task", message="no HTTP", sent=True, failure="unparsable")
_SELDOM_MENDED = [
    _UNPARSABLE,
    _api(ServerBroken, 500),
    _api(UnexpectedResponse, 200),
    _api(UnexpectedResponse, 202),
    _REJECTED,
]
_FINAL = [
    *(_api(RequestRefused, status) for status in (302, 400, 403, 405, 409, 418, 422)),
    *(_api(ServerBroken, status) for status in (501, 505, 599)),
    FileNotWritten(path="x", reason="full"),
    DeadlineExceeded(seconds=1.0, phase="querying"),
]


@pytest.mark.parametrize("error", _TRANSIENT, ids=str)
def test_what_passes_is_tried_as_often_as_the_policy_says(error: LookerTasksError) -> None:
    """A broken connection or gateway costs one of the call's attempts, until there is none left."""
    assert [verdict(error, attempt, _POLICY) for attempt in (1, 9, 10)] == [
        Verdict.AGAIN,
        Verdict.AGAIN,
        Verdict.GIVE_UP,
    ]


@pytest.mark.parametrize("error", _SELDOM_MENDED, ids=str)
def test_what_another_try_seldom_mends_is_tried_a_few_times(error: LookerTasksError) -> None:
    """A plain 500, an answer without sense and a spoiled result get few attempts, and never more than the policy's."""
    tries = [verdict(error, attempt, _POLICY) for attempt in range(1, 6)]
    assert tries == [Verdict.AGAIN] * 4 + [Verdict.GIVE_UP]
    assert verdict(error, 1, Retry(call_attempts=1)) is Verdict.GIVE_UP


@pytest.mark.parametrize("error", _FINAL, ids=str)
def test_what_would_fail_again_is_given_up_at_once(error: LookerTasksError) -> None:
    """A refusal and a full disk are no better at the second try."""
    assert verdict(error, 1, _POLICY) is Verdict.GIVE_UP


@pytest.mark.parametrize("error", [_api(NotFound, 404), _api(UserRefused, 404)], ids=str)
def test_what_is_not_there_is_asked_for_again(error: ApiError) -> None:
    """A task just created may be unknown for a moment, and a gateway says 404 too: the third is believed."""
    assert [verdict(error, attempt, _POLICY) for attempt in (1, 2, 3)] == [
        Verdict.AGAIN,
        Verdict.AGAIN,
        Verdict.GIVE_UP,
    ]


def test_what_a_result_tells_of_its_query_is_believed_the_second_time() -> None:
    """Fetching it again costs a call, and a gateway may have spoiled it."""
    error = TaskFailed(task_id="1", status="error")
    assert [verdict(error, attempt, _POLICY) for attempt in (1, 2)] == [Verdict.AGAIN, Verdict.GIVE_UP]


def test_no_sense_from_a_server_that_made_sense_is_bad_luck() -> None:
    """It gets as many attempts as a broken gateway, and is counted with it; from a stranger it is a wrong address."""
    error = _api(UnexpectedResponse, 200)
    attempts = _POLICY.call_attempts
    assert not counts_alone(error, endpoint_proven=True)
    assert verdict(error, attempts - 1, _POLICY, endpoint_proven=True) is Verdict.AGAIN
    assert verdict(error, attempts, _POLICY, endpoint_proven=True) is Verdict.GIVE_UP
    assert verdict(error, FEW_ATTEMPTS, _POLICY) is Verdict.GIVE_UP


@pytest.mark.parametrize("error", [*_SELDOM_MENDED, _api(NotFound, 404)], ids=str)
def test_what_is_seldom_mended_is_counted_alone(error: LookerTasksError) -> None:
    """In bad weather failures of many kinds come in turns: they do not use up the few attempts of these."""
    assert counts_alone(error)
    assert kind_of(error) != kind_of(_BROKEN)


@pytest.mark.parametrize("error", [*_TRANSIENT, _api(Throttled, 429), _api(RequestRefused, 422)], ids=str)
def test_what_passes_is_counted_with_the_others(error: LookerTasksError) -> None:
    """One budget bounds all that a call may cost."""
    assert not counts_alone(error)


@pytest.mark.parametrize("attempt", [1, 10, 10**6])
def test_a_429_costs_no_attempt(attempt: int) -> None:
    """A server that says "not now" has not failed: only the deadline ends that."""
    assert verdict(_api(Throttled, 429), attempt, _POLICY) is Verdict.LATER


def test_not_ready_is_no_failure() -> None:
    """A result that is not there yet is asked for later."""
    assert verdict(_api(NotReady, 202), 99, _POLICY) is Verdict.NOT_YET


def test_refused_credentials_stop_the_run() -> None:
    """Nobody else will get in with them either."""
    assert verdict(_api(CredentialsRefused, 404), 1, _POLICY) is Verdict.STOP_RUN


def test_three_new_tokens_refused_in_a_row_stop_the_run() -> None:
    """A token that was cut off early is bad luck, and costs a try; the third in a row is a refusal."""
    error = _api(RequestRefused, 401)
    assert is_unauthorized(error)
    assert [verdict(error, attempt, _POLICY) for attempt in (1, 2, 3)] == [
        Verdict.AGAIN,
        Verdict.AGAIN,
        Verdict.STOP_RUN,
    ]


@pytest.mark.parametrize("error", [_api(RequestRefused, 403), _api(CredentialsRefused, 401), _BROKEN], ids=str)
def test_no_other_error_is_a_refused_token(error: LookerTasksError) -> None:
    """Only a 401 to a call that carried a token speaks of the token."""
    assert not is_unauthorized(error)


@pytest.mark.parametrize(
    ("error", "may"),
    [
        (_BROKEN, True),
        (_UNSENT, False),
        (_api(ServerBroken, 502), True),
        (_api(ServerBroken, 504), True),
        (_api(ServerBroken, 503), False),
        (_api(UnexpectedResponse, 200), True),
        (_UNPARSABLE, True),
        (_api(Throttled, 429), False),
        (_api(RequestRefused, 422), False),
        (_api(CredentialsRefused, 404), False),
        (ServerBroken(operation="login_user", status=502), False),
        (ConnectionBroken(operation="login", message="reset", sent=True), False),
        (UnexpectedResponse(operation="login", status=200), False),
    ],
    ids=str,
)
def test_whether_a_create_may_have_made_a_task(error: LookerTasksError, may: bool) -> None:
    """Where the server may have obeyed before the answer was lost, a task may run that nobody knows."""
    assert may_have_arrived(error) is may


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (_api(Throttled, 429, retry_after=7.0), 7.0),
        (_api(ServerBroken, 503, retry_after=0.0), 0.0),
        (_api(ServerBroken, 503), None),
        (_BROKEN, None),
    ],
    ids=str,
)
def test_what_the_server_asked_to_wait(error: LookerTasksError, seconds: float | None) -> None:
    """Retry-After counts on any answer; a broken connection asks for nothing."""
    assert asked_wait(error) == seconds


@pytest.mark.parametrize(
    ("error", "is_full"),
    [
        (_api(Throttled, 429), True),
        (_api(ServerBroken, 503), True),
        (_api(ServerBroken, 502), False),
        (_api(RequestRefused, 403), False),
        (_BROKEN, False),
    ],
    ids=str,
)
def test_whether_the_server_has_more_to_do_than_it_can(error: LookerTasksError, is_full: bool) -> None:
    """429 and 503 say so; other trouble has other reasons."""
    assert is_over_full(error) is is_full


def _lost(failure: NetworkFailure = "connection") -> ConnectionBroken:
    return ConnectionBroken(operation="create_query_task", message="lost", sent=True, failure=failure)


def _create(kind: type[ApiError], status: int) -> ApiError:
    return kind(operation="create_dashboard_render_task", status=status)


def _after(
    *errors: LookerTasksError, policy: Retry = _POLICY, endpoint_proven: bool = False
) -> tuple[Attempts, Verdict]:
    """Return what Attempts come to after *errors* in a row, and the last verdict."""
    attempts, judgement = Attempts(), Verdict.AGAIN
    for error in errors:
        assert judgement in {Verdict.AGAIN, Verdict.LATER}, "it was given up before"
        attempts, judgement = attempts.after(error, policy, endpoint_proven=endpoint_proven)
    return attempts, judgement


@pytest.mark.parametrize(
    ("error", "is_taken"),
    [
        (_create(ServerBroken, 504), True),
        (_create(UnexpectedResponse, 200), True),
        (_lost("timeout"), True),
        (_lost("unparsable"), True),
        (_create(ServerBroken, 502), False),
        (_lost(), False),
    ],
    ids=str,
)
@pytest.mark.parametrize("endpoint_proven", [False, True])
def test_a_create_that_may_have_arrived_is_sent_a_few_times(
    error: LookerTasksError, is_taken: bool, endpoint_proven: bool
) -> None:
    """Each may be a task that nobody asks about; fewer times where the server most likely has it."""
    proven, unproven = (PROVEN_TAKEN_CREATES, TAKEN_CREATES) if is_taken else (PROVEN_LOST_CREATES, LOST_CREATES)
    sent = proven if endpoint_proven else unproven
    assert _after(*[error] * (sent - 1), endpoint_proven=endpoint_proven)[1] is Verdict.AGAIN
    assert _after(*[error] * sent, endpoint_proven=endpoint_proven)[1] is Verdict.GIVE_UP


def test_lost_creates_are_counted_whatever_lost_them() -> None:
    """Trouble in turns does not multiply the tasks, and what never arrived is none of them."""
    turns = [_create(ServerBroken, 502), _create(Throttled, 429), _lost(), _create(ServerBroken, 503), _lost("timeout")]
    attempts, judgement = _after(*turns)
    assert (attempts.lost, attempts.taken, judgement) == (3, 1, Verdict.AGAIN)
    assert _after(*turns, _lost(), _lost())[1] is Verdict.GIVE_UP
    assert _after(*turns, _lost("timeout"), _create(ServerBroken, 504))[1] is Verdict.GIVE_UP


@pytest.mark.parametrize(
    "error",
    [
        _create(ServerBroken, 503),
        ConnectionBroken(operation="create_query_task", message="refused", sent=False),
        _api(ServerBroken, 504),
        ServerBroken(operation="create_query", status=502),
    ],
    ids=str,
)
def test_what_makes_no_task_twice_is_sent_as_often_as_the_policy_says(error: LookerTasksError) -> None:
    """A create that never arrived, a poll, and a query that is stored."""
    assert _after(*[error] * 9)[1] is Verdict.AGAIN
    assert _after(*[error] * 10)[1] is Verdict.GIVE_UP


@pytest.mark.parametrize("rand", [0.0, 0.5, 0.999])
def test_creates_that_may_have_arrived_are_spaced(rand: float) -> None:
    """By seconds, and then by more of them, whatever the jitter says."""
    waits = [_after(*[_lost()] * lost)[0].wait(Backoff(), rand) for lost in (1, 2, 3, 4)]
    assert waits == [pytest.approx(window * (1 + rand) / 2) for window in (2.0, 16.0, 30.0, 30.0)]


@pytest.mark.parametrize("error", [_UNSENT, _BROKEN, _api(ServerBroken, 502)], ids=str)
def test_after_a_short_outage_everybody_is_back_within_two_seconds(error: LookerTasksError) -> None:
    """Nothing works there that a call could disturb; one that lasts is met with the usual patience."""
    patient = Retry(call_attempts=100)
    waits = [_after(*[error] * number, policy=patient)[0].wait(Backoff(), 0.999) for number in range(1, 20)]
    assert max(waits[:SHORT_OUTAGE]) < 2.0
    assert waits[SHORT_OUTAGE] == pytest.approx(4.0, rel=0.01)
    assert waits[-1] == pytest.approx(30.0, rel=0.01)


def test_an_outage_of_minutes_is_outlasted() -> None:
    """As a Looker has that is restarted: the policy's own attempts and waits."""
    attempts = Retry().call_attempts
    waits = [_after(*[_UNSENT] * number, policy=Retry())[0].wait(Backoff(), 0.5) for number in range(1, attempts)]
    assert sum(waits) > 240


@pytest.mark.parametrize("error", [_api(ServerBroken, 503), _api(Throttled, 429)], ids=str)
def test_an_overloaded_server_is_given_time(error: LookerTasksError) -> None:
    """It says that it has more to do than it can: the waits grow to the cap."""
    waits = [_after(*[error] * number)[0].wait(Backoff(), 0.999) for number in range(1, 9)]
    assert waits == [pytest.approx(min(30.0, 0.5 * 2**step), rel=0.01) for step in range(8)]
