"""When to ask about a task: single decisions, and whole runs on a farm that is arithmetic alone."""

import random
from collections.abc import Callable
from functools import cache, partial
from itertools import count, pairwise
from statistics import fmean

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from looker_tasks.policy import Cadence
from looker_tasks.sansio.limit import FixedLimit
from looker_tasks.sansio.machine.notes import AskedTooEarly
from looker_tasks.sansio.polling.learned import LearnedPacing
from looker_tasks.sansio.polling.observation import Observation
from looker_tasks.sansio.polling.pacing import Pacing
from looker_tasks.sansio.polling.schedule import NextPoll, align
from tests.sansio.simulated_farm import Farm, Report, Simulation, every

_SEEDS = range(3)
_NEW = Observation()


def _taught(times: list[float], *, watches: bool = False) -> LearnedPacing:
    """Return a cadence that saw tasks end at these ages, each having waited for half of it."""
    cadence = LearnedPacing(watches=watches)
    for age in times:
        seen = Observation(waiting=age / 2, started=age / 2, alive=age)
        cadence.observe("render", seen, Observation(waiting=age / 2, started=age / 2, alive=age, ended=age), 0.9)
    return cadence


def test_before_anything_is_known_calls_come_by_a_share_of_the_age() -> None:
    """A task of any length is found at most that share late, and not by calls that crowd."""
    cadence = LearnedPacing(Cadence(share=0.5))
    assert cadence.next_poll("render", Observation(alive=0.1), 0.1, 0.5).wait == 0.35
    assert cadence.next_poll("query", Observation(alive=0.1), 0.1, 0.5).wait == 0.1
    assert cadence.next_poll("render", Observation(alive=10.0), 10.0, 0.75).wait == pytest.approx(5.0)


def test_tasks_that_begin_together_are_first_asked_about_at_different_ages() -> None:
    """What one of them tells the others need not ask; as soon as one told something the next begins anew."""
    cadence = LearnedPacing()
    first = [cadence.next_poll("render", _NEW, 0.0, 0.5).wait for _ in range(5)]
    assert all(2 * sooner <= later for sooner, later in pairwise(first))
    assert first[0] < 0.2
    assert cadence.next_poll("render", _NEW, 0.0, 0.5).wait == first[0]
    cadence.observe("render", _NEW, Observation(started=0.35, alive=0.35), 0.5)
    assert [cadence.next_poll("render", _NEW, 0.0, 0.5).wait for _ in range(5)] == first


def test_a_task_that_never_seems_to_start_is_asked_what_it_does() -> None:
    """A question for its result tells nothing of a queue: perhaps it is stuck there."""
    cadence = _taught([3.9, 4.0, 4.1] * 10)
    cadence.learn(AskedTooEarly("render", 0.0), 0.5)
    assert cadence.next_poll("render", Observation(waiting=5.0, alive=5.0), 5.0, 0.5).result
    assert not cadence.next_poll("render", Observation(waiting=5.0, alive=8.0), 8.0, 0.5).result


def _expecting(lengths: list[float], expected: Callable[[float], float]) -> LearnedPacing:
    """Return a cadence that saw tasks run for these times, of which something else was expected."""
    cadence = LearnedPacing()
    for length in lengths:
        seen = Observation(started=0.1, alive=length, expected=expected(length))
        cadence.observe("render", _NEW if not seen.expected else Observation(expected=seen.expected), seen, 0.5)
        cadence.observe("render", seen, evolve(seen, ended=length * 1.001), 0.5)
    return cadence


def test_an_export_is_asked_about_when_its_own_last_time_is_over() -> None:
    """Its dashboard takes what it took: ten others that took longer and shorter say less."""
    cadence = _expecting([1.0, 2.0, 4.0, 8.0, 16.0] * 4, lambda length: length)
    waits = [cadence.next_poll("render", Observation(expected=each), 0.0, 0.5).wait for each in (3.0, 12.0)]
    assert waits == [pytest.approx(3.0, abs=0.3), pytest.approx(12.0, abs=0.3)]


def test_a_last_time_that_says_nothing_is_not_gone_by() -> None:
    """What a task takes may be mere chance."""
    chance = random.Random(0)
    cadence = _expecting([4.0 + chance.random() for _ in range(40)], lambda _: chance.choice([0.5, 20.0]))
    asked = [cadence.next_poll("render", Observation(expected=each), 0.0, 0.5) for each in (0.0, 0.5, 20.0)]
    assert len(set(asked)) == 1


