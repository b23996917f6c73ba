"""So many small tasks that the client itself is what is slow."""

from benchmarks.scenario import Contender, Scenario

SWARM = Scenario(
    name="swarm",
    purpose="5,000 renders of 0.1 s on 64 slots, 64 tasks in flight (500 for looker_sdk)",
    exports=5000,
    concurrency=64,
    render_slots=64,
    settings={"render_seconds": 0.1, "query_seconds": 0.0, "spread": 0.0, "caching_slots": 64},
    contenders=(
        Contender("ours", "looker-tasks"),
        Contender("bare_loop", "bare loop, 0.1 s", poll_seconds=0.1),
        Contender("official_sdk", "looker_sdk, 64 threads, 0.1 s", poll_seconds=0.1, exports=500),
    ),
)
