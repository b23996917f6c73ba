"""The demo's dashboards of accounts: sent to each customer, and with a tile of every kind. Data alone."""

from looker_tasks.emulator.catalogue.demo.plan import LookPlan, Plan
from looker_tasks.emulator.content import Folder

FOLDERS = (
    Folder("9", "Accounts", "3"),
    Folder("10", "Key Accounts", "9"),
    Folder("11", "Partners", "10"),
    Folder("12", "Archive", "9"),
)
DASHBOARDS = (
    Plan(
        "Account Report",
        "Accounts",
        "revenue orders order_value units revenue_monthly categories status_table recent_orders",
        {"Customer": "", "Order Date": "12 months"},
        description="Sent to each customer every month, filtered to the customer.",
    ),
    Plan("Account Orders", "Accounts", "orders units revenue recent_orders", {"Customer": "", "Order Date": ""}),
    Plan("Account Returns", "Key Accounts", "return_rate orders returned_categories statuses", {"Customer": ""}),
    Plan("Account Products", "Key Accounts", "units best_sellers brands price_tiers", {"Customer": "", "Category": ""}),
    Plan("Account Visits", "Partners", "sessions visitors devices sessions_weekly", {"Customer": "", "Visit Date": ""}),
)
LOOKS = (
    LookPlan("Companies", "Accounts", "companies"),
    LookPlan("Revenue by Company", "Key Accounts", "company_revenue"),
    LookPlan("General Ledger", "Operations", "ledger"),
    LookPlan("Ledger by Account", "Operations", "ledger_accounts"),
)
DELETED = (Plan("Old Account Report", "Archive", "revenue orders units statuses", {"Customer": ""}),)
REVIEW = "Account Review"  # a tile of every kind: see `review`