def test_one_that_was_seen_to_start_is_asked_about_by_its_own_last_time_from_then_on() -> None:
    """It had waited in the queue for long."""
    cadence = _expecting([1.0, 2.0, 4.0, 8.0, 16.0] * 4, lambda length: length - 0.05)
    seen = Observation(waiting=30.0, started=30.0, alive=30.0, expected=6.0)
    assert cadence.next_poll("render", seen, 30.0, 0.5).wait == pytest.approx(6.0, abs=0.3)


def test_the_first_to_finish_do_not_pass_for_the_usual() -> None:
    """A third of the tasks were quick: those that still run are no exceptions because they outlived them."""
    alone, among_others = _taught([1.0] * 20), _taught([1.0] * 20)
    for _ in range(36):
        among_others.observe("render", _NEW, Observation(started=1.0, alive=1.0), 0.5)
    seen = Observation(started=1.0, alive=1.0)
    assert among_others.next_poll("render", seen, 3.0, 0.5).wait > 2 * alone.next_poll("render", seen, 3.0, 0.5).wait


def test_a_task_that_is_given_up_is_no_longer_one_that_runs() -> None:
    """Else it would count as a very long one for ever."""
    cadence = LearnedPacing()
    cadence.observe("render", _NEW, Observation(started=1.0, alive=1.0), 0.5)
    cadence.observe("render", Observation(started=1.0, alive=1.0), _NEW, 0.5)
    assert cadence.next_poll("render", _NEW, 0.0, 0.5) == LearnedPacing().next_poll("render", _NEW, 0.0, 0.5)


def test_a_task_that_was_never_seen_tells_nothing_of_the_queue() -> None:
    """Given up or created again before anybody asked, it was neither quick nor slow to start."""
    cadence = LearnedPacing(watches=True)
    usual = cadence.next_poll("render", _NEW, 0.0, 0.9).wait
    cadence.observe("render", Observation(), Observation(), 0.5)
    assert cadence.next_poll("render", _NEW, 0.0, 0.9).wait == usual > 0


def test_an_end_within_a_bracket_is_where_the_others_were() -> None:
    """A sample once sharp stays sharp, however late an end was noticed."""
    cadence = _taught([4.0] * 60)
    for number in range(60):
        late = Observation(started=0.1, alive=3.0, ended=6.0)
        cadence.observe("render", _NEW, late, number / 60)
    assert cadence.next_poll("render", _NEW, 0.0, 0.75).wait == pytest.approx(4.0, abs=0.3)


def test_a_run_begins_with_what_earlier_ones_learnt() -> None:
    """No cold start: the first task is asked about when tasks like it ended."""
    cadence = LearnedPacing()
    cadence.remember("render", [8.0] * 10)
    assert cadence.next_poll("render", _NEW, 0.0, 0.75).wait == pytest.approx(8.0)
    assert cadence.next_poll("query", _NEW, 0.0, 0.75).wait == 0.1


@pytest.mark.parametrize("count", [4, 8, 16, 32, 64])
def test_those_who_wait_think_again_when_the_sample_has_doubled(count: int) -> None:
    """And at no other time."""
    cadence = LearnedPacing()
    ended = Observation(started=0.1, alive=1.0, ended=2.0)
    news = [cadence.observe("render", _NEW, ended, 0.5) for _ in range(100)]
    assert news[count - 1]
    assert sum(news) == 5


@given(st.floats(0, 1e6), st.floats(0, 1e3))
def test_on_the_beat_means_near(until: float, slack: float) -> None:
    """A wait is moved by half of its slack at the most."""
    assert abs(align(until, slack) - until) <= slack / 2


def test_waits_end_together() -> None:
    """Of a hundred that could end at any time within some seconds few are apart."""
    chance = random.Random(0)
    ends = {align(100 + 8 * chance.random(), chance.choice((1.0, 0.5))) for _ in range(100)}
    assert len(ends) <= 8 / 0.25 + 1


def test_who_watches_the_queue_asks_no_sooner_than_a_task_may_start() -> None:
    """Before anything is known, of a task that was seen to wait: by a share of its age from then on."""
    cadence = LearnedPacing(Cadence(share=0.5), watches=True)
    assert cadence.next_poll("render", Observation(waiting=0.1, alive=0.1), 0.1, 0.25).wait == 0.2
    assert cadence.next_poll("render", Observation(waiting=4.0, alive=4.0), 4.0, 0.25).wait == 2.0


