"""Every result format, read back by a reader of its own, holds the rows."""

import csv
import io
import json
import re
from datetime import datetime
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from looker_tasks.emulator.content import Query
from looker_tasks.emulator.formats.encode import RESULT_FORMATS, encode
from looker_tasks.emulator.results import Column, Rows, Value
from tests.emulator.shop import query, shop

FLAT = query(
    "orders.created_date", "products.category", "orders.is_returned", "orders.count", "orders.total_revenue", limit=40
)
PIVOTED = query("products.category", "orders.count", "orders.margin_rate", pivots=("customers.region",), total=True)
TABLES = ("csv", "txt", "md", "html", "gsxml", "xlsx")


def _encoded(rows: Rows, result_format: str, asked: Query = FLAT, *, apply_formatting: bool = False) -> bytes:
    return encode(rows, result_format, query=asked, task_id="t1", apply_formatting=apply_formatting)[0].read()


class _TableReader(HTMLParser):
    """Collects the cells of a page's table."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[list[str]] = []
        self._in_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line or a cell."""
        if tag == "tr":
            self.lines.append([])
        if tag in {"td", "th"}:
            self.lines[-1].append("")
            self._in_cell = True

    def handle_endtag(self, tag: str) -> None:
        """End a cell."""
        self._in_cell = self._in_cell and tag not in {"td", "th"}

    def handle_data(self, data: str) -> None:
        """Add to the cell."""
        if self._in_cell:
            self.lines[-1][-1] += data


def _table(body: bytes, result_format: str) -> list[list[str]]:
    """Read the lines of a table, headings first, by a reader that knows nothing of the writer."""
    if result_format == "xlsx":
        (sheet,) = load_workbook(io.BytesIO(body)).worksheets
        return [[_text(cell) for cell in line] for line in sheet.iter_rows(values_only=True)]
    text = body.decode()
    if result_format in {"csv", "txt"}:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter="," if result_format == "csv" else "\t"))
    if result_format == "gsxml":
        return [[cell.text or "" for cell in line] for line in ET.fromstring(text).iter("tr")]  # noqa: S314  # written by ourselves
    if result_format == "html":
        reader = _TableReader()
        reader.feed(text)
        return reader.lines
    lines = [re.split(r"(?<!\\)\|", line)[1:-1] for line in text.splitlines()]
    del lines[1]  # the rule under the head
    return [[cell.strip().replace("\\|", "|").replace("\\\\", "\\") for cell in line] for line in lines]


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    return "" if value is None else str(value)


@pytest.mark.parametrize("result_format", TABLES)
def test_a_table_holds_labels_and_values(result_format: str) -> None:
    """The first line is Looker's labels, each further line a row, in order."""
    rows = shop().run(FLAT)
    head, *lines = _table(_encoded(rows, result_format), result_format)
    assert head == [
        "Orders Created Date",
        "Products Category",
        "Orders Is Returned (Yes / No)",
        "Orders Count",
        "Orders Total Revenue",
    ]
    assert len(lines) == 40
    for line, values in zip(lines, rows.values, strict=True):
        assert line[:3] == list(values[:3])
        assert [float(cell) for cell in line[3:]] == [float(str(value)) for value in values[3:]]


@pytest.mark.parametrize("result_format", TABLES)
def test_a_pivoted_table_has_two_lines_of_headings(result_format: str) -> None:
    """Over the labels stands the value of the pivot, as Looker flattens it."""
    rows = shop().run(PIVOTED)
    over, labels, *lines = _table(_encoded(rows, result_format, PIVOTED), result_format)
    assert over[:4] == ["Customers Region", "East", "East", "Midwest"]
    assert labels[:4] == ["Products Category", "Orders Count", "Orders Margin Rate", "Orders Count"]
    for line, values in zip(lines, rows.values, strict=True):
        assert [float(cell) for cell in line[1:]] == pytest.approx(values[1:], rel=1e-14)  # Excel keeps 16 digits


@pytest.mark.parametrize("result_format", TABLES)
def test_formatting_is_applied_when_asked_for(result_format: str) -> None:
    """Numbers are written in their value_format."""
    rows = Rows((Column("a.b", "A B", "measure", "number", "$#,##0.00"),), ((1234.5,), (None,)), "", 0.0)
    lines = _table(_encoded(rows, result_format, apply_formatting=True), result_format)
    assert lines[1] == ["$1,234.50"]
    assert lines[2:] in ([[""]], [[]], [])  # an empty last line is read in three ways


@pytest.mark.parametrize("result_format", ["json", "inline_json"])
def test_json_is_an_object_a_row(result_format: str) -> None:
    """Keys are the names of the fields, values as they are."""
    rows = shop().run(FLAT)
    names = [column.name for column in rows.columns]
    written = json.loads(_encoded(rows, result_format), parse_float=Decimal)
    assert written == [dict(zip(names, row, strict=True)) for row in rows.values]


def test_json_nests_pivots() -> None:
    """A pivoted measure holds its values by the value of the pivot."""
    rows = shop().run(PIVOTED)
    first = json.loads(_encoded(rows, "json", PIVOTED))[0]
    assert list(first) == ["products.category", "orders.count", "orders.margin_rate"]
    assert list(first["orders.count"]) == ["East", "Midwest", "South", "West"]
    assert first["orders.count"]["East"] == rows.values[0][1]


