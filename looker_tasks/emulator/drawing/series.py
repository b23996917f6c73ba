"""What a chart reads off the rows of a query: where things stand along the axis, and the series of numbers.

Pure, and the same for each kind of chart. Only dates are put in order, as Looker does; all else keeps the order of the
rows. Names along the axis and names of series are unique, so that a chart never adds up what stands apart.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from attrs import evolve, frozen

from looker_tasks.emulator.drawing.number_format import number, worded
from looker_tasks.emulator.drawing.typeface import printable
from looker_tasks.emulator.results import Column, Rows, Value

_MOMENT = re.compile(r"\d{4}(-\d\d(-\d\d([ T]\d\d:\d\d(:\d\d)?)?)?)?")
_LENGTH_OF_A_MONTH = len("2026-06")


@frozen
class Series:
    """One series: the numbers of a measure, or of one pivoted value of it."""

    label: str
    column: Column
    numbers: tuple[float | None, ...]

    @property
    def largest(self) -> float:
        """Its largest number, by size alone."""
        return max((abs(number) for number in self.numbers if number is not None), default=0.0)


@frozen
class Reading:
    """The axis and the series of a chart, row by row."""

    title: str  # of the axis
    places: tuple[str, ...]
    moments: tuple[float, ...] | None  # milliseconds since 1970, UTC, where the axis is one of dates
    series: tuple[Series, ...]

    @property
    def largest(self) -> float:
        """The largest number that is drawn, by size alone."""
        return max((series.largest for series in self.series), default=0.0)

    @property
    def measure(self) -> Column | None:
        """The one measure that all series show, if it is one."""
        shown = {(series.column.measure or series.column).name: series.column for series in self.series}
        return next(iter(shown.values())) if len(shown) == 1 else None

    def only(self, indices: Sequence[int]) -> "Reading":
        """Return the reading of these rows alone, in this order."""
        return evolve(
            self,
            places=tuple(self.places[index] for index in indices),
            moments=None if self.moments is None else tuple(self.moments[index] for index in indices),
            series=tuple(evolve(one, numbers=tuple(one.numbers[index] for index in indices)) for one in self.series),
        )

    def first(self, series: int) -> "Reading":
        """Return the reading with no more than so many series."""
        return evolve(self, series=self.series[:series])


def read(rows: Rows) -> Reading:
    """Read *rows*: dimensions make the axis, measures the series. Without a measure there are no series."""
    dimensions = [place for place, column in enumerate(rows.columns) if column.kind == "dimension"]
    measures = [place for place, column in enumerate(rows.columns) if column.kind == "measure"]
    labels = _unique(printable(rows.columns[place].label) for place in measures)
    series = tuple(
        Series(label, rows.columns[place], tuple(number(row[place]) for row in rows.values))
        for label, place in zip(labels, measures, strict=True)
    )
    title = " · ".join(rows.columns[place].label for place in dimensions)
    moments = _moments(rows, dimensions)
    if moments is None:
        places = (" · ".join(worded(row[place], rows.columns[place]) for place in dimensions) for row in rows.values)
        return Reading(title, _unique(places), None, series)
    dates = [str(row[dimensions[0]]) for row in rows.values]
    whole = Reading(title, _unique(_readable(dates, moments)), moments, series)
    return whole.only(sorted(range(len(moments)), key=moments.__getitem__))


def _moments(rows: Rows, dimensions: list[int]) -> tuple[float, ...] | None:
    if len(dimensions) != 1 or rows.columns[dimensions[0]].type != "date":
        return None
    moments = tuple(_moment(row[dimensions[0]]) for row in rows.values)
    known = tuple(moment for moment in moments if moment is not None)
    return known if len(known) == len(moments) else None


def _moment(value: Value) -> float | None:
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        return None
    try:
        whole = value + "0000-01-01"[len(value) :] if len(value) <= _LENGTH_OF_A_MONTH else value
        return datetime.fromisoformat(whole).replace(tzinfo=UTC).timestamp() * 1000
    except ValueError:  # a 13th month
        return None


def _readable(dates: Sequence[str], moments: Sequence[float]) -> Iterable[str]:
    """Word the dates of an axis: "Jun 2026", "Jun 30", with the year where there is more than one."""
    one_year = len({date[:4] for date in dates}) == 1
    for date, moment in zip(dates, moments, strict=True):
        day = datetime.fromtimestamp(moment / 1000, UTC)
        if len(date) < _LENGTH_OF_A_MONTH:
            yield date
        elif len(date) == _LENGTH_OF_A_MONTH:
            yield f"{day:%b %Y}"
        else:
            clock = f" {day:%H:%M}" if len(date) > len("2026-06-30") else ""
            yield f"{day:%b} {day.day}{'' if one_year else f', {day.year}'}{clock}"


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    seen: dict[str, int] = {}
    unique = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(unique)