def test_no_wait_is_longer_than_looker_waits_for_us() -> None:
    """It abandons query tasks that nobody asks about."""
    cadence = LearnedPacing()
    assert cadence.next_poll("query", Observation(alive=900.0), 900.0, 0.5).wait == cadence.cadence.ceiling


def test_a_result_is_not_asked_for_before_its_time() -> None:
    """Where the likely end is further away than the longest wait, the status tells that the task goes on."""
    cadence = _taught([100.0] * 64)
    assert cadence.next_poll("render", Observation(alive=60.0), 60.0, 0.75) == NextPoll(cadence.cadence.ceiling)
    assert cadence.next_poll("render", Observation(alive=95.0), 95.0, 0.75).result


def test_a_kind_learns_from_its_own_tasks() -> None:
    """Renders tell nothing of queries."""
    cadence = _taught([5.0] * 20)
    assert cadence.next_poll("render", _NEW, 0.0, 0.75).wait == pytest.approx(5.0)
    assert cadence.next_poll("query", _NEW, 0.0, 0.75).wait == 0.1


def test_a_task_seen_to_have_started_is_asked_about_by_its_run_time() -> None:
    """However long it had waited in the queue."""
    cadence = _taught([4.0] * 20)  # each waited 2 s and ran 2 s
    seen = Observation(waiting=30.0, started=30.0, alive=30.0)
    assert cadence.next_poll("render", seen, 30.5, 0.75).wait == pytest.approx(1.5)


def test_a_task_that_waits_has_all_of_its_run_before_it() -> None:
    """Whatever its age is by now."""
    cadence = _taught([4.0] * 20)
    assert cadence.next_poll("render", Observation(waiting=3.9, alive=3.9), 3.9, 0.75).wait == pytest.approx(2.0)


def test_a_straggler_is_asked_about_soon() -> None:
    """What outlives all that is known is perhaps the last that a run waits for."""
    knobs = Cadence(share=0.5)
    fresh, taught = LearnedPacing(knobs), _taught([2.0] * 20)
    seen = Observation(alive=20.0)
    assert taught.next_poll("render", seen, 20.0, 0.75).wait < fresh.next_poll("render", seen, 20.0, 0.75).wait / 2


def test_a_sample_of_few_asks_no_closer_than_it_can_tell() -> None:
    """Four tasks that happened to take the same time are no reason to ask every millisecond."""
    cadence = _taught([4.0, 4.001, 4.002, 4.003])
    assert cadence.next_poll("render", Observation(alive=3.9), 3.9995, 0.75).wait > 1.0


def test_old_tasks_are_forgotten() -> None:
    """A farm that became slower is known after some tasks."""
    cadence = _taught([1.0] * 500 + [9.0] * 130)
    assert cadence.next_poll("render", _NEW, 0.0, 0.75).wait == pytest.approx(9.0)


def test_a_pause_after_a_missing_result_makes_the_status_the_better_question() -> None:
    """The Retry-After of a 202 would cost more than the call that asking for the result saves."""
    times = [each / 10 for each in range(1, 101)]
    eager, patient = _taught(times), _taught(times)
    patient.learn(AskedTooEarly("render", 60.0), 0.5)
    eager.learn(AskedTooEarly("render", 0.0), 0.5)
    assert eager.next_poll("render", _NEW, 0.0, 0.75).result
    assert not patient.next_poll("render", _NEW, 0.0, 0.75).result


def test_where_the_limit_adapts_tasks_are_looked_at_when_they_should_start() -> None:
    """All while nothing is known, then every other one; the guess follows what is seen, both ways."""
    cadence = LearnedPacing(watches=True)
    first = cadence.next_poll("render", _NEW, 0.0, 0.9).wait
    assert cadence.next_poll("render", _NEW, 0.0, 0.1).wait == first
    cadence.observe("render", _NEW, Observation(waiting=first, alive=first), 0.5)
    later = cadence.next_poll("render", _NEW, 0.0, 0.9).wait
    assert later > first
    cadence.observe("render", _NEW, Observation(started=later, alive=later), 0.5)
    assert cadence.next_poll("render", _NEW, 0.0, 0.9).wait < later
    taught = _taught([5.0] * 20, watches=True)
    assert taught.next_poll("render", _NEW, 0.0, 0.9).wait < taught.next_poll("render", _NEW, 0.0, 0.1).wait


