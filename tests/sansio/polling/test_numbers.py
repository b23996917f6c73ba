"""The numbers of the pacing, each where it shows: one that is doubled or halved fails here."""

import pytest

from looker_tasks.models import TaskKind
from looker_tasks.sansio.machine.notes import AskedTooEarly, Observed, Polled
from looker_tasks.sansio.polling.learned import LearnedPacing
from looker_tasks.sansio.polling.observation import Observation
from looker_tasks.sansio.polling.sample import Sample
from looker_tasks.sansio.polling.schedule import Schedule, survival
from looker_tasks.sansio.protocol.statuses import Stage

_NEW = Observation()
_MIDDLE = 0.25  # of the chances: neither sooner nor later than the share says


def _ended(seconds: float) -> Observation:
    """Return what was seen of a task that ran for *seconds* from its create on."""
    return Observation(started=0.0, alive=seconds, ended=seconds)


def _taught(times: list[float]) -> LearnedPacing:
    pacing = LearnedPacing()
    for seconds in times:
        pacing.observe("render", _NEW, _ended(seconds), 0.5)
    return pacing


def _schedules(pacing: LearnedPacing) -> list[Schedule]:
    known = pacing._kinds["render"]
    return [sample.made for sample in (known.runs, known.ages) if sample.made is not None]


@pytest.mark.parametrize(
    ("kind", "ages"), [("render", [0.12, 0.7, 1.4, 2.8, 5.6, 0.12]), ("query", [0.1, 0.2, 0.4, 0.8, 1.6, 0.1])]
)
def test_tasks_that_begin_together_are_first_polled_apart(kind: TaskKind, ages: list[float]) -> None:
    """What one of them says, the others need not be asked."""
    pacing = LearnedPacing()
    assert [pacing.next_poll(kind, _NEW, 0.0, _MIDDLE).wait for _ in ages] == ages


@pytest.mark.parametrize(("kind", "floor"), [("render", 0.35), ("query", 0.1)])
def test_before_anything_is_known_polls_have_a_floor(kind: TaskKind, floor: float) -> None:
    """A render starts a browser, however small it is; two polls are no closer than that."""
    assert LearnedPacing().next_poll(kind, _NEW, 0.15, _MIDDLE).wait == floor


def test_before_anything_is_known_a_share_of_the_age_is_waited() -> None:
    """Give or take a tenth, so that tasks do not go on together; at most the ceiling, and half of it is slack."""
    pacing = LearnedPacing()
    soonest, latest = pacing.next_poll("render", _NEW, 10.0, 0.0), pacing.next_poll("render", _NEW, 10.0, 0.4999)
    assert soonest.wait == pytest.approx(5.4)
    assert latest.wait == pytest.approx(6.6, abs=0.01)
    assert soonest.slack == pytest.approx(soonest.wait / 2)
    assert pacing.next_poll("render", _NEW, 900.0, _MIDDLE).wait == 15.0


def test_one_that_waits_for_long_is_polled_ever_more_seldom() -> None:
    """Tasks run for two seconds, and this one has waited for minutes: a twentieth of that is soon enough."""
    pacing = _taught([2.0] * 20)
    waits = [
        pacing.next_poll("render", Observation(waiting=age, alive=age), age, _MIDDLE).wait
        for age in (20.0, 100.0, 200.0)
    ]
    assert waits[0] < 2.5
    assert waits[1:] == [5.0, 10.0]


def test_the_guess_at_a_start_moves_with_what_is_seen() -> None:
    """Up by a quarter where a task still waits then, down by less where it does not."""
    pacing = LearnedPacing(watches=True)
    assert pacing.next_poll("render", _NEW, 0.0, 0.9).wait == 0.2
    pacing.observe("render", _NEW, Observation(waiting=0.2, alive=0.2), 0.5)
    assert pacing.next_poll("render", _NEW, 0.0, 0.9).wait == pytest.approx(0.25)
    pacing.observe("render", _NEW, Observation(started=0.25, alive=0.25), 0.5)
    assert pacing.next_poll("render", _NEW, 0.0, 0.9).wait == pytest.approx(0.2125)


def test_four_are_a_sample() -> None:
    """With three, chance would decide."""
    seen = Observation(alive=3.9)
    assert _taught([4.0, 5.0, 6.0]).next_poll("render", seen, 3.9, _MIDDLE).is_guess
    assert not _taught([4.0, 5.0, 6.0, 7.0]).next_poll("render", seen, 3.9, _MIDDLE).is_guess


def test_a_sample_is_no_sharper_than_its_number_lets_it_be() -> None:
    """Of four tasks, five fourths of what they usually take lie between two polls."""
    pacing = _taught([4.0, 4.001, 4.002, 4.003])
    assert pacing.next_poll("render", Observation(alive=3.9), 3.9995, _MIDDLE).wait == pytest.approx(5.0, abs=0.01)


def test_a_straggler_is_polled_after_a_fifth_of_the_share() -> None:
    """It is perhaps the last that the run waits for."""
    pacing = _taught([2.0] * 20)
    assert pacing.next_poll("render", Observation(alive=20.0), 20.0, _MIDDLE).wait == pytest.approx(0.6 * 20 / 5)


