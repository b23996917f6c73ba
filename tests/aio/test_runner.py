"""The runner: one export, from its create to its outcome, on a Looker that follows a script."""

import asyncio
import json
import os
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from looker_tasks import (
    BackedOff,
    CredentialsRefused,
    DashboardExport,
    DeadlineExceeded,
    Deadlines,
    ElementExport,
    Event,
    Export,
    Exported,
    ExportFinished,
    ExportStarted,
    Failed,
    FileNotWritten,
    InvalidExport,
    LookerTasks,
    LookerTasksError,
    LookExport,
    NotFound,
    Outcome,
    Policy,
    Polled,
    QueryExport,
    RequestRefused,
    ResultRejected,
    Retry,
    ServerBroken,
    TaskCreated,
    TaskFailed,
)
from looker_tasks.sansio.operations import ApiVersion
from tests.aio.raw_server import reset, response, said
from tests.aio.scripted_looker import DOCUMENTS, Answer, Operation, ScriptedLooker, scripted_looker

pytestmark = pytest.mark.virtual_time

PDF = DashboardExport("1", "pdf")
CSV = QueryExport("1", "csv")
GONE = said({"message": "Not found"}, 404)


async def break_off(writer: asyncio.StreamWriter) -> None:
    """Break the connection off instead of answering."""
    reset(writer)


async def never(_: asyncio.StreamWriter) -> None:
    """Never answer."""
    await asyncio.get_running_loop().create_future()


def told(status: str, detail: str | None = None) -> bytes:
    """Return what a poll tells."""
    return said({"id": "1", "status": status, "status_detail": detail})


def now() -> float:
    """Tell the virtual time."""
    return asyncio.get_running_loop().time()


async def exported(
    looker: ScriptedLooker,
    folder: Path,
    export: Export = PDF,
    *,
    policy: Policy | None = None,
    version: ApiVersion = "4.0",
    observer: Callable[[Event], None] | None = None,
) -> Outcome:
    """Export *export* into *folder* and return its outcome."""
    client = LookerTasks(looker.url, "id", "secret", policy=policy or Policy(), api_version=version, observer=observer)
    async with client:
        return await client.export(export, folder / "file")


async def failed(
    looker: ScriptedLooker, folder: Path, export: Export = PDF, policy: Policy | None = None
) -> LookerTasksError:
    """Return the error of an export, after seeing that it left no file."""
    outcome = await exported(looker, folder, export, policy=policy)
    assert isinstance(outcome, Failed)
    assert os.listdir(folder) == []  # noqa: PTH208  # as good as a Path's, in a coroutine too
    return outcome.error


def calls(looker: ScriptedLooker) -> list[Operation]:
    """Return what was asked for, in order, without login and logout."""
    return [operation for operation, _ in looker.asked if operation not in {"login", "logout"}]


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


