"""The runner: one export, from its create to its outcome, on a Looker that follows a script."""

import asyncio
import json
import os
from itertools import pairwise
from pathlib import Path

import pytest

from looker_tasks import (
    BackedOff,
    CallEnded,
    DeadlineExceeded,
    Deadlines,
    ElementExport,
    Event,
    Export,
    Exported,
    ExportFinished,
    ExportStarted,
    Failed,
    InvalidExport,
    LookerTasks,
    LookExport,
    Policy,
    Polled,
    QueryExport,
    ServerBroken,
    TaskCreated,
)
from looker_tasks.sansio.protocol.operations import ApiVersion
from tests.aio.many_exports import now
from tests.aio.one_export import CSV, PDF, calls, exported, failed, never, told
from tests.aio.raw_server import response, said
from tests.aio.scripted_looker import DOCUMENTS, scripted_looker

pytestmark = pytest.mark.virtual_time


@pytest.mark.parametrize("export", [PDF, CSV, LookExport("1", "png"), QueryExport("1", "jpg"), ElementExport("1")])
async def test_an_export_is_created_polled_and_fetched(tmp_path: Path, export: Export) -> None:
    """Where all is well each file costs three calls, and lies where it was wanted."""
    async with scripted_looker() as looker:
        outcome = await exported(looker, tmp_path, export)
    assert isinstance(outcome, Exported)
    assert outcome.artifact.path == tmp_path / "file"
    assert outcome.artifact.path.read_bytes() == DOCUMENTS[export.result_format][0]
    assert calls(looker) == ["create", "poll", "results"]
    assert (outcome.history.calls, outcome.history.retries, outcome.history.creates) == (3, 0, 1)


async def test_the_history_accounts_for_all_the_time(tmp_path: Path) -> None:
    """The seconds in each phase add up to the whole."""

    async def slowly(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(7)
        writer.write(response(200, DOCUMENTS["pdf"][0]))

    async with scripted_looker() as looker:
        looker.script["poll"].extend([told("enqueued_for_render")] * 5 + [told("rendering")] * 5)
        looker.script["results"].append(slowly)
        history = (await exported(looker, tmp_path)).history
    assert set(history.phases) >= {"creating", "enqueued_for_render", "rendering", "downloading"}
    assert history.phases["downloading"] == pytest.approx(7)
    assert sum(history.phases.values()) == pytest.approx(history.seconds)
    assert history.seconds == pytest.approx(now())


@pytest.mark.parametrize("version", ["4.0", "3.1"])
async def test_a_looks_rows_are_its_queries(tmp_path: Path, version: ApiVersion) -> None:
    """The look tells its query, and the query is run in the look's name."""
    async with scripted_looker() as looker:
        outcome = await exported(looker, tmp_path, LookExport("1", "csv", limit=5), version=version)
    assert isinstance(outcome, Exported)
    assert calls(looker) == ["look", "create", "poll", "results"]
    (created,) = [asked for operation, asked in looker.asked if operation == "create"]
    number = int if version == "3.1" else str
    assert json.loads(created.body) == {"query_id": number("7"), "result_format": "csv", "look_id": number("1")}
    assert "limit=5" in created.target


async def test_a_look_without_a_query_fails_clearly(tmp_path: Path) -> None:
    """A merged look has none, and no rows to fetch."""
    async with scripted_looker() as looker:
        looker.always["look"] = said({"id": "1", "query_id": None})
        assert "the look has no query" in str(await failed(looker, tmp_path, LookExport("1", "csv")))
    assert calls(looker) == ["look"]


async def test_what_the_version_cannot_make_fails_before_any_call(tmp_path: Path) -> None:
    """The error names the field, and the server never hears of it."""
    async with scripted_looker() as looker:
        outcome = await exported(looker, tmp_path, ElementExport("1"), version="3.1")
    assert isinstance(outcome, Failed)
    assert isinstance(outcome.error, InvalidExport)
    assert outcome.error.field == "element_id"
    assert calls(looker) == []


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 202 Told\r\nContent-Length: 0\r\nRetry-After: 30\r\n\r\n", b"HTTP/1.1 204 Told\r\n\r\n"]
)
async def test_a_result_that_is_not_there_yet_is_waited_for(tmp_path: Path, answer: bytes) -> None:
    """202 and 204 are no file of no bytes."""
    async with scripted_looker() as looker:
        looker.script["results"].append(answer)
        outcome = await exported(looker, tmp_path, CSV)
        assert (now() >= 30) == (b"Retry-After" in answer)
    assert isinstance(outcome, Exported)
    assert looker.count("create") == 1


async def test_expired_may_be_a_glitch(tmp_path: Path) -> None:
    """A query that is `expired` for a moment and then runs on is waited for."""
    async with scripted_looker() as looker:
        looker.script["poll"].extend([told("running"), told("expired"), told("running"), told("Complete")])
        assert isinstance(await exported(looker, tmp_path, CSV), Exported)
    assert looker.count("create") == 1