def test_a_poll_that_is_well_aimed_stays_so() -> None:
    """Its slack is a quarter of what the times are apart, or half of the wait, whichever is less."""
    pacing = _taught([10.0 + each / 10 for each in range(40)])
    ask = pacing.next_poll("render", Observation(alive=1.0), 1.0, _MIDDLE)
    assert ask.slack == pytest.approx(3.1 / 4, abs=0.01)
    assert ask.slack < ask.wait / 2


def test_those_who_wait_think_again_when_the_sample_has_doubled() -> None:
    """A few times, and then it is known."""
    pacing = LearnedPacing()
    learned = [number for number in range(1, 301) if pacing.observe("render", _NEW, _ended(4.0), 0.5)]
    assert learned == [4, 8, 16, 32, 64]


@pytest.mark.parametrize(("usual", "price"), [(0.05, 0.006), (0.15, 0.012), (10.0, 0.7)])
def test_a_poll_has_a_price(usual: float, price: float) -> None:
    """A share of what tasks take; of short ones, what it costs both sides, and of tiny ones a share again."""
    pacing = _taught([usual] * 20)
    pacing.next_poll("render", _NEW, 0.0, _MIDDLE)
    assert [made.price for made in _schedules(pacing)] == [pytest.approx(price)]


def test_a_missing_result_is_thought_to_cost_a_second() -> None:
    """Until the server says what it wants: its Retry-After."""
    pacing = _taught([4.0] * 20)
    pacing.next_poll("render", _NEW, 0.0, _MIDDLE)
    assert [made.pause for made in _schedules(pacing)] == [1.0]


def test_notes_teach() -> None:
    """An observation and a question that came too early; others teach nothing."""
    pacing = LearnedPacing()
    assert [pacing.learn(Observed("render", _NEW, _ended(4.0)), 0.5) for _ in range(5)] == [False] * 3 + [True, False]
    assert not pacing.learn(AskedTooEarly("render", 60.0), 0.5)
    assert not pacing.learn(Polled("t1", "rendering", Stage.STARTED), 0.5)
    assert pacing._kinds["render"].pause == 60.0


def test_what_earlier_runs_took_is_known_from_the_start() -> None:
    """Of a task that was seen to start."""
    pacing = LearnedPacing()
    pacing.remember("render", [5.0] * 4)
    started = Observation(started=1.0, waiting=1.0, alive=1.0)
    assert pacing.next_poll("render", started, 1.0, _MIDDLE).wait >= 5.0


def test_a_start_that_is_not_known_closely_says_nothing_of_runs() -> None:
    """Half of a run may lie between the last poll that saw a task wait and the first that saw it run."""
    assert Observation(waiting=1.0, started=2.0).shows_start(2.0)
    assert not Observation(waiting=1.0, started=2.0).shows_start(1.9)
    pacing = LearnedPacing()
    pacing.observe("render", _NEW, Observation(started=4.9, alive=4.9, ended=5.0), 0.5)
    assert len(pacing._kinds["render"].ages.ordered) == 1
    assert len(pacing._kinds["render"].runs.ordered) == 0


def test_a_sample_is_of_the_last_128() -> None:
    """Enough for a schedule, few enough to forget."""
    sample = Sample()
    for number in range(200):
        sample.add(float(number))
    assert sample.ordered == [float(number) for number in range(72, 200)]


def test_a_schedule_is_worked_out_anew_for_a_quarter_of_new_times() -> None:
    """Not for each."""
    sample = Sample()
    for number in range(40):
        sample.add(float(number))
    first = sample.schedule(1.0, 1.0)
    made = []
    for number in range(1, 21):
        sample.add(float(number))
        made.append(sample.schedule(1.0, 1.0))
    assert [each is first for each in made] == [number < 14 for number in range(1, 21)]  # 14 of 54


def test_times_that_are_alike_weigh_sixty_to_twelve_against_their_bracket() -> None:
    """So that a sample once wrong finds out."""
    sample = Sample()
    for _ in range(60):
        sample.add(4.0)
    imputed = [sample.imputed(2.0, 5.0, 0.1, number / 1000) for number in range(1000)]
    assert imputed.count(4.0) == pytest.approx(1000 * 60 / 72, abs=2)


def test_a_spread_leaves_a_tenth_out_at_either_end() -> None:
    """One that took for ever says nothing of the others."""
    sample = Sample()
    for number in range(100):
        sample.add(float(number**3))
    assert sample.spread == 89.0**3 - 10.0**3


def test_a_schedule_keeps_24_times_and_says_nothing_of_the_last_two() -> None:
    """Beyond, three more polls are thought to be needed."""
    times = [float(number) for number in range(1, 1001)]
    schedule = Schedule(times, survival(times), 1.0, 1.0)
    assert len(schedule._times) == 24
    assert schedule._free[-1] == pytest.approx(3.0 * schedule._alive[-1])
    few = Schedule(times[:10], survival(times[:10]), 0.01, 1.0)
    assert few.after(7.5) is not None
    assert few.after(8.5) is None
