"""Results of any size: written by the database, kept in a file, the same as what is written in memory."""

import csv
import io
import json
import tracemalloc
from decimal import Decimal
from functools import cache

import pytest

from looker_tasks.emulator.body import IN_MEMORY
from looker_tasks.emulator.formats.encode import encode
from looker_tasks.emulator.results import Value
from looker_tasks.emulator.warehouse import Warehouse
from tests.emulator.shop import query, shop

FIELDS = (
    "id",
    "code",
    "serial",
    "posted_date",
    "posted_month",
    "posted_year",
    "settled_time",
    "account",
    "memo",
    "amount",
    "rate",
    "units",
    "weight",
    "is_cleared",
)
LEDGER = query(*(f"ledger.{each}" for each in FIELDS), view="ledger", sorts=("ledger.id",), limit=2500)
GROUPED = query(
    "ledger.account", "ledger.count", "ledger.total_amount", "ledger.average_rate", view="ledger", total=True
)
ONE_COLUMN = query("ledger.memo", view="ledger", sorts=("ledger.memo",), limit=50)


@cache
def books() -> Warehouse:
    """Return a warehouse whose ledger is not much larger than what is read of it."""
    return Warehouse(ledger_rows=5000)


def read(body: bytes, result_format: str) -> object:
    """Read *body* without loss: numbers of JSON as they are written, lines of text as cells."""
    text = body.decode()
    if result_format in {"csv", "txt"}:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter="," if result_format == "csv" else "\t"))
    read = json.loads(text, parse_float=Decimal)
    if result_format == "json_detail":
        del read["runtime"]
    return read


@pytest.mark.parametrize("apply_formatting", [False, True])
@pytest.mark.parametrize("asked", [LEDGER, GROUPED, ONE_COLUMN], ids=["ledger", "grouped", "one column"])
@pytest.mark.parametrize("result_format", ["json", "json_bi", "json_detail", "csv", "txt"])
def test_the_database_writes_what_python_writes(result_format: str, asked: object, apply_formatting: bool) -> None:
    """A row that the database writes holds what the same row in memory holds, digit by digit."""
    assert isinstance(asked, type(LEDGER))
    streamed, _ = encode(
        books().stream(asked), result_format, query=asked, task_id="t", apply_formatting=apply_formatting
    )
    in_memory, _ = encode(
        books().run(asked), result_format, query=asked, task_id="t", apply_formatting=apply_formatting
    )
    assert read(streamed.read(), result_format) == read(in_memory.read(), result_format)


def test_values_are_exact() -> None:
    """Dates, moments, decimals, whole numbers of 17 digits and yesnos are those of the database itself."""
    rows = books()._connection.execute(
        "SELECT id, code, serial, strftime(posted, '%Y-%m-%d'), strftime(posted, '%Y-%m'), year(posted), "
        "strftime(settled, '%Y-%m-%d %H:%M:%S'), account, memo, amount, rate, units, weight, is_cleared "
        "FROM ledger ORDER BY id LIMIT 2500"
    )
    expected: list[tuple[Value, ...]] = [(*row[:-1], "Yes" if row[-1] else "No") for row in rows.fetchall()]
    body, _ = encode(books().stream(LEDGER), "json_bi", query=LEDGER, task_id="t")
    written = json.loads(body.read(), parse_float=Decimal)["rows"]
    found = [tuple(row[f"ledger.{name}"]["value"] for name in FIELDS) for row in written]
    assert len(found) == 2500
    weight = FIELDS.index("weight")
    for row, its in zip(found, expected, strict=True):
        assert row[:weight] == its[:weight]
        assert (None if row[weight] is None else float(row[weight])) == its[weight]
        assert row[weight + 1 :] == its[weight + 1 :]
    assert {None} < {row[FIELDS.index("memo")] for row in found}


@pytest.mark.long
@pytest.mark.parametrize("result_format", ["json_bi", "csv"])
def test_a_large_result_is_never_in_memory(result_format: str) -> None:
    """Two hundred thousand rows take a file, and some megabytes of Python's memory."""
    asked = query("ledger.id", "ledger.memo", "ledger.amount", view="ledger", sorts=("__UNSORTED__",), limit=200_000)
    tracemalloc.start()
    try:
        body, _ = encode(shop().stream(asked), result_format, query=asked, task_id="t")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert body.size > 5 * IN_MEMORY
    assert not body.is_in_memory
    assert peak < 8 * IN_MEMORY
    assert sum(len(chunk) for chunk in body.chunks(100_000)) == body.size


def test_a_workbook_of_many_rows() -> None:
    """A workbook is written row by row, moments as such."""
    from openpyxl import load_workbook  # noqa: PLC0415  # a reader for this test alone

    asked = query("ledger.id", "ledger.settled_time", "ledger.amount", view="ledger", sorts=("ledger.id",), limit=3000)
    body, _ = encode(books().stream(asked), "xlsx", query=asked, task_id="t")
    (sheet,) = load_workbook(io.BytesIO(body.read()), read_only=True).worksheets
    rows = list(sheet.iter_rows(values_only=True))
    values = books().run(asked).values
    assert len(rows) == 3001
    assert [row[0] for row in rows[1:]] == [row[0] for row in values]
    assert [None if row[1] is None else str(row[1]) for row in rows[1:]] == [row[1] for row in values]
