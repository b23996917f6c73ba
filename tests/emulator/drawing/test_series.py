"""Reading: the axis and the series of a chart."""

from attrs import evolve

from looker_tasks.emulator.drawing.series import read
from tests.emulator.drawing.samples import COUNT, DAY, REGION, REVENUE, rows


def test_dimensions_make_the_axis_and_measures_the_series() -> None:
    """Values of several dimensions stand together, each measure is a series."""
    reading = read(rows((REGION, DAY, COUNT, REVENUE), ("West", "2026-03-01", 1, 2.5), (None, "x", None, 3)))
    assert reading.title == "Customers Region · Orders Created Date"
    assert reading.places == ("West · 2026-03-01", "∅ · x")
    assert [(one.label, one.numbers) for one in reading.series] == [
        ("Orders Count", (1.0, None)),
        ("Orders Total Revenue", (2.5, 3.0)),
    ]
    assert reading.measure is None
    assert reading.largest == 3


def test_dates_are_put_in_order() -> None:
    """An axis of dates runs from the earliest to the latest, numbers with them."""
    reading = read(rows((DAY, COUNT), ("2026-03-02", 2), ("2026-03-01", 1)))
    assert reading.moments == (1_772_323_200_000.0, 1_772_409_600_000.0)
    assert reading.places == ("Mar 1", "Mar 2")
    assert reading.series[0].numbers == (1.0, 2.0)


def test_dates_are_readable() -> None:
    """Months, days over a new year, and hours are worded for a reader."""
    assert read(rows((DAY, COUNT), ("2026-02", 1), ("2025-12", 1))).places == ("Dec 2025", "Feb 2026")
    assert read(rows((DAY, COUNT), ("2025-12-31", 1), ("2026-01-01", 1))).places == ("Dec 31, 2025", "Jan 1, 2026")
    assert read(rows((DAY, COUNT), ("2026-01-01 08:30", 1))).places == ("Jan 1 08:30",)
    assert read(rows((DAY, COUNT), ("2025", 1), ("2026", 1))).places == ("2025", "2026")


def test_what_is_no_date_is_a_name() -> None:
    """An axis with a null or a 13th month is one of names, in the order of the rows."""
    for odd in (None, "2026-13", "2026-Q1", "soon"):
        reading = read(rows((DAY, COUNT), ("2026-03-02", 1), (odd, 2)))
        assert reading.moments is None
        assert reading.places[0] == "2026-03-02"


def test_names_are_unique() -> None:
    """Rows and series of one name stay apart."""
    reading = read(rows((REGION, COUNT, evolve(COUNT, name="other")), ("West", 1, 2), ("West", 3, 4)))
    assert reading.places == ("West", "West (2)")
    assert [one.label for one in reading.series] == ["Orders Count", "Orders Count (2)"]


def test_pivoted_columns_share_their_measure() -> None:
    """The series of a pivot are known to show one measure."""
    pivoted = [evolve(COUNT, name=f"{name} - orders.count", label=name, measure=COUNT) for name in ("Web", "Shop")]
    reading = read(rows((REGION, *pivoted), ("West", 1, 2)))
    assert [one.label for one in reading.series] == ["Web", "Shop"]
    assert reading.measure is not None
    assert reading.measure.measure == COUNT
