"""The demo's charts of orders. Data alone."""

from collections.abc import Mapping

from looker_tasks.emulator.catalogue.demo.chart import Chart, note, number, ranking, spread, table, trend

ORDER_CHARTS: Mapping[str, Chart] = {
    "revenue": number("Revenue", "orders.total_revenue"),
    "orders": number("Orders", "orders.count"),
    "order_value": number("Average Order Value", "orders.average_order_value"),
    "margin": number("Gross Margin", "orders.total_margin"),
    "margin_rate": number("Margin Rate", "orders.margin_rate"),
    "return_rate": number("Return Rate", "orders.return_rate"),
    "buyers": number("Buying Customers", "orders.customer_count"),
    "units": number("Units Sold", "orders.total_quantity"),
    "delivery": number("Average Delivery Days", "orders.average_delivery_days"),
    "buyer_revenue": number("Revenue per Customer", "orders.revenue_per_customer"),
    "revenue_monthly": trend("Revenue by Month", "looker_line", "orders.created_month", "orders.total_revenue"),
    "revenue_and_margin": trend(
        "Revenue and Margin", "looker_column", "orders.created_month", "orders.total_revenue", "orders.total_margin"
    ),
    "orders_weekly": trend("Orders per Week", "looker_area", "orders.created_week", "orders.count"),
    "orders_daily": trend("Orders per Day", "looker_line", "orders.created_date", "orders.count"),
    "value_monthly": trend(
        "Average Order Value by Month", "looker_line", "orders.created_month", "orders.average_order_value"
    ),
    "margin_monthly": trend("Margin Rate by Month", "looker_line", "orders.created_month", "orders.margin_rate"),
    "returns_monthly": trend("Return Rate by Month", "looker_line", "orders.created_month", "orders.return_rate"),
    "delivery_monthly": trend(
        "Delivery Days by Month", "looker_column", "orders.created_month", "orders.average_delivery_days"
    ),
    "channels_monthly": trend(
        "Revenue by Channel", "looker_area", "orders.created_month", "orders.total_revenue", pivot="orders.channel"
    ),
    "regions_monthly": trend(
        "Revenue by Region", "looker_line", "orders.created_month", "orders.total_revenue", pivot="customers.region"
    ),
    "categories_monthly": trend(
        "Units by Category", "looker_area", "orders.created_month", "orders.total_quantity", pivot="products.category"
    ),
    "new_and_returning": trend(
        "First and Repeat Orders",
        "looker_column",
        "orders.created_month",
        "orders.count",
        pivot="orders.is_first_order",
    ),
    "categories": ranking("Revenue by Category", "looker_column", "products.category", "orders.total_revenue"),
    "categories_by_region": spread(
        "Category Revenue by Region",
        "looker_column",
        "products.category",
        "orders.total_revenue",
        pivot="customers.region",
    ),
    "weekdays": spread("Orders by Weekday", "looker_column", "orders.created_day_of_week", "orders.count"),
    "seasons": spread(
        "Revenue by Calendar Month",
        "looker_line",
        "orders.created_month_name",
        "orders.total_revenue",
        pivot="orders.created_year",
    ),
    "ages": spread("Revenue by Age Group", "looker_column", "customers.age_group", "orders.total_revenue"),
    "price_tiers": ranking("Revenue by Price Tier", "looker_column", "products.price_tier", "orders.total_revenue"),
    "brands": ranking("Top Brands", "looker_bar", "products.brand", "orders.total_revenue"),
    "states": ranking("Top States", "looker_bar", "customers.state", "orders.total_revenue", limit=12),
    "cities": ranking("Top Cities", "looker_bar", "customers.city", "orders.total_revenue"),
    "best_sellers": ranking("Best Sellers", "looker_bar", "products.name", "orders.total_quantity"),
    "returned_categories": ranking("Return Rate by Category", "looker_bar", "products.category", "orders.return_rate"),
    "returned_brands": ranking("Return Rate by Brand", "looker_bar", "products.brand", "orders.return_rate"),
    "brand_margins": ranking("Margin Rate by Brand", "looker_bar", "products.brand", "orders.margin_rate"),
    "slow_states": ranking("Delivery Days by State", "looker_bar", "customers.state", "orders.average_delivery_days"),
    "regions": ranking("Revenue by Region", "looker_pie", "customers.region", "orders.total_revenue"),
    "channels": ranking("Revenue by Channel", "looker_pie", "orders.channel", "orders.total_revenue"),
    "departments": ranking("Revenue by Department", "looker_pie", "products.department", "orders.total_revenue"),
    "segments": ranking("Revenue by Segment", "looker_pie", "customers.segment", "orders.total_revenue"),
    "statuses": ranking("Orders by Status", "looker_pie", "orders.status", "orders.count"),
    "payments": ranking("Payment Methods", "looker_pie", "orders.payment_method", "orders.count"),
    "brand_map": Chart(
        "Brands: Order Value against Return Rate",
        "looker_scatter",
        fields=("products.brand", "orders.average_order_value", "orders.return_rate"),
        sorts=("products.brand",),
    ),
    "category_table": table(
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
    "state_table": table(
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
    "recent_orders": table(
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
    "top_customers": table(
        "Top Customers",
        "customers.name",
        "customers.state",
        "customers.segment",
        "orders.count",
        "orders.total_revenue",
        sort="orders.total_revenue desc",
        limit=15,
    ),
    "how_counted": note(
        "How to read this",
        "Revenue counts an order at its sale price on the day it was placed, returns included. "
        "Margin is revenue less the cost of the goods.",
    ),
}
