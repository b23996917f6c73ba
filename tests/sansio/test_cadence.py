"""When to poll next."""

from hypothesis import given
from hypothesis import strategies as st

from looker_tasks.policy import Cadence
from looker_tasks.sansio.cadence import next_poll

_RANDS = st.floats(0, 1, exclude_max=True)


@given(st.floats(0, 1e6), _RANDS)
def test_a_poll_comes_within_the_bounds(age: float, rand: float) -> None:
    """A task of any age is asked about after a tenth of a second at the earliest and 15 s at the latest."""
    assert 0.1 <= next_poll(age, Cadence(), rand) <= 15.0


@given(st.floats(1, 50), _RANDS)
def test_between_them_the_wait_is_a_share_of_the_age(age: float, rand: float) -> None:
    """The wait is the policy's share of the task's age, a quarter more or less."""
    wait = next_poll(age, Cadence(share=0.2), rand)
    assert 0.2 * age * 0.75 <= wait <= 0.2 * age * 1.25


def test_polls_of_a_long_task_are_few() -> None:
    """The polls of a task of one minute number some tens, for they come at a share of its age."""
    polls, age = 0, 0.0
    while age < 60.0:
        age += next_poll(age, Cadence(), 0.5)
        polls += 1
    assert polls < 40


def test_the_ceiling_wins_over_the_floor() -> None:
    """Looker abandons what nobody asks about: no floor delays a poll past the ceiling."""
    assert next_poll(0.0, Cadence(floor=20.0, ceiling=15.0), 0.5) == 15.0
