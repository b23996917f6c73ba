"""Placing elements: no holes, no overlaps, nothing outside."""

from hypothesis import given
from hypothesis import strategies as st

from looker_tasks.emulator.catalogue.layout import COLUMNS, Place, placed

_sizes = st.lists(st.builds(Place, st.just(0), st.just(0), st.integers(1, 40), st.integers(1, 12)), max_size=30)


def test_elements_fill_lines_from_the_left() -> None:
    """Two halves stand side by side, a third goes below; the last of a line takes what is left."""
    half = Place(0, 0, 12, 8)
    assert placed([half, half, half]) == [Place(0, 0, 12, 8), Place(0, 12, 12, 8), Place(8, 0, 24, 8)]


@given(_sizes)
def test_every_cell_is_covered_once(sizes: list[Place]) -> None:
    """Whatever the sizes, the places tile the grid: each cell belongs to exactly one element."""
    places = placed(sizes)
    assert len(places) == len(sizes)
    cells = [
        (row, column)
        for place in places
        for row in range(place.row, place.row + place.height)
        for column in range(place.column, place.column + place.width)
    ]
    height = max((place.row + place.height for place in places), default=0)
    assert len(cells) == len(set(cells)) == height * COLUMNS
