"""The cheapest questions about something that ends nobody knows when. Arithmetic alone: it knows no task and no clock.

**What is known** is how long others took, and with which chance one more outlives each of those times: where all of
them have ended, they are exchangeable, and one more falls into each gap between them, and beyond the last, with the
same chance. Within a gap it falls anywhere.

**What it costs.** Each question costs a *price*, in seconds; each second for which an end goes unnoticed costs one.
Who has asked at *a* in vain, and asks next at the time *t*, pays, by the chance F that a time is shorter,

    price x (1 - F(a))  +  the delay of what ends between a and t  +  the cheaper of

    status:  price x (F(t) - F(a)) + V(t)     if it has ended, one more call fetches the result
    result:  W(t)                             if it has ended, that was all; if not, the server wants a *pause*

where V(t) is the cost of going on from *t* in vain, by the next time that makes it least, and W(t) the same where
that next time comes no sooner than the pause. From the last time backwards, each follows from those after it
(Bellman's principle), and the least of them is the next question.

Where ends come thick the questions lie close, as the root of price / density; where none was ever seen there are
none, as in front of the shortest time or between two humps. That is what a fixed interval cannot do, and a quantile
of the times asks too often where they come thick and too late where they come thin. Where ends are equally likely at
any age the best is a fixed interval, and this becomes one.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from math import frexp

from attrs import define, field, frozen

# The first three are held by test_a_schedule_keeps_24_times_and_says_nothing_of_the_last_two (test_numbers.py).
_MOST = 24  # times kept of the sample; twice as many cost four times the work and save nothing that can be measured
_BEYOND = 3.0  # questions that what outlives the sample is thought to take
_TOO_FEW = 2  # so few longer ones are no distribution
_MOMENT = 1e-6  # seconds: what is smaller is no slack, and no beat follows from it


@frozen
class NextPoll:
    """The next call about a task: so many seconds from now, for its status or for its *result*."""

    wait: float
    result: bool = False
    slack: float = 0.0  # seconds in which it may as well come
    is_guess: bool = False  # by the age alone, for want of anything better


def align(until: float, slack: float) -> float:
    """Return the time next to *until*, at most half of *slack* away, at which other questions are asked too.

    A process that sleeps between any two calls pays for each of them several times over, in caches gone cold; woken
    once for many it pays once. So waits end on the beats of a clock, and those of a slow one are those of a quick one.
    """
    if slack < _MOMENT:
        return until
    beat = 2.0 ** (frexp(slack)[1] - 1)  # the power of two below it
    return round(until / beat) * beat


def survival(times: Sequence[float], alive: Sequence[float] = ()) -> list[float]:
    """Return the chance to outlive each of *times*, given those at which others were last seen *alive*, all ascending.

    Whoever is still alive was at risk as long as that was seen (Kaplan and Meier, 1958).
    """
    chance, found = 1.0, []
    for rank, time in enumerate(times):
        at_risk = len(times) - rank + len(alive) - bisect_left(alive, time)
        chance *= at_risk / (at_risk + 1)  # and one more, of which nothing is known
        found.append(chance)
    return found


@define(eq=False)
class Schedule:
    """When to ask about something whose time is one of *sample*, in ascending order, or beyond them."""

    sample: Sequence[float]
    survival: Sequence[float]  # to outlive each of them
    price: float  # seconds of delay that one question is worth
    pause: float  # seconds after a question for a result that was not there
    begin: float = 0.0  # no time is shorter
    _times: list[float] = field(init=False)
    _alive: list[float] = field(init=False)  # the chance to outlive the time before, and at the end the last one
    _free: list[float] = field(init=False)  # V
    _paused: list[float] = field(init=False)  # W

    def __attrs_post_init__(self) -> None:
        """Work out what it costs to go on from each time."""
        total, kept = len(self.sample), min(_MOST, len(self.sample))
        ranks = [round(each * total / kept) for each in range(kept + 1)]
        self._times = [self.sample[rank - 1] for rank in ranks[1:]]
        self._alive = [1.0, *(self.survival[rank - 1] for rank in ranks[1:])]
        self._free = [_BEYOND * self.price * self._alive[-1]] * kept
        self._paused = [self._free[-1] + self.pause * self._alive[-1]] * kept
        for each in range(kept - 2, -1, -1):
            now = self._times[each]
            self._free[each] = self._cheapest(each + 1, now, 1.0, 0.0)[0]
            self._paused[each] = self._cheapest(each + 1, now, 1.0, self.pause)[0]

    def after(self, elapsed: float) -> NextPoll | None:
        """Return the next question about what has not ended after *elapsed* seconds.

        None where too few of the sample took longer.
        """
        first = bisect_right(self._times, elapsed)
        if len(self._times) - first <= _TOO_FEW:
            return None
        before = self._times[first - 1] if first else self.begin
        part = (self._times[first] - elapsed) / (self._times[first] - before) if elapsed > before else 1.0
        _, chosen, asks_result = self._cheapest(first, elapsed, part, 0.0)
        return NextPoll(self._times[chosen] - elapsed, asks_result)

    def _cheapest(self, first: int, now: float, part: float, least: float) -> tuple[float, int, bool]:
        """Return the least cost from *now* on, at which time it is had, and whether by asking for the result.

        Only times from *first* on are looked at, of whose gap a *part* is left, and that come after *least* seconds.
        """
        times, alive, free, paused = self._times, self._alive, self._free, self._paused
        mass = (alive[first] - alive[first + 1]) * part
        begun = self.price * (alive[first + 1] + mass)
        ended, delay = mass, mass * (times[first] - now) / 2
        best, chosen, asks_result = float("inf"), len(times) - 1, True
        last = times[first]
        for each in range(first, len(times)):
            if each > first:
                gap, mass = times[each] - last, alive[each] - alive[each + 1]
                delay += (ended + mass / 2) * gap
                ended += mass
                last = times[each]
            if last - now < least:
                continue
            by_status, by_result = self.price * ended + free[each], paused[each]
            cost = begun + delay + min(by_status, by_result)
            if cost < best:
                best, chosen, asks_result = cost, each, by_result <= by_status
        if best == float("inf"):  # the sample ends before
            best = begun + delay + ended * (least - (last - now)) + paused[-1]
        return best, chosen, asks_result
