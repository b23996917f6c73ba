"""Files of Parquet and Arrow: the same whatever the pieces are in which a result comes, and read by others as meant."""

import datetime as dt
import io
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from looker_tasks.tables import reader
from looker_tasks.tables.encoder import TableEncoder, TableFormat
from looker_tasks.tables.errors import TableError
from looker_tasks.tables.table import read_table
from tests.tables.results import Raw, cell, columns, cut, encoded, field, metadata, parquet_table, result

_TYPES = {
    "number": "number",
    "money": "sum",
    "average": "average",
    "text": "string",
    "day": "date_date",
    "time": "date_time",
    "flag": "yesno",
    "calculation": None,
}
_moments = st.datetimes(min_value=dt.datetime(1, 1, 1), max_value=dt.datetime(9999, 12, 31))  # noqa: DTZ001
_numbers = st.one_of(
    st.integers(-(10**40), 10**40),
    st.decimals(allow_nan=False, allow_infinity=False).map(lambda value: Raw(str(value))),
    st.floats(allow_nan=False, allow_infinity=False),
    st.from_regex(r"-?(0|[1-9][0-9]{0,30})\.[0-9]{1,12}", fullmatch=True).map(Raw),
)
_texts = st.text(st.characters(exclude_categories=["Cs"]))
_of_any_type = st.one_of(st.none(), st.booleans(), _numbers, _texts, st.lists(st.integers(), max_size=2))
_integers = st.integers(-(10**12), 10**12)
_money = st.decimals(-(10**9), 10**9, places=2).map(lambda value: Raw(f"{value:f}"))
_fractions = st.integers(1, 10**6).map(lambda value: value / 7)
_values: dict[str, tuple[st.SearchStrategy[Any], ...]] = {  # what all values of a column are, in one result or another
    "number": (_integers, _money, _fractions, _numbers),
    "money": (_money, _money.map(lambda raw: raw.text), _integers),
    "average": (_fractions, st.floats(allow_nan=False, allow_infinity=False)),
    "text": (_texts, _texts, _integers),
    "day": (st.dates().map(str),),
    "time": (_moments.map(lambda moment: moment.isoformat(" ", "microseconds")),),
    "flag": (st.sampled_from(["Yes", "No"]), st.booleans()),
    "calculation": (_integers, _fractions, _texts, st.booleans(), st.none(), _of_any_type),
}


