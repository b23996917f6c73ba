"""Who is begun next."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from looker_tasks.models import TaskKind
from looker_tasks.sansio.admission import Admission, Lane


def anywhere(_: TaskKind) -> bool:
    """Have room for every kind."""
    return True


def taken(order: Admission[str], *, has_room: object = None) -> list[str]:
    """Take all that can be taken."""
    room = anywhere if has_room is None else (lambda kind: kind == has_room)
    found = []
    while (following := order.take(room)) is not None:
        found.append(following[0])
    return found


def order_of(*waiting: tuple[str, Lane, float]) -> Admission[str]:
    """Return an order in which these wait."""
    order: Admission[str] = Admission(100)
    for item, lane, seconds in waiting:
        order.add(item, lane, seconds)
    return order


def test_as_long_as_more_come_it_is_first_come_first_served() -> None:
    """Whatever is known of how long they take: the longest may be yet to come."""
    order = order_of(("a", "render", 1.0), ("b", "render", 9.0), ("c", "render", 5.0))
    assert taken(order) == ["a", "b", "c"]


def test_where_no_more_come_the_longest_known_is_first() -> None:
    """No straggler starts last; one of which nobody knows is as long as usual, and equals keep their turn."""
    order = order_of(
        ("a", "render", 1.0), ("b", "render", 0.0), ("c", "render", 9.0), ("d", "render", 0.0), ("e", "render", 2.0)
    )
    order.close()
    assert taken(order) == ["c", "b", "d", "e", "a"]


def test_where_nothing_is_known_they_keep_their_turn() -> None:
    """As a manifest has them."""
    order = order_of(*((str(number), "query", 0.0) for number in range(9)))
    order.close()
    assert taken(order) == [str(number) for number in range(9)]


def test_kinds_take_turns() -> None:
    """A long list of queries does not keep the renderer waiting that stands behind it."""
    order = order_of(
        *((f"q{number}", "query", 0.0) for number in range(3)), ("r0", "render", 0.0), ("r1", "render", 0.0)
    )
    assert taken(order) == ["q0", "r0", "q1", "r1", "q2"]


def test_only_who_finds_room_is_taken() -> None:
    """A full renderer does not hold queries back."""
    order = order_of(("r", "render", 0.0), ("q", "query", 0.0))
    assert taken(order, has_room="query") == ["q"]
    assert order.take(lambda _: False) is None
    assert not order.is_over


def test_what_needs_no_task_needs_no_room() -> None:
    """What an earlier run has made is told at once."""
    order = order_of(("r", "render", 0.0), ("done", None, 0.0))
    assert taken(order, has_room="nobody") == ["done"]


@pytest.mark.parametrize("most", [1, 3])
def test_so_many_wait_and_no_more(most: int) -> None:
    """Who asks before adding keeps the bound."""
    order: Admission[str] = Admission(most)
    for number in range(most):
        assert not order.is_full
        order.add(str(number), "render", 0.0)
    assert order.is_full
    order.take(anywhere)
    assert not order.is_full


@given(st.lists(st.tuples(st.sampled_from(["render", "query", None]), st.floats(0, 1e6)), max_size=40), st.booleans())
def test_each_is_taken_once(waiting: list[tuple[Lane, float]], closes: bool) -> None:
    """Whatever waits, in whatever order it comes."""
    order = order_of(*((str(number), lane, seconds) for number, (lane, seconds) in enumerate(waiting)))
    if closes:
        order.close()
    assert sorted(taken(order)) == sorted(str(number) for number in range(len(waiting)))
    assert order.is_over is closes
