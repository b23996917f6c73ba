"""How long simulated phases take."""

import statistics

from looker_tasks.emulator.farm.durations import phase_seconds


def drawn(count: int = 2000, seed: int = 0, phase: str = "rendering") -> list[float]:
    """Draw *count* durations around a median of 10 s."""
    return [phase_seconds(10.0, 0.5, seed=seed, phase=phase, ordinal=ordinal) for ordinal in range(count)]


def test_the_median_is_the_one_asked_for_and_the_tail_is_long() -> None:
    """Log-normal: half are below the median, one in six above it by more than e^0.5."""
    seconds = drawn()
    assert 9.3 < statistics.median(seconds) < 10.7
    assert 0.12 < sum(each > 10 * 1.6487 for each in seconds) / len(seconds) < 0.20
    assert min(seconds) > 0


def test_seed_phase_and_ordinal_decide_alone() -> None:
    """The same three give the same seconds, and each of them matters."""
    assert drawn(20) == drawn(20)
    assert drawn(20) != drawn(20, seed=1)
    assert drawn(20) != drawn(20, phase="querying")
    assert len(set(drawn(20))) == 20


def test_without_a_spread_every_phase_takes_the_median() -> None:
    """Tests that count seconds want no chance."""
    assert phase_seconds(30.0, 0.0, seed=1, phase="rendering", ordinal=7) == 30.0
