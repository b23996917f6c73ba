"""When a login that failed is tried again."""

import pytest

from looker_tasks.errors import ConnectionBroken, CredentialsRefused, LookerTasksError, ServerBroken, Throttled
from looker_tasks.policy import Backoff, Policy
from looker_tasks.sansio.retrying.login import (
    BELIEVED,
    BELIEVED_OF_KNOWN,
    FIRST_ATTEMPTS,
    UNHEARD_ATTEMPTS,
    wait_after_failure,
    wait_after_refusal,
)

_BROKEN = ConnectionBroken(operation="login", message="reset", sent=True)
_UNHEARD = ConnectionBroken(operation="login", message="refused", sent=False)
_BAD_GATEWAY = ServerBroken(operation="login", status=502)


@pytest.mark.parametrize(("endpoint_proven", "believed"), [(False, BELIEVED), (True, BELIEVED_OF_KNOWN)])
def test_a_refusal_is_believed_when_it_was_said_often_enough(endpoint_proven: bool, believed: int) -> None:
    """Credentials that were good once are doubted later, and each refusal is followed by a longer wait."""
    waits = [wait_after_refusal(refusals, endpoint_proven=endpoint_proven) for refusals in range(1, believed + 1)]
    assert waits == [*(0.5 * refusals for refusals in range(1, believed)), None]


@pytest.mark.parametrize(
    ("error", "attempts"), [(_BROKEN, FIRST_ATTEMPTS), (_BAD_GATEWAY, FIRST_ATTEMPTS), (_UNHEARD, UNHEARD_ATTEMPTS)]
)
def test_the_first_login_is_tried_a_few_times(error: LookerTasksError, attempts: int) -> None:
    """Where nothing listens that shows soon; a server that stumbles gets more tries, seconds apart at the most."""
    waits = [wait_after_failure(error, attempt, Policy(), 0.999) for attempt in range(1, attempts + 1)]
    assert waits[-1] is None
    assert all(wait is not None and 0.4 < wait <= 4.0 for wait in waits[:-1])


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
