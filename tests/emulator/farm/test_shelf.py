"""Where results lie."""

from looker_tasks.emulator.farm.shelf import Shelf


def test_each_thing_is_kept_for_its_time() -> None:
    """What was put earlier goes earlier, to the second."""
    shelf = Shelf[str](keep=300.0)
    shelf.put("a", "first", 0.0)
    shelf.put("b", "second", 100.0)
    assert (shelf.get("a", 299.9), shelf.get("b", 299.9)) == ("first", "second")
    assert (shelf.get("a", 300.0), shelf.get("b", 300.0)) == (None, "second")
    assert shelf.get("b", 400.0) is None


def test_what_is_too_old_is_thrown_away_when_something_new_comes() -> None:
    """Nothing is held that nobody can fetch any more."""
    shelf = Shelf[str](keep=10.0)
    for moment in range(100):
        shelf.put(str(moment), "x" * 1000, float(moment))
    assert len(shelf._kept) == 10