@pytest.fixture
def _short_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let few rows be looked at one by one, and the others be parsed a few at a time."""
    monkeypatch.setattr(reader, "_FIRST_RUN", 500)
    monkeypatch.setattr(reader, "_RUN", 1500)


@st.composite
def _results(draw: st.DrawFn) -> bytes:
    """Draw results of all types, in which a value that does not fit may come late."""
    rows = draw(st.integers(0, 8)) if draw(st.booleans()) else 40
    values: dict[str, list[object]] = {}
    for name in _TYPES:
        some = draw(st.lists(draw(st.sampled_from(_values[name])) | st.none(), min_size=1, max_size=8))
        values[name] = [some[row % len(some)] for row in range(rows)]
    if rows and draw(st.booleans()):
        values[draw(st.sampled_from(sorted(_TYPES)))][-1] = draw(_of_any_type)
    data = columns(_TYPES, values)
    return json.dumps(json.loads(data), indent=1).encode() if draw(st.integers(0, 5)) == 0 else data


@settings(deadline=None, max_examples=30)
@given(_results(), st.integers(1, 3000), st.booleans())
@pytest.mark.usefixtures("_short_runs")
def test_any_cut_gives_the_same_file(data: bytes, size: int, is_parquet: bool) -> None:
    """The file depends on the bytes of the result, and not on how they come."""
    result_format: TableFormat = "parquet" if is_parquet else "arrow"
    assert encoded(cut(data, size=size), result_format) == encoded([data], result_format)


@settings(deadline=None, max_examples=60)
@given(_results())
@pytest.mark.usefixtures("_short_runs")
def test_every_value_is_what_was_written(data: bytes) -> None:
    """Whatever the type of a column became, each of its cells is the value that Looker wrote."""
    table = read_table([data])
    rows = json.loads(data, parse_float=Decimal, parse_int=Decimal)["rows"]
    for name in _TYPES:
        for value, row in zip(table.column(name).to_pylist(), rows, strict=True):
            assert _is_same(value, row[name]["value"], is_average=name == "average"), (name, value, row[name])


def _is_same(value: object, written: object, *, is_average: bool) -> bool:  # noqa: PLR0911  # a table
    match value, written:
        case None, None:
            return True
        case bool(), bool() | str():
            return value == (written in {True, "Yes", "true"})
        case float(), Decimal() | str():
            return value == float(written) if is_average else Decimal(repr(value)) == Decimal(written)
        case int() | Decimal(), Decimal() | str():
            return Decimal(value) == Decimal(written)
        case str(), Decimal():
            return Decimal(value) == written
        case str(), bool():
            return value == str(written).lower()
        case str(), list():
            return bool(json.loads(value) == written)
        case dt.date(), str():
            return str(value) == written or value == dt.datetime.fromisoformat(written)
    return value == written


_digits = st.text("0123456789", max_size=60)
_any_number = st.builds(
    lambda sign, whole, fraction, exponent: f"{sign}{whole.lstrip('0') or '0'}{fraction and '.' + fraction}{exponent}",
    st.sampled_from(["", "-"]),
    _digits,
    st.one_of(
        _digits, st.integers(0, 60).map(lambda zeros: "0" * zeros + "1"), _digits.map(lambda tail: "0" * 9 + tail)
    ),
    st.one_of(st.just(""), st.integers(-400, 400).map(lambda exponent: f"e{exponent}"), st.just("E-07")),
)


@settings(deadline=None, max_examples=60)
@example("12.25", "0.00000000000001e-27", True)
@given(st.sampled_from(["7", "12.25", "0.123456789012"]), _any_number, st.booleans())
@pytest.mark.usefixtures("_short_runs")
def test_any_number_among_others_is_exact(usual: str, number: str, is_text: bool) -> None:
    """A number of any form, far behind numbers of another form, is not rounded, cut or overflown."""
    written = [*[usual] * 50, number, *[usual] * 50]
    rows = [*map(Raw, written[:50]), number if is_text else Raw(number), *map(Raw, written[51:])]
    found = read_table([columns({"x": "number"}, {"x": rows})]).column("x").to_pylist()
    assert [Decimal(str(each)) for each in found] == [*map(Decimal, written)]


@pytest.mark.usefixtures("_short_runs")
def test_parsing_at_once_and_row_by_row_give_the_same_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """What Arrow parses is what the rows say one by one."""
    rows = range(500)
    data = columns(
        {"n": "number", "m": "sum", "d": "number", "t": "string", "y": "yesno", "c": None},
        {
            "n": [None if each % 7 == 0 else each for each in rows],
            "m": [Raw(f"{each}.{each % 100:02}") for each in rows],
            "d": [each / 7 for each in rows],
            "t": [f'Größe "{each}" \\ {{[,' for each in rows],
            "y": ["Yes" if each % 2 else "No" for each in rows],
            "c": [each * 1.5 for each in rows],
        },
    )
    at_once = read_table([data])
    monkeypatch.setattr(reader, "_FIRST_RUN", len(data))
    row_by_row = read_table([data])
    assert at_once.equals(row_by_row, check_metadata=True)
    assert at_once.schema.types[:3] == [pa.int64(), pa.decimal128(38, 2), pa.float64()]


def test_both_formats_hold_the_same_table() -> None:
    """Parquet and Arrow's IPC file are two forms of one table, metadata included."""
    data = columns({"n": "number", "day": "date_date"}, {"n": [1, None], "day": ["2026-06-30", None]})
    table = read_table([data])
    assert parquet_table(encoded([data])).equals(table, check_metadata=True)
    assert pa.ipc.open_file(encoded([data], "arrow")).read_all().equals(table, check_metadata=True)


