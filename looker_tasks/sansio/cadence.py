"""When to ask about a task next, and whether to ask for its status or for its result straight away.

**Before anything is known**, the next call comes a share *s* of the task's age after the last one: whatever the
task's length, its end is found at most that share late, by a number of calls that grows with the logarithm of the
length alone. Of one that only waits in the queue, half as often.

**Once tasks have finished**, their ages at the end are a sample of how long such a task takes, its time in the queue
included. Of a task that is *a* old and still runs, only the ages above *a* matter: the next call comes at their
quantile *q*, when the task will have ended with the probability *q*. Each call is then the last one with the same
chance, so that a task costs 1/*q* calls on average, whatever the distribution; where it is narrow they cluster where
the answer is, so that the delay follows the spread of the times and not their length. A fixed interval spends most
of its calls where no task of the sample ever ended. A task that outlives the sample is asked about by its age again.

**The result instead of the status**: where the task will have ended more likely than not, asking for its result costs
no more (202, or the file), and saves the call for the status. Where it is less likely, or where the Retry-After that
a 202 brings would cost too much delay, the status is the better question.

A task that was seen to have started is measured by how long it runs from then on, any other by its age: where the
queue grows or shrinks the ages drift, while the run times stay. Both samples are windows over the last tasks, so that
they follow a farm that becomes faster or slower.
"""

from bisect import bisect_right, insort
from collections import deque

from attrs import define, field, frozen

from looker_tasks.models import TaskKind
from looker_tasks.policy import Cadence as Knobs

_WINDOW = 96  # tasks; enough for a quantile, few enough to forget
_ENOUGH = 4  # tasks; with fewer, chance would decide
_TAIL = 2  # so few longer ones are no distribution
_LIKELY = 0.5
_WORTH = 0.1  # of the usual time: so much delay is a call worth
_CLOSEST = 0.04  # of the usual time: no two calls are closer, however narrow the sample
_SEEN_WAITING = 1.25  # a queue turned out longer than was guessed …
_SEEN_STARTED = 0.85  # … or shorter
_FIRST_START = 0.2  # seconds; the first guess at how long it takes until a slot takes a task
_FIRST_FLOOR: dict[TaskKind, float] = {"render": 0.5, "query": 0.1}  # seconds; a render starts a browser
_LONG = 24  # tasks; beyond so many known ones a task is a straggler, and perhaps the last that a run waits for


@frozen
class Ask:
    """The next call about a task: so many seconds from now, for its status or for its *result*."""

    wait: float
    result: bool = False


@frozen
class Sighting:
    """What is known of one task, by its age in seconds when it was seen."""

    waiting: float = 0.0  # last seen waiting for its slot; 0: never
    started: float | None = None  # first seen to have started
    alive: float = 0.0  # last seen unfinished; 0: not yet asked about
    ended: float | None = None  # first seen finished

    @property
    def start(self) -> float | None:
        """About when it started, if that was seen."""
        return None if self.started is None else (self.waiting + self.started) / 2


@define
class _Times:
    """How long the last tasks took, by time and by size."""

    latest: deque[float] = field(factory=deque)
    ordered: list[float] = field(factory=list)

    def add(self, seconds: float) -> None:
        if len(self.latest) == _WINDOW:
            self.ordered.remove(self.latest.popleft())
        self.latest.append(seconds)
        insort(self.ordered, seconds)

    @property
    def are_enough(self) -> bool:
        return len(self.ordered) >= _ENOUGH

    @property
    def usual(self) -> float:
        return self.ordered[len(self.ordered) // 2]

    @property
    def shortest(self) -> float:
        return self.ordered[len(self.ordered) // 10]

    @property
    def closest(self) -> float:
        """How close two calls may be."""
        return _CLOSEST * self.usual


@define
class _Kind:
    """What is known of one kind of tasks."""

    floor: float  # seconds between two calls, before anything is known
    ages: _Times = field(factory=_Times)  # from the create to the end
    runs: _Times = field(factory=_Times)  # from the start to the end
    start: float = _FIRST_START  # the age at which a slot takes a task, now
    pause: float = 0.0  # what the server asks for after a question for a result that was not there


@define(eq=False)
class Cadence:
    """What a run has learnt of its tasks. No clock: ages are seconds since a task's create.

    Where the limit adapts to the queue, it *watches* it: every other task is asked about when it should just start.
    """

    knobs: Knobs = field(factory=Knobs)
    watches: bool = False
    _kinds: dict[TaskKind, _Kind] = field(
        factory=lambda: {kind: _Kind(floor) for kind, floor in _FIRST_FLOOR.items()}, init=False
    )

    def learn(self, kind: TaskKind, before: Sighting, seen: Sighting) -> None:
        """Learn what became of a task between two sightings of it."""
        known = self._kinds[kind]
        if before.alive == 0.0 and (age := seen.ended or seen.alive) <= known.start * _SEEN_WAITING:
            waits = seen.ended is None and seen.started is None
            known.start = min(self.knobs.ceiling, age * (_SEEN_WAITING if waits else _SEEN_STARTED))
        if seen.ended is not None and before.ended is None:
            age = (seen.alive + seen.ended) / 2
            known.ages.add(age)
            start = seen.start
            if start is None:  # it came and went between two calls
                start = max(seen.waiting, min(known.start, age / 2))
            known.runs.add(age - start)

    def learn_pause(self, kind: TaskKind, seconds: float) -> None:
        """Learn for how long the server wants to be left alone after a question for a result that was not there."""
        self._kinds[kind].pause = seconds

    def ask(self, kind: TaskKind, seen: Sighting, age: float, rand: float) -> Ask:
        """Return when to ask next about a task that is *age* seconds old; *rand* is in [0, 1)."""
        known = self._kinds[kind]
        looks, rand = divmod(2 * rand, 1)  # a first half, and a new number in [0, 1)
        if self.watches and seen.alive == 0.0 and (looks or not known.ages.are_enough):
            return Ask(known.start)
        spread = 0.75 + 0.5 * rand  # keeps tasks that were created together apart
        if seen.start is not None:
            ask = self._by(known, known.runs, age - seen.start, spread)
        else:
            ask = Ask(self._by(known, known.ages, age, spread).wait)
            if seen.waiting > 0.0:  # it cannot end before it has run
                least = known.runs.shortest if known.runs.are_enough else 2 * self.knobs.share * age
                ask = Ask(max(ask.wait, least))
        return Ask(min(self.knobs.ceiling, ask.wait), ask.result)

    def _by(self, known: _Kind, times: _Times, spent: float, spread: float) -> Ask:
        """Return when to ask about a task that has *spent* so many seconds of a time drawn from *times*."""
        by_share = self.knobs.share * spent * spread
        if not times.are_enough:
            return Ask(max(known.floor, by_share))
        ordered = times.ordered
        begin = bisect_right(ordered, spent)
        longer = len(ordered) - begin
        if longer <= _TAIL:
            return Ask(max(times.closest, by_share / 2 if len(ordered) >= _LONG else by_share))
        wait = max(times.closest, ordered[begin + int(self.knobs.quantile * spread * longer)] - spent)
        chance = (bisect_right(ordered, spent + wait) - begin) / longer
        is_worth_it = chance >= _LIKELY and (1 - chance) * known.pause <= _WORTH * times.usual
        return Ask(wait, result=is_worth_it)
