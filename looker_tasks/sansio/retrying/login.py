"""When a login that failed is tried again, and what it says of the configuration where it is not."""

from urllib.parse import urlsplit

from attrs import evolve

from looker_tasks.errors import (
    ConnectionBroken,
    HostUnreachable,
    LookerTasksError,
    RequestRefused,
    ServerBroken,
    UnexpectedResponse,
)
from looker_tasks.policy import Policy
from looker_tasks.sansio.retrying.backoff import full_jitter
from looker_tasks.sansio.retrying.retry import Verdict, asked_wait, verdict

#: A refusal is believed when it was said so often in a row: a server that starts, or the gateway before it, says 404 to
#: good credentials too; and those that were good enough a moment ago deserve more doubt. A mistyped secret is told
#: within 2 s (test_a_refusal_is_believed_when_it_was_said_often_enough).
_BELIEVED = 3
_BELIEVED_OF_KNOWN = 5

#: Nobody has been there yet: an address where nothing listens is told within 8 s, a server that stumbles gets 20
#: (test_the_first_login_is_tried_a_few_times).
_UNHEARD_ATTEMPTS = 5
_FIRST_ATTEMPTS = 8

_NO_LOOKER = frozenset({501, 505, 511})  # no Looker says so, nor a gateway before one that is not well
_ASKED_AGAIN = 0.5  # seconds after the first refusal, twice as long after the second, and so on
_CAP = 4.0  # seconds; somebody waits (test_the_first_login_is_tried_a_few_times)


def wait_after_refusal(refusals: int, *, endpoint_proven: bool) -> float | None:
    """Return the seconds after which the credentials that were refused are tried again; None: the refusal is believed.

    *endpoint_proven* tells that they were good once.
    """
    return _ASKED_AGAIN * refusals if refusals < (_BELIEVED_OF_KNOWN if endpoint_proven else _BELIEVED) else None


def wait_after_failure(error: LookerTasksError, attempt: int, policy: Policy, rand: float) -> float | None:
    """Return the seconds after which the first login of a run is tried again; None: it is in vain.

    *attempt* counts from 1. A refusal in *error* was believed already: see `wait_after_refusal`.
    """
    attempts = _UNHEARD_ATTEMPTS if isinstance(error, ConnectionBroken) and not error.sent else _FIRST_ATTEMPTS
    judgement = verdict(error, 1, policy.retry)
    if judgement is not Verdict.LATER and (judgement is not Verdict.AGAIN or attempt >= attempts):
        return None
    return full_jitter(
        attempt, evolve(policy.backoff, cap=min(_CAP, policy.backoff.cap)), rand, floor=asked_wait(error)
    )


def configuration_error(error: LookerTasksError, base_url: str) -> HostUnreachable | None:
    """Return what the last *error* of the first login says of *base_url*, with advice for it; None: nothing."""
    match error:
        case RequestRefused(location=location) if location:
            return HostUnreachable(f"no Looker answers at {base_url}: {error}", _redirection(base_url, location))
        case ServerBroken(status=status) if status not in _NO_LOOKER:
            return None
        case ConnectionBroken() | UnexpectedResponse() | RequestRefused() | ServerBroken():
            return HostUnreachable(f"no Looker answers at {base_url}: {error}", error.advice)
        case _:
            return None


def _redirection(base_url: str, location: str) -> str:
    """Return what to do where the login of *base_url* was redirected to *location*."""
    try:
        here, there = urlsplit(base_url), urlsplit(location)
    except ValueError:
        return f"Something before Looker redirects to {location}; base_url must be the API's own address."
    path, is_login, _ = there.path.rpartition("/api/")
    target = f"{there.scheme}://{there.netloc}{path if is_login else ''}"
    if is_login and there.netloc and target != base_url:
        return f"base_url should be {target}: the server redirects there."
    if there.netloc and there.scheme == "https" and here.scheme == "http" and there.path in {"", "/"}:
        return f"base_url should be {target}: the server redirects there."
    return (
        "A page for people to log in stands before the API (single sign-on, a proxy or a gateway): base_url must be "
        "the API's own host and port (self-hosted Lookers often listen on port 19999)."
    )
