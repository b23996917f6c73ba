"""`unknown_filter`: which filters a dashboard does not have, and which was meant."""

import pytest

from looker_tasks.exports import DashboardExport
from looker_tasks.models import Dashboard, DashboardFilter
from looker_tasks.sansio.dashboards.filter_check import unknown_filter

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
