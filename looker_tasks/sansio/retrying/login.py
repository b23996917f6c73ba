"""When a login that failed is tried again. Credentials are refused in many words, and so is everything else."""

from attrs import evolve

from looker_tasks.errors import ConnectionBroken, LookerTasksError
from looker_tasks.policy import Policy
from looker_tasks.sansio.retrying.backoff import full_jitter
from looker_tasks.sansio.retrying.retry import Verdict, asked_wait, verdict

#: A refusal is believed when it was said so often in a row: a server that starts, or the gateway before it, says 404 to
#: good credentials too; and those that were good enough a moment ago deserve more doubt.
BELIEVED = 3
BELIEVED_OF_KNOWN = 5

#: Nobody has been there yet: an address where nothing listens is told soon, a server that stumbles gets its chance.
UNHEARD_ATTEMPTS = 5
FIRST_ATTEMPTS = 8

_ASKED_AGAIN = 0.5  # seconds after the first refusal, twice as long after the second, and so on
_CAP = 4.0  # seconds; somebody waits


def wait_after_refusal(refusals: int, *, endpoint_proven: bool) -> float | None:
    """Return the seconds after which the credentials that were refused are tried again; None: the refusal is believed.

    *endpoint_proven* tells that they were good once.
    """
    return _ASKED_AGAIN * refusals if refusals < (BELIEVED_OF_KNOWN if endpoint_proven else BELIEVED) else None


def wait_after_failure(error: LookerTasksError, attempt: int, policy: Policy, rand: float) -> float | None:
    """Return the seconds after which the first login of a run is tried again; None: it is in vain.

    *attempt* counts from 1. A refusal in *error* was believed already: see `wait_after_refusal`.
    """
    attempts = UNHEARD_ATTEMPTS if isinstance(error, ConnectionBroken) and not error.sent else FIRST_ATTEMPTS
    judgement = verdict(error, 1, policy.retry)
    if judgement is not Verdict.LATER and (judgement is not Verdict.AGAIN or attempt >= attempts):
        return None
    return full_jitter(
        attempt, evolve(policy.backoff, cap=min(_CAP, policy.backoff.cap)), rand, floor=asked_wait(error)
    )
