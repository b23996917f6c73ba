"""The knobs check themselves."""

import math
from collections.abc import Callable
from typing import Any

import pytest
from attrs import fields

from looker_tasks.errors import ConfigurationError
from looker_tasks.policy import Backoff, Cadence, Deadlines, Limits, Policy, Retry

_PARTS: list[Any] = [Backoff, Cadence, Deadlines, Limits, Retry]
_KNOBS = [pytest.param(part, knob, id=f"{part.__name__}.{knob.name}") for part in _PARTS for knob in fields(part)]


@pytest.mark.parametrize(("part", "knob"), _KNOBS)
@pytest.mark.parametrize("wrong", [0, -1, math.nan, "1", True, None])
def test_no_knob_takes_what_makes_no_sense(part: Callable[..., Any], knob: Any, wrong: object) -> None:  # noqa: ANN401  # attrs' attribute
    """Nothing, less than nothing, no number, a text and a yes are refused, naming the knob."""
    with pytest.raises(ConfigurationError, match=rf"{part.__name__}\.{knob.name} is "):
        part(**{knob.name: wrong})


@pytest.mark.parametrize(("part", "knob"), _KNOBS)
def test_every_knob_can_be_turned(part: Callable[..., Any], knob: Any) -> None:  # noqa: ANN401  # attrs' attribute
    """Another value of the same kind is taken, and kept."""
    value = knob.default + 1 if isinstance(knob.default, int) else knob.default / 2
    assert getattr(part(**{knob.name: value}), knob.name) == value


@pytest.mark.parametrize(
    ("part", "name"),
    [(Retry, "call_attempts"), (Retry, "task_attempts"), (Limits, "downloads"), (Limits, "result_bytes")],
)
@pytest.mark.parametrize("wrong", [1.5, math.inf, 2.0])
def test_a_count_is_a_whole_number(part: Callable[..., Any], name: str, wrong: float) -> None:
    """What is counted has no halves."""
    with pytest.raises(ConfigurationError, match="a whole number, at least 1"):
        part(**{name: wrong})


def test_a_deadline_may_be_never() -> None:
    """A time without an end is a wish that can be kept."""
    assert Deadlines(export=math.inf).export == math.inf


def test_a_policy_is_all_of_them_and_a_value() -> None:
    """The parts have their defaults, and two equal policies are equal."""
    assert Policy() == Policy(backoff=Backoff(), retry=Retry())
    assert Policy(retry=Retry(task_attempts=1)) != Policy()
    assert hash(Policy()) == hash(Policy())


def test_polls_are_never_slower_than_looker_forgets() -> None:
    """Looker abandons query tasks that nobody asks about: the ceiling stays at 15 s."""
    assert Policy().cadence.ceiling <= 15.0
