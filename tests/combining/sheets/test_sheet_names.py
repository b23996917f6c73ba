"""Titles → names of sheets, by Excel's rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from looker_tasks.combining.sheets.sheet_names import LONGEST, SheetNames


def names(*titles: str) -> list[str]:
    """Take the names of one workbook."""
    taken = SheetNames()
    return [taken.take(title) for title in titles]


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        (["Revenue", "Orders"], ["Revenue", "Orders"]),
        (["Revenue", "revenue", "REVENUE"], ["Revenue", "revenue (2)", "REVENUE (3)"]),
        (["Revenue", "Revenue", "Revenue (2)"], ["Revenue", "Revenue (2)", "Revenue (2) (2)"]),
        (["Rev: a/b [c]*?\\d"], ["Rev- a-b -c----d"]),
        (["'quoted'", "it's", "'"], ["quoted", "it's", "Sheet"]),
        (["History", "HISTORY", "Histories"], ["History (2)", "HISTORY (3)", "Histories"]),
        (["", " ", "\t\n"], ["Sheet", "Sheet (2)", "Sheet (3)"]),
        (["a\x00b\ud800c"], ["a b c"]),
        (["x" * 40, "x" * 41], ["x" * 31, "x" * 27 + " (2)"]),
        (["😀" * 20], ["😀" * 15]),
        (["n" * 30 + " 2", "n" * 30 + "'s"], ["n" * 30, "n" * 27 + " (2)"]),
        (["Straße", "STRASSE"], ["Straße", "STRASSE (2)"]),
        (["売上高", "売上高"], ["売上高", "売上高 (2)"]),
    ],
)
def test_names_are_legal_and_unique(titles: list[str], expected: list[str]) -> None:
    """Each rule of Excel's, and the second of two alike."""
    assert names(*titles) == expected


@given(
    st.lists(
        st.one_of(st.text(max_size=50), st.sampled_from(["A", "a", "History", "'", "x" * 31, "x" * 32])), max_size=20
    )
)
def test_any_titles_make_legal_names(titles: list[str]) -> None:
    """Whatever the titles are, Excel takes the names, and no two are one."""
    taken = names(*titles)
    for name in taken:
        assert 0 < len(name.encode("utf-16-le")) <= 2 * LONGEST
        assert not set(name) & set("[]:*?/\\")
        assert name.strip("'") == name
        assert name.lower() != "history"
    assert len({name.casefold() for name in taken}) == len(titles)
