"""Which calls a fault strikes."""

import pytest

from looker_tasks.emulator.faults import Fault, Scenario
from looker_tasks.emulator.faults.fault_picker import FaultPicker


def struck(fault: Fault, calls: int, operation: str = "render_task", *targets: str, seed: int = 0) -> list[int]:
    """Return which of *calls* equal calls *fault* strikes, counted from 1."""
    picker = FaultPicker(Scenario((fault,), seed))
    return [nth for nth in range(1, calls + 1) if picker.pick(fault.stage, operation, targets)]


def test_nth_counts_the_calls_that_match() -> None:
    """Calls of other operations do not count."""
    picker = FaultPicker(Scenario((Fault("reset", operation="login", nth=2),)))
    operations = ("login", "render_task", "login", "login")
    assert [bool(picker.pick("call", each, ())) for each in operations] == [False, False, True, False]


def test_times_limits_how_many_are_struck() -> None:
    """A fault with `times` strikes so many and no more."""
    assert struck(Fault("reset", times=3), 10) == [1, 2, 3]


def test_probability_strikes_its_share_and_the_same_again() -> None:
    """A share of 20 % strikes about 200 of 1000 calls, the same for the same seed and others for another."""
    first = struck(Fault("reset", probability=0.2), 1000, seed=1)
    assert 150 < len(first) < 250
    assert struck(Fault("reset", probability=0.2), 1000, seed=1) == first
    assert struck(Fault("reset", probability=0.2), 1000, seed=2) != first
    assert struck(Fault("reset", probability=0.0), 1000) == []


@pytest.mark.parametrize(
    ("pattern", "targets", "strikes"),
    [("42", ("42",), True), ("42", ("7", "42"), True), ("42", ("7",), False), ("thelook::*", ("thelook::a",), True)],
)
def test_target_names_what_the_call_is_about(pattern: str, targets: tuple[str, ...], strikes: bool) -> None:
    """A pattern that matches one of the call's targets is enough."""
    assert bool(struck(Fault("reset", target=pattern), 1, "render_task", *targets)) is strikes


def test_the_first_fault_that_is_due_strikes_and_all_count() -> None:
    """Two faults of one stage never strike one call, and the second counts the call that the first took."""
    picker = FaultPicker(Scenario((Fault("reset", nth=1), Fault("throttled", nth=(1, 2)))))
    kinds = [fault and fault.kind for fault in (picker.pick("call", "login", ()) for _ in range(3))]
    assert kinds == ["reset", "throttled", None]


def test_a_scenario_without_a_seed_takes_the_emulators() -> None:
    """The seed of the settings decides unless the scenario has its own."""
    fault = Fault("reset", probability=0.5)

    def struck_with(own: int | None, given: int) -> list[bool]:
        picker = FaultPicker(Scenario((fault,), own), given)
        return [bool(picker.pick("call", "login", ())) for _ in range(50)]

    assert struck_with(None, 3) == struck_with(3, 9)
    assert struck_with(None, 3) != struck_with(None, 4)


def test_a_fault_strikes_at_its_own_stage() -> None:
    """A fault of a task does not strike the answer."""
    picker = FaultPicker(Scenario((Fault("stuck"),)))
    assert picker.pick("answer", "create_query_task", ()) is None
    assert picker.pick("task", "create_query_task", ()) is not None


def test_a_fault_refuses_fields_that_its_kind_does_not_read() -> None:
    """What would be ignored is an error."""
    with pytest.raises(ValueError, match="'reset' has no seconds, size"):
        Fault("reset", size=1, seconds=1.0)
