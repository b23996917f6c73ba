"""The demo's charts of customers, products and visits to the shop's site. Data alone."""

from collections.abc import Mapping

from looker_tasks.emulator.catalogue.demo.chart import Chart, number, ranking, spread, table, trend

CUSTOMER_CHARTS: Mapping[str, Chart] = {
    "customers": number("Customers", "customers.count", "customers"),
    "repeat_rate": number("Repeat Rate", "customers.repeat_rate", "customers"),
    "lifetime_value": number("Average Lifetime Value", "customers.average_lifetime_revenue", "customers"),
    "average_age": number("Average Age", "customers.average_age", "customers"),
    "signups": trend("Sign-ups by Month", "looker_area", "customers.signup_month", "customers.count", view="customers"),
    "signup_sources": trend(
        "Sign-ups by Source",
        "looker_column",
        "customers.signup_month",
        "customers.count",
        view="customers",
        pivot="customers.traffic_source",
    ),
    "age_groups": spread(
        "Customers by Age Group", "looker_column", "customers.age_group", "customers.count", view="customers"
    ),
    "lifetimes": spread(
        "Customers by Number of Orders",
        "looker_column",
        "customers.lifetime_orders",
        "customers.count",
        view="customers",
    ),
    "value_by_age": spread(
        "Lifetime Value by Age Group",
        "looker_bar",
        "customers.age_group",
        "customers.average_lifetime_revenue",
        view="customers",
    ),
    "value_by_source": ranking(
        "Lifetime Value by Source",
        "looker_bar",
        "customers.traffic_source",
        "customers.average_lifetime_revenue",
        view="customers",
    ),
    "repeat_by_segment": ranking(
        "Repeat Rate by Segment", "looker_bar", "customers.segment", "customers.repeat_rate", view="customers"
    ),
    "state_sizes": ranking(
        "Customers by State", "looker_bar", "customers.state", "customers.count", view="customers", limit=12
    ),
    "sources": ranking(
        "Where Customers Come From", "looker_pie", "customers.traffic_source", "customers.count", view="customers"
    ),
    "segment_sizes": ranking(
        "Customers by Segment", "looker_pie", "customers.segment", "customers.count", view="customers"
    ),
    "region_sizes": ranking(
        "Customers by Region", "looker_pie", "customers.region", "customers.count", view="customers"
    ),
    "loyal_customers": table(
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

PRODUCT_CHARTS: Mapping[str, Chart] = {
    "products": number("Products", "products.count", "products"),
    "average_price": number("Average Price", "products.average_price", "products"),
    "stock": number("Units in Stock", "products.units_in_stock", "products"),
    "stock_value": number("Stock Value", "products.stock_value", "products"),
    "stock_by_category": ranking(
        "Stock Value by Category", "looker_column", "products.category", "products.stock_value", view="products"
    ),
    "price_by_brand": ranking(
        "Average Price by Brand", "looker_bar", "products.brand", "products.average_price", view="products"
    ),
    "range_by_tier": ranking(
        "Products by Price Tier", "looker_pie", "products.price_tier", "products.count", view="products"
    ),
    "range_by_department": ranking(
        "Products by Department", "looker_pie", "products.department", "products.count", view="products"
    ),
    "price_map": Chart(
        "Brands: Price against Margin",
        "looker_scatter",
        "products",
        ("products.brand", "products.average_price", "products.margin_rate"),
        ("products.brand",),
    ),
    "price_list": table(
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

EVENT_CHARTS: Mapping[str, Chart] = {
    "sessions": number("Sessions", "events.session_count", "events"),
    "visitors": number("Visitors", "events.visitor_count", "events"),
    "conversion": number("Conversion Rate", "events.conversion_rate", "events"),
    "purchases": number("Purchases", "events.purchase_count", "events"),
    "sessions_weekly": trend(
        "Sessions per Week", "looker_area", "events.event_week", "events.session_count", view="events"
    ),
    "conversion_monthly": trend(
        "Conversion Rate by Month", "looker_line", "events.event_month", "events.conversion_rate", view="events"
    ),
    "devices_monthly": trend(
        "Sessions by Device",
        "looker_area",
        "events.event_month",
        "events.session_count",
        view="events",
        pivot="events.device",
    ),
    "funnel": ranking("Purchase Funnel", "looker_bar", "events.event_type", "events.session_count", view="events"),
    "funnel_by_device": Chart(
        "Funnel by Device",
        "looker_column",
        "events",
        ("events.event_type", "events.device", "events.session_count"),
        ("events.session_count desc",),
        pivots=("events.device",),
    ),
    "hours": spread("Events by Hour of Day", "looker_column", "events.hour_of_day", "events.count", view="events"),
    "visit_days": spread(
        "Sessions by Weekday", "looker_column", "events.event_day_of_week", "events.session_count", view="events"
    ),
    "source_conversion": ranking(
        "Conversion by Source", "looker_bar", "events.traffic_source", "events.conversion_rate", view="events"
    ),
    "device_conversion": ranking(
        "Conversion by Device", "looker_column", "events.device", "events.conversion_rate", view="events"
    ),
    "devices": ranking("Devices", "looker_pie", "events.device", "events.session_count", view="events"),
    "browsers": ranking("Browsers", "looker_pie", "events.browser", "events.session_count", view="events"),
    "visit_sources": ranking(
        "Traffic Sources", "looker_pie", "events.traffic_source", "events.session_count", view="events"
    ),
    "source_table": table(
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
