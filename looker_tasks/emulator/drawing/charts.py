"""From rows to a chart: the Vega-Lite specification of each kind of visualization that has axes or slices.

Pure. Text of users is data, never an expression: fields have names of our own. What is too much to be seen is left
out and told in the note.
"""

from collections.abc import Callable, Mapping
from math import ceil

from attrs import frozen

from looker_tasks.emulator.content import Rows, Visualization
from looker_tasks.emulator.drawing import axes
from looker_tasks.emulator.drawing.axes import LABEL_SIZE, Spec
from looker_tasks.emulator.drawing.reading import Reading, read
from looker_tasks.emulator.drawing.theme import Theme
from looker_tasks.emulator.drawing.typeface import FONT, fitted, width_of

_MOST_SERIES = 24
_MOST_POINTS = 2000
_MOST_SLICES = 11
_THINNEST_BAR = 3  # pixels
_DOTS_UNTIL = 40  # a line of no more points shows each
_LEGEND_NAME = 150  # pixels
_LEGEND_MARK = 34  # pixels of a legend's symbol and its margins


@frozen
class Chart:
    """A specification to draw, and what to say beneath it."""

    spec: Spec
    note: str = ""


@frozen
class _Frame:
    """Where a chart is drawn, and in which colours."""

    width: float
    height: float
    theme: Theme


def chart_of(rows: Rows, visualization: Visualization, width: float, height: float, theme: Theme) -> Chart | None:
    """Specify the chart of *rows*, *width* x *height* pixels with its axes and legend.

    None: *visualization* is no chart, or nothing in the rows can be drawn as one.
    """
    kind = _KINDS.get(visualization)
    reading = read(rows)
    if kind is None or not reading.series or not reading.places:
        return None
    frame = _Frame(width, height, theme)
    left_out = len(reading.series) - _MOST_SERIES
    chart = kind(reading.first(_MOST_SERIES), frame)
    notes = [chart.note, f"{left_out:,} more series" if left_out > 0 else ""]
    return Chart({**_frame_spec(frame), **chart.spec}, " · ".join(filter(None, notes)))


def _columns(reading: Reading, frame: _Frame) -> Chart:
    shown, note = _first_rows(reading, frame.width * 0.9)
    colour, offset = _colour(shown, frame)
    place: Spec = {"field": "place", "type": "nominal", "sort": None, "scale": {"paddingInner": 0.25}}
    place["axis"] = axes.names(shown, frame.width * 0.88, frame.height)
    value: Spec = {"field": "value", "type": "quantitative", "axis": axes.numbers(shown, frame.height)}
    encoding = {"x": place, "y": value, **colour, **({"xOffset": offset} if offset else {})}
    return Chart({"data": _points(shown), "mark": {"type": "bar"}, "encoding": encoding}, note)


def _bars(reading: Reading, frame: _Frame) -> Chart:
    shown, note = _first_rows(reading, frame.height * 0.85)
    colour, offset = _colour(shown, frame)
    place: Spec = {"field": "place", "type": "nominal", "sort": None, "scale": {"paddingInner": 0.25}}
    place["axis"] = axes.names_beside(shown, frame.width, frame.height * 0.85)
    value: Spec = {"field": "value", "type": "quantitative", "axis": axes.numbers(shown, frame.width * 0.7)}
    encoding = {"y": place, "x": value, **colour, **({"yOffset": offset} if offset else {})}
    return Chart({"data": _points(shown), "mark": {"type": "bar"}, "encoding": encoding}, note)


def _lines(reading: Reading, frame: _Frame) -> Chart:
    dots = len(reading.places) <= _DOTS_UNTIL
    return _along(reading, frame, {"type": "line", "strokeWidth": 2, "point": {"size": 24} if dots else False})


def _areas(reading: Reading, frame: _Frame) -> Chart:
    return _along(reading, frame, {"type": "area", "opacity": 0.75, "line": {"strokeWidth": 1.5}})


def _along(reading: Reading, frame: _Frame, mark: Spec) -> Chart:
    shown, note = _thinned(reading)
    colour, _ = _colour(shown, frame)
    place = _place(shown, frame)
    value: Spec = {"field": "value", "type": "quantitative", "axis": axes.numbers(shown, frame.height)}
    if mark["type"] == "area":
        value["stack"] = "zero"
    return Chart({"data": _points(shown), "mark": mark, "encoding": {"x": place, "y": value, **colour}}, note)


def _scatter(reading: Reading, frame: _Frame) -> Chart:
    """Dates or names against numbers; two measures or more without dates: the first against the others."""
    shown, note = _thinned(reading)
    mark: Spec = {"type": "point", "filled": True, "size": 40, "opacity": 0.7}
    if shown.moments is None and len(shown.series) > 1:
        across, *others = shown.series
        rest = Reading(across.label, shown.places, None, tuple(others))
        x_axis = {**axes.numbers(Reading("", (), None, (across,)), frame.width), "title": across.label}
        place: Spec = {"field": "across", "type": "quantitative", "scale": {"zero": False}, "axis": x_axis}
        points = [
            {"across": x, "value": y, "series": one.label}
            for one in others
            for x, y in zip(across.numbers, one.numbers, strict=True)
            if x is not None and y is not None
        ]
        shown = rest
        values: Spec = {"values": points}
    else:
        place, values = _place(shown, frame), _points(shown)
    colour, _ = _colour(shown, frame)
    value = {"field": "value", "type": "quantitative", "axis": axes.numbers(shown, frame.height)}
    return Chart({"data": values, "mark": mark, "encoding": {"x": place, "y": value, **colour}}, note)


