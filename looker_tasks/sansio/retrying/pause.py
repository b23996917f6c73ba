"""The pause of a whole client: a 429 is said to the client, not to one task, so that all wait, once."""

from attrs import evolve, frozen

from looker_tasks.policy import Backoff
from looker_tasks.sansio.retrying.backoff import full_jitter


@frozen
class Pause:
    """No call before *until*. *streak* counts the pauses that came without a good answer between them."""

    until: float = 0.0
    streak: int = 0

    def throttled(self, now: float, retry_after: float | None, policy: Backoff, rand: float) -> "Pause":
        """Return the pause after one more 429.

        Answers to calls that were already under way when the pause began do not lengthen it, unless the server asks
        for longer by Retry-After.
        """
        if now < self.until:
            return evolve(self, until=max(self.until, now + (retry_after or 0.0)))
        streak = self.streak + 1
        return Pause(now + full_jitter(streak, policy, rand, floor=retry_after), streak)

    def answered(self, now: float) -> "Pause":
        """Return the pause after a good answer: once it is over, the next one begins small again."""
        return self if now < self.until or not self.streak else Pause(self.until, 0)
