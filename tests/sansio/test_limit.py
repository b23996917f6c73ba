"""How many tasks may be in flight: single observations, and whole runs on a farm that is arithmetic alone."""

import random
from itertools import pairwise
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from looker_tasks.sansio.limit import AdaptiveLimit, FixedLimit, Limit
from looker_tasks.sansio.polling.learned import LearnedPacing
from looker_tasks.sansio.protocol.statuses import Stage
from tests.sansio.simulated_farm import Farm, Report, Simulation

_SEEDS = range(3)
_MANY = 1000  # exports


def _entered(limit: Limit, tickets: range) -> None:
    for ticket in tickets:
        limit.entered(ticket)


def test_a_fixed_limit_stays_what_it_is() -> None:
    """Nothing that happens changes what somebody chose."""
    limit = FixedLimit(7)
    limit.entered(0)
    limit.seen(0, Stage.QUEUED)
    limit.refused(0.0, 1.0)
    limit.left(0)
    assert limit == FixedLimit(7)


def test_tasks_nobody_has_asked_about_let_nobody_in() -> None:
    """The limit never runs ahead of what the farm was seen to take."""
    limit = AdaptiveLimit(most=400)
    before = limit.slots
    _entered(limit, range(before))
    for ticket in range(before):
        limit.seen(ticket, Stage.BEFORE)
    assert limit.slots == before


def test_tasks_seen_started_let_others_in() -> None:
    """So many again and nearly as many more, while none was seen to wait."""
    limit = AdaptiveLimit(most=400)
    rounds = []
    entered = 0
    for _ in range(6):
        new = range(entered, limit.slots)
        _entered(limit, new)
        entered = limit.slots
        for ticket in new:
            limit.seen(ticket, Stage.STARTED)
        rounds.append(limit.slots)
    assert all(later >= 1.5 * earlier for earlier, later in pairwise(rounds))
    assert rounds[-1] >= 40


def test_a_task_seen_queued_stops_the_growth_and_shrinks_the_reserve() -> None:
    """At most those before it have been taken."""
    limit = AdaptiveLimit(most=400)
    _entered(limit, range(64))
    for ticket in range(64):
        limit.seen(ticket, Stage.STARTED)
    most = limit.slots
    for ticket in range(64):
        limit.left(ticket)
    _entered(limit, range(64, 128))
    for _ in range(20):
        limit.seen(74, Stage.QUEUED)
    assert limit.slots <= 20 < most


def test_those_that_were_seen_to_run_are_not_argued_away() -> None:
    """A farm that lets a task wait for younger ones has as many slots as run."""
    limit = AdaptiveLimit(most=400)
    _entered(limit, range(64))
    for ticket in range(32, 64):
        limit.seen(ticket, Stage.STARTED)
    for _ in range(20):
        limit.seen(0, Stage.QUEUED)
    assert limit.slots >= 32


def test_the_limit_has_bounds() -> None:
    """At least one task, and no more than the policy allows."""
    limit = AdaptiveLimit(most=5)
    _entered(limit, range(50))
    for ticket in range(50):
        limit.seen(ticket, Stage.STARTED)
    assert limit.slots == 5
    for second in range(10):
        for ticket in range(second * 5, second * 5 + 5):
            limit.left(ticket)
        limit.refused(second * 10.0, 1.0)
    assert limit.slots == 1


def test_refusals_halve_once_for_each_pause() -> None:
    """Answers to calls that were under way when it began say nothing new."""
    limit = AdaptiveLimit(most=400)
    _entered(limit, range(40))
    for ticket in range(40):
        limit.seen(ticket, Stage.STARTED)
    limit.refused(100.0, 5.0)
    assert limit.slots == 20
    for late in range(20):
        limit.refused(100.0 + late / 5, 5.0)
    assert limit.slots == 20
    for ticket in range(20):
        limit.left(ticket)
    limit.refused(105.0, 5.0)
    assert limit.slots == 10


def test_a_ceiling_rises_only_where_it_holds_the_limit_down() -> None:
    """With fewer tasks in flight than allowed, none that ends proves that more would do."""
    limit = AdaptiveLimit(most=400)
    _entered(limit, range(40))
    for ticket in range(40):
        limit.seen(ticket, Stage.STARTED)
    limit.refused(0.0, 1.0)
    held = limit.slots
    for ticket in range(held + 5):
        limit.left(ticket)
    few = limit.slots
    for ticket in range(held + 5, 40):
        limit.left(ticket)
    assert limit.slots == few


