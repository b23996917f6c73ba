"""From rows to a chart: the Vega-Lite specification of each visualization that has axes or slices.

Pure. Text of users is data, never an expression: fields have names of our own.
"""

from collections.abc import Callable, Mapping

from looker_tasks.emulator.content import Visualization
from looker_tasks.emulator.drawing import plots
from looker_tasks.emulator.drawing.frame import Chart, Frame, specification
from looker_tasks.emulator.drawing.pie import pie
from looker_tasks.emulator.drawing.series import Reading, read
from looker_tasks.emulator.drawing.theme import Theme
from looker_tasks.emulator.results import Rows

_MOST_SERIES = 24
_KINDS: Mapping[Visualization, Callable[[Reading, Frame], Chart]] = {
    "looker_column": plots.columns,
    "looker_bar": plots.bars,
    "looker_line": plots.lines,
    "looker_area": plots.areas,
    "looker_pie": pie,
    "looker_scatter": plots.scatter,
}


def chart_of(rows: Rows, visualization: Visualization, width: float, height: float, theme: Theme) -> Chart | None:
    """Specify the chart of *rows*, *width* x *height* pixels with its axes and legend.

    None: *visualization* is no chart, or nothing in the rows can be drawn as one.
    """
    kind = _KINDS.get(visualization)
    reading = read(rows)
    if kind is None or not reading.series or not reading.places:
        return None
    frame = Frame(width, height, theme)
    left_out = len(reading.series) - _MOST_SERIES
    chart = kind(reading.first(_MOST_SERIES), frame)
    notes = [chart.note, f"{left_out:,} more series" if left_out > 0 else ""]
    return Chart({**specification(frame), **chart.spec}, " · ".join(filter(None, notes)))
