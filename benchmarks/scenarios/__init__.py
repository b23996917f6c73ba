"""The scenarios, one file each."""

from benchmarks.scenario import Scenario
from benchmarks.scenarios.big import BIG
from benchmarks.scenarios.bucket import BUCKET, BUCKET_SMALL
from benchmarks.scenarios.cold import COLD
from benchmarks.scenarios.farm import FARM
from benchmarks.scenarios.growth import GROWTH
from benchmarks.scenarios.swarm import SWARM
from benchmarks.scenarios.tail import TAIL

SCENARIOS: dict[str, Scenario] = {
    scenario.name: scenario for scenario in (FARM, COLD, TAIL, SWARM, BIG, BUCKET, BUCKET_SMALL, GROWTH)
}
