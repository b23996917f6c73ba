"""The usual evening: more dashboards than the farm renders at once, of uneven length."""

from benchmarks.scenario import Contender, Scenario

FARM = Scenario(
    name="farm",
    purpose="240 dashboards on 16 render slots, 2 s each (median), 32 tasks in flight",
    exports=240,
    concurrency=32,
    render_slots=16,
    settings={"render_seconds": 2.0, "query_seconds": 0.2, "caching_slots": 32},
    contenders=(
        Contender("ours", "looker-tasks"),
        Contender("bare_loop", "bare loop, 0.25 s", poll_seconds=0.25),
        Contender("bare_loop", "bare loop, 0.5 s", poll_seconds=0.5),
        Contender("bare_loop", "bare loop, 1 s", poll_seconds=1.0),
        Contender("bare_loop", "bare loop, 2 s", poll_seconds=2.0),
        Contender("official_sdk", "looker_sdk, 32 threads, 1 s"),
    ),
)
