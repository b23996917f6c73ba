"""Very uneven renders: whatever starts last and long keeps everybody waiting."""

from benchmarks.scenario import Contender, Scenario

TAIL = Scenario(
    name="tail",
    purpose="120 dashboards on 16 render slots, 1 s (median) and some twenty times as long, 32 tasks in flight",
    exports=120,
    concurrency=32,
    render_slots=16,
    settings={"render_seconds": 1.0, "query_seconds": 0.1, "spread": 1.3, "caching_slots": 32},
    contenders=(
        Contender("ours", "looker-tasks"),
        Contender("bare_loop", "bare loop, 1 s"),
        Contender("official_sdk", "looker_sdk, 32 threads, 1 s"),
    ),
)
