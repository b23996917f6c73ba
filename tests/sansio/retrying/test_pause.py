"""The pause of a whole client after a 429."""

from hypothesis import given
from hypothesis import strategies as st

from looker_tasks.policy import Backoff
from looker_tasks.sansio.retrying.pause import Pause, Pauses

_POLICY = Backoff(base=1.0, cap=8.0)


def test_many_429s_at_once_are_one_pause() -> None:
    """Answers to calls that were under way when the pause began neither lengthen it nor count."""
    first = Pause().throttled(100.0, None, _POLICY, 0.5)
    pause = first
    for late in range(20):
        pause = pause.throttled(100.0 + late / 100, None, _POLICY, 0.9)
    assert pause == first == Pause(until=100.5, streak=1)


def test_a_longer_retry_after_lengthens_the_pause() -> None:
    """Within a pause, the server's later word counts where it asks for longer, and only there."""
    pause = Pause().throttled(100.0, 10.0, _POLICY, 0.5)
    assert pause.until == 110.0
    assert pause.throttled(101.0, 3.0, _POLICY, 0.5).until == 110.0
    assert pause.throttled(101.0, 30.0, _POLICY, 0.5) == Pause(until=131.0, streak=1)


def test_pauses_without_a_good_answer_between_them_grow() -> None:
    """Each pause that follows another doubles the window, up to the cap."""
    pause, lengths = Pause(), []
    for _ in range(6):
        begun = pause.until
        pause = pause.throttled(begun, None, _POLICY, 0.5)
        lengths.append(pause.until - begun)
    assert lengths == [0.5, 1.0, 2.0, 4.0, 4.0, 4.0]


def test_a_good_answer_begins_anew() -> None:
    """After a pause that helped, the next one is small again; an answer from before it says nothing."""
    pause = Pause(until=100.0, streak=4)
    assert pause.answered(99.0) is pause
    assert pause.answered(100.0) == Pause(until=100.0, streak=0)
    assert pause.answered(100.0).throttled(200.0, None, _POLICY, 0.5).until == 200.5


def test_a_client_that_never_paused_stays_so() -> None:
    """A good answer changes nothing where nothing was wrong."""
    pause = Pause()
    assert pause.answered(5.0) is pause


def test_operations_that_never_paused_stay_so() -> None:
    """No operation waits, and a good answer to one changes nothing."""
    pauses = Pauses()
    assert pauses.until("render_task") == 0.0
    assert pauses.answered("render_task", 5.0) is pauses


@given(
    st.lists(
        st.tuples(st.floats(0, 100), st.booleans(), st.none() | st.floats(0, 1000), st.floats(0, 1, exclude_max=True)),
        max_size=30,
    )
)
def test_a_pause_is_bounded_by_what_was_asked_and_the_cap(
    answers: list[tuple[float, bool, float | None, float]],
) -> None:
    """Over any order of answers the end of the pause never moves back, nor further than the cap or Retry-After."""
    pause, now = Pause(), 0.0
    for later, is_good, asked, rand in answers:
        now += later
        before = pause
        pause = pause.answered(now) if is_good else pause.throttled(now, asked, _POLICY, rand)
        assert pause.until >= before.until
        assert pause.until <= max(before.until, now + max(_POLICY.cap, asked or 0.0))


CREATE, POLL, RESULTS = "create_dashboard_render_task", "render_task", "render_task_results"


def test_what_was_throttled_is_paused_and_nothing_else() -> None:
    """A throttled create holds up every create of a render, and no poll, no download and no query."""
    pauses = Pauses().throttled(CREATE, 100.0, 600.0, _POLICY, 0.5)
    others = (POLL, RESULTS, "create_query_task", "query_task", "query_task_results", "dashboard")
    assert pauses.until(CREATE) == pauses.until("create_look_render_task") == 700.0
    assert [pauses.until(operation) for operation in others] == [0.0] * len(others)


def test_a_second_operation_throttled_within_the_pause_pauses_everything() -> None:
    """For as long as the second pause lasts; the first goes on where it is longer."""
    pauses = Pauses().throttled(CREATE, 100.0, 600.0, _POLICY, 0.5).throttled(POLL, 101.0, 9.0, _POLICY, 0.5)
    assert pauses.until(CREATE) == 700.0
    assert pauses.until(POLL) == pauses.until(RESULTS) == pauses.until("query_task") == 110.0


def test_two_operations_throttled_one_after_the_other_are_two_pauses() -> None:
    """Once the first is over, the second is a first again."""
    pauses = Pauses().throttled(CREATE, 100.0, 5.0, _POLICY, 0.5).throttled(POLL, 105.0, 9.0, _POLICY, 0.5)
    assert (pauses.until(POLL), pauses.until(RESULTS)) == (114.0, 0.0)


def test_a_good_answer_forgives_its_own_operation() -> None:
    """The streak of one operation says nothing of another."""
    pauses = Pauses().throttled(CREATE, 100.0, None, _POLICY, 0.5)
    again = pauses.throttled(CREATE, 200.0, None, _POLICY, 0.5)
    assert again.until(CREATE) == 201.0
    forgiven = pauses.answered(CREATE, 150.0).throttled(CREATE, 200.0, None, _POLICY, 0.5)
    assert forgiven.until(CREATE) == 200.5
    assert pauses.answered(POLL, 150.0) is pauses
    assert pauses.answered(CREATE, 100.2) is pauses
