"""The demo's dashboards and looks: which charts stand on which, in which folder, under which filters. Data alone."""

from collections.abc import Mapping

from attrs import field, frozen

from looker_tasks.emulator.content import Folder


@frozen
class Heard:
    """A dashboard filter: the dimension that suggests its values, and what it filters in each explore that hears it."""

    explore: str
    fields: Mapping[str, str]  # explore → field


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


FOLDERS = (
    Folder("1", "Shared"),
    Folder("2", "Executive", "1"),
    Folder("3", "Sales", "1"),
    Folder("4", "Merchandising", "1"),
    Folder("5", "Customers", "1"),
    Folder("6", "Web and App", "1"),
    Folder("7", "Operations", "1"),
    Folder("8", "LookML Dashboards"),
)

FILTERS: Mapping[str, Heard] = {
    "Region": Heard("customers", dict.fromkeys(("orders", "customers", "events"), "customers.region")),
    "State": Heard("customers", dict.fromkeys(("orders", "customers", "events"), "customers.state")),
    "Segment": Heard("customers", dict.fromkeys(("orders", "customers", "events"), "customers.segment")),
    "Category": Heard("products", dict.fromkeys(("orders", "products"), "products.category")),
    "Department": Heard("products", dict.fromkeys(("orders", "products"), "products.department")),
    "Brand": Heard("products", dict.fromkeys(("orders", "products"), "products.brand")),
    "Channel": Heard("orders", {"orders": "orders.channel"}),
    "Order Date": Heard("orders", {"orders": "orders.created_date"}),
    "Signup Date": Heard("customers", {"customers": "customers.signup_date"}),
    "Visit Date": Heard("events", {"events": "events.event_date"}),
    "Device": Heard("events", {"events": "events.device"}),
    "Traffic Source": Heard("events", {"events": "events.traffic_source", "customers": "customers.traffic_source"}),
}

_YEAR = {"Order Date": "12 months"}
_SALES = {"Region": "", "Category": "", **_YEAR}


def _regional(region: str) -> Plan:
    return Plan(
        f"{region} Region Performance",
        "Sales",
        "revenue orders order_value return_rate revenue_monthly states categories channels segments",
        {**_SALES, "Region": region},
        description=f"How the {region} sells: what, where and to whom.",
    )


def _by_channel(channel: str) -> Plan:
    return Plan(
        f"{channel} Sales",
        "Sales",
        "revenue orders order_value buyers orders_weekly categories ages brands",
        {"Channel": channel, **_SALES},
    )


def _by_category(category: str) -> Plan:
    return Plan(
        f"{category} Deep Dive",
        "Merchandising",
        "revenue units margin_rate return_rate revenue_and_margin best_sellers regions departments segments",
        {**_SALES, "Category": category},
    )


def _by_department(department: str) -> Plan:
    return Plan(
        f"{department}'s Department" if department != "Kids" else "Kids' Department",
        "Merchandising",
        "revenue units order_value margin_rate categories_monthly brands category_table",
        {**_SALES, "Department": department},
    )


def _by_segment(segment: str) -> Plan:
    return Plan(
        f"{segment} Customers",
        "Customers",
        "revenue buyers buyer_revenue order_value revenue_monthly states top_customers",
        {"Segment": segment, **_SALES},
    )


