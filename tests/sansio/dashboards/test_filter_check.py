"""`unknown_filter`: which filters a dashboard does not have, and which was meant."""

import pytest

from looker_tasks.exports import DashboardExport
from looker_tasks.models import Dashboard, DashboardFilter
from looker_tasks.sansio.dashboards.filter_check import by_title, unknown_filter

DASHBOARD = Dashboard(
    "42",
    dashboard_filters=(
        DashboardFilter(name="customer_name", title="Customer"),
        DashboardFilter(name="Order Date", title="Order Date"),
    ),
)


@pytest.mark.parametrize("title", ["Customer", "customer_name", "Order Date"])
def test_what_the_dashboard_has_is_fine(title: str) -> None:
    """A filter is known by its title, and by its name."""
    assert unknown_filter(DashboardExport("42", filters={title: "x"}), DASHBOARD) is None


@pytest.mark.parametrize(
    ("title", "meant"),
    [
        ("customer", "Customer"),
        ("Custommer", "Customer"),
        ("sales.customer", "Customer"),
        ("order_date", "Order Date"),
        ("CUSTOMER ", "Customer"),
    ],
)
def test_the_nearest_is_named(title: str, meant: str) -> None:
    """A mistyped one is refused with what was likely meant, and with all there are."""
    refused = unknown_filter(DashboardExport("42", filters={title: "x"}), DASHBOARD)
    assert refused is not None
    assert refused.field == "filters"
    assert refused.message == (
        f"dashboard 42 has no filter {title!r}, perhaps {meant!r} is meant; it has 'Customer', 'Order Date'"
    )


def test_a_filter_goes_out_by_its_title() -> None:
    """A name becomes the title; what is a title, and what is neither, stays; the sequence too."""
    export = DashboardExport("42", filters={"customer_name": "x", "Order Date": "7 days", "other": "y"})
    assert list(by_title(export, DASHBOARD).filters.items()) == [
        ("Customer", "x"),
        ("Order Date", "7 days"),
        ("other", "y"),
    ]
    assert by_title(export, Dashboard("42")) is export


def test_a_name_that_is_anothers_title_is_that_title() -> None:
    """What the dashboard shows comes first."""
    crossed = Dashboard(
        "42", dashboard_filters=(DashboardFilter(name="b", title="a"), DashboardFilter(name="x", title="b"))
    )
    export = DashboardExport("42", filters={"b": "1"})
    assert by_title(export, crossed) is export


def test_one_filter_by_title_and_by_name_is_refused() -> None:
    """Nobody knows which of the values is meant."""
    refused = unknown_filter(DashboardExport("42", filters={"customer_name": "x", "Customer": "y"}), DASHBOARD)
    assert refused is not None
    assert refused.message == (
        "dashboard 42: 'customer_name' is the name of the filter 'Customer', which is there as well: give one of them"
    )


def test_nothing_near_is_named_where_nothing_is() -> None:
    """Something else altogether is refused with those there are."""
    refused = unknown_filter(DashboardExport("42", filters={"Zebra": "x"}), DASHBOARD)
    assert refused is not None
    assert refused.message == "dashboard 42 has no filter 'Zebra'; it has 'Customer', 'Order Date'"


def test_a_dashboard_without_filters_has_none() -> None:
    """Every filter of a dashboard without any is refused; one whose filters nobody told has none that is known."""
    export = DashboardExport("42", filters={"Customer": "x"})
    refused = unknown_filter(export, Dashboard("42", dashboard_filters=()))
    assert refused is not None
    assert refused.message == "dashboard 42 has no filter 'Customer': it has no filters"
    assert unknown_filter(export, Dashboard("42")) is None


def test_of_very_many_filters_some_are_named() -> None:
    """The message stays one line that can be read."""
    many = Dashboard("42", dashboard_filters=tuple(DashboardFilter(title=f"Filter {number}") for number in range(40)))
    refused = unknown_filter(DashboardExport("42", filters={"Zebra": "x"}), many)
    assert refused is not None
    assert refused.message.endswith("'Filter 11' and 28 more")
