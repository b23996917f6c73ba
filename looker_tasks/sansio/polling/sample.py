"""How long the last tasks took, each known from a bracket alone, and for how long others run already. No clock.

**What is seen is a bracket**: a task was alive at one question and had ended at the next. Its time is imputed from the
bracket as the sample has it, so that a sample once sharp stays sharp, and, with the weight of a few tasks, from the
whole of it, so that tasks that become quicker are found out (multiple imputation, after Turnbull, 1976). Tasks that
still run count as well: they have outlived their age (Kaplan and Meier, 1958); without them the first to finish, the
shortest of all, would pass for the usual.
"""

from bisect import bisect_left, bisect_right, insort
from collections import deque
from math import inf

from attrs import define, field

from looker_tasks.sansio.polling.schedule import Schedule, survival

# After each number stands the test that holds it, of tests/sansio/polling/test_numbers.py.
_WINDOW = 128  # tasks; enough for a schedule, few enough to forget: test_a_sample_is_of_the_last_128
_ENOUGH = 4  # tasks; with fewer, chance would decide: test_four_are_a_sample
# Of a sample; so much is new when it is worth another schedule:
# test_a_schedule_is_worked_out_anew_for_a_quarter_of_new_times.
_RENEWED = 1 / 4
# Tasks; what a bracket as such weighs against the times of the sample that lie in it:
# test_times_that_are_alike_weigh_sixty_to_twelve_against_their_bracket.
_PRIOR = 12


@define
class Sample:
    """The times of the last tasks, in seconds: by time and by size. Some kinds of time may be negative."""

    latest: deque[float] = field(factory=deque)
    ordered: list[float] = field(factory=list)
    alive: list[float] = field(factory=list)  # times at which tasks that still run were last seen, ascending
    total: float = 0.0  # of the times
    last_alive: float = inf  # about the time at which one was last asked about in vain
    count: int = 0  # of all that were ever added
    new: int = 0  # since the schedule was made
    made: Schedule | None = None

    def add(self, seconds: float) -> None:
        """Take note of a task's time."""
        if len(self.latest) == _WINDOW:
            oldest = self.latest.popleft()
            del self.ordered[bisect_left(self.ordered, oldest)]
            self.total -= oldest
        self.latest.append(seconds)
        self.total += seconds
        insort(self.ordered, seconds)
        self.count += 1
        self.new += 1

    def seen_alive(self, before: float | None, now: float | None) -> None:
        """Take note of a task that was seen alive at *now* (None: it is no more), and at *before* before."""
        if before is not None:
            place = bisect_left(self.alive, before)
            if self.alive[place : place + 1] == [before]:
                del self.alive[place]
        if now is not None:
            insort(self.alive, now)

    def imputed(self, alive: float | None, ended: float, doubt: float, rand: float) -> float:
        """Return the time of a task that was last seen *alive*, if it was, and had *ended* when it was seen next.

        One that was never seen alive ended about when others are still alive, or at most by *doubt* before that;
        *rand* is in [0, 1).
        """
        self.last_alive = min(self.last_alive, ended - doubt) if alive is None else alive
        seen = -inf if alive is None else alive
        first, last = bisect_right(self.ordered, seen), bisect_right(self.ordered, ended)
        within = last - first
        draw = rand * (within + _PRIOR)
        if draw < within:
            return self.ordered[first + int(draw)]
        soonest = max(seen, self.last_alive - doubt)
        return soonest + (ended - soonest) * (draw - within) / _PRIOR

    @property
    def is_sufficient(self) -> bool:
        """Whether it is a sample."""
        return len(self.ordered) >= _ENOUGH

    @property
    def is_mostly_finished(self) -> bool:
        """Whether more tasks have finished than still run: whatever outlives them all is an exception then."""
        return len(self.ordered) > len(self.alive)

    @property
    def mean(self) -> float:
        """Their mean."""
        return self.total / len(self.ordered)

    @property
    def spread(self) -> float:
        """How far apart they are, without the shortest and the longest tenth."""
        tenth = len(self.ordered) // 10
        return self.ordered[-1 - tenth] - self.ordered[tenth]

    def is_sharper_than(self, other: "Sample") -> bool:
        """Tell whether it says more closely when a task ends."""
        return self.is_sufficient and other.is_sufficient and self.spread < other.spread

    def schedule(self, price: float, pause: float) -> Schedule:
        """Return the schedule that follows from them, worked out anew when enough of them are new."""
        if self.made is None or self.new >= _RENEWED * len(self.ordered):
            sample = self.ordered.copy()
            begin = 0.0 if sample[0] >= 0.0 else sample[0] - self.spread
            self.made = Schedule(sample, survival(sample, self.alive), price, pause, begin)
            self.new = 0
        return self.made
