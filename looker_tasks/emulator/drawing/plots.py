"""Charts with two axes: columns, bars, lines, areas and scattered points. Pure.

What is too much to be seen is left out, and told in the note.
"""

from math import ceil

from attrs import evolve

from looker_tasks.emulator.drawing import axes
from looker_tasks.emulator.drawing.axes import Spec
from looker_tasks.emulator.drawing.frame import Chart, Frame, colour_of
from looker_tasks.emulator.drawing.series import Reading

_MOST_POINTS = 2000
_THINNEST_BAR = 2  # pixels, with the gap beside it
_DOTS_UNTIL = 40  # a line of no more points shows each


def columns(reading: Reading, frame: Frame) -> Chart:
    """Stand a column on the axis for each number; series stand side by side."""
    shown, note = _first_rows(reading, frame.width * 0.9)
    colour, offset = colour_of(shown, frame)
    place = _band(shown, axes.names(shown, frame.width * 0.88, frame.height))
    value = axes.numbers(shown, frame.height)
    encoding: Spec = {"x": place, "y": value, **colour, **({"xOffset": offset} if offset else {})}
    return _chart({"type": "bar"}, _points(shown), encoding, note)


def bars(reading: Reading, frame: Frame) -> Chart:
    """Lay a bar from the left for each number; series lie one under the other."""
    shown, note = _first_rows(reading, frame.height * 0.85)
    colour, offset = colour_of(shown, frame)
    place = _band(shown, axes.names_beside(shown, frame.width, frame.height * 0.85))
    value = axes.numbers(shown, frame.width * 0.7)
    encoding: Spec = {"y": place, "x": value, **colour, **({"yOffset": offset} if offset else {})}
    return _chart({"type": "bar"}, _points(shown), encoding, note)


def lines(reading: Reading, frame: Frame) -> Chart:
    """Draw a line for each series."""
    dots = len(reading.places) <= _DOTS_UNTIL
    return _along(reading, frame, {"type": "line", "strokeWidth": 2, "point": {"size": 24} if dots else False})


def areas(reading: Reading, frame: Frame) -> Chart:
    """Draw an area for each series, one upon the other."""
    return _along(reading, frame, {"type": "area", "opacity": 0.75, "line": {"strokeWidth": 1.5}})


def _along(reading: Reading, frame: Frame, mark: Spec) -> Chart:
    shown, note = _thinned(reading)
    colour, _ = colour_of(shown, frame)
    place = _place(shown, frame)
    value = axes.numbers(shown, frame.height)
    if mark["type"] == "area":
        value["stack"] = "zero"
    return _chart(mark, _points(shown), {"x": place, "y": value, **colour}, note)


def scatter(reading: Reading, frame: Frame) -> Chart:
    """Scatter points over dates or names; without dates, several measures are scattered over the first of them."""
    shown, note = _thinned(reading)
    mark: Spec = {"type": "point", "filled": True, "size": 40, "opacity": 0.7}
    place, points = _place(shown, frame), _points(shown)
    if shown.moments is None and len(shown.series) > 1:
        across, *others = shown.series
        place = {**axes.numbers(evolve(shown, series=(across,)), frame.width), "field": "across"}
        shown = evolve(shown, series=tuple(others))
        points = [
            {"across": x, "series": one.label, "value": y}
            for one in others
            for x, y in zip(across.numbers, one.numbers, strict=True)
            if x is not None
        ]
    colour, _ = colour_of(shown, frame)
    return _chart(mark, points, {"x": place, "y": axes.numbers(shown, frame.height), **colour}, note)


def _chart(mark: Spec, points: list[Spec], encoding: Spec, note: str) -> Chart:
    return Chart({"data": {"values": points}, "mark": mark, "encoding": encoding}, note)


def _place(reading: Reading, frame: Frame) -> Spec:
    if reading.moments is not None:
        axis = axes.dates(reading, frame.width * 0.88)
        return {"field": "moment", "type": "temporal", "scale": {"type": "utc"}, "axis": axis}
    axis = axes.names(reading, frame.width * 0.88, frame.height)
    scale: Spec = {"type": "point", "padding": 0.4, "domain": list(reading.places)}
    return {"field": "place", "type": "nominal", "scale": scale, "axis": axis}


def _band(reading: Reading, axis: Spec) -> Spec:
    """Return each name its band, whether or not it has a number."""
    scale: Spec = {"paddingInner": 0.25, "domain": list(reading.places)}
    return {"field": "place", "type": "nominal", "scale": scale, "axis": axis}


def _points(reading: Reading) -> list[Spec]:
    moments = reading.moments or (None,) * len(reading.places)
    return [
        {"place": place, "moment": moment, "series": series.label, "value": value}
        for series in reading.series
        for place, moment, value in zip(reading.places, moments, series.numbers, strict=True)
    ]


def _first_rows(reading: Reading, along: float) -> tuple[Reading, str]:
    """Keep as many rows as have a bar that can be seen."""
    most = max(1, int(along / (_THINNEST_BAR * len(reading.series))))
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