@given(
    st.lists(st.floats(1e-6, 1e5), max_size=60),
    st.floats(0, 1e5),
    st.floats(0, 1, exclude_max=True),
    st.none() | st.floats(0, 1e5),
    st.booleans(),
)
def test_a_wait_is_more_than_nothing_and_no_more_than_the_ceiling(
    times: list[float], age: float, rand: float, started: float | None, watches: bool
) -> None:
    """Whatever was learnt, and whatever is known of the task."""
    cadence = _taught(times, watches=watches)
    seen = Observation(waiting=min(started or 0.0, age), started=started and min(started, age), alive=age)
    assert 0 < cadence.next_poll("render", seen, age, rand).wait <= cadence.cadence.ceiling


# Whole runs: 240 tasks, 32 in flight, 16 slots, after which 5 seeds are averaged.


def _log_normal(chance: random.Random) -> float:
    return 2.0 * chance.lognormvariate(0, 0.5)


def _two_humps(chance: random.Random) -> float:
    return chance.choice((1.0, 6.0)) * chance.lognormvariate(0, 0.1)


def _constant(_: random.Random) -> float:
    return 2.0


def _drifting() -> Callable[[random.Random], float]:
    """Make run times that grow to five times of what they were, over the tasks of one run."""
    ordinals = count()
    return lambda chance: chance.lognormvariate(0, 0.3) * (1 + next(ordinals) % 240 / 60)


def _runs(run_seconds: Callable[[random.Random], float], cadence: Callable[[], Pacing]) -> list[Report]:
    farm = Farm(slots=16, run_seconds=run_seconds, query_seconds=lambda chance: chance.lognormvariate(-1.6, 0.5))
    return [Simulation(farm, 240, FixedLimit(32), cadence(), seed).run() for seed in _SEEDS]


def _mean(runs: list[Report]) -> tuple[float, float]:
    """Return calls a file, and the delay."""
    return fmean(run.calls_a_file for run in runs), fmean(run.delay for run in runs)


@pytest.mark.long
@pytest.mark.parametrize(
    ("run_seconds", "most"), [(_log_normal, 0.65), (_two_humps, 0.9), (_constant, 0.4), (_drifting(), 0.75)]
)
def test_a_run_finds_its_results_sooner_than_fixed_polling_at_the_same_calls(
    run_seconds: Callable[[random.Random], float], most: float
) -> None:
    """From a cold start, over the curve of fixed intervals."""
    calls, delay = _mean(_runs(run_seconds, LearnedPacing))
    curve = (_mean(_runs(run_seconds, partial(every, wait))) for wait in (8.0, 4.0, 2.0, 1.0, 0.5))
    for (fewer, late), (more, soon) in pairwise(curve):
        if calls <= more:
            fixed = late + (soon - late) * (calls - fewer) / (more - fewer)
            break
    assert delay <= most * fixed


@pytest.mark.long
def test_a_run_costs_five_calls_a_file_and_keeps_the_slots_busy() -> None:
    """Its create, its result, and less than three questions in between; all but the best time of the farm."""
    runs = _runs(_log_normal, LearnedPacing)
    assert fmean(run.calls_a_file for run in runs) <= 5.0
    assert fmean(run.over_best for run in runs) <= 1.03


@pytest.mark.long
def test_tiny_tasks_do_not_wait_for_the_floor() -> None:
    """2,000 tasks of 0.1 s on 100 slots: the floor between calls follows the tasks."""
    farm = Farm(slots=100, run_seconds=lambda chance: 0.1 * chance.lognormvariate(0, 0.5))
    run = Simulation(farm, 2000, FixedLimit(130), LearnedPacing()).run()
    assert run.delay <= 0.1
    assert run.seconds <= run.best_seconds + 1.5


def _known(expected: Callable[[random.Random], float] | None) -> tuple[float, float]:
    """Return calls a file, and the delay, where each task is expected to take what it takes times *expected*."""
    farm = Farm(slots=16, run_seconds=_log_normal, expected=expected)
    return _mean([Simulation(farm, 240, FixedLimit(32), LearnedPacing(), seed).run() for seed in range(10)])


@cache
def _unknown() -> tuple[float, float]:
    return _known(None)


@pytest.mark.long
@pytest.mark.parametrize(("share", "saved"), [(0.05, 0.9), (0.2, 0.95), (1.0, 1.1)])
def test_known_times_bring_files_earlier_and_wrong_ones_do_no_harm(share: float, saved: float) -> None:
    """Each task takes what it took the last time, give or take a share of it: no more calls, and less delay."""
    calls, delay = _known(lambda chance: chance.lognormvariate(0, share))
    calls_blindly, delay_blindly = _unknown()
    assert delay <= saved * delay_blindly
    assert calls <= 1.05 * calls_blindly
