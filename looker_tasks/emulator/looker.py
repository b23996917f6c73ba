"""One emulated Looker: what all its routes share. It holds the parts; each of them acts by itself."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from attrs import define, field

from looker_tasks.emulator.catalogue import Catalogue
from looker_tasks.emulator.clock import Clock
from looker_tasks.emulator.farm.farm import Farm
from looker_tasks.emulator.faults.fault import Fault
from looker_tasks.emulator.faults.fault_picker import FaultPicker
from looker_tasks.emulator.faults.kinds import Stage
from looker_tasks.emulator.faults.scenario import Scenario
from looker_tasks.emulator.settings import Settings
from looker_tasks.emulator.statistics import Statistics
from looker_tasks.emulator.tokens import Tokens

if TYPE_CHECKING:
    from looker_tasks.emulator.warehouse import Model  # brings DuckDB, which waits until it is needed


@define
class Looker:
    """The parts of a running emulator."""

    settings: Settings
    catalogue: Catalogue
    clock: Clock
    farm: Farm
    statistics: Statistics
    scenario: Scenario
    restart: Callable[[float, bool], None]  # in so many seconds down, the tokens kept or not; returns before it begins
    models: "Callable[[], Awaitable[Sequence[Model]]]"  # what the queries may name
    tokens: Tokens = field(init=False)
    _picker: FaultPicker = field(init=False)

    @tokens.default
    def _no_tokens_yet(self) -> Tokens:
        return Tokens(self.settings.token_ttl)

    @_picker.default
    def _none_yet(self) -> FaultPicker:
        return FaultPicker(self.scenario, self.settings.seed)

    def play(self, scenario: Scenario) -> None:
        """Let *scenario* strike from now on, in place of the one before."""
        self.scenario = scenario
        self._picker = FaultPicker(scenario, self.settings.seed)

    def pick(self, stage: Stage, operation: str, targets: tuple[str, ...]) -> Fault | None:
        """Return which fault of *stage* strikes a call of *operation* on *targets* or on the tasks among them."""
        if not self.scenario.faults:
            return None
        made_of = (each for task_id in targets for each in self.farm.targets_of(task_id))
        fault = self._picker.pick(stage, operation, (*targets, *made_of))
        if fault is not None:
            self.statistics.faults[fault.kind] += 1
        return fault
