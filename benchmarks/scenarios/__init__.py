"""The scenarios, one file each."""

from benchmarks.scenario import Scenario
from benchmarks.scenarios.farm import FARM

SCENARIOS: dict[str, Scenario] = {scenario.name: scenario for scenario in (FARM,)}
