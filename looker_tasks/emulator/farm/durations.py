"""How long a simulated phase takes. Pure: the same seed, phase and ordinal give the same seconds."""

import random


def phase_seconds(median: float, spread: float, *, seed: int, phase: str, ordinal: int) -> float:
    """Draw a log-normal duration around *median* seconds, *spread* being the sigma of its logarithm.

    *ordinal* numbers the tasks of an emulator in the order of their creation, so that a run can be repeated whatever
    the order in which its phases happen to begin.
    """
    if spread == 0:
        return median
    chance = random.Random(f"{seed}/{phase}/{ordinal}")  # noqa: S311  # a repeatable simulation, nothing secret
    return median * chance.lognormvariate(0.0, spread)
