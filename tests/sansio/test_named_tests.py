"""The tests that comments beside constants name: they are there."""

import re
from pathlib import Path

_TESTS = Path(__file__).parents[1]
_SANSIO = _TESTS.parent / "looker_tasks" / "sansio"
_NAMED = re.compile(r"\btest_\w+\b(?!\.py)")


def test_each_test_that_a_comment_names_is_there() -> None:
    """A number that nothing holds any more is found when its test is renamed or removed."""
    defined = {name for path in _TESTS.rglob("test_*.py") for name in re.findall(r"def (test_\w+)", path.read_text())}
    named = {name for path in _SANSIO.rglob("*.py") for name in _NAMED.findall(path.read_text())}
    assert len(named) > 20
    assert named - defined == set()
