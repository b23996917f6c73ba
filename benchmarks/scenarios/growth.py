"""A hundred times as many exports: memory that grows with them, or not."""

from benchmarks.scenario import Contender, Scenario

GROWTH = Scenario(
    name="growth",
    purpose="1,000, 10,000 and 100,000 renders of 0.02 s on 64 slots, 64 tasks in flight",
    exports=1000,
    concurrency=64,
    render_slots=64,
    settings={"render_seconds": 0.02, "query_seconds": 0.0, "spread": 0.0, "caching_slots": 64},
    contenders=(
        Contender("ours", "looker-tasks, 1,000"),
        Contender("ours", "looker-tasks, 10,000", exports=10_000),
        Contender("ours", "looker-tasks, 100,000", exports=100_000),
        Contender("bare_loop", "bare loop, 1,000", poll_seconds=0.02),
        Contender("bare_loop", "bare loop, 10,000", poll_seconds=0.02, exports=10_000),
    ),
)
