"""The ledger: an explore as long as wanted, with a field of every type. For tests and measurements of large results."""

from looker_tasks.emulator.warehouse.model import Explore, Field, View, flat

_CENTS = "#,##0.00"


def _fields() -> tuple[Field, ...]:
    ledger = View("ledger")
    return flat(
        ledger.dimension("id", "number", is_key=True).described("The number of the entry, from 1."),
        ledger.dimension("code").described("The entry's id as text, with zeros in front."),
        ledger.dimension("serial", "number").described("A whole number of 17 digits.", hidden=True),
        ledger.timeframes("posted", "date", "week", "month", "year"),
        ledger.timeframes("settled", "time"),
        ledger.timeframes("settled", "date", sql="CAST(ledger.settled AS DATE)"),
        ledger.dimension("account"),
        ledger.dimension("memo").described("What was written beside the entry; missing for every fifth."),
        ledger.dimension("amount", "number", value_format=_CENTS).described("Of either sign, with two decimals."),
        ledger.dimension("rate", "number").described("With six decimals; missing for every eleventh."),
        ledger.dimension("units", "number"),
        ledger.dimension("weight", "number"),
        ledger.dimension("is_cleared", "yesno", sql="ledger.is_cleared"),
        ledger.measure("count", "COUNT(*)", type_="count"),
        ledger.aggregate("sum", "total_amount", "ledger.amount", _CENTS),
        ledger.aggregate("average", "average_rate", "ledger.rate", "0.0000"),
        ledger.aggregate("max", "largest_amount", "ledger.amount", _CENTS),
    )


LEDGER = Explore(name="ledger", label="Ledger", fields=_fields())
