"""The demo's LookML dashboards. Data alone."""

from looker_tasks.emulator.catalogue.demo.plan import SALES, YEAR, Plan

LOOKML_DASHBOARDS = (
    Plan(
        "Business Pulse",
        "LookML Dashboards",
        "revenue orders buyers order_value revenue_monthly categories regions channels segments",
        SALES,
        name="business_pulse",
    ),
    Plan(
        "Brand Analytics",
        "LookML Dashboards",
        "revenue margin_rate return_rate buyers brands brand_map top_customers",
        {"Brand": "Northwind,Lumen,Tideline,Juniper", **SALES},
        name="brand_analytics",
    ),
    Plan(
        "Customer 360",
        "LookML Dashboards",
        filters={"Region": "", "Segment": "", **YEAR},
        tabs={
            "Who They Are": ("customers average_age age_groups state_sizes segment_sizes sources region_sizes"),
            "What They Buy": "revenue order_value categories ages top_customers",
        },
        name="customer_360",
    ),
    Plan(
        "Web Analytics",
        "LookML Dashboards",
        filters={"Visit Date": "12 months", "Region": "", "Device": ""},
        tabs={
            "Traffic": "sessions visitors sessions_weekly visit_days devices browsers visit_sources",
            "Conversion": "conversion purchases funnel conversion_monthly source_table",
        },
        name="web_analytics",
    ),
    Plan(
        "Shipping Logistics",
        "LookML Dashboards",
        "delivery orders return_rate units delivery_monthly slow_states status_table statuses",
        SALES,
        name="shipping_logistics",
    ),
    Plan(
        "Category Management",
        "LookML Dashboards",
        "products stock stock_value margin_rate categories_monthly returned_categories category_table",
        SALES,
        name="category_management",
    ),
    Plan(
        "Sales Leaderboard",
        "LookML Dashboards",
        "brands states best_sellers cities top_customers",
        SALES,
        name="sales_leaderboard",
    ),
)
