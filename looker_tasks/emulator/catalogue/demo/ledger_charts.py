"""The demo's charts of companies and of the ledger. Data alone."""

from collections.abc import Mapping

from looker_tasks.emulator.catalogue.demo.chart import Chart, table

ACCOUNT_CHARTS: Mapping[str, Chart] = {
    "companies": Chart(
        "Companies",
        "looker_grid",
        "customers",
        ("customers.company",),
        ("customers.company",),
        filters={"customers.company": "-NULL"},
    ),
    "company_revenue": table(
        "Revenue by Company",
        "customers.company",
        "orders.count",
        "orders.total_revenue",
        sort="orders.total_revenue desc",
    ),
    "ledger": table(
        "General Ledger",
        "ledger.id",
        "ledger.code",
        "ledger.posted_date",
        "ledger.settled_time",
        "ledger.account",
        "ledger.memo",
        "ledger.amount",
        "ledger.rate",
        "ledger.units",
        "ledger.weight",
        "ledger.is_cleared",
        view="ledger",
        sort="ledger.id",
    ),
    "ledger_accounts": table(
        "Ledger by Account",
        "ledger.account",
        "ledger.count",
        "ledger.total_amount",
        "ledger.average_rate",
        view="ledger",
        sort="ledger.account",
        total=True,
    ),
}
