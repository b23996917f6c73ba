"""Copies of values that change at every step."""

import attrs
from attrs import frozen

from looker_tasks.sansio import evolving


@frozen(slots=False)
class _Point:
    x: int
    y: tuple[int, ...] = ()


def test_a_copy_has_what_was_changed_and_the_rest() -> None:
    """As by attrs' own, and the value itself stays what it was."""
    point = _Point(1, (2, 3))
    assert evolving.evolve(point, x=5) == attrs.evolve(point, x=5) == _Point(5, (2, 3))
    assert point == _Point(1, (2, 3))
    assert hash(evolving.evolve(point)) == hash(point)