PASSING: dict[str, Answer] = {
    "502": response(502, b"<html>Bad Gateway</html>", {"Content-Type": "text/html"}),
    "503": response(503, b"", {"Retry-After": "2"}),
    "504": response(504, b"upstream request timeout", {"Content-Type": "text/plain"}),
    "500": said({"message": "An error has occurred."}, 500),
    "429": said({"message": "Too many requests"}, 429),
    "reset": break_off,
    "nonsense": b"nonsense\r\n\r\n",
    "cut short": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{",
    "401": said({"message": "Requires authentication."}, 401),
}


@pytest.mark.parametrize("trouble", PASSING)
@pytest.mark.parametrize("operation", ["create", "poll", "results"])
async def test_trouble_that_passes_costs_a_call_and_no_file(tmp_path: Path, operation: Operation, trouble: str) -> None:
    """Whichever call it hits, it is sent again, and the file comes."""

    async def stumble(writer: asyncio.StreamWriter) -> None:
        answer = PASSING[trouble]
        if isinstance(answer, bytes):
            writer.write(answer)
            await writer.drain()
            writer.close()
        else:
            await answer(writer)

    async with scripted_looker() as looker:
        looker.script[operation].append(stumble)
        outcome = await exported(looker, tmp_path)
    assert isinstance(outcome, Exported)
    assert looker.count(operation) == 2
    assert len(calls(looker)) == 4


@pytest.mark.parametrize("trouble", ["reset", "cut short", "nonsense", "504"])
async def test_a_create_whose_answer_was_lost_is_counted(tmp_path: Path, trouble: str) -> None:
    """It is sent again, and the history says that Looker may have run one more."""
    async with scripted_looker() as looker:
        answer = PASSING[trouble]
        looker.script["create"].append(answer if trouble != "cut short" else break_off)
        outcome = await exported(looker, tmp_path)
    assert (outcome.history.creates, outcome.history.lost_creates) == (1, 1)


async def test_a_refused_connection_loses_no_create(tmp_path: Path) -> None:
    """What was never sent cannot have made a task."""
    policy = Policy(retry=Retry(call_attempts=3))
    async with scripted_looker() as looker, LookerTasks(looker.url, "id", "secret", policy=policy) as client:
        await client.login()
        async with scripted_looker() as gone:
            pass
        client._transport._base_url = gone.url  # the host moves away after the login
        outcome = await client.export(PDF, tmp_path / "file.pdf")
    assert isinstance(outcome, Failed)
    assert outcome.history.lost_creates == 0


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (GONE, NotFound),
        (said({"message": "Validation Failed", "errors": [{"field": "width"}]}, 422), RequestRefused),
        (said({}, 500), ServerBroken),
        (said({}, 503), ServerBroken),
    ],
)
async def test_trouble_that_stays_is_the_outcome(tmp_path: Path, answer: bytes, kind: type[LookerTasksError]) -> None:
    """What another try does not mend ends the export, with the last error as its reason."""
    async with scripted_looker() as looker:
        looker.always["create"] = answer
        assert isinstance(await failed(looker, tmp_path), kind)
        assert looker.count("create") <= Retry().call_attempts


async def test_a_render_that_fails_is_created_once_more(tmp_path: Path) -> None:
    """Looker's renderer stumbles at times: a second task often does it."""
    async with scripted_looker() as looker:
        looker.script["poll"].append(told("failure", "Render job failed [renderer no outfile - retried]"))
        outcome = await exported(looker, tmp_path)
    assert isinstance(outcome, Exported)
    assert outcome.history.creates == 2
    assert calls(looker) == ["create", "poll", "create", "poll", "results"]


async def test_a_render_that_fails_twice_fails_with_lookers_words(tmp_path: Path) -> None:
    """The outcome says why, and what to try."""
    async with scripted_looker() as looker:
        looker.always["poll"] = told("failure", "Render job 1 failed [Script timed out. - retried]")
        error = await failed(looker, tmp_path)
    assert isinstance(error, TaskFailed)
    assert "Script timed out" in str(error)
    assert "fewer tiles" in error.advice
    assert looker.count("create") == 2


@pytest.mark.parametrize("operation", ["poll", "results"])
async def test_a_task_that_vanished_is_created_once_more(tmp_path: Path, operation: Operation) -> None:
    """A 404 for a task or its result, after a create that worked, means that it is gone, not that it was wrong."""
    async with scripted_looker() as looker:
        looker.script[operation].extend([GONE] * (3 if operation == "poll" else 1))
        outcome = await exported(looker, tmp_path)
    assert isinstance(outcome, Exported)
    assert looker.count("create") == 2


async def test_a_task_unknown_for_a_moment_is_not_created_again(tmp_path: Path) -> None:
    """A cluster may need a moment until each node knows of a task."""
    async with scripted_looker() as looker:
        looker.script["poll"].append(GONE)
        assert isinstance(await exported(looker, tmp_path), Exported)
    assert looker.count("create") == 1


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


SPOILED = {
    "empty": response(200, b"", {"Content-Type": "application/pdf"}),
    "a page": response(200, b"<html>sorry</html>", {"Content-Type": "text/html"}),
    "cut short": response(200, b"%PDF-1.7 nothing at the end", {"Content-Type": "application/pdf"}),
    "JSON": said({"message": "An error has occurred."}),
}


@pytest.mark.parametrize("name", SPOILED)
async def test_a_spoiled_result_is_fetched_again(tmp_path: Path, name: str) -> None:
    """A body that is no file of its format, once, costs a call."""
    async with scripted_looker() as looker:
        looker.script["results"].append(SPOILED[name])
        assert isinstance(await exported(looker, tmp_path), Exported)
    assert looker.count("create") == 1


@pytest.mark.parametrize("name", SPOILED)
async def test_a_result_that_stays_spoiled_is_refused(tmp_path: Path, name: str) -> None:
    """After a few tries, and another task, the outcome says what came instead of a file."""
    async with scripted_looker() as looker:
        looker.always["results"] = SPOILED[name]
        assert isinstance(await failed(looker, tmp_path), ResultRejected)
    assert looker.count("create") == 2


