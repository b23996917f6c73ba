"""What the charts of a page have in common: their frame, their colours, their legend. Pure."""

from attrs import frozen

from looker_tasks.emulator.drawing.axes import LABEL_SIZE, Spec
from looker_tasks.emulator.drawing.series import Reading
from looker_tasks.emulator.drawing.theme import Theme
from looker_tasks.emulator.drawing.typeface import FONT, width_of

LEGEND_MARK = 34
"""The width of a legend's symbol and its margins, in pixels."""

LEGEND_LINE = 17
"""The height of a line of a legend, in pixels."""

_LEGEND_NAME = 150


@frozen
class Chart:
    """A specification to draw, and what to say beneath it."""

    spec: Spec
    note: str = ""


@frozen
class Frame:
    """Where a chart is drawn, and in which colours."""

    width: float
    height: float
    theme: Theme


def specification(frame: Frame) -> Spec:
    """Return the part of a specification that every chart has."""
    theme = frame.theme
    written: Spec = {"labelColor": theme.quiet, "titleColor": theme.quiet, "labelFontSize": LABEL_SIZE}
    written |= {"titleFontSize": LABEL_SIZE, "titleFontWeight": "normal"}
    return {
        "width": round(frame.width),
        "height": round(frame.height),
        "padding": 2,
        "autosize": {"type": "fit", "contains": "padding"},
        "background": None,
        "config": {
            "aria": False,
            "font": FONT,
            "view": {"stroke": None},
            "axis": {**written, "gridColor": theme.grid, "domainColor": theme.border, "tickColor": theme.border},
            "legend": written,
        },
    }


def colour_of(reading: Reading, frame: Frame) -> tuple[Spec, Spec]:
    """Return the encodings that tell series apart: by colour, and by place where they stand side by side."""
    palette = frame.theme.series
    if len(reading.series) == 1:
        return {"color": {"value": palette[0]}}, {}
    labels = [series.label for series in reading.series]
    limit = max(40, min(_LEGEND_NAME, frame.width / 3 - LEGEND_MARK))
    widest = min(limit, max(width_of(label, LABEL_SIZE) for label in labels))
    across = max(1, int(frame.width / (widest + LEGEND_MARK)))
    lines = max(1, int(frame.height * 0.25 / LEGEND_LINE))
    legend: Spec = {"title": None, "orient": "bottom", "labelLimit": limit}
    legend |= {"columns": across, "symbolLimit": across * lines}
    scale: Spec = {"domain": labels, "range": [palette[place % len(palette)] for place in range(len(labels))]}
    colour: Spec = {"field": "series", "type": "nominal", "sort": None, "scale": scale, "legend": legend}
    return {"color": colour}, {"field": "series", "sort": None, "scale": {"domain": labels}}
