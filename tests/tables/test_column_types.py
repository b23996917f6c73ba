"""The type of a column: what its metadata lets it be, and what holds all of its values."""

import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pytest

from looker_tasks.tables.table import read_table
from tests.tables.results import Raw, cell, columns, field, metadata, one_column, result

_DAY = dt.date(2026, 6, 30)
_NOON = dt.datetime(2026, 6, 30, 12, 0)  # noqa: DTZ001  # Looker writes no zone
_NUMBER, _CENTS = pa.int64(), pa.decimal128(38, 2)
_TIME, _TIME_UTC = pa.timestamp("us"), pa.timestamp("us", "UTC")
_LONG = Raw("1234567890123456789012345678901234567890")  # 40 digits: more than a decimal has


@pytest.mark.parametrize(
    ("type_name", "values", "expected", "read"),
    [
        ("number", [1, None, -3], _NUMBER, [1, None, -3]),
        ("count", [9007199254740993], _NUMBER, [9007199254740993]),
        ("sum", [Raw("12.30"), Raw("5"), None], _CENTS, [Decimal("12.30"), Decimal(5), None]),
        ("sum", [5, 7], _NUMBER, [5, 7]),
        ("number", ["12.30", "-0.5"], _CENTS, [Decimal("12.30"), Decimal("-0.50")]),
        ("number", ["12", 13, Raw("1.5")], pa.decimal128(38, 1), [Decimal(12), Decimal(13), Decimal("1.5")]),
        ("number", [Raw("1e3"), Raw("2")], _NUMBER, [1000, 2]),
        ("number", [33.333333333333336, 0.5], pa.float64(), [33.333333333333336, 0.5]),
        ("number", [Raw("1e-7"), 5], pa.decimal128(38, 7), [Decimal("1e-7"), Decimal(5)]),
        ("number", [Raw("1e300"), 5], pa.float64(), [1e300, 5.0]),
        ("number", [Raw("0.1234567890123456789")], pa.decimal128(38, 19), [Decimal("0.1234567890123456789")]),
        ("number", [9223372036854775808], pa.decimal128(38, 0), [Decimal(9223372036854775808)]),
        ("number", [_LONG, 1], pa.string(), [_LONG.text, "1"]),
        ("number", ["007", 8], pa.string(), ["007", "8"]),
        ("number", ["n/a", Raw("12.30"), True, None], pa.string(), ["n/a", "12.30", "true", None]),
        ("number", [], _NUMBER, []),
        ("number", [None], _NUMBER, [None]),
        ("average", [5, Raw("12.30")], pa.float64(), [5.0, 12.3]),
        ("average", [None], pa.float64(), [None]),
        ("average", ["0.1234567890123456789", "1"], pa.decimal128(38, 19), [Decimal("0.1234567890123456789"), 1]),
        ("average", [0.5, "0.25"], pa.float64(), [0.5, 0.25]),
        ("average", [Raw("1e400")], pa.string(), ["1E+400"]),
        ("yesno", ["Yes", "No", None], pa.bool_(), [True, False, None]),
        ("yesno", [True, False, None], pa.bool_(), [True, False, None]),
        ("yesno", [True, "No"], pa.bool_(), [True, False]),
        ("yesno", ["Yes", "Maybe"], pa.string(), ["Yes", "Maybe"]),
        ("yesno", [1, 0], pa.string(), ["1", "0"]),
        ("date_date", ["2026-06-30", None], pa.date32(), [_DAY, None]),
        ("date", ["2026-06-30"], pa.date32(), [_DAY]),
        ("date_week", ["2026-06-30"], pa.date32(), [_DAY]),
        ("date_month", ["2026-06"], pa.string(), ["2026-06"]),
        ("date_month", ["2026-06-30"], pa.date32(), [_DAY]),
        ("date_quarter", ["2026-04"], pa.string(), ["2026-04"]),
        ("date_year", [2026], _NUMBER, [2026]),
        ("date_date", ["2026-06-30", "2026-02-30"], pa.string(), ["2026-06-30", "2026-02-30"]),
        ("date_date", ["2026-06-30", "2026-06-30 12:00:00"], _TIME, [_NOON.replace(hour=0), _NOON]),
        ("date_time", ["2026-06-30 12:00:00"], _TIME, [_NOON]),
        ("date_time", ["2026-06-30T12:00:00.000001"], _TIME, [_NOON.replace(microsecond=1)]),
        ("date_time", ["2026-06-30T14:00:00+02:00"], _TIME_UTC, [_NOON.replace(tzinfo=dt.UTC)]),
        ("date_time", ["2026-06-30 12:00:00", "2026-06-30 12:00:00Z"], pa.string(), None),
        ("date_time", ["2026-06-30 12:00:00.1234567"], pa.string(), ["2026-06-30 12:00:00.1234567"]),
        ("date_hour", ["2026-06-30 12"], _TIME, [_NOON]),
        ("date_minute15", ["2026-06-30 12:00"], _TIME, [_NOON]),
        ("date_hour_of_day", [12], _NUMBER, [12]),
        ("date_day_of_week", ["Tuesday"], pa.string(), ["Tuesday"]),
        ("duration_day", [3], _NUMBER, [3]),
        ("string", ["007", "", None], pa.string(), ["007", "", None]),
        ("string", [7, Raw("7.10"), "007", True], pa.string(), ["7", "7.10", "007", "true"]),
        ("zipcode", ["02134"], pa.string(), ["02134"]),
        ("list", [["a", Raw("1.50")], {"k": None}], pa.string(), ['["a",1.50]', '{"k":null}']),
        ("novelty", [1, 2], _NUMBER, [1, 2]),
        (None, [1, Raw("2.5")], pa.decimal128(38, 1), [Decimal(1), Decimal("2.5")]),
        (None, [True, None], pa.bool_(), [True, None]),
        (None, ["94110", "12"], pa.string(), ["94110", "12"]),
        (None, ["a", 1], pa.string(), ["a", "1"]),
        (None, [None], pa.string(), [None]),
    ],
)
def test_type_of_a_column(
    type_name: str | None, values: list[object], expected: pa.DataType, read: list[object] | None
) -> None:
    """Values are read as the type that holds all of them exactly, and as they were written where none does."""
    table = one_column(type_name, values)
    assert table.schema.field("x").type == expected
    assert table.column("x").to_pylist() == (values if read is None else read)


