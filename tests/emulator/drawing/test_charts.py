"""Charts: what is drawn of many rows, and what is said of the rest."""

from typing import Any

import pytest
from attrs import evolve

from looker_tasks.emulator.content import Visualization
from looker_tasks.emulator.drawing.charts import chart_of
from looker_tasks.emulator.drawing.theme import theme_named
from looker_tasks.emulator.results import Rows
from tests.emulator.drawing.samples import BY_REGION, COUNT, DAY, REGION, REVENUE, numbered, rows

THEME = theme_named(None)


def drawn(visualization: Visualization, what: Rows, width: float = 500, height: float = 300) -> Any:  # noqa: ANN401  # JSON
    """Return the specification and the note of a chart."""
    chart = chart_of(what, visualization, width, height, THEME)
    assert chart is not None
    return chart.spec, chart.note


@pytest.mark.parametrize("visualization", ["looker_column", "looker_bar"])
def test_bars_that_cannot_be_seen_are_left_out(visualization: Visualization) -> None:
    """Of thousands of rows, the first that fit are drawn, and the note says how many."""
    spec, note = drawn(visualization, numbered(5000))
    shown = len(spec["data"]["values"])
    assert 100 <= shown <= 250
    assert note == f"First {shown} of 5,000 rows"


@pytest.mark.parametrize("visualization", ["looker_line", "looker_area", "looker_scatter"])
def test_points_are_thinned(visualization: Visualization) -> None:
    """Of thousands of points, every n-th is drawn, from the first to near the last."""
    spec, note = drawn(visualization, numbered(5000))
    values = spec["data"]["values"]
    assert 1000 <= len(values) <= 2000
    assert note == f"{len(values):,} of 5,000 rows"
    assert values[-1]["value"] >= 4990


def test_small_slices_stand_together() -> None:
    """A pie has at most eleven slices, the last of which holds all the small ones; nothing is lost."""
    spec, _ = drawn("looker_pie", numbered(50))
    values = spec["data"]["values"]
    assert len(values) == 11
    assert "39 others" in values[-1]["slice"]
    assert sum(value["value"] for value in values) == sum(range(50))


def test_too_many_series_are_told() -> None:
    """No more series are drawn than colours can tell apart twice over."""
    many = tuple(evolve(COUNT, name=f"m{place}", label=f"M{place}") for place in range(30))
    spec, note = drawn("looker_line", rows((REGION, *many), ("West", *range(30))))
    assert len({value["series"] for value in spec["data"]["values"]}) == 24
    assert note == "6 more series"


def test_names_that_fit_stay_level() -> None:
    """Names are level where there is room, else turned, and no more of them are written than can be read."""
    spec, _ = drawn("looker_column", BY_REGION)
    assert spec["encoding"]["x"]["axis"]["labelAngle"] == 0
    spec, _ = drawn("looker_column", numbered(100))
    axis = spec["encoding"]["x"]["axis"]
    assert axis["labelAngle"] == -45
    assert len(axis["values"]) <= 500 / 18


@pytest.mark.parametrize(
    ("first", "last", "interval", "pattern"),
    [
        ("2026-03-01", "2026-03-05", "day", "%b %-d"),
        ("2026-03-01", "2026-05-30", "week", "%b %-d"),
        ("2025-01", "2026-06", "month", "%b %Y"),
        ("2010-01-01", "2026-01-01", "year", "%Y"),
        ("2026-03-01 00:00", "2026-03-01 07:00", "hour", "%b %-d %H:%M"),
        ("2026-01", "2026-02", "month", "%b %Y"),
    ],
)
def test_an_axis_of_dates_is_readable(first: str, last: str, interval: str, pattern: str) -> None:
    """The steps of an axis of dates follow how long it is, and no step is shorter than the dates are."""
    spec, _ = drawn("looker_line", rows((DAY, COUNT), (first, 1), (last, 2)))
    axis = spec["encoding"]["x"]["axis"]
    assert (axis["tickCount"]["interval"], axis["format"]) == (interval, pattern)


def test_two_measures_are_scattered_over_each_other() -> None:
    """A scatter of two measures without dates has the first across and the second up."""
    spec, _ = drawn("looker_scatter", rows((REGION, COUNT, REVENUE), ("West", 1, 2.5), ("East", None, 3)))
    assert spec["data"]["values"] == [{"across": 1.0, "series": "Orders Total Revenue", "value": 2.5}]
    assert spec["encoding"]["x"]["axis"]["title"] == "Orders Count"


def test_what_is_no_chart_is_none() -> None:
    """Tables, and rows without a measure, are no charts."""
    assert chart_of(BY_REGION, "looker_grid", 500, 300, THEME) is None
    assert chart_of(rows((REGION,), ("West",)), "looker_column", 500, 300, THEME) is None
