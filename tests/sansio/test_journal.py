"""What an earlier run's memory means for this one."""

import pytest

from looker_tasks.sansio.journal import Compare, Create, Fingerprint, Plan, Reattach, Record, Skip, State, plan


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
