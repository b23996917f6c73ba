"""The usual evening: more dashboards than the farm renders at once, of uneven length."""

from benchmarks.scenario import Contender, Scenario

FARM = Scenario(
    name="farm",
    purpose="240 dashboards, 16 render slots, renders of 2 s (median), 32 tasks in flight",
    exports=240,
    concurrency=32,
    render_slots=16,
    server={"render_seconds": 2.0, "query_seconds": 0.2, "caching_slots": 32},
    contenders=(
        Contender("ours", "looker-tasks"),
        Contender("bare_loop", "bare aiohttp loop, 1 s"),
        Contender("official_sdk", "looker_sdk, 32 threads, 1 s"),
    ),
)
