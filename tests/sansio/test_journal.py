"""What an earlier run's memory means for this one."""

import pytest

from looker_tasks.sansio.journal import Begin, Compare, GoOn, Plan, Print, Record, Skip, State, plan


def _record(state: State, task_id: str | None = "t1") -> Record:
    return Record("key", "a.pdf", "render", state, task_id=task_id, size=7, modified=100, sha256="ab")


@pytest.mark.parametrize(
    ("record", "found", "left"),
    [
        (None, None, Begin()),
        (None, Print(7, 100), Begin()),
        (_record("exported"), Print(7, 100), Skip()),
        (_record("exported"), Print(7, 101), Compare("ab")),
        (_record("exported"), Print(8, 100), Begin()),
        (_record("exported"), None, Begin()),
        (_record("created"), None, GoOn("t1")),
        (_record("created"), Print(7, 100), GoOn("t1")),
        (_record("created", None), None, Begin()),
        (_record("failed"), None, Begin()),
        (_record("forgotten"), Print(7, 100), Begin()),
        (_record("failed"), Print(7, 100), Begin()),
    ],
)
def test_what_is_left_to_do(record: Record | None, found: Print | None, left: Plan) -> None:
    """What is done and there is skipped, what may still run is gone on with, and the rest begins."""
    assert plan(record, found) == left
