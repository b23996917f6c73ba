"""What a chart of the demo is, and the few kinds there are. Values alone."""

from collections.abc import Mapping

from attrs import field, frozen

from looker_tasks.emulator.content import Visualization

_WHOLE, _HALF, _THIRD, _QUARTER = 24, 12, 8, 6  # of the 24 columns of a dashboard


@frozen
class Chart:
    """One element of a dashboard before it is placed; one without fields is a text."""

    title: str
    visualization: Visualization
    view: str = "orders"
    fields: tuple[str, ...] = ()
    sorts: tuple[str, ...] = ()
    limit: int = 500
    pivots: tuple[str, ...] = ()
    total: bool = False
    text: str = ""
    filters: Mapping[str, str] = field(factory=dict)
    width: int = _HALF
    height: int = 8


def number(title: str, measure: str, view: str = "orders") -> Chart:
    """Make a single value."""
    return Chart(title, "single_value", view, (measure,), limit=1, width=_QUARTER, height=4)


def trend(
    title: str,
    visualization: Visualization,
    period: str,
    measure: str,
    *more: str,
    view: str = "orders",
    pivot: str = "",
) -> Chart:
    """Show a measure over time, oldest first."""
    pivots = (pivot,) if pivot else ()
    return Chart(title, visualization, view, (period, *pivots, measure, *more), (period,), pivots=pivots)


def ranking(
    title: str, visualization: Visualization, dimension: str, measure: str, *, view: str = "orders", limit: int = 10
) -> Chart:
    """Show the largest first."""
    width = _THIRD if visualization == "looker_pie" else _HALF
    return Chart(title, visualization, view, (dimension, measure), (f"{measure} desc",), limit, width=width)


def spread(
    title: str, visualization: Visualization, dimension: str, measure: str, *, view: str = "orders", pivot: str = ""
) -> Chart:
    """Show a measure over a dimension in its own order."""
    pivots = (pivot,) if pivot else ()
    return Chart(title, visualization, view, (dimension, *pivots, measure), (dimension,), pivots=pivots)


def table(title: str, *fields: str, sort: str, view: str = "orders", limit: int = 500, total: bool = False) -> Chart:
    """Make a table with its rows by *sort*."""
    return Chart(title, "looker_grid", view, fields, (sort,), limit, total=total, width=_WHOLE, height=9)


def note(title: str, text: str) -> Chart:
    """Make a text as wide as the dashboard."""
    return Chart(title, "text", text=text, width=_WHOLE, height=3)
