"""The names that a run has given away."""

import tracemalloc

import pytest

from looker_tasks.aio.names import Names


@pytest.fixture
def names() -> Names:
    """Give an empty set of names."""
    return Names()


def test_a_name_is_given_away_once(names: Names) -> None:
    """The first who asks has it."""
    assert names.take("west/42.pdf")
    assert not names.take("west/42.pdf")
    assert names.take("east/42.pdf")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("west.pdf", "WEST.pdf"),
        ("stra\N{LATIN SMALL LETTER SHARP S}e.pdf", "STRASSE.pdf"),
        ("caf\N{LATIN SMALL LETTER E WITH ACUTE}.pdf", "cafe\N{COMBINING ACUTE ACCENT}.pdf"),
        ("west/42.pdf", "west//42.pdf"),
        ("west/42.pdf", "west/./42.pdf"),
    ],
)
def test_two_names_of_one_file_are_one(names: Names, first: str, second: str) -> None:
    """Some file systems hold them for one: the second would overwrite the first."""
    assert names.take(first)
    assert not names.take(second)


def test_many_names_cost_little_memory(names: Names) -> None:
    """A hundred thousand of them are less than two megabytes."""
    tracemalloc.start()
    try:
        for number in range(100_000):
            assert names.take(f"a-rather-long-name-for-a-file-{number}.pdf")
        ours = tracemalloc.Filter(inclusive=True, filename_pattern="*/looker_tasks/aio/names.py")
        held = tracemalloc.take_snapshot().filter_traces([ours]).statistics("filename")
    finally:
        tracemalloc.stop()
    assert sum(each.size for each in held) < 2_000_000
    assert not names.take("a-rather-long-name-for-a-file-7777.pdf")
