"""Rows of CSV, counted as they come."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from looker_tasks.sansio.rows.records import Records

CELL = st.text('ab",\n\r ', max_size=4)


@given(st.lists(st.lists(CELL, min_size=2, max_size=2), max_size=6), st.booleans(), st.integers(1, 9))
def test_records_are_counted_whatever_they_hold(rows: list[list[str]], is_cut: bool, step: int) -> None:
    """As many as were written below the header, in pieces of any size, with the last line's end or without it."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([["a", "b"], *rows])
    content = text.getvalue().encode()
    content = content[:-1] if is_cut else content
    records = Records()
    for at in range(0, len(content), step):
        records.update(content[at : at + step])
    assert records.rows == len(rows)


def test_of_very_many_nobody_knows() -> None:
    """Nobody set a million as a limit; what follows is not looked at."""
    records = Records()
    for _ in range(12):
        records.update(b"1\n" * 100_000)
    assert records.rows is None
    assert Records().rows == 0