def test_formatted_json_holds_text() -> None:
    """With apply_formatting the values are as a reader sees them."""
    rows = shop().run(query("orders.total_revenue"))
    (row,) = json.loads(_encoded(rows, "json", apply_formatting=True))
    assert re.fullmatch(r"\$\d,\d{3},\d{3}", row["orders.total_revenue"])


@pytest.mark.parametrize("result_format", ["json_detail", "json_fe"])
def test_json_detail_tells_the_query(result_format: str) -> None:
    """What clients need is there: id, runtime, sql, the fields by kind, and cells with value and rendering."""
    rows = shop().run(FLAT)
    detail: dict[str, Any] = json.loads(_encoded(rows, result_format))
    assert detail["id"] == "slug"
    assert detail["runtime"] == pytest.approx(rows.seconds, abs=0.001)
    assert detail["sql"] == rows.sql
    assert [each["name"] for each in detail["fields"]["measures"]] == ["orders.count", "orders.total_revenue"]
    assert detail["fields"]["dimensions"][1]["label_short"] == "Category"
    assert "errors" not in detail
    assert [row["orders.count"]["value"] for row in detail["data"]] == [row[3] for row in rows.values]
    assert detail["data"][0]["orders.total_revenue"]["rendered"].startswith("$")
    assert detail["data"][0]["products.category"] == {"value": rows.values[0][1]}


def test_json_detail_of_a_pivot() -> None:
    """Pivots are listed by the keys under which the cells stand, and totals come beside the data."""
    rows = shop().run(PIVOTED)
    detail = json.loads(_encoded(rows, "json_detail", PIVOTED))
    assert [pivot["key"] for pivot in detail["pivots"]] == ["East", "Midwest", "South", "West"]
    assert detail["pivots"][0]["data"] == {"customers.region": "East"}
    assert [each["name"] for each in detail["fields"]["pivots"]] == ["customers.region"]
    assert rows.totals is not None
    assert detail["totals_data"]["orders.count"]["East"]["value"] == rows.totals[1]


def test_sql_is_the_sql() -> None:
    """The sql format is what was run, for reading."""
    rows = shop().run(FLAT)
    assert _encoded(rows, "sql").decode() == rows.sql


def test_odc_points_at_the_results() -> None:
    """An Office Data Connection names the address of the task's results."""
    body, content_type = encode(shop().run(FLAT), "odc", query=FLAT, task_id="a&b")
    assert b"/query_tasks/a&amp;b/results" in body.read()
    assert content_type.startswith("text/x-ms-odc")


def test_a_workbook_has_numbers_and_days() -> None:
    """Excel gets numbers with their format and real dates, and the same rows give the same bytes."""
    rows = shop().run(FLAT)
    body = _encoded(rows, "xlsx")
    (sheet,) = load_workbook(io.BytesIO(body)).worksheets
    assert isinstance(sheet["A2"].value, datetime)
    assert sheet["E2"].number_format == "$#,##0"
    assert isinstance(sheet["E2"].value, int | float)
    assert body == _encoded(rows, "xlsx")


@pytest.mark.parametrize(
    ("result_format", "content_type"),
    [
        ("json", "application/json"),
        ("csv", "text/csv; charset=utf-8"),
        ("html", "text/html; charset=utf-8"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ],
)
def test_the_content_type_goes_with_the_body(result_format: str, content_type: str) -> None:
    """Each format goes under its own content type."""
    assert encode(shop().run(FLAT), result_format, query=FLAT, task_id="t")[1] == content_type


def test_every_format_of_the_api_is_there() -> None:
    """The list is that of Looker's create_query_task; another name is a KeyError."""
    assert sorted(RESULT_FORMATS) == sorted(
        [
            "inline_json",
            "json",
            "json_detail",
            "json_fe",
            "json_bi",
            "csv",
            "html",
            "md",
            "txt",
            "xlsx",
            "gsxml",
            "sql",
            "odc",
        ]
    )
    with pytest.raises(KeyError):
        _encoded(shop().run(FLAT), "pdf")


@pytest.mark.parametrize("result_format", RESULT_FORMATS)
def test_no_rows_are_a_whole_file_still(result_format: str) -> None:
    """An empty result is a valid file with its headings: spectacles asks for no rows."""
    rows = shop().run(FLAT, limit=0)
    body = _encoded(rows, result_format)
    assert body
    if result_format in TABLES:
        assert len(_table(body, result_format)) == 1
    if "json" in result_format:
        json.loads(body)


_letters = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp"))
_cells: st.SearchStrategy[Value] = st.none() | st.text(_letters, min_size=1).map(str.strip).filter(bool)


@given(st.lists(st.tuples(_cells, st.none() | st.integers(-(10**9), 10**9)), min_size=1, max_size=5))
def test_any_text_comes_back_whole(values: list[tuple[Value, Value]]) -> None:
    """Delimiters, quotes, markup and formulas in the data are data in every format."""
    columns = (Column("a.text", "A Text", "dimension", "string"), Column("a.n", "A N", "measure", "number"))
    rows = Rows(columns, tuple(values), "", 0.0)
    assert [tuple(row.values()) for row in json.loads(_encoded(rows, "json"))] == values
    for result_format in ("csv", "txt", "html", "gsxml", "xlsx"):
        lines = _table(_encoded(rows, result_format), result_format)[1:]
        expected = [[_text(cell) for cell in row] for row in values]
        if result_format == "xlsx":
            assert [line[0] for line in lines] == [line[0] for line in expected][: len(lines)]
        else:
            assert lines == expected, result_format
