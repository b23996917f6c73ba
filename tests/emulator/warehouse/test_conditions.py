"""Filter expressions: each against the same choice made in Python over all rows."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import cache

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from looker_tasks.emulator.results import Value
from looker_tasks.emulator.warehouse.conditions import condition
from looker_tasks.emulator.warehouse.errors import QueryError
from looker_tasks.emulator.warehouse.fragments import Bound, prepared
from looker_tasks.emulator.warehouse.model import Field
from looker_tasks.emulator.warehouse.thelook import THELOOK
from tests.emulator.shop import query, run, shop

FIELDS = ("orders.id", "orders.created_date", "customers.state", "customers.age", "orders.is_returned")


@cache
def _all_orders() -> tuple[tuple[Value, ...], ...]:
    return shop().run(query(*FIELDS), limit=-1).values


def _chosen(field: str, expression: str) -> set[Value]:
    rows = shop().run(query("orders.id", filters={field: expression}), limit=-1)
    return {row[0] for row in rows.values}


def _expected(field: str, choose: Callable[..., bool]) -> set[Value]:
    index = FIELDS.index(field)
    return {row[0] for row in _all_orders() if choose(row[index])}


@pytest.mark.parametrize(
    ("expression", "choose"),
    [
        ("", lambda _: True),
        (" , ", lambda _: True),
        ("Texas", lambda state: state == "Texas"),
        ("texas", lambda _: False),
        ("Texas,Ohio", lambda state: state in {"Texas", "Ohio"}),
        (' Texas , "Ohio"', lambda state: state in {"Texas", "Ohio"}),
        ("-Texas", lambda state: state != "Texas"),
        ("-Texas,-Ohio", lambda state: state not in {"Texas", "Ohio"}),
        ("New%", lambda state: state.startswith("New")),
        ("%n%", lambda state: "n" in state),
        ("%on", lambda state: state.endswith("on")),
        ("M%a", lambda state: state.startswith("M") and state.endswith("a")),
        ("_hio", lambda state: state == "Ohio"),
        ("New%,-New York", lambda state: state.startswith("New") and state != "New York"),
        ("-%e%", lambda state: "e" not in state),
        ("EMPTY", lambda _: False),
        ("-EMPTY", lambda _: True),
        ("NULL", lambda _: False),
        ("-NULL", lambda _: True),
        ("^Texas", lambda state: state == "Texas"),
        ("Te^%xas", lambda _: False),
        ("Texas^,Ohio", lambda _: False),
        ("' OR 1=1 --", lambda _: False),
        ('Texas" OR "1"="1', lambda _: False),
    ],
)
def test_strings(expression: str, choose: Callable[[str], bool]) -> None:
    """A string expression chooses the rows that it describes."""
    assert _chosen("customers.state", expression) == _expected("customers.state", choose)


@pytest.mark.parametrize(
    ("expression", "choose"),
    [
        ("", lambda _: True),
        ("40", lambda age: age == 40),
        ("=40", lambda age: age == 40),
        ("20, 30,40", lambda age: age in {20, 30, 40}),
        (">40", lambda age: age > 40),
        (">= 40", lambda age: age >= 40),
        ("<40", lambda age: age < 40),
        ("<=40.5", lambda age: age <= 40.5),
        ("NOT 40", lambda age: age != 40),
        ("!=40", lambda age: age != 40),
        ("<>40, NOT 41", lambda age: age not in {40, 41}),
        (">20 AND <30", lambda age: 20 < age < 30),
        ("<20 OR >60", lambda age: age < 20 or age > 60),
        ("20 to 30", lambda age: 20 <= age <= 30),
        ("[20,30]", lambda age: 20 <= age <= 30),
        ("(20,30)", lambda age: 20 < age < 30),
        ("[20, 30)", lambda age: 20 <= age < 30),
        ("(60, inf)", lambda age: age > 60),
        ("[-inf,25]", lambda age: age <= 25),
        ("[,25]", lambda age: age <= 25),
        ("(-inf,inf)", lambda _: True),
        ("[18,20],[60,62]", lambda age: 18 <= age <= 20 or 60 <= age <= 62),
        ("NOT [20,60]", lambda age: not 20 <= age <= 60),
        ("[20,30], NOT 25", lambda age: 20 <= age <= 30 and age != 25),
        ("NULL", lambda _: False),
        ("NOT NULL", lambda _: True),
    ],
)
def test_numbers(expression: str, choose: Callable[[int], bool]) -> None:
    """A number expression chooses the rows that it describes."""
    assert _chosen("customers.age", expression) == _expected("customers.age", choose)


TODAY = date(2026, 6, 30)


@pytest.mark.parametrize(
    ("expression", "choose"),
    [
        ("any time", lambda _: True),
        ("7 days", lambda day: TODAY - timedelta(days=7) < day),
        ("2025", lambda day: day.year == 2025),
        ("last year", lambda day: day.year == 2025),
        ("2024,2026", lambda day: day.year in {2024, 2026}),
        ("NOT 2025", lambda day: day.year != 2025),
        ("2025, NOT 2025-03", lambda day: day.year == 2025 and day.month != 3),
        ("12 months ago for 12 months", lambda day: date(2025, 6, 1) <= day < date(2026, 6, 1)),
        ("2025-01-01 to 2025-06-30", lambda day: date(2025, 1, 1) <= day < date(2025, 6, 30)),
        ("after 2026-06-01", lambda day: day >= date(2026, 6, 1)),
        ("before 2024-02-01", lambda day: day < date(2024, 2, 1)),
        ("NULL", lambda _: False),
        ("NOT NULL", lambda _: True),
    ],
)
def test_dates(expression: str, choose: Callable[[date], bool]) -> None:
    """A date expression chooses the rows that it describes."""
    expected = _expected("orders.created_date", lambda day: choose(date.fromisoformat(day)))
    assert _chosen("orders.created_date", expression) == expected


@pytest.mark.parametrize(
    ("expression", "choose"),
    [
        ("Yes", lambda answer: answer == "Yes"),
        ("no", lambda answer: answer == "No"),
        ("TRUE", lambda answer: answer == "Yes"),
        ("Yes,No", lambda _: True),
        ("any value", lambda _: True),
    ],
)
def test_yesno(expression: str, choose: Callable[[str], bool]) -> None:
    """A yesno expression chooses the rows that it describes."""
    assert _chosen("orders.is_returned", expression) == _expected("orders.is_returned", choose)


def test_a_month_is_filtered_by_its_days() -> None:
    """A filter on any timeframe looks at the date itself, as Looker's does."""
    rows = run("orders.created_month", filters={"orders.created_month": "2025-03-05 to 2025-05-02"})
    assert {row[0] for row in rows.values} == {"2025-03", "2025-04", "2025-05"}


