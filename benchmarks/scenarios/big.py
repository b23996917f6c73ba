"""Few and very large results: memory, and the wire."""

from benchmarks.scenario import Contender, Scenario

BIG = Scenario(
    name="big",
    purpose="16 results of 128 MB, all at once; nothing to wait for",
    exports=16,
    concurrency=16,
    render_slots=16,
    server="serve_big",
    settings={"megabytes": 128},
    contenders=(
        Contender("ours", "looker-tasks"),
        Contender("bare_loop", "bare loop"),
        Contender("official_sdk", "looker_sdk, 16 threads"),
        Contender("curl", "curl --parallel"),
    ),
)
