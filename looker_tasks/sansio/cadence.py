"""When to ask for a task's status next.

A poll that comes the share *s* of a task's age after the last one finds the end at most that share late, whatever the
task's length, at a number of polls that grows with the logarithm of the length alone.
"""

from looker_tasks.policy import Cadence


def next_poll(age: float, policy: Cadence, rand: float) -> float:
    """Return the seconds until the next poll of a task that was created *age* seconds ago.

    Spread by a quarter to both sides, so that tasks created together are not asked about together.
    """
    wait = policy.share * age * (0.75 + 0.5 * rand)
    return min(policy.ceiling, max(policy.floor, wait))