def test_a_measure_is_filtered_after_grouping() -> None:
    """A filter on a measure keeps whole groups."""
    counts = {row[0]: row[1] for row in run("customers.state", "orders.count").values}
    rows = run("customers.state", "orders.count", filters={"orders.count": ">2000"}).values
    kept = {row[0]: row[1] for row in rows}
    assert kept == {state: count for state, count in counts.items() if int(str(count)) > 2000}
    assert 0 < len(kept) < len(counts)


@pytest.mark.parametrize(
    ("field", "expression"),
    [
        ("customers.age", "old"),
        ("customers.age", "[20,30"),
        ("customers.age", "1²"),
        ("orders.is_returned", "maybe"),
        ("orders.created_date", "soon"),
        ("orders.created_date", "2025-02-31"),
    ],
)
def test_what_cannot_be_read_is_told(field: str, expression: str) -> None:
    """An expression that means nothing names itself and its field."""
    with pytest.raises(QueryError) as caught:
        run("orders.count", filters={field: expression})
    assert field in caught.value.message
    assert expression.partition(",")[0] in caught.value.message


@cache
def _explore_field(name: str) -> Field:
    explore = THELOOK.explore("orders")
    assert explore is not None
    return explore.by_name[name]


_names = st.sampled_from(
    ["customers.state", "customers.age", "orders.created_date", "orders.is_returned", "orders.count"]
)
_words = st.sampled_from(
    [
        "NOT ",
        "to",
        "%",
        "^",
        ",",
        "'",
        '"',
        "-",
        "[",
        ")",
        "1",
        "2025",
        "-01",
        " ",
        "days",
        "ago",
        "inf",
        ";",
        "--",
        ">",
    ]
)
_expressions = st.text() | st.lists(_words).map("".join)


@given(_names, _expressions)
@example("customers.state", "\x00")
@example("customers.state", "\ud800")
@example("customers.age", "9" * 400)
@example("customers.age", "[" * 50)
def test_any_text_is_a_filter_or_a_query_error(name: str, expression: str) -> None:
    """Whatever a client sends, the query runs or is refused as a query; nothing else is raised."""
    try:
        is_right = [column.name for column in run("orders.count", filters={name: expression}).columns] == [
            "orders.count"
        ]
    except QueryError as refusal:
        is_right = bool(refusal.message)
    assert is_right


@given(st.text(min_size=1))
def test_a_client_s_text_never_becomes_sql(text: str) -> None:
    """The SQL of a string filter has no letter of the expression in it: its words are bound."""
    marked = f"zqx{text}zqx"
    sql = condition(_explore_field("customers.state"), marked, today=TODAY)
    assert sql is not None
    assert "zqx" not in prepared(sql)[0]
    assert any(isinstance(part, Bound) for part in sql)


@given(st.text())
def test_a_quoted_and_escaped_text_finds_exactly_itself(text: str) -> None:
    """Escaping by ^ makes any text a literal: the condition holds for it and for nothing beside it."""
    escaped = "".join(f"^{letter}" for letter in f"a{text}z")
    field = Field("t.x", "T X", "dimension", "string", "x")
    sql = condition(field, escaped, today=TODAY)
    assert sql is not None
    (literal,) = (part.value for part in sql if isinstance(part, Bound))
    assert literal == f"a{text}z"


def test_the_wildcards_of_like_are_literal_after_the_escape() -> None:
    """100^% finds "100%" and not "1000", with a wildcard beside it too."""
    sql = condition(Field("t.x", "T X", "dimension", "string", "x"), "100^%%", today=TODAY)
    assert sql is not None
    text, parameters = prepared(sql)
    rows = duckdb.execute(
        f"SELECT x FROM (VALUES ('100%'), ('100% wool'), ('1000'), ('100^')) t(x) WHERE {text}",  # noqa: S608  # ours
        parameters,
    ).fetchall()
    assert rows == [("100%",), ("100% wool",)]
