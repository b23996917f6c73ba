"""Number formats: values as a reader sees them."""

import pytest
from attrs import evolve

from looker_tasks.emulator.drawing.number_format import number, number_format, worded
from looker_tasks.emulator.results import Value
from tests.emulator.drawing.samples import COUNT, DAY, REGION


@pytest.mark.parametrize(
    ("value_format", "value", "text"),
    [
        ("#,##0", 1234567, "1,234,567"),
        ("0", 1234.6, "1235"),
        ("$#,##0.00", -1234.5, "-$1,234.50"),
        ("$#,##0.00", -0.001, "$0.00"),
        ("0.0%", 0.1234, "12.3%"),
        ("0.00", 2, "2.00"),
        ('0.0,,"M"', 2_340_000, "2.3M"),
        ('#,##0," K"', 12_345_678, "12,346 K"),
        ('"€"#,##0', 5, "€5"),
        ("#,##0.00 \\h", 3, "3.00 h"),
        ("[Red]#,##0;(#,##0)", -7, "-7"),
        ("General", 1234.5, "1,234.50"),
    ],
)
def test_a_number_follows_its_format(value_format: str, value: float, text: str) -> None:
    """A spreadsheet's number format is understood."""
    assert number_format(value_format).worded(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "∅"), (True, "Yes"), (False, "No"), ("a\x00b", "a b"), (float("nan"), "∅"), (float("-inf"), "∅")],
)
def test_other_values_are_worded(value: Value, text: str) -> None:
    """Null, yes and no, and numbers that are none, have words of their own."""
    assert worded(value, COUNT) == text


def test_numbers_without_a_format() -> None:
    """A measure has thousands, a dimension has bare digits, fractions have two places."""
    bare = evolve(COUNT, value_format=None)
    assert worded(12345, bare) == "12,345"
    assert worded(12345.678, bare) == "12,345.68"
    assert worded(12345, evolve(REGION, type="number")) == "12345"
    assert worded("2026-03-01", DAY) == "2026-03-01"


@pytest.mark.parametrize(
    ("value_format", "largest", "d3"),
    [
        ("$#,##0.00", 500.0, "$,.0f"),
        ("$#,##0.00", 5.0, "$,.2~f"),
        ("#,##0", 2.5e6, ".3~s"),
        ("0.0%", 0.4, ".0%"),
        ("0.0%", 0.04, ".1~%"),
    ],
)
def test_an_axis_has_no_more_digits_than_it_needs(value_format: str, largest: float, d3: str) -> None:
    """An axis of large numbers has whole ones, of millions short ones."""
    assert number_format(value_format).d3(largest) == d3


@pytest.mark.parametrize(("value", "drawn"), [(3, 3.0), (2.5, 2.5), (True, None), ("3", None), (float("nan"), None)])
def test_only_finite_numbers_are_drawn(value: Value, drawn: float | None) -> None:
    """What is not a finite number has no place in a chart."""
    assert number(value) == drawn
