"""A scenario from end to end: real processes, a real server, every contender."""

from pathlib import Path
from shutil import which

import pytest

from benchmarks.scenario import Contender, Scenario


@pytest.mark.long
@pytest.mark.parametrize(
    "contender",
    [
        Contender("bare_loop", "a bare loop", poll_seconds=0.02),
        Contender("official_sdk", "the official SDK", poll_seconds=0.02),
        Contender("ours", "ours"),
        Contender("ours", "ours, auto", concurrency="auto"),
    ],
    ids=lambda contender: contender.label,
)
def test_a_contender_exports_all_and_is_measured(tmp_path: Path, contender: Contender) -> None:
    """Each contender has every file, and its calls, delay and cost are counted, not its start-up."""
    scenario = Scenario(
        name="tiny",
        purpose="six short renders",
        exports=6,
        concurrency=3,
        render_slots=2,
        settings={"render_seconds": 0.05, "query_seconds": 0.01, "spread": 0.0},
        contenders=(contender,),
    )
    (result,) = scenario.run(tmp_path)
    assert (result.files, result.failures) == (6, 0)
    assert result.seconds < 5
    assert 3 <= result.calls_per_task < 20
    assert 0 < result.delay_seconds < 2
    assert result.over_best is not None
    assert result.over_best > 1
    assert 0 < result.first_create_seconds < 2
    assert 1 <= result.peak_in_flight <= 6
    assert result.cpu_ms_per_task > 0
    assert 10 < result.peak_mb < 500


@pytest.mark.long
@pytest.mark.parametrize(
    "module",
    [
        "bare_loop",
        "official_sdk",
        "ours",
        pytest.param("curl", marks=pytest.mark.skipif(which("curl") is None, reason="curl is not installed")),
    ],
)
def test_large_results_come_whole(tmp_path: Path, module: str) -> None:
    """The server of large files serves each contender."""
    scenario = Scenario(
        name="large",
        purpose="three files of 2 MB",
        exports=3,
        concurrency=3,
        render_slots=3,
        server="serve_big",
        settings={"megabytes": 2},
        contenders=(Contender(module, "the contender"),),
    )
    (result,) = scenario.run(tmp_path)
    assert (result.files, result.failures, result.over_best) == (3, 0, None)
    assert 0 < result.peak_mb < 500  # a curl of some milliseconds is seen before it has much
