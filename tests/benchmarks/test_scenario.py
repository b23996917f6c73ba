"""A scenario from end to end: real processes, a real server, every contender."""

import pytest

from benchmarks.scenario import Contender, Scenario


@pytest.mark.parametrize("module", ["bare_loop", "official_sdk", "ours"])
def test_a_contender_exports_all_and_is_measured(module: str) -> None:
    """Each contender has every file, and its calls, delay and cost are counted, not its start-up."""
    scenario = Scenario(
        name="tiny",
        purpose="six short renders",
        exports=6,
        concurrency=3,
        render_slots=2,
        server={"render_seconds": 0.05, "query_seconds": 0.01, "spread": 0.0},
        contenders=(Contender(module, "the contender", poll_seconds=0.02),),
    )
    (result,) = scenario.run()
    assert (result.files, result.failures) == (6, 0)
    assert result.seconds < 5
    assert 3 <= result.calls_per_task < 20
    assert 0 < result.delay_seconds < 2
    assert result.over_best > 1
    assert result.cpu_ms_per_task > 0
    assert 10 < result.peak_mb < 500
