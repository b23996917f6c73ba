"""What goes wrong, as data: faults, the scenario that names them, and what each one does to a call."""

from looker_tasks.emulator.faults.fault import Fault
from looker_tasks.emulator.faults.kinds import FaultKind
from looker_tasks.emulator.faults.scenario import Scenario, ScenarioError

__all__ = ["Fault", "FaultKind", "Scenario", "ScenarioError"]
