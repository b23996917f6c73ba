"""Date expressions against days worked out by hand, with 2026-06-30, a Tuesday, as today."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from looker_tasks.emulator.warehouse.periods import Period, parse_period

TODAY = date(2026, 6, 30)


def _days(start: str | None, end: str | None) -> Period:
    return Period(date.fromisoformat(start) if start else None, date.fromisoformat(end) if end else None)


@pytest.mark.parametrize(
    ("expression", "start", "end"),
    [
        ("today", "2026-06-30", "2026-07-01"),
        ("Yesterday", "2026-06-29", "2026-06-30"),
        ("tomorrow", "2026-07-01", "2026-07-02"),
        ("monday", "2026-06-29", "2026-06-30"),
        ("last wednesday", "2026-06-24", "2026-06-25"),
        ("7 days", "2026-06-24", "2026-07-01"),
        ("last 7 days", "2026-06-24", "2026-07-01"),
        ("1 day", "2026-06-30", "2026-07-01"),
        ("7 complete days", "2026-06-23", "2026-06-30"),
        ("2 weeks", "2026-06-22", "2026-07-06"),
        ("12 months", "2025-07-01", "2026-07-01"),
        ("3 complete months", "2026-03-01", "2026-06-01"),
        ("2 quarters", "2026-01-01", "2026-07-01"),
        ("2 years", "2025-01-01", "2027-01-01"),
        ("this week", "2026-06-29", "2026-07-06"),
        ("last month", "2026-05-01", "2026-06-01"),
        ("next quarter", "2026-07-01", "2026-10-01"),
        ("last year", "2025-01-01", "2026-01-01"),
        ("this year to day", "2026-01-01", "2026-07-01"),
        ("this year to second", "2026-01-01", "2026-07-01"),
        ("3 days ago", "2026-06-27", "2026-06-28"),
        ("12 months ago for 12 months", "2025-06-01", "2026-06-01"),
        ("1 year ago for 3 months", "2025-01-01", "2025-04-01"),
        ("2 days from now", "2026-07-02", "2026-07-03"),
        ("1 month from now for 2 weeks", "2026-07-01", "2026-07-15"),
        ("2025", "2025-01-01", "2026-01-01"),
        ("2025-02", "2025-02-01", "2025-03-01"),
        ("2025/12", "2025-12-01", "2026-01-01"),
        ("2025-Q3", "2025-07-01", "2025-10-01"),
        ("2025-03-09", "2025-03-09", "2025-03-10"),
        ("2025/3/9", "2025-03-09", "2025-03-10"),
        ("2025-03-09 14:30:00", "2025-03-09", "2025-03-10"),
        ("2025-01-31 for 1 month", "2025-01-31", "2025-02-28"),
        ("2025-01-01 to 2025-06-30", "2025-01-01", "2025-06-30"),
        ("30 days ago to 7 days ago", "2026-05-31", "2026-06-23"),
        ("2025-01-01  TO  today", "2025-01-01", "2026-06-30"),
        ("before 2025-01-01", None, "2025-01-01"),
        ("before 3 days ago", None, "2026-06-27"),
        ("after 2025-01-01", "2025-01-01", None),
        ("after 2 months ago", "2026-04-01", None),
    ],
)
def test_an_expression_means_these_days(expression: str, start: str | None, end: str | None) -> None:
    """Each form of Looker's date filters names the period that it names there."""
    assert parse_period(expression, TODAY) == _days(start, end)


@pytest.mark.parametrize(
    "expression", ["soon", "", "12 moons", "2025-13-99x", "to", "before", "x to today", "today to x"]
)
def test_what_is_no_date_is_none(expression: str) -> None:
    """Other words are not taken for a period."""
    assert parse_period(expression, TODAY) is None


@pytest.mark.parametrize(
    "expression", ["2025-02-30", "2025-13", "999999 years", "999999 days ago", "9999-12-31", "9999"]
)
def test_days_that_no_calendar_has_are_told(expression: str) -> None:
    """A form that is right with a day that cannot be is an OverflowError, never another exception."""
    with pytest.raises(OverflowError):
        parse_period(expression, TODAY)


@given(st.dates(date(1000, 1, 1), date(9000, 1, 1)), st.sampled_from(["day", "week", "month", "quarter", "year"]))
def test_this_unit_holds_today_and_ends_where_the_next_begins(today: date, unit: str) -> None:
    """Last, this and next of a unit follow one another without a gap, and this one holds today."""
    last, this, after = (parse_period(f"{which} {unit}", today) for which in ("last", "this", "next"))
    assert last is not None
    assert this is not None
    assert after is not None
    assert last.end == this.start
    assert this.end == after.start
    assert this.start is not None
    assert this.end is not None
    assert this.start <= today < this.end
