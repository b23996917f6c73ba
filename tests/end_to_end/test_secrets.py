"""Secrets: whatever goes wrong, nothing that a run shows, writes or raises holds the client secret or a token."""

import asyncio
import json
import logging
import sys
import traceback
from base64 import b64encode
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from urllib.parse import quote, quote_plus, unquote_plus

import pytest

from looker_tasks import (
    ContentNamed,
    Deadlines,
    Event,
    Exported,
    Failed,
    LookerTasks,
    LookerTasksError,
    Policy,
    QueryExport,
    Retry,
)
from looker_tasks.errors import ConfigurationError
from looker_tasks.exports import DashboardExport, Export
from tests.aio.raw_server import response, said
from tests.aio.scripted_looker import Operation, ScriptedLooker, scripted_looker
from tests.cli.program import PATIENCE, PROGRAM, environment

SECRET = "s3cr3t/of+the client"
TOKEN = "token-"  # the scripted Looker numbers them
POLICY = Policy(retry=Retry(call_attempts=2), deadlines=Deadlines(export=100, progress=60, call=10))


def said_back(looker: ScriptedLooker) -> str:
    """Return what a server knows of the last call: it can say all of it back."""
    _, asked = looker.asked[-1]
    body = asked.body.decode()
    return f"you sent {asked.headers.get('authorization')} and {body} or {unquote_plus(body)}"


TROUBLE: dict[str, Callable[[str], bytes]] = {
    "400": lambda echo: said({"message": echo}, 400),
    "401": lambda echo: said({"message": echo}, 401),
    "404": lambda echo: said({"message": echo}, 404),
    "422": lambda echo: said({"message": "No", "errors": [{"field": "width", "message": echo}]}, 422),
    "429": lambda echo: said({"message": echo}, 429, {"Retry-After": "1"}),
    "502": lambda echo: response(502, echo.encode(), {"Content-Type": "text/plain"}),
    "a page": lambda echo: response(200, f"<html>{echo}".encode(), {"Content-Type": "text/html"}),
    "a text": lambda echo: response(200, echo.encode(), {"Content-Type": "text/plain"}),
    "no object": said,
    "no HTTP": lambda echo: f"{echo}\r\n\r\n".encode(),
    "no header": lambda echo: f"HTTP/1.1 200 Told\r\n{echo}\r\n\r\n".encode(),
    "cut short": lambda echo: response(200, echo.encode(), {"Content-Length": "9999"}),
    "a header beyond every limit": lambda echo: response(200, b"", {"X-More": echo * 1000}),
    "nothing": lambda _: b"",
    "in JSON's escapes": lambda echo: response(400, b'{"message": "%s"}' % escaped(echo)),
    "in escapes, and no JSON": lambda echo: response(400, escaped(echo), {"Content-Type": "text/plain"}),
    "in a request's id": lambda echo: said({"message": "No"}, 400, {"X-Request-Id": echo}),
    "in a redirection": lambda echo: response(302, b"", {"Location": f"https://x.example.com/{quote(echo, safe='')}"}),
    "in a redirection, with JSON": lambda echo: said({"message": "Moved"}, 301, {"Location": quote(f"/x/{echo}")}),
    "in base64": lambda echo: response(503, b64encode(echo.encode()), {"Content-Type": "text/plain"}),
    "in HTML's escapes": lambda echo: said({"message": escape(echo)}, 403),
    "in a type": lambda echo: response(200, b"%PDF-no", {"Content-Type": f"application/{quote(echo, safe='')}"}),
    "in what a task tells": lambda echo: said({"id": "1", "status": "failure", "status_detail": echo}),
    "in a status": lambda echo: said({"id": "1", "status": echo}),
    "in a query's error": lambda echo: said([{"looker_error": echo}]),
}


def escaped(text: str) -> bytes:
    """Return *text* with every character as JSON may write it."""
    return "".join(f"\\u{ord(character):04x}" for character in text).encode()


def exports() -> Iterator[Export]:
    """Give a render and a query."""
    yield DashboardExport("1", "pdf", name="a.pdf")
    yield QueryExport("1", "json", name="a.json")


def all_of(error: BaseException | None) -> Iterator[BaseException]:
    """Give *error* and all that led to it, told or not."""
    seen: list[BaseException] = []
    left = [error]
    while left:
        each = left.pop()
        if each is not None and each not in seen:
            seen.append(each)
            left += [each.__cause__, each.__context__]
    yield from seen


def shown_of(error: BaseException) -> Iterator[str]:
    """Give what any report of *error* could show."""
    for each in all_of(error):
        yield from (str(each), repr(each), repr(each.args), repr(getattr(each, "__dict__", None)))
        yield "".join(traceback.format_exception(each))
        for frame, _ in traceback.walk_tb(each.__traceback__):  # as reports with local variables show them
            if {"looker_tasks", "files"} & set(frame.f_code.co_filename.split("/")) == {"looker_tasks"}:  # not a file's
                yield from (
                    f"{frame.f_code.co_qualname} {name} {value!r}"
                    for name, value in frame.f_locals.items()
                    if name not in {"chunk", "self"}  # a piece of a file; a client that is half made
                )


def everything_in(folder: Path) -> bytes:
    """Return the content of every file below *folder*."""
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def leaks(shown: list[str]) -> list[str]:
    """Return what of it holds a secret, in any form."""
    secrets = {SECRET, f"{TOKEN}1", f"{TOKEN}2"}
    secrets |= {quote(secret, safe="") for secret in secrets} | {quote_plus(secret) for secret in secrets}
    secrets |= {escaped(secret).decode() for secret in secrets}
    secrets |= {b64encode(bytes(before) + SECRET.encode()).decode()[4:-4] for before in range(3)}
    return [each for each in shown if any(secret in each for secret in secrets)]


