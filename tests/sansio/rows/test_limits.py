"""Rows that end where their query's limit does."""

import pytest

from looker_tasks.sansio.rows.limits import may_be_limit, notice_of, row_limit


@pytest.mark.parametrize(
    ("text", "limit"),
    [("500", 500), ("", 500), (None, 500), ("-1", None), ("all", None), ("+5", None), ("9" * 30, None)],
)
def test_the_limit_of_a_query(text: str | None, limit: int | None) -> None:
    """As Looker writes it; nothing is its default, and -1 is none."""
    assert row_limit(text) == limit


@pytest.mark.parametrize(("rows", "may"), [(None, False), (0, False), (1, False), (7, False), (10, True), (500, True)])
def test_numbers_that_are_limits_are_round(rows: int | None, may: bool) -> None:
    """Of other numbers no query is asked."""
    assert may_be_limit(rows) is may


def test_what_is_said_of_rows() -> None:
    """How many there are, and how to have all; of fewer than the limit nothing."""
    assert notice_of(500, 500) == "500 rows, as the query's limit says; limit: -1 for all"
    assert notice_of(499, 500) == notice_of(500, None) == notice_of(None, None) == notice_of(0, 0) == ""
