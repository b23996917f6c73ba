"""How long to wait after a failure: capped exponential backoff with full jitter.

Full jitter (Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015) spreads the retries of many
clients evenly over the whole window, and so finishes their work in the fewest calls of the variants compared there.
"""

from looker_tasks.policy import Backoff

_ENOUGH_DOUBLINGS = 62  # past them any cap is reached; more would overflow a float


def full_jitter(attempt: int, policy: Backoff, rand: float, *, floor: float | None = None) -> float:
    """Return the seconds to wait after failure *attempt* (from 1): ``rand * min(cap, base * 2 ** (attempt - 1))``.

    *rand* is in [0, 1). *floor* is what the server asked for by Retry-After: never less than that.
    """
    window = min(policy.cap, policy.base * 2.0 ** min(attempt - 1, _ENOUGH_DOUBLINGS))
    return max(floor or 0.0, rand * window)