def _pie(reading: Reading, frame: _Frame) -> Chart:
    """Slices of the first measure, or of one row's measures; the smallest stand together as "Other"."""
    if reading.title:
        slices = list(zip(reading.places, reading.series[0].numbers, strict=True))
    else:
        slices = [(series.label, series.numbers[0]) for series in reading.series]
    sizes = {name: size for name, size in slices if size is not None and size > 0}
    total = sum(sizes.values())
    if not total:
        return Chart({"data": {"values": []}, "mark": "arc", "encoding": {}}, "Nothing to share out")
    if len(sizes) > _MOST_SLICES:
        largest = sorted(sizes, key=sizes.__getitem__, reverse=True)[: _MOST_SLICES - 1]
        rest = total - sum(sizes[name] for name in largest)
        sizes = {**{name: sizes[name] for name in largest}, f"{len(sizes) - len(largest):,} others": rest}
    beside = frame.width > frame.height
    room = frame.width * (0.5 if beside else 0.9) - _LEGEND_MARK
    names = [f"{fitted(name, max(24, room - 44), LABEL_SIZE)}  {size / total:.1%}" for name, size in sizes.items()]
    values = [{"slice": name, "value": size, "order": place} for place, (name, size) in enumerate(sizes.items())]
    for value, name in zip(values, names, strict=True):
        value["slice"] = name
    across = max(1, int(frame.width / (max(width_of(name, LABEL_SIZE) for name in names) + _LEGEND_MARK)))
    legend: Spec = {"title": None, "labelLimit": 0, "orient": "right" if beside else "bottom"}
    lines = max(1, int(frame.height * (0.9 if beside else 0.3) / _LINE_OF_LEGEND))
    legend |= {"columns": 1 if beside else across, "symbolLimit": lines if beside else lines * across}
    encoding = {
        "theta": {"field": "value", "type": "quantitative", "stack": True},
        "order": {"field": "order", "type": "quantitative"},
        "color": {
            "field": "slice",
            "type": "nominal",
            "sort": None,
            "scale": {"domain": names, "range": list(frame.theme.series)},
            "legend": legend,
        },
    }
    mark = {"type": "arc", "stroke": frame.theme.card, "strokeWidth": 1}
    return Chart({"data": {"values": values}, "mark": mark, "encoding": encoding})


_LINE_OF_LEGEND = 17

_KINDS: Mapping[Visualization, Callable[[Reading, _Frame], Chart]] = {
    "looker_column": _columns,
    "looker_bar": _bars,
    "looker_line": _lines,
    "looker_area": _areas,
    "looker_pie": _pie,
    "looker_scatter": _scatter,
}


def _place(reading: Reading, frame: _Frame) -> Spec:
    if reading.moments is not None:
        axis = axes.dates(reading, frame.width * 0.88)
        return {"field": "moment", "type": "temporal", "scale": {"type": "utc"}, "axis": axis}
    axis = axes.names(reading, frame.width * 0.88, frame.height)
    return {"field": "place", "type": "nominal", "sort": None, "scale": {"type": "point", "padding": 0.4}, "axis": axis}


def _points(reading: Reading) -> Spec:
    moments = reading.moments or (None,) * len(reading.places)
    return {
        "values": [
            {"place": place, "moment": moment, "series": series.label, "value": value}
            for series in reading.series
            for place, moment, value in zip(reading.places, moments, series.numbers, strict=True)
        ]
    }


def _first_rows(reading: Reading, along: float) -> tuple[Reading, str]:
    """Keep as many rows as have a bar that can be seen."""
    most = max(1, int(along / (_THINNEST_BAR * len(reading.series) + 1)))
    if len(reading.places) <= most:
        return reading, ""
    return reading.only(range(most)), f"First {most:,} of {len(reading.places):,} rows"


def _thinned(reading: Reading) -> tuple[Reading, str]:
    """Keep every n-th row where there are more points than a picture can show."""
    stride = ceil(len(reading.places) * len(reading.series) / _MOST_POINTS)
    if stride <= 1:
        return reading, ""
    kept = range(0, len(reading.places), stride)
    return reading.only(kept), f"{len(kept):,} of {len(reading.places):,} rows"


def _colour(reading: Reading, frame: _Frame) -> tuple[Spec, Spec]:
    """Give the encodings that tell series apart: by colour, and by place where they stand side by side."""
    palette = frame.theme.series
    if len(reading.series) == 1:
        return {"color": {"value": palette[0]}}, {}
    labels = [series.label for series in reading.series]
    limit = max(40, min(_LEGEND_NAME, frame.width / 3 - _LEGEND_MARK))
    widest = min(limit, max(width_of(label, LABEL_SIZE) for label in labels))
    across = max(1, int(frame.width / (widest + _LEGEND_MARK)))
    lines = max(1, int(frame.height * 0.25 / _LINE_OF_LEGEND))
    legend: Spec = {"title": None, "orient": "bottom", "labelLimit": limit, "symbolType": "circle"}
    legend |= {"columns": across, "symbolLimit": across * lines}
    scale: Spec = {"domain": labels, "range": [palette[place % len(palette)] for place in range(len(labels))]}
    colour: Spec = {"field": "series", "type": "nominal", "sort": None, "scale": scale, "legend": legend}
    return {"color": colour}, {"field": "series", "sort": None, "scale": {"domain": labels}}


def _frame_spec(frame: _Frame) -> Spec:
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
