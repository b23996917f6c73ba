"""The plot of calls against delay: what each contender pays to know early that a file is ready."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import vl_convert

from benchmarks.score import Score


def write_plot(scores: Iterable[Score], path: Path) -> None:
    """Draw *scores* as SVG to *path*; whoever stands lower left is better at both."""
    points = [
        {"contender": score.contender, "calls": score.calls_per_task, "delay": score.delay_seconds, "by": _by(score)}
        for score in scores
    ]
    path.write_text(vl_convert.vegalite_to_svg(_chart(points)) + "\n")


def _by(score: Score) -> str:
    """Tell what the contenders of one line have in common: the name before its settings."""
    return score.contender.partition(",")[0]


def _chart(points: list[dict[str, object]]) -> dict[str, Any]:
    x = {"field": "calls", "type": "quantitative", "title": "calls a file", "scale": {"zero": True}}
    y = {"field": "delay", "type": "quantitative", "title": "seconds between ready and here", "scale": {"zero": True}}
    color = {"field": "by", "type": "nominal", "legend": None}
    order = {"field": "calls"}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": 560,
        "height": 320,
        "data": {"values": points},
        "layer": [
            {"mark": "line", "encoding": {"x": x, "y": y, "color": color, "order": order}},
            {"mark": {"type": "point", "filled": True, "size": 60}, "encoding": {"x": x, "y": y, "color": color}},
            {
                "mark": {"type": "text", "align": "left", "dx": 8, "dy": -8},
                "encoding": {"x": x, "y": y, "color": color, "text": {"field": "contender"}},
            },
        ],
    }