def test_after_a_refusal_the_limit_rises_again() -> None:
    """Quickly to nearly where it was, slowly from there."""
    limit = AdaptiveLimit(most=400)
    _entered(limit, range(40))
    for ticket in range(40):
        limit.seen(ticket, Stage.STARTED)
    limit.refused(0.0, 1.0)
    rises, newest = [limit.slots], 40
    for ticket in range(60):
        limit.left(ticket)
        while newest - ticket - 1 < limit.slots:
            limit.entered(newest)
            newest += 1
        limit.seen(newest - 1, Stage.STARTED)
        rises.append(limit.slots)
    assert rises[45] >= 36
    assert rises[60] - rises[45] <= 3


def test_a_farm_that_nobody_has_seen_gets_three_tasks() -> None:
    """So that a small batch does not wait for the first of its tasks."""
    assert AdaptiveLimit(most=400).slots == 3


def test_a_pause_is_at_least_a_second_of_one_refusal() -> None:
    """Refusals without a Retry-After come as close as that, and mean one thing."""
    limit = AdaptiveLimit(most=400)
    _entered(limit, range(40))
    for ticket in range(40):
        limit.seen(ticket, Stage.STARTED)
    limit.refused(0.0, 0.0)
    for ticket in range(20):
        limit.left(ticket)
    before = limit.slots
    limit.refused(0.9, 0.0)
    assert limit.slots == before
    limit.refused(1.1, 0.0)
    assert limit.slots == 10 < before


def test_a_task_that_was_overtaken_by_four_times_the_farm_counts_no_more() -> None:
    """Neither as in flight nor as a sign of a queue; until it is seen to have started after all."""
    limit = AdaptiveLimit(most=400)
    limit.entered(0)
    slots = []
    for ticket in range(1, 11):
        limit.entered(ticket)
        limit.left(ticket)
        slots.append(limit.slots)
    assert slots == [3] * 8 + [4] * 2  # of a farm that takes two at a time
    limit.seen(0, Stage.QUEUED)
    assert limit.slots == 4
    limit.seen(0, Stage.STARTED)
    assert limit.slots == 4  # one is taken, and three are in reserve


@pytest.mark.parametrize(("times", "slots"), [(23, 2), (24, 3)])
def test_when_all_were_seen_queued_eight_times_over_the_oldest_is_written_off(times: int, slots: int) -> None:
    """Three tasks, and nothing moves."""
    limit = AdaptiveLimit(most=30)
    _entered(limit, range(3))
    for number in range(times):
        limit.seen(number % 3, Stage.QUEUED)
    assert limit.slots == slots


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 30), st.sampled_from(Stage)), max_size=120))
def test_the_limit_stays_within_its_bounds_whatever_happens(events: list[tuple[int, int, Stage]]) -> None:
    """Over any order of creates, observations, ends and refusals."""
    limit, tickets, newest = AdaptiveLimit(most=30), [], 0
    for now, (what, which, where) in enumerate(events):
        if what < 3:
            limit.entered(newest)
            tickets.append(newest)
            newest += 1
        elif what == 5:
            limit.refused(float(now), float(which))
        elif tickets:
            ticket = tickets[which % len(tickets)]
            if what == 3:
                limit.seen(ticket, where)
            else:
                limit.left(ticket)
                tickets.remove(ticket)
        assert 1 <= limit.slots <= 30


# Whole runs, without a word about the farm's slots.


def _runs(farm: Farm, exports: int, limit: int | None = None) -> list[Report]:
    seeds = _SEEDS if exports < _MANY else _SEEDS[:1]  # many are alike by themselves
    return [
        Simulation(
            farm,
            exports,
            AdaptiveLimit(most=400) if limit is None else FixedLimit(limit),
            LearnedPacing(watches=limit is None),
            seed,
        ).run()
        for seed in seeds
    ]