OPERATIONS: tuple[Operation, ...] = ("login", "create", "poll", "results")
ARE_FILES = {"in what a task tells", "in a status"}  # as results: a file is what Looker sent


@pytest.mark.virtual_time
@pytest.mark.parametrize(
    ("operation", "trouble"),
    [
        pytest.param(operation, trouble, marks=[pytest.mark.long] * (operation not in {"create", "results"}))
        for operation in OPERATIONS
        for trouble in TROUBLE
        if operation != "results" or trouble not in ARE_FILES
    ],
)
async def test_no_failure_shows_a_secret(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    operation: Operation,
    trouble: str,
) -> None:
    """Not in a repr, a log record, an event, an outcome, an error with all its causes, the journal or a file."""
    caplog.set_level(logging.DEBUG)
    asyncio.get_running_loop().set_debug(True)
    monkeypatch.setattr(sys, "tracebacklimit", 1, raising=False)  # where a future was made: no values, and much time
    seen: list[Event] = []
    shown: list[str] = []
    async with scripted_looker() as looker:
        if operation != "login":
            looker.always["poll"] = said({"id": "1", "status": "complete"})

        async def trouble_them(writer: asyncio.StreamWriter) -> None:
            writer.write(TROUBLE[trouble](said_back(looker)))
            await writer.drain()
            writer.close()

        looker.always[operation] = trouble_them
        client = LookerTasks(looker.url, "me", SECRET, policy=POLICY, observers=(seen.append,))
        failures: list[BaseException] = []
        async with client:
            try:
                async with client.export_all(exports(), tmp_path, concurrency=1) as run:
                    outcomes = [outcome async for outcome in run]
                    shown += [repr(run), *map(repr, outcomes)]
                    failures += [outcome.error for outcome in outcomes if isinstance(outcome, Failed)]
            except LookerTasksError as error:
                failures.append(error)
            inner = client._parts
            parts = (client, client.api, inner, inner.session, inner.session.auth, inner.transport, POLICY)
            shown += [repr(part) for part in parts]
    monkeypatch.undo()
    shown += [line for failure in failures for line in shown_of(failure)]
    shown += [f"{record.getMessage()} {record.exc_text}" for record in caplog.records]
    shown += map(repr, seen)
    shown.append((await asyncio.to_thread(everything_in, tmp_path)).decode("latin-1"))
    assert failures
    assert leaks(shown) == []


@pytest.mark.virtual_time
@pytest.mark.parametrize("has_filter", [True, False])
async def test_what_a_dashboard_is_called_shows_no_secret(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, *, has_filter: bool
) -> None:
    """Neither its title, which is an event, nor the titles of its filters, which a refusal names."""
    caplog.set_level(logging.DEBUG)
    seen: list[Event] = []
    async with scripted_looker() as looker:

        async def say_back(writer: asyncio.StreamWriter) -> None:
            echo = said_back(looker)
            filters = [{"name": name, "title": name} for name in (echo, *(("Region",) if has_filter else ()))]
            writer.write(said({"id": "1", "title": echo, "dashboard_filters": filters}))

        looker.always["other"] = say_back
        async with LookerTasks(looker.url, "me", SECRET, policy=POLICY, observers=(seen.append,)) as client:
            outcome = await client.export(DashboardExport("1", filters={"Region": "West"}), tmp_path / "a.pdf")
    assert isinstance(outcome, Exported if has_filter else Failed)
    assert [event.title for event in seen if isinstance(event, ContentNamed)]
    assert leaks([repr(outcome), *map(repr, seen), *(record.getMessage() for record in caplog.records)]) == []


@pytest.mark.parametrize(
    "make",
    [
        lambda: LookerTasks("nonsense", "me", SECRET),
        lambda: LookerTasks("https://l.example.com", "", SECRET),
        lambda: LookerTasks.from_env(ini="", base_url="nonsense", client_id="me", client_secret=SECRET),
        lambda: LookerTasks.from_env(
            ini="", base_url="https://l.example.com", client_id="me", client_secret=f"{SECRET}\0x"
        ),
    ],
)
def test_no_wrong_setting_shows_the_secret_beside_it(make: Callable[[], LookerTasks]) -> None:
    """Not in a traceback with its local variables either."""
    with pytest.raises(ConfigurationError) as raised:
        make()
    assert leaks(list(shown_of(raised.value))) == []


async def test_the_command_shows_no_secret(tmp_path: Path) -> None:
    """Neither the summary nor `--json` nor a traceback that there is not."""
    (tmp_path / "m.jsonl").write_text('{"dashboard": "1", "format": "pdf", "name": "a.pdf"}')
    async with scripted_looker() as looker:

        async def refuse(writer: asyncio.StreamWriter) -> None:
            writer.write(TROUBLE["422"](said_back(looker)))

        looker.always["create"] = refuse
        settings = {
            "LOOKERSDK_BASE_URL": looker.url,
            "LOOKERSDK_CLIENT_ID": "me",
            "LOOKERSDK_CLIENT_SECRET": SECRET,
            "PYTHONASYNCIODEBUG": "1",
        }
        process = await asyncio.create_subprocess_exec(
            *PROGRAM,
            "export",
            "m.jsonl",
            "--out",
            "o",
            "--json",
            cwd=tmp_path,
            env=environment(settings),
            stdout=-1,
            stderr=-1,
        )
        out, err = await asyncio.wait_for(process.communicate(), PATIENCE)
    assert process.returncode == 1
    assert json.loads(out)["error"] == "RequestRefused"
    assert (
        leaks([out.decode(), err.decode(), (await asyncio.to_thread(everything_in, tmp_path)).decode("latin-1")]) == []
    )
