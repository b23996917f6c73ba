"""How long a token serves, and whether a 401 says that it has ended or that no token is good enough."""

#: Renewed so many seconds before its end, or at half of a shorter life: no call may meet a token that just ended.
RENEW_BEFORE = 60.0

#: How often one call has its token renewed where each new token served other calls before it was refused.
RENEWALS = 5

_UNAUTHORIZED = 401


def renew_at(now: float, expires_in: float) -> float:
    """Return when a token is renewed that was given at *now* for *expires_in* seconds (0 or less: nobody knows)."""
    life = expires_in if expires_in > 0 else 2 * RENEW_BEFORE
    return now + max(life - RENEW_BEFORE, life / 2)


def is_renewable(status: int, renewals: int, *, served: bool) -> bool:
    """Return whether a call that was answered with *status* is worth a new token, after so many *renewals* already.

    *served* tells that the token of the last try was the last one to be accepted, by whatever call: it has ended since
    then. A token that never served is no better than the next one.
    """
    return status == _UNAUTHORIZED and (renewals == 0 or (renewals < RENEWALS and served))