def test_notes_are_there_with_the_file() -> None:
    """The encoder's notes are those of the schema's metadata."""
    encoder = TableEncoder("parquet")
    assert encoder.feed(columns({"n": "number"}, {"n": ["odd"]})) == b""
    pieces = encoder.finish()
    assert encoder.notes == ("n is text: its values are not all numbers that one type holds (number)",)
    assert json.loads(parquet_table(b"".join(pieces)).schema.metadata[b"looker_tasks.notes"]) == [*encoder.notes]


def test_an_encoder_that_is_left_alone_can_be_closed() -> None:
    """A result that breaks off leaves nothing behind."""
    encoder = TableEncoder("arrow")
    encoder.feed(b'{"metadata":{},"rows":[')
    with pytest.raises(TableError, match="ends in the middle"):
        encoder.finish()
    encoder.close()


@pytest.mark.long
def test_long_results_have_row_groups() -> None:
    """A file is written a row group at a time, and each piece is one."""
    data = columns({"n": "number"}, {"n": range(300_000)})
    encoder = TableEncoder("parquet")
    encoder.feed(data)
    pieces = list(encoder.finish())
    file = pq.ParquetFile(io.BytesIO(b"".join(pieces)))
    assert file.metadata.num_rows == 300_000
    assert file.metadata.num_row_groups == len(pieces) - 1 > 2
    assert file.read().column("n").to_pylist() == list(range(300_000))


def _typed_rows() -> Iterator[dict[str, object]]:
    for number in range(20_000):
        yield {
            "orders.id": cell(number + 9007199254740993),
            "orders.code": cell(f"{number:09}"),
            "orders.created_date": cell(None if number % 7 == 0 else f"2026-06-{1 + number % 30:02}"),
            "orders.created_time": cell(f"2026-06-30 12:00:{number % 60:02}"),
            "orders.is_gift": cell("Yes" if number % 3 else "No"),
            "orders.price": cell(Raw(f"{number}.{number % 100:02}"), rendered=f"${number}"),
            "orders.weight": cell(number / 7),
            "orders.count": cell(number % 5, links=[{"label": "Show", "url": "/explore"}]),
        }


def test_duckdb_reads_the_types_and_values_that_were_meant(tmp_path: Path) -> None:
    """DuckDB has BIGINT, DATE, TIMESTAMP, BOOLEAN, DECIMAL and DOUBLE of the very values."""
    head = metadata(
        [
            field("orders.id", "number"),
            field("orders.code", "string"),
            field("orders.created_date", "date_date"),
            field("orders.created_time", "date_time"),
            field("orders.is_gift", "yesno"),
            field("orders.price", "number"),
            field("orders.weight", "number"),
        ],
        [field("orders.count", "count", "measure")],
    )
    path = tmp_path / "orders.parquet"
    path.write_bytes(encoded(cut(result(head, _typed_rows()), size=1 << 16)))
    with duckdb.connect() as connection:
        found = connection.read_parquet(str(path))
        types = [str(each) for each in found.types]
        values = found.fetchall()
    assert types == ["BIGINT", "VARCHAR", "DATE", "TIMESTAMP", "BOOLEAN", "DECIMAL(38,2)", "DOUBLE", "BIGINT"]
    assert values == [
        (
            number + 9007199254740993,
            f"{number:09}",
            None if number % 7 == 0 else dt.date(2026, 6, 1 + number % 30),
            dt.datetime(2026, 6, 30, 12, 0, number % 60),  # noqa: DTZ001  # Looker writes no zone
            bool(number % 3),
            Decimal(f"{number}.{number % 100:02}"),
            number / 7,
            number % 5,
        )
        for number in range(20_000)
    ]
