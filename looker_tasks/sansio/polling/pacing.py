"""When to poll a task next: the question that a Lifecycle asks, and the plain answer to it."""

from typing import Protocol

from attrs import field, frozen

from looker_tasks.models import TaskKind
from looker_tasks.policy import Cadence
from looker_tasks.sansio.machine.notes import Note
from looker_tasks.sansio.polling.observation import Observation
from looker_tasks.sansio.polling.schedule import NextPoll

#: Seconds that a task which nobody waits for any more is allowed for at least. More would hold up whoever comes next
#: for a long render that is the first of all; less would not cover the short ones, before it is known that they are.
FIRST_REMAINING = 3.0


class Pacing(Protocol):
    """When to poll, and what is learnt from polls. No clock: ages are seconds since a task's create."""

    def next_poll(self, kind: TaskKind, seen: Observation, age: float, rand: float) -> NextPoll:
        """Return when to poll a task next that is *age* seconds old; *rand* is in [0, 1)."""

    def remaining(self, kind: TaskKind, age: float) -> float:
        """Return for how many seconds a task of this *age* will hardly go on longer; a guess where nothing is known."""

    def learn(self, note: Note, rand: float) -> bool:
        """Learn from what happened to a task; return whether those who wait should think again."""


@frozen
class ByAge:
    """Poll a share of the task's age after the last poll, and learn nothing.

    Whatever a task's length, its end is found at most that share late, by a number of calls that grows with the
    logarithm of the length alone.
    """

    cadence: Cadence = field(factory=Cadence)
    floor: float = 0.3  # seconds: test_by_age_waits_a_share_of_the_age_within_bounds (test_pacing.py)

    def next_poll(self, kind: TaskKind, seen: Observation, age: float, rand: float) -> NextPoll:  # noqa: ARG002  # the age alone counts
        """Return the wait until the next poll, by the age alone."""
        return NextPoll(min(self.cadence.ceiling, max(self.floor, self.cadence.share * age)), is_guess=True)

    def remaining(self, kind: TaskKind, age: float) -> float:  # noqa: ARG002  # nothing is known
        """Return the first guess."""
        return FIRST_REMAINING

    def learn(self, note: Note, rand: float) -> bool:  # noqa: ARG002  # the same
        """Change nothing."""
        return False
