"""When a login that failed is tried again."""

import pytest

from looker_tasks.errors import (
    ConnectionBroken,
    CredentialsRefused,
    LookerTasksError,
    RequestRefused,
    ServerBroken,
    Throttled,
    UnexpectedResponse,
)
from looker_tasks.policy import Backoff, Policy
from looker_tasks.sansio.retrying.login import configuration_error, wait_after_failure, wait_after_refusal

_BROKEN = ConnectionBroken(operation="login", message="reset", sent=True)
_UNHEARD = ConnectionBroken(operation="login", message="refused", sent=False)
_BAD_GATEWAY = ServerBroken(operation="login", status=502)


@pytest.mark.parametrize(("endpoint_proven", "waits"), [(False, [0.5, 1.0]), (True, [0.5, 1.0, 1.5, 2.0])])
def test_a_refusal_is_believed_when_it_was_said_often_enough(endpoint_proven: bool, waits: list[float]) -> None:
    """A mistyped secret is told within two seconds; credentials that were good once are doubted for five."""
    told = [wait_after_refusal(refusals, endpoint_proven=endpoint_proven) for refusals in range(1, len(waits) + 2)]
    assert told == [*waits, None]


@pytest.mark.parametrize(
    ("error", "longest"),
    [
        (_BROKEN, [0.5, 1.0, 2.0, 4.0, 4.0, 4.0, 4.0]),
        (_BAD_GATEWAY, [0.5, 1.0, 2.0, 4.0, 4.0, 4.0, 4.0]),
        (_UNHEARD, [0.5, 1.0, 2.0, 4.0]),
    ],
)
def test_the_first_login_is_tried_a_few_times(error: LookerTasksError, longest: list[float]) -> None:
    """Where nothing listens that shows within 8 s; a server that stumbles gets 20 s, asked every 4 s."""
    waits = [wait_after_failure(error, attempt, Policy(), 1.0) for attempt in range(1, len(longest) + 2)]
    assert waits == [*longest, None]


def test_a_lower_cap_of_the_policy_holds() -> None:
    """Whoever wants short waits gets them here too."""
    wait = wait_after_failure(_BROKEN, 7, Policy(backoff=Backoff(base=0.1, cap=0.2)), 0.999)
    assert wait == pytest.approx(0.2, rel=0.01)


def test_a_throttled_login_waits_as_long_as_it_is_asked_to() -> None:
    """However often: the time of one call bounds it."""
    error = Throttled(operation="login", status=429, retry_after=20.0)
    assert wait_after_failure(error, 99, Policy(), 0.5) == 20.0


def test_what_another_try_cannot_mend_is_in_vain() -> None:
    """A refusal that was believed is final."""
    assert wait_after_failure(CredentialsRefused(operation="login", status=404), 1, Policy(), 0.5) is None


@pytest.mark.parametrize(
    ("location", "base_url", "advice"),
    [
        ("https://l.example.com/api/4.0/login", "http://l.example.com", "base_url should be https://l.example.com:"),
        ("https://l.example.com/", "http://l.example.com", "base_url should be https://l.example.com:"),
        (
            "https://l.example.com:19999/api/4.0/login",
            "https://l.example.com",
            "base_url should be https://l.example.com:19999:",
        ),
        (
            "https://gate.example.com/looker/api/4.0/login",
            "https://l.example.com",
            "base_url should be https://gate.example.com/looker:",
        ),
        ("https://sso.example.com/login", "https://l.example.com", "page for people to log in"),
        ("/login", "https://l.example.com", "page for people to log in"),
        ("https://l.example.com/api/4.0/login", "https://l.example.com", "page for people to log in"),
        ("https://[", "https://l.example.com", "redirects to https://["),
    ],
)
def test_configuration_error_names_where_a_redirection_leads(location: str, base_url: str, advice: str) -> None:
    """To the API elsewhere: that is the base_url. To a page: somebody stands before the API."""
    error = RequestRefused(operation="login", status=301, message=f"a redirection to {location}", location=location)
    told = configuration_error(error, base_url)
    assert told is not None
    assert advice in told.advice
    assert base_url in str(told)


@pytest.mark.parametrize("status", [304, 402, 405, 406, 407, 409, 410, 411, 413, 415, 418, 421, 426, 428, 431, 451])
def test_configuration_error_has_advice_for_each_refusal_of_another_server(status: int) -> None:
    """No login is refused so by Looker; the advice never speaks of an export."""
    told = configuration_error(RequestRefused(operation="login", status=status), "https://l.example.com")
    assert told is not None
    assert told.advice
    assert "export" not in told.advice


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (ConnectionBroken(operation="login", message="x", sent=False), "base_url"),
        (ConnectionBroken(operation="login", message="x", sent=False, failure="tls"), "SSL_CERT_FILE"),
        (ConnectionBroken(operation="login", message="x", sent=False, failure="proxy"), "NO_PROXY"),
        (ConnectionBroken(operation="login", message="x", sent=True, failure="unparsable"), "speak HTTP"),
        (RequestRefused(operation="login", status=407), "HTTPS_PROXY=http://user:password@host:port"),
        (ServerBroken(operation="login", status=511), "captive portal"),
        (ServerBroken(operation="login", status=501), "not Looker's API"),
        (UnexpectedResponse(operation="login", status=200, message="an HTML page"), "login page"),
    ],
)
def test_configuration_error_advises_by_what_answered(error: LookerTasksError, advice: str) -> None:
    """Each neighbour of a login has its own."""
    told = configuration_error(error, "https://l.example.com")
    assert told is not None
    assert advice in told.advice


@pytest.mark.parametrize(
    "error",
    [
        CredentialsRefused(operation="login", status=404),
        Throttled(operation="login", status=429),
        ServerBroken(operation="login", status=503),
    ],
)
def test_configuration_error_is_none_where_looker_speaks(error: LookerTasksError) -> None:
    """Wrong credentials and a Looker that is not well are no wrong address."""
    assert configuration_error(error, "https://l.example.com") is None
