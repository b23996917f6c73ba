"""The life of a token: renewed in time, and after a refusal where that helps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from looker_tasks.sansio.retrying.token import RENEW_BEFORE, RENEWALS, is_renewable, renew_at


@pytest.mark.parametrize(
    ("expires_in", "serves"),
    [(3600.0, 3600 - RENEW_BEFORE), (120.0, 60.0), (90.0, 45.0), (30.0, 15.0), (0.0, 60.0), (-5.0, 60.0)],
)
def test_renew_at_is_a_minute_before_the_end_or_half_of_a_short_life(expires_in: float, serves: float) -> None:
    """A life that makes no sense is taken for two minutes: a login at each call is no answer to it."""
    assert renew_at(1000.0, expires_in) == 1000.0 + serves


@given(st.floats(0.001, 1e9))
def test_renew_at_is_before_the_end_and_never_at_once(expires_in: float) -> None:
    """However long it lives."""
    assert 0 < renew_at(0.0, expires_in) < expires_in


@pytest.mark.parametrize(
    ("status", "renewals", "served", "renewable"),
    [
        (401, 0, False, True),
        (401, 0, True, True),
        (401, 1, False, False),
        (401, 1, True, True),
        (401, RENEWALS - 1, True, True),
        (401, RENEWALS, True, False),
        (403, 0, True, False),
        (200, 0, False, False),
    ],
)
def test_is_renewable_tells_an_ended_token_from_a_bad_one(
    status: int, renewals: int, served: bool, renewable: bool
) -> None:
    """The first 401 earns a new token; a further one only where the token served others first."""
    assert is_renewable(status, renewals, served=served) is renewable
