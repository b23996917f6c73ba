"""When to ask about a task next, and whether to ask for its status or for its result straight away.

**Before anything is known**, the next call comes a share *s* of the task's age after the last one: whatever the
task's length, its end is found at most that share late, by a number of calls that grows with the logarithm of the
length alone. Tasks that begin together are first asked about at different ages: what one of them tells, the others
need not ask.

**Once tasks have finished**, the ages at which they did are a sample of how long such a task takes, its time in the
queue included, and `sansio.polling.schedule` finds the questions that cost least: a call is worth so much delay as a
share of what a task usually runs for. Whenever the sample has doubled, those who wait think again. A
task that outlives the sample is asked about by its age again.

**The result instead of the status**: where the task will have ended rather likely, asking for its result costs no
more (202, or the file), and saves the call for the status. The schedule weighs it against the Retry-After of a 202.

A task that was seen to have started is measured by how long it runs from then on, one that was seen to wait has all
of that before it, and any other is measured by its age: where the queue grows or shrinks the ages drift, while the
run times stay. The samples (`sansio.polling.sample`) are windows over the last tasks, so that they follow a farm that
becomes faster or slower.

**Where an earlier run tells how long the same export took**, what counts is by how much longer or shorter it takes now:
that is another sample, and the sharper of the two is used. Where every dashboard takes what it took, that tells long
ones from short ones; where that was mere chance, nothing is lost.
"""

from collections.abc import Iterable, Sequence
from math import inf

from attrs import define, evolve, field

from looker_tasks.models import TaskKind
from looker_tasks.policy import Cadence
from looker_tasks.sansio.machine.notes import AskedTooEarly, Note, Observed
from looker_tasks.sansio.polling.observation import Observation
from looker_tasks.sansio.polling.pacing import FIRST_REMAINING
from looker_tasks.sansio.polling.sample import Sample
from looker_tasks.sansio.polling.schedule import NextPoll

# After each number stands the test that holds it: of tests/sansio/polling/test_numbers.py, where no other is named.

# Tasks; with so many those who wait should think again: test_those_who_wait_think_again_when_the_sample_has_doubled.
_LESSONS = (4, 8, 16, 32, 64)
# By the number of a sample's tasks, of their usual time; no two calls are closer than it can tell apart:
# test_a_sample_is_no_sharper_than_its_number_lets_it_be.
_DOUBT = 5
# Of the age at which tasks were last found alive; one found finished by its first call ended after it:
# test_known_times_bring_files_earlier_and_wrong_ones_do_no_harm (test_learned.py).
_SOONEST = 0.9
# A queue turned out longer than was guessed, or shorter: test_the_guess_at_a_start_moves_with_what_is_seen.
_SEEN_WAITING = 1.25
_SEEN_STARTED = 0.85
_FIRST_START = 0.2  # seconds; the first guess at how long it takes until a slot takes a task: the same
# Seconds; a render starts a browser: test_before_anything_is_known_polls_have_a_floor.
_FIRST_FLOOR: dict[TaskKind, float] = {"render": 0.35, "query": 0.1}
# Seconds, at which tasks that begin together are first asked about:
# test_tasks_that_begin_together_are_first_polled_apart.
_FIRST_AGES: dict[TaskKind, tuple[float, ...]] = {
    "render": (0.12, 0.7, 1.4, 2.8, 5.6),  # one in a few finds out whether they take next to nothing
    "query": (0.1, 0.2, 0.4, 0.8, 1.6),
}
# Seconds; the first guess at the Retry-After of a 202: test_a_missing_result_is_thought_to_cost_a_second.
_FIRST_PAUSE = 1.0
# Seconds of delay that a call is worth where tasks are short, for it costs both sides some CPU, but no more than a
# share of what they take: test_a_poll_has_a_price.
_LEAST_PRICE = 0.012
_SHORT_PRICE = 0.12
# Times the usual age at the end; hardly any task goes on for longer:
# test_remaining_is_known_once_some_have_ended (test_pacing.py).
_LONG = 3.0
# Of the share; a task that outlives the sample is perhaps the last that a run waits for:
# test_a_straggler_is_polled_after_a_fifth_of_the_share.
_STRAGGLER = 0.2
# Of the time that a task was seen to wait in the queue; it may be stuck there:
# test_one_that_waits_for_long_is_polled_ever_more_seldom.
_QUEUED = 0.05
# Of a wait by share, either way; keeps runs that began together apart:
# test_before_anything_is_known_a_share_of_the_age_is_waited.
_APART = 0.1
_SLACK = 0.5  # of a wait: the same
# Of the spread of the times; where a question is well aimed it stays so: test_a_poll_that_is_well_aimed_stays_so.
_SHARP = 0.25


