"""Which fault strikes which call. Counts calls, and decides by nothing but the counts and a seed."""

import random
from collections import Counter
from collections.abc import Collection
from fnmatch import fnmatchcase

from looker_tasks.emulator.faults.fault import Fault
from looker_tasks.emulator.faults.kinds import Stage
from looker_tasks.emulator.faults.scenario import Scenario


class FaultPicker:
    """A scenario as it is played: how many calls each of its faults has seen, and how many it has struck."""

    def __init__(self, scenario: Scenario, seed: int = 0) -> None:
        self._faults = scenario.faults
        self._seed = seed if scenario.seed is None else scenario.seed
        self._seen: Counter[int] = Counter()
        self._struck: Counter[int] = Counter()

    def pick(self, stage: Stage, operation: str, targets: Collection[str]) -> Fault | None:
        """Return which fault of *stage* strikes this call of *operation* on *targets*, and count the call."""
        chosen = None
        for index, fault in enumerate(self._faults):
            if fault.stage != stage or not _matches(fault, operation, targets):
                continue
            self._seen[index] += 1
            if chosen is None and self._is_due(index, fault):
                self._struck[index] += 1
                chosen = fault
        return chosen

    def _is_due(self, index: int, fault: Fault) -> bool:
        """Whether the call that *fault* has just seen is one that it strikes."""
        nth = self._seen[index]
        if fault.nth and nth not in fault.nth:
            return False
        if fault.times is not None and self._struck[index] >= fault.times:
            return False
        chance = random.Random(f"{self._seed}/{index}/{nth}")  # noqa: S311  # a repeatable simulation
        return chance.random() < fault.probability


def _matches(fault: Fault, operation: str, targets: Collection[str]) -> bool:
    if not fnmatchcase(operation, fault.operation):
        return False
    return fault.target == "*" or any(fnmatchcase(each, fault.target) for each in targets)
