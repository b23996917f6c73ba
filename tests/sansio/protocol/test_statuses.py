"""What Looker's statuses mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from looker_tasks.models import TaskKind
from looker_tasks.sansio.protocol.statuses import Meaning, Stage, is_known, meaning, stage


@pytest.mark.parametrize(
    ("kind", "status", "said"),
    [
        ("render", "enqueued_for_query", Meaning.RUNNING),
        ("render", "querying", Meaning.RUNNING),
        ("render", "enqueued_for_render", Meaning.RUNNING),
        ("render", "rendering", Meaning.RUNNING),
        ("render", "success", Meaning.READY),
        ("render", "failure", Meaning.FAILED),
        ("render", "expired", Meaning.RUNNING),  # a query's word
        ("query", "added", Meaning.RUNNING),
        ("query", "running", Meaning.RUNNING),
        ("query", "complete", Meaning.READY),
        ("query", "error", Meaning.DOUBTFUL),
        ("query", "failure", Meaning.DOUBTFUL),
        ("query", "killed", Meaning.FAILED),
        ("query", "missing", Meaning.FAILED),
        ("query", "expired", Meaning.EXPIRED),
        ("query", "success", Meaning.RUNNING),  # a render's word
    ],
)
def test_lookers_words(kind: TaskKind, status: str, said: Meaning) -> None:
    """Each status that Looker is known to write is read as what it means there."""
    assert meaning(kind, status) is said


@pytest.mark.parametrize(
    ("status", "known"), [("rendering", True), ("SUCCESS", True), ("added", True), ("<html>", False), ("", False)]
)
def test_lookers_words_are_known(status: str, known: bool) -> None:
    """In any case; a text in the place of a status is none of them."""
    assert is_known(status) is known


@given(st.text())
def test_a_word_never_heard_of_is_a_running_task(status: str) -> None:
    """An unknown status ends nothing: the deadline decides then."""
    known = {"success", "failure", "complete", "error", "killed", "missing", "expired"}
    if status not in known:
        assert meaning("render", status) is meaning("query", status) is Meaning.RUNNING


@pytest.mark.parametrize(
    ("status", "where"),
    [
        ("enqueued_for_query", Stage.BEFORE),
        ("querying", Stage.BEFORE),
        ("enqueued_for_render", Stage.QUEUED),
        ("added", Stage.QUEUED),
        ("rendering", Stage.STARTED),
        ("running", Stage.STARTED),
        ("never heard of", Stage.STARTED),
    ],
)
def test_how_far_a_task_has_come(status: str, where: Stage) -> None:
    """A task waits for the slot that does the work, or is before that, or has it."""
    assert stage(status) is where
