"""The demo's dashboard with a tile of every kind and filters of every type, for exports of tiles to cope with."""

from collections.abc import Iterator
from functools import partial

from attrs import evolve

from looker_tasks.emulator.catalogue.query_body import slug_of
from looker_tasks.emulator.catalogue.store import Catalogue
from looker_tasks.emulator.content import Dashboard, DashboardFilter, Element, Look, MergeSource, Query

MODEL = "thelook"
_FILTERS = (
    DashboardFilter("account", "Customer", MODEL, "orders", "customers.company"),
    DashboardFilter(
        "placed",
        "Order Date",
        MODEL,
        "orders",
        "orders.created_date",
        "24 months",
        field_type="date_date",
        required=True,
    ),
    DashboardFilter(
        "price",
        "Sale Price",
        type="number",
        default_value=">=10",
        ui_config={"type": "range_slider", "display": "inline"},
    ),
    DashboardFilter("town", "City", type="string", default_value="", allow_multiple_values=False),
    DashboardFilter("signed up", "Signed up", type="date", default_value=""),
    DashboardFilter(
        "returned",
        "Is Returned",
        MODEL,
        "orders",
        "orders.is_returned",
        field_type="yesno",
        allow_multiple_values=False,
        listens_to_filters=("Customer",),
    ),
)
_HEARD = {
    "account": "customers.company",
    "placed": "orders.created_date",
    "price": "orders.sale_price",
    "town": "customers.city",
    "signed up": "customers.signup_date",
    "returned": "orders.is_returned",
}


def review(dashboard_id: str, title: str, folder_id: str, catalogue: Catalogue, ids: Iterator[str]) -> Dashboard:
    """Make the dashboard; the look whose rows one of its tiles shows is the catalogue's "Revenue by Company"."""
    look = next(each for each in catalogue.looks() if each.title == "Revenue by Company")
    elements = tuple(_elements(dashboard_id, catalogue, look, ids))
    slug = slug_of(f"dashboard {dashboard_id}")
    return Dashboard(dashboard_id, title, folder_id, elements, _FILTERS, description="A tile of every kind.", slug=slug)


def _elements(dashboard_id: str, catalogue: Catalogue, look: Look, ids: Iterator[str]) -> Iterator[Element]:
    status = _query(catalogue, "orders.status", "orders.count", "orders.total_revenue")
    customers = _query(catalogue, "customers.segment", "customers.count", view="customers")
    visits = _query(catalogue, "customers.region", "events.session_count", view="events")
    regions = _query(catalogue, "customers.region", "orders.count")
    pivoted = _query(catalogue, "products.category", "customers.region", "orders.count", pivots=("customers.region",))

    at = partial(_half, dashboard_id, ids)
    yield evolve(at("Orders by Status", 0, 0), query_id=status.id, listens=_HEARD, note="Returns count as orders.")
    yield evolve(at("Categories by Region", 0, 12), query_id=pivoted.id, listens={"account": "customers.company"})
    yield evolve(at("All Customers", 6, 0), query_id=customers.id)
    yield evolve(at("Revenue by Company", 6, 12), look_id=look.id, listens=_HEARD)
    merge = (
        MergeSource("Orders", regions.id, {"account": "customers.company", "placed": "orders.created_date"}),
        MergeSource("Visits", visits.id, {"account": "customers.company"}),
    )
    yield evolve(at("Orders and Visits", 12, 0), merge=merge)
    sql = "SELECT status, COUNT(*) FROM orders GROUP BY 1"
    yield evolve(at("Ad hoc", 12, 12), visualization="text", sql=sql, text=sql)
    text = "Everything is in US dollars."
    yield evolve(at("How to read this", 18, 0), visualization="text", kind="text", text=text)
    link = "https://shop.example.com/"
    yield evolve(at("Open the shop", 18, 12), visualization="text", kind="button", width=6, link=link)
    extension = "shop::summary"
    yield evolve(at("Summary", 18, 18), visualization="text", kind="extension", width=6, extension_id=extension)


def _half(dashboard_id: str, ids: Iterator[str], title: str, row: int, column: int) -> Element:
    """Make an element of half the dashboard's width that shows nothing yet."""
    return Element(next(ids), dashboard_id, title, "looker_grid", None, row=row, column=column, width=12)


def _query(catalogue: Catalogue, *fields: str, view: str = "orders", pivots: tuple[str, ...] = ()) -> Query:
    return catalogue.keep(Query("", MODEL, view, fields, sorts=(fields[0],), pivots=pivots))
