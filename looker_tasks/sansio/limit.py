"""How many tasks may be in flight: found out from the queue that Looker itself reports. Arithmetic alone, no clock.

TCP Vegas (Brakmo and Peterson, 1995) keeps a few packets waiting in the queue before the bottleneck: enough that it
never idles, few enough that nobody waits for long. It must infer its queue from round-trip times; Looker tells it: a
task is `enqueued_for_render` (a query task `added`) until a slot takes it. The limit is

    taken + reserve,    reserve = max(least, share x taken)

where *taken* is how many of the tasks in flight the farm's slots have taken at a time. Each status that is seen
brackets it. A task that has *started* shows that so many have: itself, and those before it, as queues are first come,
first served as far as we know; *taken* is at least that. A task that is still *queued* shows that at most those
before it have; *taken* moves towards that, by a part, for one sighting may be wrong. A task nobody has asked about
yet counts as waiting, so the limit never runs ahead of what the farm was seen to take plus the reserve: there is no
overshoot to mend. The share is 1 until a task was first seen queued, which doubles the limit with every round (the
slow start of TCP), and small from then on.

A 429 or a 503 says that the farm is over-full: a ceiling is halved, once for all the refusals of one pause. While it
is what holds the limit down it rises again, by one with each finished task until it is nearly where it was, so that
bad luck costs little, and from there by one with each round of them, to feel for the bound (multiplicative decrease,
slow start to a threshold, additive increase; Chiu and Jain, 1989; RFC 5681; "grow only when used" is from Netflix's
concurrency-limits).
"""

from math import ceil, inf
from typing import Protocol

from attrs import define, field, frozen

from looker_tasks.sansio.statuses import Place

_FIRST_RESERVE = 4  # tasks; the first guess at a farm nobody has seen
_LEAST_RESERVE = 2
_SHARE = 0.35  # of the taken ones
_TRUST = 0.3  # how far one sighting of a queued task moves *taken*
_IN_ORDER = 0.3  # a farm that serves in order proves no more of our conclusions wrong, past a few …
_BENEFIT = 5  # … of the doubt
_FORGET = 0.99  # a verdict against it, by each task that has started since
_BACKED_OFF = 0.5
_NEARLY = 0.9


class Limit(Protocol):
    """What the gate asks, and what it tells."""

    @property
    def slots(self) -> int:
        """How many tasks may be in flight now."""

    def entered(self, ticket: int) -> None:
        """Count a task about to be created; tickets rise from task to task."""

    def seen(self, ticket: int, where: Place) -> None:
        """Take note of how far Looker says that the task has come."""

    def left(self, ticket: int) -> None:
        """Count a task off: it has ended, or was given up."""

    def refused(self, now: float, pause: float) -> None:
        """Take note of a 429 or a 503 at *now* that holds us back for *pause* seconds."""


@frozen
class FixedLimit:
    """A limit that somebody chose: nothing that happens changes it."""

    slots: int

    def entered(self, ticket: int) -> None:
        """Change nothing."""

    def seen(self, ticket: int, where: Place) -> None:
        """Change nothing."""

    def left(self, ticket: int) -> None:
        """Change nothing."""

    def refused(self, now: float, pause: float) -> None:
        """Change nothing."""


@define(eq=False)
class AdaptiveLimit:
    """The limit for one kind of tasks. *most* bounds it whatever the farm says."""

    most: int
    _started: dict[int, bool] = field(factory=dict, init=False)  # of the tasks in flight, by ticket, oldest first
    _taken: float = field(default=0.0, init=False)
    _ceiling: float = field(default=inf, init=False)
    _threshold: float = field(default=inf, init=False)  # below it the ceiling rises quickly
    _is_full: bool = field(default=False, init=False)  # a task was seen queued
    _inferred: float = field(default=0, init=False)  # how many tasks were held for started because a later one was …
    _mistaken: float = field(default=0, init=False)  # … and how many of them were seen queued after that
    _paused_until: float = field(default=-inf, init=False)

    @property
    def slots(self) -> int:
        """How many tasks may be in flight now."""
        share, least = (_SHARE, _LEAST_RESERVE) if self._is_full else (1.0, _FIRST_RESERVE)
        wanted = self._taken + max(least, share * self._taken)
        return max(1, min(ceil(wanted), self.most, int(min(self._ceiling, self.most))))

    def entered(self, ticket: int) -> None:
        """Count a task about to be created; tickets rise from task to task."""
        self._started[ticket] = False

    def seen(self, ticket: int, where: Place) -> None:
        """Take note of how far Looker says that the task has come."""
        if where is Place.STARTED:
            self._see_started(ticket)
            return
        was_inferred, self._started[ticket] = self._started[ticket], False
        if where is Place.QUEUED:
            self._mistaken += was_inferred
            self._is_full = True
            before = sum(1 for older in self._started if older < ticket)
            self._taken += _TRUST * min(0.0, before - self._taken)

    def _see_started(self, ticket: int) -> None:
        self._started[ticket] = True
        if self._mistaken <= _IN_ORDER * self._inferred + _BENEFIT:
            for older, has_started in self._started.items():
                if older > ticket:
                    break
                if not has_started:
                    self._inferred += 1
                    self._started[older] = True
        else:
            self._mistaken *= _FORGET
        self._taken = max(self._taken, sum(self._started.values()))

    def left(self, ticket: int) -> None:
        """Count a task off: it has ended, or was given up."""
        if self._ceiling < self.slots + 1 and self.slots <= len(self._started):
            self._ceiling += 1 if self._ceiling < self._threshold else 1 / self._ceiling
        del self._started[ticket]

    def refused(self, now: float, pause: float) -> None:
        """Halve, for a 429 or a 503 at *now* that holds us back for *pause* seconds."""
        if now < self._paused_until:
            return
        self._paused_until = now + max(1.0, pause)
        self._threshold = _NEARLY * len(self._started)
        self._ceiling = max(1.0, _BACKED_OFF * len(self._started))
