"""The axes of a chart: which names stand along one, how they are turned, and how dates and numbers are written.

Pure: values of Vega-Lite. vl-convert takes a fifth of a millisecond to measure a name, so only those that can be read
are named to it.
"""

from math import ceil

from looker_tasks.emulator.drawing.number_format import format_of
from looker_tasks.emulator.drawing.series import Reading
from looker_tasks.emulator.drawing.typeface import fitted, printable, width_of

LABEL_SIZE = 11

_LEVEL_LINE = 13  # pixels from one level name to the next
_LINE = 20  # pixels from one turned name to the next
_TURNED = 0.75  # of a turned name's width, what it takes of the height, with some air
_LONGEST_NAME = 120
_PLOT = 0.6  # of the length along an axis, what the other axis and the legend leave to it
_WIDE_STEP = 48  # pixels: with as many, a name stays level and is cut
_DAY = 86_400_000.0
_DATE_TICK = 62  # pixels from one date to the next
_DATE_STEPS: tuple[tuple[float, str, int, str], ...] = (
    (1 / 24, "hour", 1, "%b %-d %H:%M"),
    (1 / 4, "hour", 6, "%b %-d %H:%M"),
    (1, "day", 1, "%b %-d"),
    (2, "day", 2, "%b %-d"),
    (7, "week", 1, "%b %-d"),
    (14, "week", 2, "%b %-d"),
    (30, "month", 1, "%b %Y"),
    (91, "month", 3, "%b %Y"),
    (182, "month", 6, "%b %Y"),
    (365, "year", 1, "%Y"),
    (730, "year", 2, "%Y"),
    (1826, "year", 5, "%Y"),
    (3652, "year", 10, "%Y"),
)

Spec = dict[str, object]


def names(reading: Reading, width: float, height: float) -> Spec:
    """Return the axis of names along *width* pixels, in a chart *height* pixels high: level or turned."""
    step = width / max(1, len(reading.places))
    widest = max((width_of(place, LABEL_SIZE) for place in reading.places), default=0)
    axis: Spec = {"title": _title(reading.title, width), "grid": False, "ticks": False, "labelPadding": 6}
    if min(widest, _WIDE_STEP) + 8 <= step:
        return {**axis, "labelAngle": 0, "labelLimit": step - 8}
    shown = every(reading.places, ceil(_LINE / step))
    limit = max(24, min(_LONGEST_NAME, height * 0.3 / _TURNED))
    return {
        **axis,
        "labelAngle": -45,
        "labelAlign": "right",
        "labelBaseline": "middle",
        "labelLimit": limit,
        "values": list(shown),
    }


def names_beside(reading: Reading, width: float, height: float) -> Spec:
    """Return the axis of names down the left side of a chart of bars."""
    shown = every(reading.places, ceil(_LEVEL_LINE * len(reading.places) / max(1.0, height)))
    limit = max(24, min(180, width * 0.35))
    title = _title(reading.title, height * _PLOT)
    return {
        "title": title,
        "grid": False,
        "ticks": False,
        "labelPadding": 6,
        "labelLimit": limit,
        "values": list(shown),
    }


def dates(reading: Reading, width: float) -> Spec:
    """Return the axis of dates along *width* pixels: so many days, weeks, months or years from tick to tick."""
    moments = reading.moments or (0.0,)
    days = max(1 / 24, (moments[-1] - moments[0]) / _DAY)
    room = max(1.0, width / _DATE_TICK)
    months = all(len(place) == len("Jun 2026") and place[:3].isalpha() for place in reading.places)
    steps = [step for step in _DATE_STEPS if not months or step[0] >= 30]  # noqa: PLR2004  # a month has 30 days
    fitting = (step for step in steps if days / step[0] <= room)
    _, interval, count, pattern = next(fitting, _DATE_STEPS[-1])
    whole_days = all(moment % _DAY == 0 for moment in moments)
    if interval == "hour" and whole_days:
        interval, count, pattern = "day", 1, "%b %-d"
    title = _title(reading.title, width)
    return {"title": title, "grid": False, "format": pattern, "tickCount": {"interval": interval, "step": count}}


def numbers(reading: Reading, along: float) -> Spec:
    """Encode the numbers, on an axis *along* pixels long that ends at a tick, in the format of the first series."""
    measure = reading.measure
    title = None if measure is None else _title((measure.measure or measure).label, along * _PLOT)
    ticks = max(2, min(8, round(along / 45)))
    axis: Spec = {"title": title, "domain": False, "ticks": False, "labelPadding": 6, "tickCount": ticks}
    axis["format"] = format_of(reading.series[0].column).d3(reading.largest)
    return {"field": "value", "type": "quantitative", "scale": {"nice": ticks}, "axis": axis}


def every(places: tuple[str, ...], stride: int) -> tuple[str, ...]:
    """Return every *stride*-th of *places*, the first among them."""
    return places[:: max(1, stride)]


def _title(title: str, room: float) -> str | None:
    return fitted(printable(title), room, LABEL_SIZE) or None