@define
class _Kind:
    """What is known of one kind of tasks."""

    floor: float  # seconds between two calls, before anything is known
    first_ages: Sequence[float]
    ages: Sample = field(factory=Sample)  # from the create to the end
    runs: Sample = field(factory=Sample)  # from the start to the end
    late_ages: Sample = field(factory=Sample)  # the same, less what was expected, where something was
    late_runs: Sample = field(factory=Sample)
    begun: int = 0  # tasks, since one of them told something
    start: float = _FIRST_START  # the age at which a slot takes a task, now
    pause: float = _FIRST_PAUSE  # what the server asks for after a question for a result that was not there


@define(eq=False)
class LearnedPacing:
    """What a run has learnt of its tasks. No clock: ages are seconds since a task's create.

    Where the limit adapts to the queue, it *watches* it: every other task is asked about when it should just start.
    """

    cadence: Cadence = field(factory=Cadence)
    watches: bool = False
    _kinds: dict[TaskKind, _Kind] = field(
        factory=lambda: {kind: _Kind(floor, _FIRST_AGES[kind]) for kind, floor in _FIRST_FLOOR.items()}
    )

    def sooner(self, share: float) -> "LearnedPacing":
        """Return the same knowledge, by which tasks of which nothing is known are polled after *share* of the wait."""
        return LearnedPacing(evolve(self.cadence, share=share * self.cadence.share), self.watches, self._kinds)

    def remaining(self, kind: TaskKind, age: float) -> float:
        """Return for how many seconds a task of this *age* will hardly go on longer; a guess where nothing is known."""
        ages = self._kinds[kind].ages
        return max(FIRST_REMAINING, _LONG * ages.mean - age if ages.is_sufficient else 0.0)

    def learn(self, note: Note, rand: float) -> bool:
        """Learn from what happened to a task; return whether those who wait should think again."""
        match note:
            case Observed(kind=kind, before=before, seen=seen):
                return self.observe(kind, before, seen, rand)
            case AskedTooEarly(kind=kind, pause=pause):
                self._kinds[kind].pause = pause
        return False

    def observe(self, kind: TaskKind, before: Observation, seen: Observation, rand: float) -> bool:
        """Learn what became of a task between two observations of it; *rand* is in [0, 1).

        Return whether so much is new that those who wait should think again.
        """
        known = self._kinds[kind]
        if before.alive == 0.0 and 0.0 < (age := seen.ended or seen.alive) <= known.start * _SEEN_WAITING:
            waits = seen.ended is None and seen.started is None
            known.start = min(self.cadence.ceiling, age * (_SEEN_WAITING if waits else _SEEN_STARTED))
        known.begun = 0
        measures = [(known.ages, known.runs, 0.0)]
        if before.expected:
            measures.append((known.late_ages, known.late_runs, before.expected))
        for ages, _, expected in measures:
            now = 0.0 if seen.ended is not None else seen.alive
            ages.seen_alive(_beyond(expected, before.alive), _beyond(expected, now))
        if seen.ended is None or before.ended is not None:
            return False
        doubt = (1 - _SOONEST) * seen.ended
        for ages, runs, expected in measures:
            late = ages.imputed(_beyond(expected, seen.alive), seen.ended - expected, doubt, rand)
            ages.add(late)
            if seen.start is not None and seen.shows_start(late + expected - seen.start):
                runs.add(late - seen.start)
        return known.ages.count in _LESSONS

    def remember(self, kind: TaskKind, seconds: Iterable[float]) -> None:
        """Learn how long tasks took in earlier runs, once they had started."""
        for each in seconds:
            self._kinds[kind].runs.add(each)

    def next_poll(self, kind: TaskKind, seen: Observation, age: float, rand: float) -> NextPoll:
        """Return when to ask next about a task that is *age* seconds old; *rand* is in [0, 1)."""
        known = self._kinds[kind]
        is_second_half, rand = divmod(2 * rand, 1)  # in which half, and a new number in [0, 1)
        if self.watches and seen.alive == 0.0 and (is_second_half or not known.ages.is_sufficient):
            return NextPoll(known.start)
        by_share = self.cadence.share * age * (1 + _APART * (2 * rand - 1))
        sample, elapsed = _measured(known, seen, age)
        slack = inf
        if sample.is_sufficient:
            ask = self._by_sample(known, sample, elapsed, by_share)
            if seen.started is None:
                ask = evolve(ask, wait=max(ask.wait, _QUEUED * seen.waiting))
            slack = _SHARP * sample.spread
        elif self.watches and seen.started is None:
            ask = NextPoll(max(known.start, by_share), is_guess=True)
        else:
            ask = NextPoll(max(self._floor(known, age), by_share), is_guess=True)
        if ask.wait > self.cadence.ceiling:
            ask = NextPoll(self.cadence.ceiling)
        return NextPoll(ask.wait, ask.result, min(slack, _SLACK * ask.wait), ask.is_guess)

    def _by_sample(self, known: _Kind, sample: Sample, elapsed: float, by_share: float) -> NextPoll:
        usual = (known.runs if known.runs.is_sufficient else known.ages).mean
        price = max(self.cadence.price * usual, min(_LEAST_PRICE, _SHORT_PRICE * usual))
        likely = sample.schedule(price, known.pause).after(elapsed)
        if likely is None:
            likely = NextPoll(by_share * _STRAGGLER if known.ages.is_mostly_finished else by_share, is_guess=True)
        closest = _DOUBT / len(sample.ordered) * usual
        return NextPoll(max(closest, likely.wait), likely.result, is_guess=likely.is_guess)

    def _floor(self, known: _Kind, age: float) -> float:
        """Return the shortest wait, before anything is known; at a task's beginning, one that others do not have."""
        if age > 0.0:
            return known.floor
        before, known.begun = known.begun, known.begun + 1
        return known.first_ages[before % len(known.first_ages)]


def _measured(known: _Kind, seen: Observation, age: float) -> tuple[Sample, float]:
    """Return the sample that a task is best measured by, and how much of its time has passed, as that sample counts."""
    sample, late, elapsed = known.ages, known.late_ages, age
    if known.runs.is_sufficient and (
        seen.shows_start(known.runs.mean)
        or (seen.started is None and seen.waiting > 0.0)
        or not known.ages.is_sufficient
    ):
        sample, late = known.runs, known.late_runs
        elapsed = age - (seen.waiting if seen.start is None else seen.start)
        if seen.start is None and elapsed <= known.runs.ordered[-1]:
            elapsed = 0.0  # it begins now at the soonest; one that never seems to end is asked what it does
    if seen.expected and late.is_sharper_than(sample):
        return late, elapsed - seen.expected
    return sample, elapsed


def _beyond(expected: float, age: float) -> float | None:
    """Return how far *age* lies beyond what was expected; None for 0, which stands for never."""
    return age - expected if age else None
