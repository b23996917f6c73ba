"""What an earlier run's memory means for this one."""

from math import inf, nan

import pytest
from attrs import asdict, astuple, evolve

from looker_tasks.sansio.journal import (
    Compare,
    Create,
    Fingerprint,
    Plan,
    Reattach,
    Record,
    Skip,
    State,
    is_duration,
    plan,
    record_of,
)


def _record(state: State, task_id: str | None = "t1") -> Record:
    return Record("key", "a.pdf", "render", state, task_id=task_id, size=7, modified=100, sha256="ab")


@pytest.mark.parametrize(
    ("record", "found", "left"),
    [
        (None, None, Create()),
        (None, Fingerprint(7, 100), Create()),
        (_record("exported"), Fingerprint(7, 100), Skip()),
        (_record("exported"), Fingerprint(7, 101), Compare("ab")),
        (_record("exported"), Fingerprint(8, 100), Create()),
        (_record("exported"), None, Create()),
        (_record("created"), None, Reattach("t1")),
        (_record("created"), Fingerprint(7, 100), Reattach("t1")),
        (_record("created", None), None, Create()),
        (_record("failed"), None, Create()),
        (_record("forgotten"), Fingerprint(7, 100), Create()),
        (_record("failed"), Fingerprint(7, 100), Create()),
    ],
)
def test_what_is_left_to_do(record: Record | None, found: Fingerprint | None, left: Plan) -> None:
    """What is done and there is skipped, what may still run is gone on with, and the rest begins."""
    assert plan(record, found) == left


def test_what_was_made_too_early_is_made_again() -> None:
    """By when its run wrote that it ended; of an older journal, by the file's time of change."""
    found = Fingerprint(7, 100)
    ended, older = evolve(_record("exported"), ended=50.0), evolve(_record("exported"), modified=int(50e9))
    assert plan(ended, found, not_before=50.0) == Skip()
    assert plan(ended, found, not_before=50.5) == Create()
    assert (older.made, plan(older, found, not_before=50.5)) == (50.0, Create())


@pytest.mark.parametrize(("tag", "left"), [("e1", Skip()), ("e2", Compare("ab")), ("", Skip())])
def test_an_object_is_the_same_by_its_tag(tag: str, left: Plan) -> None:
    """Where there is one on both sides; its time of change is that of its last copy."""
    record = evolve(_record("exported"), etag="e1", modified=100 if not tag else 99)
    assert plan(record, Fingerprint(7, 100, tag)) == left


_SOUND = Record("key", "a.pdf", "render", "exported", task_id="t1", size=7, modified=100, sha256="0" * 64, seconds=2.5)


def test_a_record_is_read_as_it_was_written() -> None:
    """With a task and without, with a digest and without."""
    for record in (_SOUND, evolve(_SOUND, task_id=None, sha256="", state="created")):
        assert record_of(astuple(record)) == record


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("key", None),
        ("name", 7),
        ("kind", "dashboard"),
        ("kind", []),
        ("state", "done"),
        ("task_id", 7),
        ("size", -1),
        ("size", 1.5),
        ("modified", True),
        ("sha256", "0" * 63),
        ("seconds", nan),
        ("seconds", -1.0),
        ("ended", inf),
        ("ended", "now"),
    ],
)
def test_a_record_that_no_run_can_have_written_is_none(column: str, value: object) -> None:
    """The database may have been spoiled, or somebody wrote in it."""
    assert record_of(tuple({**asdict(_SOUND), column: value}.values())) is None


def test_a_row_with_too_few_columns_is_no_record() -> None:
    """It is of another table."""
    assert record_of(("key", "a.pdf")) is None


@pytest.mark.parametrize(
    ("seconds", "possible"),
    [(0, True), (2.5, True), (1e7, True), (1.1e7, False), (-1.0, False), (nan, False), ("2", False)],
)
def test_a_task_takes_some_seconds(seconds: object, possible: bool) -> None:
    """Neither less than none nor months."""
    assert is_duration(seconds) is possible
