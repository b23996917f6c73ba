"""Looker's date filter expressions: "7 days", "last year", "12 months ago for 12 months", "2025-01-01 to 2025-06-30".

Pure: what "today" is, is an argument. A period is half open, as in Looker: "2025-01-01 to 2025-06-30" ends before
that 30th of June. Days are the finest unit; a time of day is read and set aside.
Source: https://cloud.google.com/looker/docs/filter-expressions (Date and time).
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from attrs import frozen

_MONTHS_OF_UNIT: Mapping[str, int] = {"month": 1, "quarter": 3, "year": 12}
_DAYS_OF_UNIT: Mapping[str, int] = {"day": 1, "week": 7}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NEAR = {"yesterday": -1, "today": 0, "now": 0, "tomorrow": 1}
_SHIFT = {"last": -1, "this": 0, "next": 1}

_UNIT = r"(day|week|month|quarter|year)s?"
_NUMBER = r"(\d{1,6})"


@frozen
class Period:
    """The days from *start* until before *end*; None is without end on that side."""

    start: date | None
    end: date | None


def parse_period(text: str, today: date) -> Period | None:
    """Read one expression, without commas or NOT; None where it is none. Raises OverflowError beyond the calendar."""
    words = " ".join(text.lower().split())
    before_or_after = re.fullmatch(r"(before|after) (.+)", words)
    if before_or_after is not None:
        edge = _parse_simple(before_or_after[2], today)
        if edge is None:
            return None
        return Period(None, edge.start) if before_or_after[1] == "before" else Period(edge.start, None)
    first, to, second = words.partition(" to ")
    if to:
        start, end = _parse_simple(first, today), _parse_simple(second, today)
        if start is None:
            return None
        if end is None:  # "this year to second": until now
            return Period(start.start, _plus(today, 1, "day")) if second in {"second", "day", "date"} else None
        return Period(start.start, end.start)
    return _parse_simple(words, today)


def _parse_simple(words: str, today: date) -> Period | None:
    for pattern, read in _FORMS:
        match = pattern.fullmatch(words)
        if match is not None:
            try:
                return read(match, today)
            except ValueError as error:  # "2025-02-30"
                raise OverflowError(str(error)) from error
    return None


def _near(match: re.Match[str], today: date) -> Period:
    return _span(_plus(today, _NEAR[match[1]], "day"), 1, "day")


def _weekday(match: re.Match[str], today: date) -> Period:
    """Take the latest day of that name, today included."""
    back = (today.weekday() - _WEEKDAYS.index(match[1])) % 7
    return _span(_plus(today, -back, "day"), 1, "day")


def _calendar(match: re.Match[str], today: date) -> Period:
    return _span(_plus(_floor(today, match[2]), _SHIFT[match[1]], match[2]), 1, match[2])


def _latest(match: re.Match[str], today: date) -> Period:
    """Take n units, of which the last is the one of today, or the last before it if they are to be complete."""
    count, complete, unit = int(match[1]), match[2] is not None, match[3]
    first = _plus(_floor(today, unit), -count if complete else 1 - count, unit)
    return _span(first, count, unit)


def _distant(match: re.Match[str], today: date) -> Period:
    sign = -1 if match[3] == "ago" else 1
    start = _plus(_floor(today, match[2]), sign * int(match[1]), match[2])
    return _span(start, int(match[4]), match[5]) if match[4] else _span(start, 1, match[2])


def _day(match: re.Match[str], _today: date) -> Period:
    start = date(int(match[1]), int(match[2]), int(match[3]))
    return _span(start, int(match[4]), match[5]) if match[4] else _span(start, 1, "day")


def _month(match: re.Match[str], _today: date) -> Period:
    return _span(date(int(match[1]), int(match[2]), 1), 1, "month")


def _quarter(match: re.Match[str], _today: date) -> Period:
    return _span(date(int(match[1]), 3 * int(match[2]) - 2, 1), 1, "quarter")


def _year(match: re.Match[str], _today: date) -> Period:
    return _span(date(int(match[1]), 1, 1), 1, "year")


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], Period]], ...] = tuple(
    (re.compile(pattern, re.ASCII), read)
    for pattern, read in (
        ("(yesterday|today|now|tomorrow)", _near),
        (f"(?:last )?({'|'.join(_WEEKDAYS)})", _weekday),
        (f"(last|this|next) {_UNIT}", _calendar),
        (f"(?:last )?{_NUMBER} (complete )?{_UNIT}", _latest),
        (f"{_NUMBER} {_UNIT} (ago|from now)(?: for {_NUMBER} {_UNIT})?", _distant),
        (rf"(\d{{4}})[-/](\d\d?)[-/](\d\d?)(?: [\d:.]+)?(?: for {_NUMBER} {_UNIT})?", _day),
        (r"(\d{4})[-/](\d\d?)", _month),
        (r"(\d{4})[-/]q([1-4])", _quarter),
        (r"(\d{4})", _year),
    )
)


def _span(start: date, count: int, unit: str) -> Period:
    return Period(start, _plus(start, count, unit))


def _floor(day: date, unit: str) -> date:
    if unit == "week":
        return day - timedelta(days=day.weekday())
    months = _MONTHS_OF_UNIT.get(unit)
    if months is None:
        return day
    return day.replace(month=(day.month - 1) // months * months + 1, day=1)


def _plus(day: date, count: int, unit: str) -> date:
    """Move *day* by *count* units; a day that the month lacks becomes its last."""
    days = _DAYS_OF_UNIT.get(unit)
    if days is not None:
        return day + timedelta(days=count * days)
    year, month = divmod(day.year * 12 + day.month - 1 + count * _MONTHS_OF_UNIT[unit], 12)
    try:
        after = date(year + month // 11, (month + 1) % 12 + 1, 1)
        return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), after - timedelta(days=1))
    except ValueError as error:
        raise OverflowError(f"the year {year} is beyond the calendar") from error
