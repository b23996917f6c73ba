"""The demo's user-defined dashboards; the first has the id 1. Data alone."""

from looker_tasks.emulator.catalogue.demo.plan import SALES, YEAR, Plan


def _regional(region: str) -> Plan:
    return Plan(
        f"{region} Region Performance",
        "Sales",
        "revenue orders order_value return_rate revenue_monthly states categories channels segments",
        {**SALES, "Region": region},
        description=f"How the {region} sells: what, where and to whom.",
    )


def _by_channel(channel: str) -> Plan:
    return Plan(
        f"{channel} Sales",
        "Sales",
        "revenue orders order_value buyers orders_weekly categories ages brands",
        {"Channel": channel, **SALES},
    )


def _by_category(category: str) -> Plan:
    return Plan(
        f"{category} Deep Dive",
        "Merchandising",
        "revenue units margin_rate return_rate revenue_and_margin best_sellers regions departments segments",
        {**SALES, "Category": category},
    )


def _by_department(department: str) -> Plan:
    return Plan(
        f"{department}'s Department" if department != "Kids" else "Kids' Department",
        "Merchandising",
        "revenue units order_value margin_rate categories_monthly brands category_table",
        {**SALES, "Department": department},
    )


def _by_segment(segment: str) -> Plan:
    return Plan(
        f"{segment} Customers",
        "Customers",
        "revenue buyers buyer_revenue order_value revenue_monthly states top_customers",
        {"Segment": segment, **SALES},
    )


DASHBOARDS = (
    Plan(
        "Executive Summary",
        "Executive",
        filters=SALES,
        tabs={
            "Overview": "revenue orders margin_rate buyers revenue_and_margin regions_monthly how_counted",
            "Products and Channels": "categories brands channels departments payments",
        },
        description="The shop on two pages.",
    ),
    Plan(
        "Weekly Business Review",
        "Executive",
        "revenue orders order_value conversion orders_daily weekdays channels statuses segments",
        {"Order Date": "28 days", "Visit Date": "28 days", "Region": ""},
    ),
    Plan(
        "Monthly Board Report",
        "Executive",
        filters={"Order Date": "24 months", "Region": ""},
        tabs={
            "Results": "revenue margin margin_rate buyers revenue_and_margin seasons category_table",
            "Customers": "customers repeat_rate lifetime_value average_age signups value_by_age",
        },
    ),
    Plan("Revenue and Margin", "Executive", "revenue margin margin_rate units revenue_and_margin brand_margins", SALES),
    Plan(
        "Year over Year",
        "Executive",
        "seasons value_monthly orders_weekly margin_monthly",
        {"Region": "", "Category": ""},
    ),
    Plan(
        "Sales Overview",
        "Sales",
        "revenue orders order_value units revenue_monthly categories_by_region channels regions segments",
        SALES,
        description="Where revenue comes from.",
    ),
    *map(_regional, ("West", "East", "South", "Midwest")),
    Plan("State by State", "Sales", "revenue orders buyers order_value states cities state_table", SALES),
    Plan("Channel Performance", "Sales", "channels_monthly status_table channels payments statuses", SALES),
    *map(_by_channel, ("Website", "Mobile App", "Marketplace", "Store")),
    Plan("Seasonality", "Sales", "seasons weekdays categories_monthly orders_weekly", {"Region": "", "Category": ""}),
    Plan(
        "Holiday Season 2025",
        "Sales",
        "revenue orders order_value delivery orders_daily categories best_sellers states",
        {"Order Date": "2025-11-01 to 2026-01-01", "Region": "", "Category": ""},
    ),
    Plan(
        "Summer Range",
        "Sales",
        "revenue units order_value return_rate orders_weekly cities best_sellers brands",
        {"Category": "Swimwear,Dresses,Shirts", "Order Date": "2025-05-01 to 2025-09-01", "Region": ""},
    ),
    Plan(
        "Category Performance",
        "Merchandising",
        "revenue units margin_rate return_rate categories categories_by_region category_table",
        SALES,
    ),
    *map(_by_category, ("Jeans", "Jackets", "Sweaters", "Shirts", "Dresses", "Shoes", "Swimwear", "Accessories")),
    *map(_by_department, ("Women", "Men", "Kids")),
    Plan(
        "Best Sellers",
        "Merchandising",
        "units revenue order_value return_rate best_sellers brands price_tiers states",
        SALES,
    ),
    Plan(
        "Brand Performance", "Merchandising", "brands brand_margins brand_map returned_brands", {**SALES, "Brand": ""}
    ),
    Plan(
        "Pricing",
        "Merchandising",
        "products average_price order_value margin_rate price_map price_by_brand range_by_tier departments price_tiers",
        {"Category": "", "Department": "", **YEAR},
    ),
    Plan(
        "Stock",
        "Merchandising",
        "products stock stock_value average_price stock_by_category range_by_department price_list",
        {"Category": "", "Brand": ""},
    ),
    Plan(
        "Customer Overview",
        "Customers",
        "customers repeat_rate lifetime_value average_age signups age_groups region_sizes sources segment_sizes",
        {"Region": "", "Segment": "", "Signup Date": ""},
    ),
    Plan(
        "Customer Acquisition",
        "Customers",
        "customers repeat_rate signup_sources value_by_source new_and_returning state_sizes",
        {"Region": "", "Traffic Source": "", "Signup Date": "12 months", **YEAR},
    ),
    Plan(
        "Customer Loyalty",
        "Customers",
        "repeat_rate lifetime_value buyer_revenue buyers lifetimes repeat_by_segment loyal_customers",
        {"Region": "", "Segment": ""},
    ),
    Plan("Customer Demographics", "Customers", "age_groups value_by_age ages state_sizes", {"Region": "", **YEAR}),
    *map(_by_segment, ("Corporate", "Small Business")),
    Plan(
        "Regional Customer Report",
        "Customers",
        "revenue buyers buyer_revenue return_rate regions_monthly categories states top_customers how_counted",
        SALES,
        description="Sent to each region's team every month, filtered to their region.",
    ),
    Plan(
        "Web Traffic",
        "Web and App",
        "sessions visitors conversion purchases sessions_weekly hours devices browsers visit_sources",
        {"Visit Date": "12 months", "Device": "", "Region": ""},
    ),
    Plan(
        "Conversion Funnel",
        "Web and App",
        "conversion purchases funnel funnel_by_device conversion_monthly source_table",
        {"Visit Date": "12 months", "Device": "", "Traffic Source": ""},
    ),
    Plan(
        "Devices and Browsers",
        "Web and App",
        "devices_monthly device_conversion devices browsers visit_sources",
        {"Visit Date": "24 months", "Region": ""},
    ),
    Plan(
        "Traffic Sources",
        "Web and App",
        "source_conversion visit_days sources visit_sources source_table",
        {"Visit Date": "12 months", "Traffic Source": ""},
    ),
    Plan(
        "Daily Order Monitor",
        "Operations",
        "orders revenue delivery return_rate orders_daily status_table recent_orders",
        {"Order Date": "14 days", "Region": "", "Channel": ""},
    ),
    Plan("Delivery", "Operations", "delivery orders delivery_monthly slow_states statuses", SALES),
    Plan(
        "Returns",
        "Operations",
        "return_rate orders returns_monthly returned_categories returned_brands brand_map",
        SALES,
    ),
)
