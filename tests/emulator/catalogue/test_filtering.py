"""How dashboard filters reach the queries of elements."""

from looker_tasks.emulator.catalogue import filter_line, filter_values, listening
from looker_tasks.emulator.content import Dashboard, DashboardFilter, Element, Query

DASHBOARD = Dashboard(
    "1",
    "Sales",
    "1",
    (),
    (
        DashboardFilter("region", "Region", "m", "orders", "customers.region", "West"),
        DashboardFilter("day", "Order Date", "m", "orders", "orders.created_date"),
    ),
)


def test_filters_are_given_by_title_or_name_and_else_stand_at_their_default() -> None:
    """The title is what Looker's clients send; a name works as well; what the dashboard does not have is left out."""
    assert filter_values(DASHBOARD, {}) == {"region": "West", "day": ""}
    assert filter_values(DASHBOARD, {"Region": "East", "day": "2025", "Nope": "x"}) == {"region": "East", "day": "2025"}
    assert filter_values(DASHBOARD, {"Region": ""}) == {"region": "", "day": ""}


def test_the_line_of_filters_is_in_the_order_of_the_dashboard() -> None:
    """Each title stands with its value."""
    assert filter_line(DASHBOARD, {"Order Date": "2025"}) == (("Region", "West"), ("Order Date", "2025"))


def test_an_element_hears_the_filters_it_listens_to() -> None:
    """A value lands on the field that the element names, over the query's own filter; an empty value is any."""
    query = Query("1", "m", "orders", ("orders.count",), {"customers.region": "South", "orders.status": "Complete"})
    element = Element("1", "1", "Orders", "single_value", "1", listens={"region": "customers.region"})
    assert listening(query, element, {"region": "East", "day": "2025"}).filters == {
        "customers.region": "East",
        "orders.status": "Complete",
    }
    assert listening(query, element, {"region": ""}) is query
    assert listening(query, Element("2", "1", "Deaf", "single_value", "1"), {"region": "East"}) is query
