"""How many tasks may be in flight: found out from the queue that Looker itself reports. Arithmetic alone, no clock.

TCP Vegas (Brakmo and Peterson, 1995) keeps a few packets waiting in the queue before the bottleneck: enough that it
never idles, few enough that nobody waits for long. It must infer its queue from round-trip times; Looker tells it: a
task is `enqueued_for_render` (a query task `added`) until a slot takes it. The limit is

    taken + reserve,    reserve = max(least, share x taken)

where *taken* is how many of the tasks in flight the farm's slots have taken at a time. Queues are first come, first
served as far as we know, so that each status seen brackets it: a task that has *started*, with so many older ones in
flight, says that *taken* is more than those; one that is still *queued* says that it is at most those. Where *taken*
contradicts an observation it moves towards it, by a part, for an observation may be of a task that was overtaken: the
ones that push it up and the ones that push it down meet at the front of the queue, and of a farm that serves in any
order near the number of its slots. It is never less than how many were seen to have started and still run. A task
nobody has asked about yet counts as waiting, so the limit never runs ahead of what the farm was seen to take plus the
reserve: there is no overshoot to mend. Until a task was first seen queued the share is large and an observation counts
for more: the limit grows by a factor with every round (the slow start of TCP).

A task that was overtaken by several times as many as the farm takes at a time will hardly be taken any more (a tile
that cannot be rendered leaves it in the queue for ever). It ends at its own deadline; until then it counts neither as
in flight nor as a sign of a queue, so that its siblings do not notice. Where such tasks fill a small limit nobody is
left to overtake them: when all were seen queued some times over, and none started or ended meanwhile, the oldest is
taken for stuck as well.

A 429 or a 503 says that the farm is over-full: a ceiling is halved, once for all the refusals of one pause. While it
is what holds the limit down it rises again, by one with each good answer until it is nearly where it was, so that
bad luck costs little, and from there by one with each round of them, to feel for the bound (multiplicative decrease,
slow start to a threshold, additive increase; Chiu and Jain, 1989; RFC 5681; "grow only when used" is from Netflix's
concurrency-limits).
"""

from bisect import bisect_left
from math import ceil, inf
from typing import Protocol

from attrs import define, field, frozen

from looker_tasks.sansio.protocol.statuses import Stage

# Each number names what holds it: a test in tests/sansio/test_limit.py, or a scenario of the benchmarks.
_ONE_REFUSAL = 1.0  # seconds, at least: test_a_pause_is_at_least_a_second_of_one_refusal
_FIRST_RESERVE = 3  # tasks: test_a_farm_that_nobody_has_seen_gets_three_tasks
_FIRST_SHARE = 0.8  # the same, and test_tasks_seen_started_let_others_in: a factor with every round
_FIRST_TRUST = 0.7  # the same
_RESERVE = 2  # tasks, at least …: test_a_farm_of_any_size_is_found_out, with two slots
_SHARE = 0.5  # … and of the taken ones: the same, with 200 slots, the tests of stuck tasks, and scenario cold
# How far one observation moves *taken*: test_a_task_seen_queued_stops_the_growth_and_shrinks_the_reserve, and
# test_a_farm_that_serves_in_any_order_gets_no_endless_queue.
_TRUST = 0.25
_BACKED_OFF = 0.5  # multiplicative decrease, Chiu and Jain: test_refusals_halve_once_for_each_pause
_NEARLY = 0.9  # of where it was: test_after_a_refusal_the_limit_rises_again, and whole runs
# Times as many as the farm takes at a time: test_a_task_that_was_overtaken_by_four_times_the_farm_counts_no_more.
_OVERTAKEN = 4
# Times that all were seen queued: test_when_all_were_seen_queued_eight_times_over_the_oldest_is_written_off.
_QUEUED_IN_A_ROW = 8


class Limit(Protocol):
    """How many tasks may be in flight, and what that is learnt from."""

    @property
    def slots(self) -> int:
        """How many tasks may be in flight now."""

    def entered(self, ticket: int) -> None:
        """Count a task about to be created; tickets rise from task to task."""

    def seen(self, ticket: int, where: Stage) -> None:
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

    def seen(self, ticket: int, where: Stage) -> None:
        """Change nothing."""

    def left(self, ticket: int) -> None:
        """Change nothing."""

    def refused(self, now: float, pause: float) -> None:
        """Change nothing."""


