"""Matching as Looker's searches match, against the same by a plain and slow definition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from looker_tasks.emulator.searching import Attribute, Criterion, found, matches, ordered

Thing = dict[str, Attribute]
THINGS: list[Thing] = [
    {"id": "2", "title": "Beta", "folder_id": "1", "deleted": False},
    {"id": "10", "title": "alpha", "folder_id": None, "deleted": True},
    {"id": "1", "title": "Gamma", "folder_id": "2", "deleted": False},
]


def _itself(thing: Thing) -> Thing:
    return thing


def by_definition(pattern: str, text: str) -> bool:
    """Return the same by trying everything."""
    if not pattern:
        return not text
    if pattern[0] == "%":
        return any(by_definition(pattern[1:], text[at:]) for at in range(len(text) + 1))
    return bool(text) and pattern[0] in ("_", text[0]) and by_definition(pattern[1:], text[1:])


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("dan%", "Danzig", True),
        ("dan%", "David", False),
        ("D_m%", "Damage", True),
        ("D_m%", "dump", True),
        ("D_m%", "dm", False),
        ("%rev%", "Gross Revenue", True),
        ("%a%a%", "a", False),
        ("%", "", True),
        ("", "", True),
        ("_", "", False),
    ],
)
def test_wildcards(pattern: str, text: str, expected: bool) -> None:
    """The examples of Looker's own documentation, and the edges."""
    assert matches(pattern, text) is expected


@given(st.text(st.sampled_from("ab_%"), max_size=8), st.text(st.sampled_from("ab"), max_size=8))
def test_it_matches_as_defined(pattern: str, text: str) -> None:
    """Every pattern matches what its definition says."""
    assert matches(pattern, text) is by_definition(pattern, text)


@pytest.mark.timeout(10)
def test_no_pattern_takes_long() -> None:
    """Patterns that make a backtracking matcher try for ever are answered at once."""
    assert not matches("%a" * 4000 + "b", "a" * 5000)
    assert not matches("%_a" * 2000 + "b", "a" * 5000)
    assert matches("%" * 8000, "a" * 5000)


@pytest.mark.parametrize(
    ("criteria", "any_of", "ids"),
    [
        ([], False, ["2", "10", "1"]),
        ([Criterion("id", "ids", "1, 10")], False, ["10", "1"]),
        ([Criterion("title", "text", "%A")], False, ["2", "10", "1"]),
        ([Criterion("title", "text", "%m%"), Criterion("folder_id", "ids", "1")], False, []),
        ([Criterion("title", "text", "%m%"), Criterion("folder_id", "ids", "1")], True, ["2", "1"]),
        ([Criterion("folder_id", "ids", "IS NULL")], False, ["10"]),
        ([Criterion("folder_id", "ids", "NOT NULL")], False, ["2", "1"]),
        ([Criterion("deleted", "flag", "TRUE")], False, ["10"]),
        ([Criterion("nothing", "text", "%")], False, []),
    ],
)
def test_criteria(criteria: list[Criterion], any_of: bool, ids: list[str]) -> None:
    """Criteria are joined by and, or by or; lists, NULL and flags mean what Looker says."""
    assert [each["id"] for each in found(THINGS, _itself, criteria, any_of=any_of)] == ids


@pytest.mark.parametrize(
    ("sorts", "ids"),
    [
        (None, ["2", "10", "1"]),
        ("id", ["1", "2", "10"]),
        ("title desc", ["1", "2", "10"]),
        ("folder_id,id", ["2", "1", "10"]),
        ("deleted desc, id desc", ["10", "2", "1"]),
        ("nothing", ["2", "10", "1"]),
    ],
)
def test_sorts(sorts: str | None, ids: list[str]) -> None:
    """Numbers are sorted as numbers, texts in any case, what is missing comes last."""
    assert [each["id"] for each in ordered(list(THINGS), _itself, sorts)] == ids
