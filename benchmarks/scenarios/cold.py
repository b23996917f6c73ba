"""The same farm, and nobody says how many slots it has: finding that out costs time, guessing wrong costs more."""

from attrs import evolve

from benchmarks.scenario import Contender
from benchmarks.scenarios.farm import FARM

COLD = evolve(
    FARM,
    name="cold",
    purpose="the same farm, its slots unknown: as many tasks in flight as each contender thinks right",
    contenders=(
        Contender("ours", "looker-tasks, auto", concurrency="auto"),
        Contender("bare_loop", "bare loop, 1 s, 10 in flight", concurrency=10),
        Contender("bare_loop", "bare loop, 1 s, 100 in flight", concurrency=100),
        Contender("official_sdk", "looker_sdk, 10 threads, 1 s", concurrency=10),
    ),
)
