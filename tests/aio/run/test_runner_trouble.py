"""The runner: what becomes of one export when the server stumbles, fails or makes no sense."""

import asyncio
from pathlib import Path

import pytest
from attrs import evolve

from looker_tasks import (
    CredentialsRefused,
    Deadlines,
    Exported,
    Failed,
    FileNotWritten,
    LookerTasks,
    LookerTasksError,
    NotFound,
    Policy,
    RequestRefused,
    ResultRejected,
    Retry,
    ServerBroken,
    TaskFailed,
)
from tests.aio.many_exports import all_of, client_of, now
from tests.aio.one_export import CSV, GONE, PDF, break_off, calls, exported, failed, told
from tests.aio.raw_server import response, said
from tests.aio.scripted_looker import Operation, Response, scripted_looker

pytestmark = pytest.mark.virtual_time


PASSING: dict[str, Response] = {
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
        client._parts.transport._base_url = gone.url  # the host moves away after the login
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
        looker.script[operation].extend([GONE] * 3)
        outcome = await exported(looker, tmp_path)
    assert isinstance(outcome, Exported)
    assert looker.count("create") == 2


async def test_a_task_unknown_for_a_moment_is_not_created_again(tmp_path: Path) -> None:
    """A cluster may need a moment until each node knows of a task."""
    async with scripted_looker() as looker:
        looker.script["poll"].append(GONE)
        assert isinstance(await exported(looker, tmp_path), Exported)
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


async def test_credentials_revoked_in_the_middle_are_raised(tmp_path: Path) -> None:
    """That concerns every export: it is an exception, not an outcome."""
    async with scripted_looker() as looker, LookerTasks(looker.url, "id", "secret") as client:
        await client.login()
        looker.always |= {"create": said({}, 401), "login": GONE}
        with pytest.raises(CredentialsRefused):
            await client.export(PDF, tmp_path / "file.pdf")


async def test_a_disk_that_refuses_is_the_outcome(tmp_path: Path) -> None:
    """A directory in the file's place fails this export, before Looker has any work with it."""
    (tmp_path / "file.pdf" / "inside").mkdir(parents=True)
    async with (
        scripted_looker() as looker,
        client_of(looker) as client,
        client.export_all([evolve(PDF, name="file.pdf")], tmp_path, journal=False) as outcomes,
    ):
        (outcome,) = await all_of(outcomes)
    assert isinstance(outcome, Failed)
    assert isinstance(outcome.error, FileNotWritten)
    assert looker.count("create") == 0


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
