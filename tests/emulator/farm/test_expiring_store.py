"""Where results lie."""

from looker_tasks.emulator.farm.expiring_store import ExpiringStore


def test_each_thing_is_kept_for_its_time() -> None:
    """What was put earlier goes earlier, to the second."""
    store = ExpiringStore[str](keep=300.0)
    store.put("a", "first", 0.0)
    store.put("b", "second", 100.0)
    assert (store.get("a", 299.9), store.get("b", 299.9)) == ("first", "second")
    assert (store.get("a", 300.0), store.get("b", 300.0)) == (None, "second")
    assert store.get("b", 400.0) is None


def test_what_is_too_old_is_thrown_away_when_something_new_comes() -> None:
    """Nothing is held that nobody can fetch any more."""
    store = ExpiringStore[str](keep=10.0)
    for moment in range(100):
        store.put(str(moment), "x" * 1000, float(moment))
    assert len(store._kept) == 10
