"""The charts that the demo's dashboards and looks are made of: each a query and how it is shown. Data alone."""

from collections.abc import Mapping

from attrs import frozen

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
    width: int = _HALF
    height: int = 8


def _number(title: str, measure: str, view: str = "orders") -> Chart:
    return Chart(title, "single_value", view, (measure,), limit=1, width=_QUARTER, height=4)


def _trend(
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


def _ranking(
    title: str, visualization: Visualization, dimension: str, measure: str, *, view: str = "orders", limit: int = 10
) -> Chart:
    """Show the largest first."""
    width = _THIRD if visualization == "looker_pie" else _HALF
    return Chart(title, visualization, view, (dimension, measure), (f"{measure} desc",), limit, width=width)


def _spread(
    title: str, visualization: Visualization, dimension: str, measure: str, *, view: str = "orders", pivot: str = ""
) -> Chart:
    """Show a measure over a dimension in its own order."""
    pivots = (pivot,) if pivot else ()
    return Chart(title, visualization, view, (dimension, *pivots, measure), (dimension,), pivots=pivots)


def _table(title: str, *fields: str, sort: str, view: str = "orders", limit: int = 500, total: bool = False) -> Chart:
    return Chart(title, "looker_grid", view, fields, (sort,), limit, total=total, width=_WHOLE, height=9)


def _note(title: str, text: str) -> Chart:
    return Chart(title, "text", text=text, width=_WHOLE, height=3)


_ORDERS: Mapping[str, Chart] = {
    "revenue": _number("Revenue", "orders.total_revenue"),
    "orders": _number("Orders", "orders.count"),
    "order_value": _number("Average Order Value", "orders.average_order_value"),
    "margin": _number("Gross Margin", "orders.total_margin"),
    "margin_rate": _number("Margin Rate", "orders.margin_rate"),
    "return_rate": _number("Return Rate", "orders.return_rate"),
    "buyers": _number("Buying Customers", "orders.customer_count"),
    "units": _number("Units Sold", "orders.total_quantity"),
    "delivery": _number("Average Delivery Days", "orders.average_delivery_days"),
    "buyer_revenue": _number("Revenue per Customer", "orders.revenue_per_customer"),
    "revenue_monthly": _trend("Revenue by Month", "looker_line", "orders.created_month", "orders.total_revenue"),
    "revenue_and_margin": _trend(
        "Revenue and Margin", "looker_column", "orders.created_month", "orders.total_revenue", "orders.total_margin"
    ),
    "orders_weekly": _trend("Orders per Week", "looker_area", "orders.created_week", "orders.count"),
    "orders_daily": _trend("Orders per Day", "looker_line", "orders.created_date", "orders.count"),
    "value_monthly": _trend(
        "Average Order Value by Month", "looker_line", "orders.created_month", "orders.average_order_value"
    ),
    "margin_monthly": _trend("Margin Rate by Month", "looker_line", "orders.created_month", "orders.margin_rate"),
    "returns_monthly": _trend("Return Rate by Month", "looker_line", "orders.created_month", "orders.return_rate"),
    "delivery_monthly": _trend(
        "Delivery Days by Month", "looker_column", "orders.created_month", "orders.average_delivery_days"
    ),
    "channels_monthly": _trend(
        "Revenue by Channel", "looker_area", "orders.created_month", "orders.total_revenue", pivot="orders.channel"
    ),
    "regions_monthly": _trend(
        "Revenue by Region", "looker_line", "orders.created_month", "orders.total_revenue", pivot="customers.region"
    ),
    "categories_monthly": _trend(
        "Units by Category", "looker_area", "orders.created_month", "orders.total_quantity", pivot="products.category"
    ),
    "new_and_returning": _trend(
        "First and Repeat Orders",
        "looker_column",
        "orders.created_month",
        "orders.count",
        pivot="orders.is_first_order",
    ),
    "categories": _ranking("Revenue by Category", "looker_column", "products.category", "orders.total_revenue"),
    "categories_by_region": _spread(
        "Category Revenue by Region",
        "looker_column",
        "products.category",
        "orders.total_revenue",
        pivot="customers.region",
    ),
    "weekdays": _spread("Orders by Weekday", "looker_column", "orders.created_day_of_week", "orders.count"),
    "seasons": _spread(
        "Revenue by Calendar Month",
        "looker_line",
        "orders.created_month_name",
        "orders.total_revenue",
        pivot="orders.created_year",
    ),
    "ages": _spread("Revenue by Age Group", "looker_column", "customers.age_group", "orders.total_revenue"),
    "price_tiers": _ranking("Revenue by Price Tier", "looker_column", "products.price_tier", "orders.total_revenue"),
    "brands": _ranking("Top Brands", "looker_bar", "products.brand", "orders.total_revenue"),
    "states": _ranking("Top States", "looker_bar", "customers.state", "orders.total_revenue", limit=12),
    "cities": _ranking("Top Cities", "looker_bar", "customers.city", "orders.total_revenue"),
    "best_sellers": _ranking("Best Sellers", "looker_bar", "products.name", "orders.total_quantity"),
    "returned_categories": _ranking("Return Rate by Category", "looker_bar", "products.category", "orders.return_rate"),
    "returned_brands": _ranking("Return Rate by Brand", "looker_bar", "products.brand", "orders.return_rate"),
    "brand_margins": _ranking("Margin Rate by Brand", "looker_bar", "products.brand", "orders.margin_rate"),
    "slow_states": _ranking("Delivery Days by State", "looker_bar", "customers.state", "orders.average_delivery_days"),
    "regions": _ranking("Revenue by Region", "looker_pie", "customers.region", "orders.total_revenue"),
    "channels": _ranking("Revenue by Channel", "looker_pie", "orders.channel", "orders.total_revenue"),
    "departments": _ranking("Revenue by Department", "looker_pie", "products.department", "orders.total_revenue"),
    "segments": _ranking("Revenue by Segment", "looker_pie", "customers.segment", "orders.total_revenue"),
    "statuses": _ranking("Orders by Status", "looker_pie", "orders.status", "orders.count"),
    "payments": _ranking("Payment Methods", "looker_pie", "orders.payment_method", "orders.count"),
    "brand_map": Chart(
        "Brands: Order Value against Return Rate",
        "looker_scatter",
        fields=("products.brand", "orders.average_order_value", "orders.return_rate"),
        sorts=("products.brand",),
    ),
    "category_table": _table(
        "Categories in Numbers",
        "products.category",
        "orders.count",
        "orders.total_revenue",
        "orders.total_margin",
        "orders.margin_rate",
        "orders.return_rate",
        sort="orders.total_revenue desc",
        total=True,
    ),
    "state_table": _table(
        "States in Numbers",
        "customers.region",
        "customers.state",
        "orders.count",
        "orders.customer_count",
        "orders.total_revenue",
        "orders.average_order_value",
        sort="orders.total_revenue desc",
        total=True,
    ),
    "status_table": Chart(
        "Status by Channel",
        "looker_grid",
        fields=("orders.status", "orders.channel", "orders.count"),
        sorts=("orders.status",),
        pivots=("orders.channel",),
        height=7,
    ),
    "recent_orders": _table(
        "Latest Orders",
        "orders.id",
        "orders.created_date",
        "customers.name",
        "products.name",
        "orders.status",
        "orders.sale_price",
        sort="orders.id desc",
        limit=15,
    ),
    "top_customers": _table(
        "Top Customers",
        "customers.name",
        "customers.state",
        "customers.segment",
        "orders.count",
        "orders.total_revenue",
        sort="orders.total_revenue desc",
        limit=15,
    ),
    "how_counted": _note(
        "How to read this",
        "Revenue counts an order at its sale price on the day it was placed, returns included. "
        "Margin is revenue less the cost of the goods.",
    ),
}

_CUSTOMERS: Mapping[str, Chart] = {
    "customers": _number("Customers", "customers.count", "customers"),
    "repeat_rate": _number("Repeat Rate", "customers.repeat_rate", "customers"),
    "lifetime_value": _number("Average Lifetime Value", "customers.average_lifetime_revenue", "customers"),
    "average_age": _number("Average Age", "customers.average_age", "customers"),
    "signups": _trend(
        "Sign-ups by Month", "looker_area", "customers.signup_month", "customers.count", view="customers"
    ),
    "signup_sources": _trend(
        "Sign-ups by Source",
        "looker_column",
        "customers.signup_month",
        "customers.count",
        view="customers",
        pivot="customers.traffic_source",
    ),
    "age_groups": _spread(
        "Customers by Age Group", "looker_column", "customers.age_group", "customers.count", view="customers"
    ),
    "lifetimes": _spread(
        "Customers by Number of Orders",
        "looker_column",
        "customers.lifetime_orders",
        "customers.count",
        view="customers",
    ),
    "value_by_age": _spread(
        "Lifetime Value by Age Group",
        "looker_bar",
        "customers.age_group",
        "customers.average_lifetime_revenue",
        view="customers",
    ),
    "value_by_source": _ranking(
        "Lifetime Value by Source",
        "looker_bar",
        "customers.traffic_source",
        "customers.average_lifetime_revenue",
        view="customers",
    ),
    "repeat_by_segment": _ranking(
        "Repeat Rate by Segment", "looker_bar", "customers.segment", "customers.repeat_rate", view="customers"
    ),
    "state_sizes": _ranking(
        "Customers by State", "looker_bar", "customers.state", "customers.count", view="customers", limit=12
    ),
    "sources": _ranking(
        "Where Customers Come From", "looker_pie", "customers.traffic_source", "customers.count", view="customers"
    ),
    "segment_sizes": _ranking(
        "Customers by Segment", "looker_pie", "customers.segment", "customers.count", view="customers"
    ),
    "region_sizes": _ranking(
        "Customers by Region", "looker_pie", "customers.region", "customers.count", view="customers"
    ),
    "loyal_customers": _table(
        "Most Loyal Customers",
        "customers.name",
        "customers.city",
        "customers.segment",
        "customers.signup_date",
        "customers.lifetime_orders",
        "customers.lifetime_revenue",
        view="customers",
        sort="customers.lifetime_revenue desc",
        limit=15,
    ),
}

_PRODUCTS: Mapping[str, Chart] = {
    "products": _number("Products", "products.count", "products"),
    "average_price": _number("Average Price", "products.average_price", "products"),
    "stock": _number("Units in Stock", "products.units_in_stock", "products"),
    "stock_value": _number("Stock Value", "products.stock_value", "products"),
    "stock_by_category": _ranking(
        "Stock Value by Category", "looker_column", "products.category", "products.stock_value", view="products"
    ),
    "price_by_brand": _ranking(
        "Average Price by Brand", "looker_bar", "products.brand", "products.average_price", view="products"
    ),
    "range_by_tier": _ranking(
        "Products by Price Tier", "looker_pie", "products.price_tier", "products.count", view="products"
    ),
    "range_by_department": _ranking(
        "Products by Department", "looker_pie", "products.department", "products.count", view="products"
    ),
    "price_map": Chart(
        "Brands: Price against Margin",
        "looker_scatter",
        "products",
        ("products.brand", "products.average_price", "products.margin_rate"),
        ("products.brand",),
    ),
    "price_list": _table(
        "Dearest Products",
        "products.name",
        "products.brand",
        "products.department",
        "products.price",
        "products.cost",
        "products.units_in_stock",
        view="products",
        sort="products.price desc",
        limit=15,
    ),
}

_EVENTS: Mapping[str, Chart] = {
    "sessions": _number("Sessions", "events.session_count", "events"),
    "visitors": _number("Visitors", "events.visitor_count", "events"),
    "conversion": _number("Conversion Rate", "events.conversion_rate", "events"),
    "purchases": _number("Purchases", "events.purchase_count", "events"),
    "sessions_weekly": _trend(
        "Sessions per Week", "looker_area", "events.event_week", "events.session_count", view="events"
    ),
    "conversion_monthly": _trend(
        "Conversion Rate by Month", "looker_line", "events.event_month", "events.conversion_rate", view="events"
    ),
    "devices_monthly": _trend(
        "Sessions by Device",
        "looker_area",
        "events.event_month",
        "events.session_count",
        view="events",
        pivot="events.device",
    ),
    "funnel": _ranking("Purchase Funnel", "looker_bar", "events.event_type", "events.session_count", view="events"),
    "funnel_by_device": Chart(
        "Funnel by Device",
        "looker_column",
        "events",
        ("events.event_type", "events.device", "events.session_count"),
        ("events.session_count desc",),
        pivots=("events.device",),
    ),
    "hours": _spread("Events by Hour of Day", "looker_column", "events.hour_of_day", "events.count", view="events"),
    "visit_days": _spread(
        "Sessions by Weekday", "looker_column", "events.event_day_of_week", "events.session_count", view="events"
    ),
    "source_conversion": _ranking(
        "Conversion by Source", "looker_bar", "events.traffic_source", "events.conversion_rate", view="events"
    ),
    "device_conversion": _ranking(
        "Conversion by Device", "looker_column", "events.device", "events.conversion_rate", view="events"
    ),
    "devices": _ranking("Devices", "looker_pie", "events.device", "events.session_count", view="events"),
    "browsers": _ranking("Browsers", "looker_pie", "events.browser", "events.session_count", view="events"),
    "visit_sources": _ranking(
        "Traffic Sources", "looker_pie", "events.traffic_source", "events.session_count", view="events"
    ),
    "source_table": _table(
        "Sources in Numbers",
        "events.traffic_source",
        "events.session_count",
        "events.visitor_count",
        "events.purchase_count",
        "events.conversion_rate",
        view="events",
        sort="events.session_count desc",
        total=True,
    ),
}

CHARTS: Mapping[str, Chart] = {**_ORDERS, **_CUSTOMERS, **_PRODUCTS, **_EVENTS}