def _nine_tenths(runs: list[Report]) -> float:
    """Return after how many seconds nine of ten files were there: how long the last ones take is luck."""
    return fmean(sorted(run.ends)[len(run.ends) * 9 // 10] for run in runs)


def _run_seconds(chance: random.Random) -> float:
    return 2.0 * chance.lognormvariate(0, 0.5)


def _query_seconds(chance: random.Random) -> float:
    return 0.2 * chance.lognormvariate(0, 0.5)


@pytest.mark.long
@pytest.mark.parametrize(
    ("slots", "exports", "best", "waiting", "most"),
    [(2, 60, 5, 6, 1.05), (16, 240, 32, 24, 1.05), (200, 2000, 300, 300, 1.1)],
)
def test_a_farm_of_any_size_is_found_out(slots: int, exports: int, best: int, waiting: int, most: float) -> None:
    """From a cold start, nearly as soon as with a number that suits it, and without a long queue."""
    farm = Farm(slots=slots, run_seconds=_run_seconds, query_seconds=_query_seconds)
    runs = _runs(farm, exports)
    assert _nine_tenths(runs) <= most * _nine_tenths(_runs(farm, exports, best))
    assert max(run.waiting for run in runs) <= waiting


@pytest.mark.long
@pytest.mark.parametrize("later", [8, 32])
def test_slots_that_change_in_the_middle_of_a_run_are_followed(later: int) -> None:
    """More are used, and the queue before fewer is gone after some task lengths."""
    farm = Farm(slots=16, run_seconds=_run_seconds, query_seconds=_query_seconds, later_slots=(10.0, later))
    for run in _runs(farm, 500):
        settled = [in_flight for now, in_flight, _ in run.in_flight if 30.0 < now < 36.0]
        assert later <= fmean(settled) <= 3 * later


@pytest.mark.long
def test_a_farm_that_serves_in_any_order_gets_no_endless_queue() -> None:
    """That older tasks come first is an assumption; where it is wrong the limit is near the slots all the same."""
    farm = Farm(slots=16, run_seconds=_run_seconds, query_seconds=_query_seconds, is_in_order=False)
    runs = _runs(farm, 240)
    assert max(run.waiting for run in runs) <= 64
    assert fmean(run.over_best for run in runs) <= 1.1


@pytest.mark.long
def test_a_farm_that_refuses_more_is_filled_as_far_as_it_lets_us() -> None:
    """Refusals are few, and between them the limit is felt out again."""
    farm = Farm(slots=16, run_seconds=_run_seconds, query_seconds=_query_seconds, most=20)
    runs = _runs(farm, 240)
    assert fmean(run.over_best for run in runs) <= 1.35
    assert fmean(run.refused for run in runs) <= 50


def _seconds(farm: Farm, exports: int, seed: int, enough: int) -> float:
    """Return after how many seconds *enough* of the exports were at their end."""
    return Simulation(farm, exports, AdaptiveLimit(most=400), LearnedPacing(watches=True), seed, enough).run().seconds


@pytest.mark.long
@pytest.mark.parametrize("slots", [2, 16])
def test_tasks_that_are_stuck_do_not_hold_up_their_siblings(slots: int) -> None:
    """One in twenty is never taken and ends at its deadline, half an hour later: the others are done long before."""
    farm = Farm(slots=slots, run_seconds=_run_seconds, query_seconds=_query_seconds, stuck=0.05)
    well = Farm(slots=slots, run_seconds=_run_seconds, query_seconds=_query_seconds)
    for seed in _SEEDS:
        assert _seconds(farm, 200, seed, enough=171) <= 1.3 * _seconds(well, 200, seed, enough=200)


def test_tasks_that_wait_in_vain_and_fill_the_limit_are_given_up_one_by_one() -> None:
    """Nobody is left to overtake them: after some rounds in which nothing moved one more is let in."""
    limit = AdaptiveLimit(most=30)
    for ticket in range(3):
        limit.entered(ticket)
    for _ in range(40):
        for ticket in range(3):
            limit.seen(ticket, Stage.QUEUED)
    assert limit.slots == 2 + 3  # the reserve, and those that hold it for nothing
    limit.left(0)
    limit.seen(1, Stage.STARTED)
    assert limit.slots == 3 + 1


@pytest.mark.parametrize("moves", ["one runs", "one ends now and then"])
def test_a_queue_that_moves_is_no_sign_of_stuck_tasks(moves: str) -> None:
    """However slowly: whoever waits has its turn."""
    limit = AdaptiveLimit(most=30)
    for ticket in range(30):
        limit.entered(ticket)
    if moves == "one runs":
        limit.seen(0, Stage.STARTED)
    for ticket in range(10):
        for _ in range(100):
            limit.seen(20, Stage.QUEUED)
        if moves == "one ends now and then":
            limit.left(ticket)
    assert limit.slots <= 3
