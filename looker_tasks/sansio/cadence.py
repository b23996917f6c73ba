"""When to ask about a task next, and whether to ask for its status or for its result straight away.

**Before anything is known**, the next call comes a share *s* of the task's age after the last one: whatever the
task's length, its end is found at most that share late, by a number of calls that grows with the logarithm of the
length alone.

**Once tasks have finished**, the ages at which they did are a sample of how long such a task takes, its time in the
queue included, and `sansio.schedule` finds the questions that cost least: a call is worth so much delay as a share of
what a task usually runs for. A task that outlives the sample is asked about by its age again.

**The result instead of the status**: where the task will have ended rather likely, asking for its result costs no
more (202, or the file), and saves the call for the status. The schedule weighs it against the Retry-After of a 202.

A task that was seen to have started is measured by how long it runs from then on, one that was seen to wait has all
of that before it, and any other is measured by its age: where the queue grows or shrinks the ages drift, while the
run times stay. Both samples are windows over the last tasks, so that
they follow a farm that becomes faster or slower.
"""

from bisect import insort
from collections import deque
from statistics import fmean

from attrs import define, field, frozen

from looker_tasks.models import TaskKind
from looker_tasks.policy import Cadence as Knobs
from looker_tasks.sansio.schedule import Ask, Schedule

_WINDOW = 128  # tasks; enough for a schedule, few enough to forget
_ENOUGH = 4  # tasks; with fewer, chance would decide
_RENEWED = 1 / 4  # of a sample; so much of it is new when it is worth another schedule
_DOUBT = 6  # by the number of a sample's tasks, of their usual time: no two calls are closer than it can tell apart
_SOONEST = 0.7  # of the shortest time: a task found finished by its first call may have ended from then on
_SEEN_WAITING = 1.25  # a queue turned out longer than was guessed …
_SEEN_STARTED = 0.85  # … or shorter
_FIRST_START = 0.2  # seconds; the first guess at how long it takes until a slot takes a task
_FIRST_FLOOR: dict[TaskKind, float] = {"render": 0.35, "query": 0.1}  # seconds; a render starts a browser
_FIRST_PAUSE = 1.0  # seconds; the first guess at the Retry-After of a 202
_STRAGGLER = 0.2  # of the share: a task that outlives the sample is perhaps the last that a run waits for
_APART = 0.1  # of a wait, either way: keeps tasks that were created together apart


@frozen(slots=False)  # see `sansio.evolving`
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
    new: int = 0  # since the schedule was made
    made: Schedule | None = None

    def add(self, seconds: float) -> None:
        if len(self.latest) == _WINDOW:
            self.ordered.remove(self.latest.popleft())
        self.latest.append(seconds)
        insort(self.ordered, seconds)
        self.new += 1

    @property
    def are_enough(self) -> bool:
        return len(self.ordered) >= _ENOUGH

    @property
    def usual(self) -> float:
        return fmean(self.ordered)

    @property
    def shortest(self) -> float:
        return self.ordered[0] if self.are_enough else 0.0

    @property
    def closest(self) -> float:
        """How close two calls may be."""
        return _DOUBT / len(self.ordered) * self.usual

    def schedule(self, price: float, pause: float) -> Schedule:
        if self.made is None or self.new >= _RENEWED * len(self.ordered):
            self.made = Schedule(self.ordered.copy(), price, pause)
            self.new = 0
        return self.made


@define
class _Kind:
    """What is known of one kind of tasks."""

    floor: float  # seconds between two calls, before anything is known
    ages: _Times = field(factory=_Times)  # from the create to the end
    runs: _Times = field(factory=_Times)  # from the start to the end
    start: float = _FIRST_START  # the age at which a slot takes a task, now
    pause: float = _FIRST_PAUSE  # what the server asks for after a question for a result that was not there


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
            soonest = min(max(seen.alive, _SOONEST * known.ages.shortest), seen.ended)
            age = (soonest + seen.ended) / 2
            known.ages.add(age)
            if seen.start is not None:
                known.runs.add(max(0.0, age - seen.start))

    def learn_pause(self, kind: TaskKind, seconds: float) -> None:
        """Learn for how long the server wants to be left alone after a question for a result that was not there."""
        self._kinds[kind].pause = seconds

    def ask(self, kind: TaskKind, seen: Sighting, age: float, rand: float) -> Ask:
        """Return when to ask next about a task that is *age* seconds old; *rand* is in [0, 1)."""
        known = self._kinds[kind]
        looks, rand = divmod(2 * rand, 1)  # a first half, and a new number in [0, 1)
        if self.watches and seen.alive == 0.0 and (looks or not known.ages.are_enough):
            return Ask(known.start)
        spread = 1 + _APART * (2 * rand - 1)
        by_share = self.knobs.share * spread * age
        times, spent = known.ages, age
        if known.runs.are_enough and (seen.start is not None or seen.waiting > 0.0):
            times = known.runs
            spent = 0.0 if seen.start is None else age - seen.start  # it begins now at the soonest
        if not times.are_enough:
            is_awaited = self.watches and seen.started is None
            ask = Ask(max(known.start if is_awaited else known.floor, by_share))
        else:
            usual = (known.runs if known.runs.are_enough else known.ages).usual
            likely = times.schedule(self.knobs.price * usual, known.pause).after(spent)
            ask = Ask(_STRAGGLER * by_share) if likely is None else Ask(likely.wait * spread, likely.result)
            ask = Ask(max(times.closest, ask.wait), ask.result)
        return ask if ask.wait <= self.knobs.ceiling else Ask(self.knobs.ceiling)
