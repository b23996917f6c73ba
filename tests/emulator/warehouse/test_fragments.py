"""SQL in pieces: what is bound, and that what is read would run the same."""

from datetime import date

import duckdb
from hypothesis import given
from hypothesis import strategies as st

from looker_tasks.emulator.warehouse.fragments import Bound, joined, prepared, readable

_values = (
    st.text(st.characters(codec="utf-8", exclude_characters="\x00"))
    | st.integers(-(10**9), 10**9)
    | st.floats(allow_nan=False, allow_infinity=False, width=32)
    | st.dates(date(1900, 1, 1))
)


def test_joining_puts_the_separator_between() -> None:
    """The separator stands between pieces alone, and values stay values."""
    assert joined(" AND ", [("a = ", Bound(1)), ("b",)]) == ("a = ", Bound(1), " AND ", "b")
    assert joined(", ", []) == ()


def test_a_question_mark_of_our_own_is_no_placeholder_in_what_is_read() -> None:
    """Reading puts each value where it belongs, whatever the text around it."""
    assert readable(("SELECT '?' || ", Bound("it's"))) == "SELECT '?' || 'it''s'"


@given(_values)
def test_what_is_read_runs_the_same_as_what_is_bound(value: str | float | date) -> None:
    """A literal is the value that is bound."""
    sql = ("SELECT ", Bound(value), " = ", Bound(value))
    text, parameters = prepared(sql)
    literal = duckdb.execute(readable(("SELECT ? = ", Bound(value))), [value]).fetchone()
    assert duckdb.execute(text, parameters).fetchone() == literal == (True,)
