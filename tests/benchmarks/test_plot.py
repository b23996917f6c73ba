"""The plot: every contender is on it, and peers of one kind are one line."""

from pathlib import Path

from attrs import evolve

from benchmarks.plot import write_plot
from benchmarks.workload import Told
from tests.benchmarks.test_score import scored


def test_every_contender_is_named_on_the_plot(tmp_path: Path) -> None:
    """It is SVG, and shows the label of each score and what the axes mean."""
    score = scored(Told(failures=0), 4.0, 2.0)
    labels = ["ours", "loop, 1 s", "loop, 2 s"]
    scores = [evolve(score, contender=label, calls_per_task=at) for at, label in enumerate(labels, start=1)]
    write_plot(scores, tmp_path / "plot.svg")
    drawn = (tmp_path / "plot.svg").read_text()
    assert drawn.startswith("<svg")
    assert [
        each for each in [*labels, "calls a file", "seconds between ready and here"] if f">{each}<" not in drawn
    ] == []
