"""One export from its create to its Outcome, as transcripts: what goes well."""

from itertools import pairwise

import pytest
from attrs import evolve

from looker_tasks.exports import ElementExport, Export, LookExport, QueryExport
from looker_tasks.outcomes import Exported, History
from looker_tasks.sansio.machine.lifecycle import Lifecycle
from tests.sansio.machine.looker_told import (
    ARTIFACT,
    BAD_GATEWAY,
    NOT_FOUND,
    NOT_READY,
    SAVED,
    look,
    told,
)
from tests.sansio.machine.transcripts import ABSENCES, LOOK, QUERY, RENDER, START, Script, after, begun, outcome_of


def test_a_render_goes_through_its_phases() -> None:
    """Created, watched through Looker's phases, fetched: one file, each second in its phase, each call counted."""
    obedient = begun(RENDER)
    outcome = obedient.through(
        [
            ("create", told("enqueued_for_query")),
            ("poll", told("querying")),
            ("poll", told("enqueued_for_render")),
            ("poll", told("success")),
            ("fetch", SAVED),
        ]
    ).outcome
    assert isinstance(outcome, Exported)
    history = outcome.history
    assert (outcome.export, outcome.artifact) == (RENDER, ARTIFACT)
    assert obedient.roles == ["create", "poll", "poll", "poll", "fetch"]
    assert history.phases.keys() == {
        "creating",
        "enqueued_for_query",
        "querying",
        "enqueued_for_render",
        "downloading",
    }
    assert sum(history.phases.values()) == pytest.approx(history.seconds) == pytest.approx(obedient.now - START)
    assert evolve(history, phases={}, seconds=0.0, task_seconds=0.0) == History(task_id="t1", calls=5, creates=1)


@pytest.mark.parametrize("status", ["complete", "Complete", "COMPLETE"])
def test_a_query_goes_the_same_way(status: str) -> None:
    """Rows are created, watched and fetched; the docs write the status with a capital."""
    script: Script = [("create", told("added")), ("poll", told(status)), ("fetch", SAVED)]
    obedient = begun(QUERY)
    assert isinstance(obedient.through(script).outcome, Exported)
    assert obedient.roles[0] == "create"


def test_a_look_in_rows_resolves_its_query_first() -> None:
    """The look tells its query, once; the task runs that query."""
    obedient = begun(LOOK)
    obedient.through([("resolve", look("5")), ("create", told("complete")), ("fetch", SAVED)])
    assert obedient.roles == ["resolve", "create", "fetch"]


def test_a_look_is_resolved_once_though_created_twice() -> None:
    """A second task runs the same query: the look is not asked again."""
    obedient = begun(LOOK)
    obedient.through(
        [("resolve", look("5")), ("create", told("killed")), ("create", told("complete")), ("fetch", SAVED)]
    )
    assert obedient.roles == ["resolve", "create", "create", "fetch"]


@pytest.mark.parametrize("export", [LookExport("7", "png"), ElementExport("9"), QueryExport("5", "png")])
def test_every_picture_is_a_render(export: Export) -> None:
    """A look as a picture needs no query of its own."""
    script: Script = [("create", told("success")), ("fetch", SAVED)]
    assert isinstance(outcome_of(export, script), Exported)


def test_a_task_that_is_done_at_once_is_fetched_at_once() -> None:
    """A result that was cached waits for no poll."""
    obedient = begun(QUERY)
    obedient.through([("create", told("complete")), ("fetch", SAVED)])
    assert obedient.waits == []


def test_a_task_of_an_earlier_run_is_gone_on_with() -> None:
    """With its id the export begins at the poll; nothing is created."""
    obedient = begun(RENDER, task_id="t0")
    outcome = obedient.through([("poll", told("success", "t0")), ("fetch", SAVED)]).outcome
    assert obedient.roles[0] in {"poll", "fetch"}
    assert isinstance(outcome, Exported)
    assert (outcome.history.task_id, outcome.history.creates) == ("t0", 0)


def test_a_lost_task_of_an_earlier_run_is_created_anew() -> None:
    """Where Looker knows the old id no more, the export begins from the start."""
    script: Script = [*[("poll", NOT_FOUND)] * ABSENCES, ("create", told("success")), ("fetch", SAVED)]
    outcome = outcome_of(RENDER, script, task_id="t0")
    assert isinstance(outcome, Exported)
    assert (outcome.history.task_id, outcome.history.creates) == ("t1", 1)


def test_a_status_never_heard_of_is_a_running_task() -> None:
    """Neither an unknown word nor a missing one ends anything."""
    script: Script = [("create", told("pondering")), ("poll", told(None)), ("poll", told("success")), ("fetch", SAVED)]
    outcome = outcome_of(RENDER, script)
    assert isinstance(outcome, Exported)
    assert {"pondering", "unknown"} <= outcome.history.phases.keys()


def test_waits_grow_with_the_age_and_stay_below_the_ceiling() -> None:
    """A long task is asked about ever less often, and never less than every 15 s."""
    obedient = begun(RENDER)
    script: Script = [("create", told("rendering")), *[("poll", told("rendering"))] * 24]
    obedient.through([*script, ("poll", told("success")), ("fetch", SAVED)])
    assert obedient.waits[0] < 1.0
    assert all(later >= 0.7 * sooner for sooner, later in pairwise(obedient.waits))  # on the beat, about so
    assert max(obedient.waits) == 15.0


@pytest.mark.parametrize(
    ("flow", "holds"),
    [
        (after(RENDER), True),
        (after(LOOK), True),
        (after(RENDER, told("querying")), True),
        (after(RENDER, told("success")), False),
        (after(RENDER, told("success"), BAD_GATEWAY), False),
        (after(RENDER, told("success"), NOT_READY), True),
        (after(RENDER, told("success"), NOT_FOUND), False),
        (after(RENDER, told("success"), *[NOT_FOUND] * 3), True),
        (after(QUERY, told("added")).stop(now=START + 9), True),
        (after(RENDER, told("success"), SAVED), False),
    ],
)
def test_the_slot_is_held_from_create_to_finished(flow: Lifecycle, holds: bool) -> None:
    """A download needs none; a task that turns out to run, or is created again, does."""
    assert flow.holds_slot is holds