@define(eq=False)
class AdaptiveLimit:
    """The limit for one kind of tasks. *most* bounds it whatever the farm says."""

    most: int
    _in_flight: list[int] = field(factory=list, init=False)  # tickets, ascending
    _newest: int = field(default=-1, init=False)
    _started: set[int] = field(factory=set, init=False)  # tickets of those that were seen to have
    _written_off: set[int] = field(factory=set, init=False)  # tickets that the farm had every chance to take
    _queued_in_a_row: int = field(default=0, init=False)  # observations in the queue, since a task started or ended
    _taken: float = field(default=0.0, init=False)
    _ceiling: float = field(default=inf, init=False)
    _threshold: float = field(default=inf, init=False)  # below it the ceiling rises quickly
    _is_full: bool = field(default=False, init=False)  # a task was seen queued
    _paused_until: float = field(default=-inf, init=False)

    @property
    def slots(self) -> int:
        """How many tasks may be in flight now."""
        share, least = (_SHARE, _RESERVE) if self._is_full else (_FIRST_SHARE, _FIRST_RESERVE)
        target = self._taken + max(least, share * self._taken)
        allowed = max(1, min(ceil(target), int(min(self._ceiling, self.most))))
        return min(allowed + self._stuck, self.most)

    @property
    def _stuck(self) -> int:
        """How many tasks have been overtaken by so many that the farm will hardly take them any more."""
        stuck = len(self._written_off)
        for index, ticket in enumerate(self._in_flight):
            if not self._is_overtaken(index):
                break
            stuck += ticket not in self._started and ticket not in self._written_off
        return stuck

    def _is_overtaken(self, index: int) -> bool:
        return self._overtaken_by(index) > _OVERTAKEN * (self._taken + _RESERVE)

    def _overtaken_by(self, index: int) -> int:
        """Return how many younger tasks have ended before the one at *index*; never more for a younger one."""
        younger = self._newest - self._in_flight[index]
        return younger - (len(self._in_flight) - index - 1)

    def entered(self, ticket: int) -> None:
        """Count a task about to be created; tickets rise from task to task."""
        self._in_flight.append(ticket)
        self._newest = ticket

    def seen(self, ticket: int, where: Stage) -> None:
        """Take note of how far Looker says that the task has come."""
        self._rise()
        if where is Stage.BEFORE:
            return
        older = bisect_left(self._in_flight, ticket)
        if where is Stage.STARTED:
            self._started.add(ticket)
            self._written_off.discard(ticket)
            self._queued_in_a_row = 0
            beyond = max(0.0, older + 1 - self._taken)
        elif ticket in self._written_off or self._is_overtaken(older):
            return  # it tells of itself, and not of the queue
        else:
            self._is_full = True
            self._write_off_the_oldest()
            beyond = min(0.0, older - self._taken)
        self._taken = max(self._taken + (_TRUST if self._is_full else _FIRST_TRUST) * beyond, len(self._started))

    def _write_off_the_oldest(self) -> None:
        """Count an observation in the queue; after so many without a change write off the oldest that waits."""
        if self._started:
            return
        self._queued_in_a_row += 1
        queued = [ticket for ticket in self._in_flight if ticket not in self._written_off]
        if self._queued_in_a_row >= _QUEUED_IN_A_ROW * len(queued):
            self._queued_in_a_row = 0
            self._written_off.add(queued[0])

    def left(self, ticket: int) -> None:
        """Count a task off: it has ended, or was given up."""
        self._rise()
        del self._in_flight[bisect_left(self._in_flight, ticket)]
        self._started.discard(ticket)
        self._written_off.discard(ticket)
        self._queued_in_a_row = 0

    def _rise(self) -> None:
        """Raise the ceiling for a good answer, where it holds the limit down and the limit is used."""
        slots, stuck = self.slots, self._stuck
        if self._ceiling < slots - stuck + 1 and slots <= len(self._in_flight):
            self._ceiling += 1 if self._ceiling < self._threshold else 1 / self._ceiling

    def refused(self, now: float, pause: float) -> None:
        """Halve, for a 429 or a 503 at *now* that holds us back for *pause* seconds."""
        if now < self._paused_until:
            return
        self._paused_until = now + max(_ONE_REFUSAL, pause)
        at_work = len(self._in_flight) - self._stuck
        self._threshold = _NEARLY * at_work
        self._ceiling = max(1.0, _BACKED_OFF * at_work)
