"""What a plan of a dashboard or a look says: charts by name, a folder, filters. Values, and the filters there are."""

from collections.abc import Mapping

from attrs import field, frozen


@frozen
class Heard:
    """A dashboard filter: the dimension that suggests its values, and what it filters in each explore that hears it."""

    explore: str
    fields: Mapping[str, str]  # explore → field
    field_type: str = "string"  # in LookML's words


@frozen
class Plan:
    """One dashboard: rows of chart names, or a row of them for each of its tabs."""

    title: str
    folder: str
    charts: str = ""  # names of charts, parted by spaces
    filters: Mapping[str, str] = field(factory=dict)  # title → its default on this dashboard
    tabs: Mapping[str, str] = field(factory=dict)  # label → charts
    description: str = ""
    name: str = ""  # of a LookML dashboard


@frozen
class LookPlan:
    """One look: a chart saved by itself, perhaps filtered."""

    title: str
    folder: str
    chart: str
    filters: Mapping[str, str] = field(factory=dict)


FILTERS: Mapping[str, Heard] = {
    "Region": Heard("customers", dict.fromkeys(("orders", "customers", "events"), "customers.region")),
    "Customer": Heard("customers", dict.fromkeys(("orders", "customers", "events"), "customers.company")),
    "Segment": Heard("customers", dict.fromkeys(("orders", "customers", "events"), "customers.segment")),
    "Category": Heard("products", dict.fromkeys(("orders", "products"), "products.category")),
    "Department": Heard("products", dict.fromkeys(("orders", "products"), "products.department")),
    "Brand": Heard("products", dict.fromkeys(("orders", "products"), "products.brand")),
    "Channel": Heard("orders", {"orders": "orders.channel"}),
    "Order Date": Heard("orders", {"orders": "orders.created_date"}, "date_date"),
    "Signup Date": Heard("customers", {"customers": "customers.signup_date"}, "date_date"),
    "Visit Date": Heard("events", {"events": "events.event_date"}, "date_date"),
    "Device": Heard("events", {"events": "events.device"}),
    "Traffic Source": Heard("events", {"events": "events.traffic_source", "customers": "customers.traffic_source"}),
}

YEAR: Mapping[str, str] = {"Order Date": "12 months"}
SALES: Mapping[str, str] = {"Region": "", "Category": "", **YEAR}
