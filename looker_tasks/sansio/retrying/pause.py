"""The pauses of a client: a 429 is an answer to the client, not to one task, so that all wait, once.

What was throttled is paused: creates, status polls, results and the rest, each apart, and those of queries apart from
those of renders. So a throttled create never holds up a download: Looker keeps results for about five minutes. When a
second operation is throttled within the pause of a first, the server means everything, for as long as the second lasts.
"""

from collections.abc import Mapping

from attrs import evolve, field, frozen

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


_NONE = Pause()


@frozen
class Pauses:
    """The pause of each operation, and for how long there is one of all."""

    each: Mapping[str, Pause] = field(factory=dict)
    all_until: float = 0.0

    def until(self, operation: str) -> float:
        """Return when *operation* may be called again."""
        if not self.each:  # as in most runs
            return self.all_until
        return max(self.all_until, self.each.get(_family(operation), _NONE).until)

    def throttled(
        self, operation: str, now: float, retry_after: float | None, policy: Backoff, rand: float
    ) -> "Pauses":
        """Return the pauses after *operation* was answered by a 429; *rand* is in [0, 1)."""
        family = _family(operation)
        pause = self.each.get(family, _NONE).throttled(now, retry_after, policy, rand)
        is_second = any(now < other.until for name, other in self.each.items() if name != family)
        all_until = max(self.all_until, pause.until) if is_second else self.all_until
        return Pauses({**self.each, family: pause}, all_until)

    def answered(self, operation: str, now: float) -> "Pauses":
        """Return the pauses after a good answer to *operation*."""
        if not self.each:
            return self
        family = _family(operation)
        pause = self.each.get(family)
        if pause is None or (after := pause.answered(now)) is pause:
            return self
        return evolve(self, each={**self.each, family: after})


def _family(operation: str) -> str:
    """Return what is throttled together with *operation*: all creates of renders are one to the server."""
    return "create_render_task" if operation.startswith("create_") and operation.endswith("_render_task") else operation
