"""The three budgets as a user meets them: what failed, in which phase, after how long, in whose words, what to try."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from looker_tasks import (
    DashboardExport,
    DeadlineExceeded,
    Deadlines,
    Export,
    Exported,
    Failed,
    LookerTasks,
    Policy,
    QueryExport,
    TaskFailed,
)
from looker_tasks.emulator import Emulator, Fault, Scenario
from looker_tasks.emulator.faults.effects import RENDER_FAILURES
from looker_tasks.emulator.threaded import in_thread
from tests.aio.one_export import failed, told
from tests.aio.scripted_looker import scripted_looker
from tests.cli.program import looker_tasks


def dashboards(count: int) -> Iterator[Export]:
    """Give *count* exports of one dashboard."""
    return (DashboardExport("1", "pdf", name=f"{number}.pdf") for number in range(count))


async def failures_under(scenario: Scenario, folder: Path, policy: Policy, exports: Iterator[Export]) -> list[Failed]:
    """Export all and return the failures; whatever else was begun is a file."""
    async with (
        Emulator(scenario=scenario, renderer="fake", render_slots=4, render_seconds=3, query_seconds=1) as emulator,
        LookerTasks(emulator.url, emulator.client_id, emulator.client_secret, policy=policy) as client,
        client.export_all(exports, folder, concurrency=8) as run,
    ):
        outcomes = [outcome async for outcome in run]
    assert all(isinstance(outcome, Exported | Failed) for outcome in outcomes)
    return [outcome for outcome in outcomes if isinstance(outcome, Failed)]


@pytest.mark.virtual_time
@pytest.mark.parametrize("detail", RENDER_FAILURES)
async def test_a_render_that_fails_tells_lookers_words_and_what_to_try(tmp_path: Path, detail: str) -> None:
    """Each of the words that Looker has been seen to say leads to advice of its own, not to a shrug."""
    scenario = Scenario((Fault("failure", operation="create_dashboard_render_task", detail=detail),))
    (failure,) = await failures_under(scenario, tmp_path, Policy(), dashboards(1))
    assert isinstance(failure.error, TaskFailed)
    assert detail in str(failure.error)
    assert failure.error.advice
    assert failure.error.advice != TaskFailed(task_id="1", status="failure", detail="?").advice
    assert failure.history.creates == 2
    assert sum(failure.history.phases.values()) == pytest.approx(failure.history.seconds)


@pytest.mark.virtual_time
@pytest.mark.parametrize(
    ("deadlines", "waited"),
    [
        (Deadlines(export=120, progress=600), "the export's deadline"),
        (Deadlines(export=600, progress=110), "the deadline for progress"),
    ],
)
async def test_a_stuck_render_ends_at_its_deadline_alone(tmp_path: Path, deadlines: Deadlines, waited: str) -> None:
    """With the diagnosis, the time in each phase, and nothing that its siblings would notice."""
    scenario = Scenario((Fault("stuck", operation="create_dashboard_render_task", nth=(3,)),))
    (failure,) = await failures_under(scenario, tmp_path, Policy(deadlines=deadlines), dashboards(12))
    assert isinstance(failure.error, DeadlineExceeded)
    assert (failure.error.phase, failure.error.waited) == ("enqueued_for_render", waited)
    assert "Looker's renderer never took it" in failure.error.advice
    assert 105 < failure.history.seconds <= 121
    assert failure.history.phases["enqueued_for_render"] > 100


@pytest.mark.virtual_time
async def test_a_stuck_query_is_killed_at_its_deadline(tmp_path: Path) -> None:
    """The server does not work on for nobody."""
    scenario = Scenario((Fault("stuck", operation="create_query_task"),))
    async with (
        Emulator(scenario=scenario, renderer="fake", query_seconds=1) as emulator,
        LookerTasks(
            emulator.url, emulator.client_id, emulator.client_secret, policy=Policy(deadlines=Deadlines(export=60))
        ) as client,
    ):
        outcome = await client.export(QueryExport(emulator.examples.query, "csv"), tmp_path / "a.csv")
    assert isinstance(outcome, Failed)
    assert "in phase running" in str(outcome.error)
    assert emulator.statistics.ended["killed"] == 1


@pytest.mark.virtual_time
async def test_what_looker_said_last_is_told_at_the_deadline(tmp_path: Path) -> None:
    """The detail of a status that does not end is all that is known of the reason."""
    async with scripted_looker() as looker:
        looker.always["poll"] = told("rendering", "waiting for tile 7")
        error = await failed(looker, tmp_path, policy=Policy(deadlines=Deadlines(export=90)))
    assert str(error) == "not done after 90 s (the export's deadline), in phase rendering (waiting for tile 7)"


def test_the_command_tells_it_all(tmp_path: Path) -> None:
    """The summary has a failure's phases and advice for people, `--json` the same for programs."""
    (tmp_path / "m.jsonl").write_text('{"dashboard": "1", "format": "pdf", "name": "a.pdf"}')
    scenario = Scenario((Fault("stuck", operation="create_dashboard_render_task"),))
    with in_thread(Emulator(scenario=scenario, renderer="fake", query_seconds=0)) as emulator:
        settings = {
            "LOOKERSDK_BASE_URL": emulator.url,
            "LOOKERSDK_CLIENT_ID": emulator.client_id,
            "LOOKERSDK_CLIENT_SECRET": emulator.client_secret,
        }
        ended = looker_tasks(
            "export", "m.jsonl", "--out", "o", "--json", "--deadline", "1.5", cwd=tmp_path, settings=settings
        )
    (line,) = map(json.loads, ended.out.splitlines())
    reason, phases, advice = ended.err.splitlines()[-4:-1]  # the last line names the report
    assert ended.status == 1
    assert (line["outcome"], line["error"]) == ("failed", "DeadlineExceeded")
    assert line["phases"]["enqueued_for_render"] > 0.5
    assert reason == f"failed: a.pdf: {line['message']}"
    assert "enqueued_for_render" in phases
    assert advice.strip() == line["advice"]
