"""Combinations: lazy, counted, gone through again."""

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from looker_tasks.planning.values.matrix import Axis, Matrix, Record


@given(st.lists(st.lists(st.text(max_size=2), unique=True, max_size=4), max_size=4))
def test_every_combination_is_there_once(values: list[list[str]]) -> None:
    """As many as it counts, each once, the same again, the last axis turning fastest."""
    matrix = Matrix([Axis(str(number), each) for number, each in enumerate(values)])
    combinations = list(matrix)
    assert len(combinations) == len(set(combinations)) == len(matrix)
    assert combinations == list(matrix)
    assert combinations == sorted(combinations, key=lambda row: [values[n].index(str(v)) for n, v in enumerate(row)])


def test_a_million_combinations_cost_no_memory() -> None:
    """A thousand times a thousand values are kept, and not their combinations."""
    axes = [Axis("a", [f"a{n}" for n in range(1000)]), Axis("b", [f"b{n}" for n in range(1000)])]
    tracemalloc.start()
    try:
        matrix = Matrix(axes)
        assert len(matrix) == 1_000_000
        assert sum(1 for _ in matrix) == 1_000_000
        assert tracemalloc.get_traced_memory()[1] < 100_000
    finally:
        tracemalloc.stop()


def test_values_that_would_share_a_part_of_a_name_are_told_apart() -> None:
    """Of texts and of a column's cells, each has a part of its own."""
    texts = Axis("x", ["A/B", "A-B", "a-b", "C"]).parts()
    assert len({part.lower() for part in texts.values()}) == 4
    assert texts["C"] == "C"
    columns = {"id": 0, "name": 1}
    rows = [Record(columns, ("1", "A:B")), Record(columns, ("2", "A-B")), Record(columns, ("3", "A-B"))]
    names = Axis("x", rows, columns).parts("name")
    assert len(names) == len(set(names.values())) == 2
