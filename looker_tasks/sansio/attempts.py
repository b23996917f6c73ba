"""The budget of one call: what it has come to since it was last answered well, and what one more failure deserves."""

from attrs import frozen

from looker_tasks.errors import LookerTasksError
from looker_tasks.policy import Retry
from looker_tasks.sansio.retry import FailureKind, Verdict, counts_alone, is_unauthorized, kind_of, verdict


@frozen
class Attempts:
    """The failures of the present call, in a row."""

    failures: tuple[FailureKind, ...] = ()
    throttles: int = 0  # a 429 costs none of a call's attempts
    refusals: int = 0  # the last so many were 401s, each with a new token
    trouble: LookerTasksError | None = None  # the last of them, or why the task was created again

    @property
    def number(self) -> int:
        """How many there were, of whatever kind: the wait before the next try grows with it."""
        return len(self.failures) + self.throttles

    def after(self, error: LookerTasksError, policy: Retry, *, is_known: bool) -> tuple["Attempts", Verdict]:
        """Return what they are after one more failure, and what that deserves."""
        refusals = self.refusals + 1 if is_unauthorized(error) else 0
        failures = (*self.failures, kind_of(error))
        attempt = len(failures)
        if counts_alone(error, is_known=is_known) and attempt < policy.call_attempts:
            attempt = failures.count(kind_of(error))
        judgement = verdict(error, refusals or attempt, policy, is_known=is_known)
        if judgement is Verdict.LATER:
            return Attempts(self.failures, self.throttles + 1, refusals, error), judgement
        return Attempts(failures, self.throttles, refusals, error), judgement
