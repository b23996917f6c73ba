"""The demo model: a shop that sells clothes, as orders, customers, products and events."""

from looker_tasks.emulator.warehouse.ledger import LEDGER
from looker_tasks.emulator.warehouse.model import Explore, Field, Model, View, flat

_MONEY = "$#,##0"
_CENTS = "$#,##0.00"
_SHARE = "0.0%"


def _order_fields() -> tuple[Field, ...]:
    orders = View("orders")
    return flat(
        orders.dimension("id", "number", is_key=True),
        orders.timeframes("created", "date", "week", "month", "year", "month_name", "day_of_week"),
        orders.dimension("status"),
        orders.dimension("channel"),
        orders.dimension("payment_method"),
        orders.dimension("quantity", "number"),
        orders.dimension("sale_price", "number", value_format=_CENTS),
        orders.dimension("is_returned", "yesno", sql="orders.status = 'Returned'"),
        orders.dimension("is_first_order", "yesno"),
        orders.measure("count", "COUNT(*)", type_="count"),
        orders.aggregate("sum", "total_quantity", "orders.quantity"),
        orders.aggregate("sum", "total_revenue", "orders.revenue", _MONEY),
        orders.measure("total_margin", "SUM(orders.revenue - orders.cost)", _MONEY),
        orders.aggregate("average", "average_order_value", "orders.revenue", _CENTS),
        orders.measure("margin_rate", "SUM(orders.revenue - orders.cost) / NULLIF(SUM(orders.revenue), 0)", _SHARE),
        orders.measure("return_rate", "AVG(CASE WHEN orders.status = 'Returned' THEN 1.0 ELSE 0.0 END)", _SHARE),
        orders.aggregate("average", "average_delivery_days", "orders.delivery_days", "0.0"),
        orders.aggregate("count_distinct", "customer_count", "orders.customer_id"),
        orders.measure("revenue_per_customer", "SUM(orders.revenue) / COUNT(DISTINCT orders.customer_id)", _CENTS),
    )


def _customer_fields() -> tuple[Field, ...]:
    customers = View("customers")
    return flat(
        customers.dimension("id", "number", is_key=True),
        customers.dimension("name"),
        customers.dimension("email"),
        customers.dimension("age", "number"),
        customers.dimension("age_group"),
        customers.dimension("segment"),
        customers.dimension("company").described("Whom a business customer buys for; consumers have none."),
        customers.dimension("city"),
        customers.dimension("state"),
        customers.dimension("region"),
        customers.dimension("traffic_source"),
        customers.timeframes("signup", "date", "month", "year"),
        customers.dimension("lifetime_orders", "number"),
        customers.dimension("lifetime_revenue", "number", value_format=_CENTS),
        customers.dimension("is_repeat_customer", "yesno", sql="customers.lifetime_orders > 1"),
        customers.measure("count", "COUNT(DISTINCT customers.id)", type_="count"),
        customers.aggregate("average", "average_age", "customers.age", "0.0"),
    )


def _lifetime_measures() -> tuple[Field, ...]:
    """Measures that only hold where a customer is counted once, so in the customers explore alone."""
    customers = View("customers")
    return (
        customers.aggregate("sum", "total_lifetime_revenue", "customers.lifetime_revenue", _MONEY),
        customers.aggregate("average", "average_lifetime_revenue", "customers.lifetime_revenue", _CENTS),
        customers.aggregate("average", "average_lifetime_orders", "customers.lifetime_orders", "0.00"),
        customers.measure("repeat_rate", "AVG(CASE WHEN customers.lifetime_orders > 1 THEN 1.0 ELSE 0.0 END)", _SHARE),
    )


def _product_fields() -> tuple[Field, ...]:
    products = View("products")
    return (
        products.dimension("id", "number", is_key=True),
        products.dimension("name"),
        products.dimension("category"),
        products.dimension("department"),
        products.dimension("brand"),
        products.dimension("price", "number", value_format=_CENTS),
        products.dimension("price_tier"),
        products.dimension("cost", "number", value_format=_CENTS),
        products.measure("count", "COUNT(DISTINCT products.id)", type_="count"),
    )


def _catalog_measures() -> tuple[Field, ...]:
    """Measures that only hold where a product is counted once, so in the products explore alone."""
    products = View("products")
    return (
        products.aggregate("average", "average_price", "products.price", _CENTS),
        products.aggregate("average", "average_cost", "products.cost", _CENTS),
        products.measure("margin_rate", "1 - SUM(products.cost) / NULLIF(SUM(products.price), 0)", _SHARE),
        products.aggregate("sum", "units_in_stock", "products.stock"),
        products.measure("stock_value", "SUM(products.stock * products.cost)", _MONEY),
    )


def _event_fields() -> tuple[Field, ...]:
    events = View("events")
    return flat(
        events.dimension("id", "number", is_key=True),
        events.dimension("session_id", "number"),
        events.timeframes("event", "date", "week", "month", "year", "day_of_week"),
        events.dimension("hour_of_day", "number"),
        events.dimension("event_type"),
        events.dimension("browser"),
        events.dimension("device"),
        events.dimension("traffic_source"),
        events.measure("count", "COUNT(*)", type_="count"),
        events.aggregate("count_distinct", "session_count", "events.session_id"),
        events.aggregate("count_distinct", "visitor_count", "events.customer_id"),
        events.measure("purchase_count", "COUNT(*) FILTER (events.event_type = 'Purchase')"),
        events.measure(
            "conversion_rate",
            "COUNT(*) FILTER (events.event_type = 'Purchase') / NULLIF(COUNT(DISTINCT events.session_id), 0)",
            "0.00%",
        ),
    )


THELOOK = Model(
    name="thelook",
    label="The Look",
    explores=(
        Explore(
            name="orders",
            label="Orders",
            fields=_order_fields() + _customer_fields() + _product_fields(),
            joins={
                "customers": "orders.customer_id = customers.id",
                "products": "orders.product_id = products.id",
            },
        ),
        Explore(name="customers", label="Customers", fields=_customer_fields() + _lifetime_measures()),
        Explore(name="products", label="Products", fields=_product_fields() + _catalog_measures()),
        Explore(
            name="events",
            label="Events",
            fields=_event_fields() + _customer_fields(),
            joins={"customers": "events.customer_id = customers.id"},
        ),
        LEDGER,
    ),
)