@pytest.mark.parametrize(
    ("type_name", "values", "is_noted"),
    [
        ("number", ["n/a", 1], True),
        ("number", [_LONG], True),
        ("date_date", ["soon"], True),
        ("date_month", ["2026-06"], True),
        ("yesno", ["Maybe"], True),
        ("list", [["a"]], True),
        (None, ["a", 1], True),
        ("string", ["a", 7], False),
        (None, ["a"], False),
        ("number", [None], False),
        ("sum", [1.5], False),
    ],
)
def test_text_for_want_of_a_type_is_noted(type_name: str | None, values: list[object], *, is_noted: bool) -> None:
    """The schema's metadata names the columns that are text although they should be more."""
    facts = one_column(type_name, values).schema.metadata
    assert (facts[b"looker_tasks.text_columns"] == b'["x"]') == is_noted
    assert (b"x is text" in facts[b"looker_tasks.notes"]) == is_noted


def test_types_do_not_depend_on_the_first_rows() -> None:
    """A value far behind the others still decides: the column before it is converted, and loses nothing."""
    numbers = [*range(30_000), Raw("0.5"), "odd"]
    halves = [*range(30_000), Raw("0.5"), 1]
    averages = [*(each / 7 for each in range(30_000)), 1, "0.1234567890123456789"]
    data = columns({"x": "number", "y": "number", "z": "average"}, {"x": numbers, "y": halves, "z": averages})
    table = read_table([data])
    assert table.schema.types == [pa.string(), pa.decimal128(38, 1), pa.string()]
    assert table.column("x").to_pylist() == [*map(str, range(30_000)), "0.5", "odd"]
    assert table.column("y").to_pylist() == [*range(30_000), Decimal("0.5"), 1]
    assert [float(each) for each in table.column("z").to_pylist()[:-1]] == averages[:-1]
    assert table.column("z").to_pylist()[-1] == averages[-1]


def test_times_are_moments_of_the_query_s_zone() -> None:
    """With a time zone, from the caller or from the metadata, local times become moments."""
    data = columns({"x": "date_time"}, {"x": ["2026-06-30 12:00:00"]})
    expected = dt.datetime(2026, 6, 30, 10, 0, tzinfo=dt.UTC)
    zoned = result(metadata([field("x", "date_time")], timezone="Europe/Berlin"), [{"x": cell("2026-06-30 12:00:00")}])
    for table in (read_table([data], timezone="Europe/Berlin"), read_table([zoned])):
        assert table.schema.field("x").type == pa.timestamp("us", "Europe/Berlin")
        assert table.column("x").to_pylist() == [expected]


@pytest.mark.parametrize(
    ("timezone", "time"), [("Europe/Berlin", "2026-10-25 02:30:00"), ("Nowhere/Else", "2026-06-30 12:00:00")]
)
def test_a_time_that_is_no_moment_keeps_its_column_without_a_zone(timezone: str, time: str) -> None:
    """A time that a zone has twice, or a zone that nobody knows, is not guessed at, and that is noted."""
    table = read_table([columns({"x": "date_time"}, {"x": [time]})], timezone=timezone)
    assert table.schema.field("x").type == _TIME
    assert b"x has no time zone" in table.schema.metadata[b"looker_tasks.notes"]


def test_a_broken_surrogate_pair_is_replaced_and_noted() -> None:
    """Half of an escaped pair is no Unicode: U+FFFD stands in its place."""
    table = one_column("string", [Raw(r'"a\ud83db"'), Raw(r'"\ud83d\ude00"')])
    assert table.column("x").to_pylist() == ["a\ufffdb", "😀"]
    assert b"x has U+FFFD" in table.schema.metadata[b"looker_tasks.notes"]