DASHBOARDS = (
    Plan(
        "Executive Summary",
        "Executive",
        filters=_SALES,
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
    Plan(
        "Revenue and Margin", "Executive", "revenue margin margin_rate units revenue_and_margin brand_margins", _SALES
    ),
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
        _SALES,
        description="Where revenue comes from.",
    ),
    *map(_regional, ("West", "East", "South", "Midwest")),
    Plan("State by State", "Sales", "revenue orders buyers order_value states cities state_table", _SALES),
    Plan("Channel Performance", "Sales", "channels_monthly status_table channels payments statuses", _SALES),
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
        _SALES,
    ),
    *map(_by_category, ("Jeans", "Jackets", "Sweaters", "Shirts", "Dresses", "Shoes", "Swimwear", "Accessories")),
    *map(_by_department, ("Women", "Men", "Kids")),
    Plan(
        "Best Sellers",
        "Merchandising",
        "units revenue order_value return_rate best_sellers brands price_tiers states",
        _SALES,
    ),
    Plan(
        "Brand Performance", "Merchandising", "brands brand_margins brand_map returned_brands", {**_SALES, "Brand": ""}
    ),
    Plan(
        "Pricing",
        "Merchandising",
        "products average_price order_value margin_rate price_map price_by_brand range_by_tier departments price_tiers",
        {"Category": "", "Department": "", **_YEAR},
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
        {"Region": "", "Traffic Source": "", "Signup Date": "12 months", **_YEAR},
    ),
    Plan(
        "Customer Loyalty",
        "Customers",
        "repeat_rate lifetime_value buyer_revenue buyers lifetimes repeat_by_segment loyal_customers",
        {"Region": "", "Segment": ""},
    ),
    Plan("Customer Demographics", "Customers", "age_groups value_by_age ages state_sizes", {"Region": "", **_YEAR}),
    *map(_by_segment, ("Corporate", "Small Business")),
    Plan(
        "Regional Customer Report",
        "Customers",
        "revenue buyers buyer_revenue return_rate regions_monthly categories states top_customers how_counted",
        _SALES,
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
    Plan("Delivery", "Operations", "delivery orders delivery_monthly slow_states statuses", _SALES),
    Plan(
        "Returns",
        "Operations",
        "return_rate orders returns_monthly returned_categories returned_brands brand_map",
        _SALES,
    ),
)

LOOKML_DASHBOARDS = (
    Plan(
        "Business Pulse",
        "LookML Dashboards",
        "revenue orders buyers order_value revenue_monthly categories regions channels segments",
        _SALES,
        name="business_pulse",
    ),
    Plan(
        "Brand Analytics",
        "LookML Dashboards",
        "revenue margin_rate return_rate buyers brands brand_map top_customers",
        {"Brand": "Northwind,Lumen,Tideline,Juniper", **_SALES},
        name="brand_analytics",
    ),
    Plan(
        "Customer 360",
        "LookML Dashboards",
        filters={"Region": "", "Segment": "", **_YEAR},
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
        _SALES,
        name="shipping_logistics",
    ),
    Plan(
        "Category Management",
        "LookML Dashboards",
        "products stock stock_value margin_rate categories_monthly returned_categories category_table",
        _SALES,
        name="category_management",
    ),
    Plan(
        "Sales Leaderboard",
        "LookML Dashboards",
        "brands states best_sellers cities top_customers",
        _SALES,
        name="sales_leaderboard",
    ),
)

LOOKS = (
    LookPlan("Revenue This Year", "Executive", "revenue", {"orders.created_date": "this year"}),
    LookPlan("Revenue by Month", "Executive", "revenue_monthly"),
    LookPlan("Revenue and Margin by Month", "Executive", "revenue_and_margin", {"orders.created_date": "12 months"}),
    LookPlan("Seasons Compared", "Executive", "seasons"),
    LookPlan("Revenue by Region", "Sales", "regions"),
    LookPlan("Revenue by Channel over Time", "Sales", "channels_monthly"),
    LookPlan("Top States in the West", "Sales", "states", {"customers.region": "West"}),
    LookPlan("Orders per Week", "Sales", "orders_weekly"),
    LookPlan("State Results", "Sales", "state_table", {"orders.created_date": "last year"}),
    LookPlan("Category Results", "Merchandising", "category_table", {"orders.created_date": "12 months"}),
    LookPlan("Best Sellers, Last 90 Days", "Merchandising", "best_sellers", {"orders.created_date": "90 days"}),
    LookPlan("Top Brands", "Merchandising", "brands"),
    LookPlan("Price List", "Merchandising", "price_list"),
    LookPlan("Stock Value by Category", "Merchandising", "stock_by_category"),
    LookPlan("Sign-ups by Month", "Customers", "signups"),
    LookPlan("Most Loyal Customers", "Customers", "loyal_customers"),
    LookPlan("Top Corporate Customers", "Customers", "top_customers", {"customers.segment": "Corporate"}),
    LookPlan("Customers by Number of Orders", "Customers", "lifetimes"),
    LookPlan("Sessions per Week", "Web and App", "sessions_weekly"),
    LookPlan("Purchase Funnel", "Web and App", "funnel"),
    LookPlan("Conversion by Source", "Web and App", "source_conversion"),
    LookPlan("Latest Orders", "Operations", "recent_orders"),
    LookPlan("Return Rate by Category", "Operations", "returned_categories"),
    LookPlan("Delivery Days by Month", "Operations", "delivery_monthly"),
)