@pytest.mark.parametrize(
    "answer",
    [said({"message": "SQL error: table gone"}, 400), response(200, b"looker_error\nSQL error: table gone\n")],
)
async def test_a_query_that_failed_says_why(tmp_path: Path, answer: bytes) -> None:
    """Looker tells a query's own error as 400, or inside a 200; either way it is the task that failed."""
    async with scripted_looker() as looker:
        looker.always |= {"poll": told("error"), "results": answer}
        error = await failed(looker, tmp_path, CSV)
    assert isinstance(error, TaskFailed)
    assert "SQL error: table gone" in str(error)


async def test_an_error_that_is_only_a_warning_gives_the_file(tmp_path: Path) -> None:
    """Looker says `error` for a note too: the result tells."""
    async with scripted_looker() as looker:
        looker.always["poll"] = told("error")
        assert isinstance(await exported(looker, tmp_path, CSV), Exported)


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


async def test_credentials_revoked_in_the_middle_are_raised(tmp_path: Path) -> None:
    """That concerns every export: it is an exception, not an outcome."""
    async with scripted_looker() as looker, LookerTasks(looker.url, "id", "secret") as client:
        await client.login()
        looker.always |= {"create": said({}, 401), "login": GONE}
        with pytest.raises(CredentialsRefused):
            await client.export(PDF, tmp_path / "file.pdf")


async def test_a_disk_that_refuses_is_the_outcome(tmp_path: Path) -> None:
    """A directory in the file's place fails this export, without another try."""
    (tmp_path / "file" / "inside").mkdir(parents=True)
    async with scripted_looker() as looker:
        outcome = await exported(looker, tmp_path)
    assert isinstance(outcome, Failed)
    assert isinstance(outcome.error, FileNotWritten)
    assert looker.count("results") == 1


async def test_an_observer_sees_the_story_in_order(tmp_path: Path) -> None:
    """Start, task, polls, trouble and end, each as a value."""
    seen: list[Event] = []
    async with scripted_looker() as looker:
        looker.script["poll"].extend([told("querying"), response(502), told("rendering"), told("success")])
        outcome = await exported(looker, tmp_path, observer=seen.append)
    assert isinstance(seen[0], ExportStarted)
    assert TaskCreated(PDF, "task-1") in seen
    assert [event.phase for event in seen if isinstance(event, Polled)] == ["added", "querying", "rendering"]
    (trouble,) = [event for event in seen if isinstance(event, BackedOff)]
    assert isinstance(trouble.error, ServerBroken)
    assert seen[-1] == ExportFinished(outcome)


HOSTILE: dict[str, bytes] = {
    "a list": said([]),
    "a number": said(5),
    "null": said(None),
    "no id": said({"status": "success"}),
    "an id of objects": said({"id": {"id": 1}, "status": "success"}),
    "a status of numbers": said({"id": "1", "status": [1, 2]}),
    "NaN": response(200, b'{"id": NaN, "status": "success"}'),
    "deep": response(200, b'{"id":' * 100_000),
    "not text": response(200, bytes(range(256))),
    "nothing": response(200, b""),
    "1xx": b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
    "an odd status": response(299, b"{}"),
    "elsewhere": response(302, b"", {"Location": "https://example.com/"}),
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("operation", ["create", "poll", "results"])
async def test_a_server_that_makes_no_sense_ends_in_a_clear_failure(
    tmp_path: Path, operation: Operation, name: str
) -> None:
    """Never a hang, a crash or a wrong file: one failure, in one line, in a bounded number of calls."""
    async with scripted_looker() as looker:
        looker.always[operation] = HOSTILE[name]
        error = await failed(looker, tmp_path, policy=Policy(deadlines=Deadlines(export=600)))
        assert now() <= 601
        assert len(looker.asked) < 150
    assert str(error)
    assert "\n" not in str(error)


async def test_two_exports_share_one_login(tmp_path: Path) -> None:
    """The token of the first serves the second."""
    async with scripted_looker() as looker, LookerTasks(looker.url, "id", "secret") as client:
        for export in (PDF, CSV):
            assert isinstance(await client.export(export, tmp_path / "file"), Exported)
        assert looker.count("login") == 1
