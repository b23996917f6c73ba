"""The demo's folders and looks; the first look has the id 1. Data alone."""

from looker_tasks.emulator.catalogue.demo.plan import LookPlan
from looker_tasks.emulator.content import Folder

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
