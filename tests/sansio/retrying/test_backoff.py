"""How long to wait after a failure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from looker_tasks.policy import Backoff
from looker_tasks.sansio.retrying.backoff import full_jitter

_BACKOFFS = st.builds(Backoff, base=st.floats(0.001, 1e6), cap=st.floats(0.001, 1e6))
_RANDS = st.floats(0, 1, exclude_max=True)


@given(st.integers(1, 10**9), _BACKOFFS, _RANDS)
def test_a_wait_is_within_its_window(attempt: int, policy: Backoff, rand: float) -> None:
    """After any number of failures the wait lies between zero and the cap, and the first within the base."""
    assert 0 <= full_jitter(attempt, policy, rand) <= policy.cap
    assert full_jitter(1, policy, rand) <= policy.base


@given(st.integers(1, 200), _BACKOFFS, _RANDS)
def test_the_window_never_shrinks(attempt: int, policy: Backoff, rand: float) -> None:
    """One more failure never makes the window narrower."""
    assert full_jitter(attempt, policy, rand) <= full_jitter(attempt + 1, policy, rand)


@given(st.integers(1, 200), _BACKOFFS, _RANDS, st.floats(0, 1e9))
def test_what_the_server_asks_for_is_a_floor(attempt: int, policy: Backoff, rand: float, asked: float) -> None:
    """Retry-After makes the wait longer, never shorter."""
    waited = full_jitter(attempt, policy, rand, floor=asked)
    assert waited == max(asked, full_jitter(attempt, policy, rand))


@pytest.mark.parametrize(("attempt", "seconds"), [(1, 0.25), (2, 0.5), (3, 1.0), (4, 2.0), (7, 15.0), (1000, 15.0)])
def test_the_window_doubles_up_to_the_cap(attempt: int, seconds: float) -> None:
    """At rand one half the waits are halves of base, doubled: 0.5, 1, 2, 4 … 30."""
    assert full_jitter(attempt, Backoff(base=0.5, cap=30.0), 0.5) == seconds
