"""The names that a run has given away."""

import tracemalloc

import pytest

from looker_tasks.sansio.names import NameSet


@pytest.fixture
def names() -> NameSet:
    """Give an empty set of names."""
    return NameSet()


def test_a_name_is_given_away_once(names: NameSet) -> None:
    """The first who asks has it."""
    assert names.add("west/42.pdf")
    assert not names.add("west/42.pdf")
    assert names.add("east/42.pdf")


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
def test_two_names_of_one_file_are_one(names: NameSet, first: str, second: str) -> None:
    """Some file systems hold them for one: the second would overwrite the first."""
    assert names.add(first)
    assert not names.add(second)


@pytest.mark.long
def test_many_names_cost_little_memory(names: NameSet) -> None:
    """A hundred thousand of them are less than two megabytes."""
    tracemalloc.start()
    try:
        for number in range(100_000):
            assert names.add(f"a-rather-long-name-for-a-file-{number}.pdf")
        ours = tracemalloc.Filter(inclusive=True, filename_pattern="*/looker_tasks/sansio/names.py")
        held = tracemalloc.take_snapshot().filter_traces([ours]).statistics("filename")
    finally:
        tracemalloc.stop()
    assert sum(each.size for each in held) < 2_000_000
    assert not names.add("a-rather-long-name-for-a-file-7777.pdf")


@pytest.mark.parametrize(
    ("first", "second"), [("r", "r/w.png"), ("r/w.png", "r"), ("a/b/c", "A"), ("a", "a/b/c"), ("x//r/w", "x/r")]
)
def test_a_file_is_no_folder_of_another(names: NameSet, first: str, second: str) -> None:
    """A name that is a folder above another, or lies below another, is not taken; its neighbours are."""
    assert names.add(first)
    assert not names.add(second)
    assert names.add("r.png")
    assert names.add("a.b/c")


def test_names_of_one_folder_may_be_many_and_of_several_in_turn(names: NameSet) -> None:
    """A folder that was seen before, between others, is looked at again."""
    assert [names.add(name) for name in ("a/b/1", "a/c/1", "a/b/2", "d/1", "a/c/2", "a/c")] == [True] * 5 + [False]
