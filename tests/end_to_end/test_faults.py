"""Our client meets every fault that the emulator can make: each costs calls or time, and no file that can be had."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from looker_tasks import (
    DashboardExport,
    DeadlineExceeded,
    Deadlines,
    Export,
    Exported,
    Failed,
    LookerTasks,
    Outcome,
    Policy,
    QueryExport,
    TaskFailed,
)
from looker_tasks.emulator import Emulator, Fault, Scenario
from looker_tasks.emulator.faults.kinds import KINDS, FaultKind
from looker_tasks.sansio.naming import OWN_FOLDER

pytestmark = pytest.mark.virtual_time


def exports_of(emulator: Emulator, count: int) -> Iterator[Export]:
    """Give *count* exports, a render and a query by turns."""
    for number in range(count):
        if number % 2:
            yield QueryExport(emulator.examples.query, "json", name=f"{number}.json")
        else:
            yield DashboardExport(emulator.examples.dashboard, "pdf", name=f"{number}.pdf")


async def outcomes_under(
    scenario: Scenario,
    folder: Path,
    count: int = 20,
    policy: Policy | None = None,
    **settings: Any,  # noqa: ANN401  # as the emulator takes them
) -> tuple[list[Outcome], Emulator]:
    """Run *count* exports on an emulator that follows *scenario*."""
    usual: dict[str, Any] = {"renderer": "fake", "render_slots": 5, "render_seconds": 3, "query_seconds": 1}
    async with Emulator(scenario=scenario, **(usual | settings)) as emulator:
        client = LookerTasks(emulator.url, emulator.client_id, emulator.client_secret, policy=policy or Policy())
        async with client, client.export_all(exports_of(emulator, count), folder, concurrency=8) as run:
            outcomes = [outcome async for outcome in run]
    assert set(os.listdir(folder)) - {OWN_FOLDER} == {  # noqa: PTH208  # as good as a Path's, in a coroutine too
        outcome.export.name for outcome in outcomes if isinstance(outcome, Exported)
    }
    return outcomes, emulator


PASSING = sorted(set(KINDS) - {"stuck", "looker_error"})
STRIKES_ONLY = {  # elsewhere it is no passing fault, but the server's last word
    "failure": "create_dashboard_render_task",  # a query that fails once fails again
    "not_found": "render_task",  # of a create it says that there is no such thing
}


@pytest.mark.parametrize("kind", PASSING)
async def test_a_fault_that_passes_costs_no_file(tmp_path: Path, kind: FaultKind) -> None:
    """Wherever it strikes, all files come, and nothing beside them."""
    nth = {"token": (1,), "task": (2, 3)}.get(KINDS[kind].stage, (3, 8))  # no task twice: it has two attempts
    fault = Fault(kind, operation=STRIKES_ONLY.get(kind, "*"), nth=nth)
    outcomes, emulator = await outcomes_under(Scenario((fault,)), tmp_path, count=12)
    assert [outcome for outcome in outcomes if not isinstance(outcome, Exported)] == []
    assert len(outcomes) == 12
    assert emulator.statistics.faults[kind] == len(nth)


@pytest.mark.long
@pytest.mark.parametrize("kind", [kind for kind in PASSING if KINDS[kind].stage in {"call", "answer"}])
async def test_a_fault_in_a_download_costs_no_file(tmp_path: Path, kind: FaultKind) -> None:
    """The same for those that can strike a download, while it comes or before."""
    scenario = Scenario((Fault(kind, operation="*_results", nth=(2, 5, 9)),))
    outcomes, emulator = await outcomes_under(scenario, tmp_path, count=12)
    assert [outcome for outcome in outcomes if not isinstance(outcome, Exported)] == []
    assert emulator.statistics.faults[kind] == 3


async def test_an_error_inside_a_200_is_the_querys_failure_alone(tmp_path: Path) -> None:
    """Rows that tell an error, time and again, are no file; the siblings do not notice."""
    scenario = Scenario((Fault("looker_error", operation="query_task_results", detail="table gone"),))
    outcomes, _ = await outcomes_under(scenario, tmp_path)
    failures = [outcome for outcome in outcomes if isinstance(outcome, Failed)]
    assert failures
    assert {type(outcome.export) for outcome in failures} == {QueryExport}
    assert all(isinstance(outcome.error, TaskFailed) and "table gone" in str(outcome.error) for outcome in failures)


async def test_an_error_inside_a_200_is_believed_the_second_time(tmp_path: Path) -> None:
    """What a gateway or a full queue spoilt once is there at the next call."""
    scenario = Scenario((Fault("looker_error", operation="*_results", probability=0.2),))
    outcomes, emulator = await outcomes_under(scenario, tmp_path)
    assert emulator.statistics.faults["looker_error"] >= 3
    assert [outcome for outcome in outcomes if not isinstance(outcome, Exported)] == []


async def test_a_task_that_is_stuck_ends_at_its_deadline_alone(tmp_path: Path) -> None:
    """Its siblings have long been done, and the outcome says where it hung."""
    scenario = Scenario((Fault("stuck", operation="create_dashboard_render_task", nth=(2,)),))
    policy = Policy(deadlines=Deadlines(export=900, progress=600))
    outcomes, _ = await outcomes_under(scenario, tmp_path, policy=policy)
    (failure,) = [outcome for outcome in outcomes if isinstance(outcome, Failed)]
    assert isinstance(failure.error, DeadlineExceeded)
    assert failure.error.phase == "enqueued_for_render"
    assert outcomes[-1] is failure
    others = [outcome.history.seconds for outcome in outcomes if outcome is not failure]
    assert max(others) < 120


async def test_everything_at_once_costs_no_file(tmp_path: Path) -> None:
    """Each fault of a call at one in a hundred, throttling at one in twenty: slower, and nothing else."""
    kinds = [kind for kind in PASSING if KINDS[kind].stage in {"call", "answer"} and kind not in STRIKES_ONLY]
    faults = (*(Fault(kind, probability=0.01) for kind in kinds), Fault("throttled", probability=0.05, retry_after=5))
    outcomes, emulator = await outcomes_under(Scenario(faults), tmp_path, count=60)
    assert [outcome for outcome in outcomes if not isinstance(outcome, Exported)] == []
    assert emulator.statistics.faults.total() > 20