async def test_a_word_never_heard_of_means_running(tmp_path: Path) -> None:
    """Whatever Looker invents, the export waits, and its deadline decides."""
    async with scripted_looker() as looker:
        looker.script["poll"].extend([told("pondering")] * 5)
        assert isinstance(await exported(looker, tmp_path), Exported)


async def test_a_render_that_never_ends_fails_at_its_deadline(tmp_path: Path) -> None:
    """With the phase in which it hung, and what that means."""
    async with scripted_looker() as looker:
        looker.always["poll"] = told("enqueued_for_render")
        policy = Policy(deadlines=Deadlines(export=600, progress=10_000))
        error = await failed(looker, tmp_path, policy=policy)
        assert now() == pytest.approx(600, abs=1)
    assert isinstance(error, DeadlineExceeded)
    assert error.phase == "enqueued_for_render"
    assert "never took it" in error.advice
    assert looker.count("kill") == 0


async def test_a_query_that_never_ends_is_killed_at_its_deadline(tmp_path: Path) -> None:
    """The server need not work on for nobody."""
    async with scripted_looker() as looker:
        looker.always["poll"] = told("running")
        error = await failed(looker, tmp_path, CSV, Policy(deadlines=Deadlines(export=600, progress=10_000)))
    assert isinstance(error, DeadlineExceeded)
    assert calls(looker)[-1] == "kill"


async def test_a_query_is_never_left_alone_for_long(tmp_path: Path) -> None:
    """Looker abandons query tasks that nobody asks about: no two polls are further apart than 15 seconds."""
    async with scripted_looker() as looker:
        looker.always["poll"] = told("running")
        await failed(looker, tmp_path, CSV, Policy(deadlines=Deadlines(export=2000, progress=10_000)))
        polls = looker.when("poll")
    gaps = [later - earlier for earlier, later in pairwise(polls)]
    assert max(gaps) <= 15.001
    assert len(polls) < 300


async def test_no_progress_ends_before_the_deadline(tmp_path: Path) -> None:
    """A task whose status never changes is given up earlier than one that moves."""
    async with scripted_looker() as looker:
        looker.always["poll"] = told("rendering")
        error = await failed(looker, tmp_path, policy=Policy(deadlines=Deadlines(export=10_000, progress=300)))
        assert now() == pytest.approx(300, abs=15)
    assert isinstance(error, DeadlineExceeded)
    assert "the deadline for progress" in str(error)


async def test_a_cancelled_export_kills_its_query(tmp_path: Path) -> None:
    """And leaves no file."""
    async with scripted_looker() as looker, LookerTasks(looker.url, "id", "secret") as client:
        looker.always["poll"] = told("running")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(50):
                await client.export(CSV, tmp_path / "file.csv")
        assert calls(looker)[-1] == "kill"
    assert os.listdir(tmp_path) == []  # noqa: PTH208  # as good as a Path's, in a coroutine too


async def test_a_cancelled_export_kills_nothing_that_has_ended(tmp_path: Path) -> None:
    """Once the rows are on their way there is no query to kill; of a render there never is."""
    for export in (CSV, PDF):
        async with scripted_looker() as looker, LookerTasks(looker.url, "id", "secret") as client:
            looker.always["results"] = never
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(50):
                    await client.export(export, tmp_path / "file")
            assert looker.count("kill") == 0


async def test_an_observer_sees_the_story_in_order(tmp_path: Path) -> None:
    """Start, task, polls, trouble and end, each as a value."""
    seen: list[Event] = []
    async with scripted_looker() as looker:
        looker.script["poll"].extend([told("querying"), response(502), told("rendering"), told("success")])
        outcome = await exported(looker, tmp_path, observers=(seen.append,))
    seen = [event for event in seen if not isinstance(event, CallEnded)]
    assert isinstance(seen[0], ExportStarted)
    assert [event.task_id for event in seen if isinstance(event, TaskCreated)] == ["task-1"]
    assert {(event.key == seen[0].key, event.name) for event in seen if event.key} == {(True, "file")}
    assert all(sooner.at <= later.at for sooner, later in pairwise(seen))
    assert [event.phase for event in seen if isinstance(event, Polled)] == ["added", "querying", "rendering"]
    (trouble,) = [event for event in seen if isinstance(event, BackedOff)]
    assert isinstance(trouble.error, ServerBroken)
    assert isinstance(seen[-1], ExportFinished)
    assert seen[-1].outcome is outcome


async def test_two_exports_share_one_login(tmp_path: Path) -> None:
    """The token of the first serves the second."""
    async with scripted_looker() as looker, LookerTasks(looker.url, "id", "secret") as client:
        for export in (PDF, CSV):
            assert isinstance(await client.export(export, tmp_path / "file"), Exported)
        assert looker.count("login") == 1
