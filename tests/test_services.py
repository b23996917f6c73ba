"""What services need: results as streams and as bytes, tasks that outlive a process, users' names."""

import asyncio
import json
import random
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path

import pytest

from looker_tasks import (
    CallEnded,
    Cancelled,
    ConfigurationError,
    ConnectionBroken,
    DashboardExport,
    Deadlines,
    Event,
    Export,
    Exported,
    ExportFinished,
    ExportStarted,
    Failed,
    InvalidExport,
    Limits,
    LookerTasks,
    LookerTasksError,
    LookExport,
    NotFound,
    Policy,
    QueryExport,
    ResultRejected,
    ResultTooLarge,
    TaskFailed,
    Throttled,
    UserRefused,
)
from tests.aio.many_exports import client_of, emulator_with
from tests.aio.raw_server import cut, response, said
from tests.aio.scripted_looker import DOCUMENTS, ScriptedLooker, scripted_looker

pytestmark = pytest.mark.virtual_time

PDF = DashboardExport("1", "pdf", filters={"Region": "West"})
SECRET = "hush-hush-hush"


def client_with(
    looker: ScriptedLooker, observer: Callable[[Event], None] = lambda _: None, policy: Policy | None = None
) -> LookerTasks:
    """Return a client of *looker*, with one slot."""
    return LookerTasks(looker.url, "me", SECRET, concurrency=1, observers=(observer,), policy=policy or Policy())


async def test_open_streams_a_result_whose_beginning_is_right() -> None:
    """For an HTTP response: the type, the length, the bytes as they come."""
    async with scripted_looker() as looker, client_with(looker) as client, client.open(PDF) as result:
        body, content_type = DOCUMENTS["pdf"]
        assert (result.content_type, result.content_length) == (content_type, len(body))
        assert b"".join([chunk async for chunk in result.chunks]) == body


async def test_open_lets_the_next_begin_while_somebody_reads_slowly() -> None:
    """A slot is room on the server, and the server is done."""
    async with scripted_looker() as looker, client_with(looker) as client, client.open(PDF) as slow:
        assert await client.read(PDF) == DOCUMENTS["pdf"][0]
        assert await slow.read() == DOCUMENTS["pdf"][0]


async def test_the_observers_see_how_a_stream_ended() -> None:
    """Read to its end it was exported, left before it was cancelled, broken off it failed."""
    ends: list[object] = []

    def note(event: Event) -> None:
        if isinstance(event, ExportFinished):
            ends.append(event.outcome)

    async with scripted_looker() as looker, client_with(looker, note) as client:
        await client.read(PDF)
        async with client.open(PDF):
            pass
        looker.script["results"].append(response(200, b"%PDF-1.7 " + b"x" * 5000, {"Content-Type": "application/pdf"}))
        with pytest.raises(ResultRejected):
            await client.read(PDF)
        looker.script["create"].append(said({"message": "Not found"}, 404))
        looker.always["create"] = said({"message": "Not found"}, 404)
        with pytest.raises(LookerTasksError):
            await client.read(PDF)
    assert [type(outcome) for outcome in ends] == [Exported, Cancelled, Failed, Failed]
    assert isinstance(ends[0], Exported)
    assert (ends[0].artifact.size, ends[0].artifact.location) == (len(DOCUMENTS["pdf"][0]), "")


@pytest.mark.parametrize("length", [100, 5000, 300_000])
async def test_a_body_that_is_no_whole_file_never_ends_as_if_it_was(length: int) -> None:
    """A short one is not given at all; of a long one the last bytes are kept back, and the error comes instead."""
    body = b"%PDF-1.7 " + b"x" * length
    async with scripted_looker() as looker, client_with(looker) as client:
        looker.always["results"] = response(200, body, {"Content-Type": "application/pdf"})
        received = b""

        async def pass_on() -> None:
            nonlocal received
            async with client.open(PDF) as result:
                async for chunk in result.chunks:
                    received += chunk

        with pytest.raises(ResultRejected, match="it was cut short"):
            await pass_on()
        assert len(received) < len(body)


async def test_a_body_that_breaks_off_goes_on_whatever_is_answered_then() -> None:
    """A gateway that stumbles, a 429, an answer that is cut short again: none costs what was handed on already."""
    body = b"%PDF-1.7 " + b"x" * (90_000 - 15) + b"%%EOF\n"
    async with scripted_looker() as looker, client_with(looker) as client:
        looker.script["results"].extend([cut, response(502), said({}, 429, {"Retry-After": "3"}), cut, response(503)])
        looker.always["results"] = response(200, body, {"Content-Type": "application/pdf"})
        assert await client.read(PDF) == body
        looker.script["results"].append(cut)
        looker.always["results"] = said({"message": "Not found"}, 404)
        with pytest.raises(NotFound):
            await client.read(PDF)
        looker.script["results"].append(cut)
        looker.always["results"] = said({"message": "slow down"}, 429)
        began = asyncio.get_running_loop().time()
        with pytest.raises(Throttled):
            await client.read(PDF)
        assert asyncio.get_running_loop().time() - began <= 2 * Policy().deadlines.call


async def test_a_body_that_breaks_off_raises_from_the_chunks() -> None:
    """The length says that there should be more."""
    async with scripted_looker() as looker, client_with(looker) as client:
        looker.always["results"] = cut
        with pytest.raises(ConnectionBroken):
            async with client.open(PDF) as result:
                await result.read()


@pytest.mark.parametrize(
    "page",
    [
        response(200, b"<html>" + b"x" * 5000, {"Content-Type": "text/html"}),
        response(200, b"nonsense" * 1000, {"Content-Type": "application/pdf"}),
        response(200, b"", {"Content-Type": "application/pdf"}),
    ],
)
async def test_what_does_not_begin_as_it_should_is_fetched_again(page: bytes) -> None:
    """Nobody has had a byte of it yet."""
    async with scripted_looker() as looker, client_with(looker) as client:
        looker.script["results"].append(page)
        assert await client.read(PDF) == DOCUMENTS["pdf"][0]
        assert looker.count("results") == 2


async def test_rows_of_a_query_are_checked_to_their_end() -> None:
    """JSON that is cut in right framing, at any size, is no result; a query's error is raised as that."""
    rows = json.dumps([{"orders.id": number} for number in range(20_000)]).encode()
    export = QueryExport("7", "json")
    async with scripted_looker() as looker, client_with(looker) as client:
        looker.always["results"] = response(200, rows)
        assert await client.read(export) == rows
        looker.always["results"] = response(200, rows[:-1])
        with pytest.raises(ResultRejected):
            await client.read(export)
        looker.always["results"] = response(200, b'[{"looker_error": "SQL is wrong"}]')
        with pytest.raises(TaskFailed, match="SQL is wrong"):
            await client.read(export)


@pytest.mark.parametrize("framing", ["length", "chunks"])
async def test_read_is_bounded(framing: str) -> None:
    """What is larger is said to be, with what to do instead, and not taken into memory."""
    body = DOCUMENTS["pdf"][0]
    chunked = f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nTransfer-Encoding: chunked\r\n\r\n"
    async with scripted_looker() as looker:
        if framing == "chunks":
            looker.always["results"] = head + chunked
        async with client_with(looker, policy=Policy(limits=Limits(read_bytes=len(body)))) as client:
            assert await client.read(PDF) == body
        async with client_with(looker, policy=Policy(limits=Limits(read_bytes=len(body) - 1))) as client:
            with pytest.raises(ResultTooLarge) as raised:
                await client.read(PDF)
    assert "looker.open" in raised.value.advice


async def test_two_hundred_requests_of_which_a_fifth_is_cancelled() -> None:
    """Every other one is whole, no more than eight tasks are in flight, and nothing is left anywhere."""
    chance = random.Random(7)
    async with emulator_with(render_slots=8, render_seconds=2, query_seconds=1, spread=0.5) as emulator:
        async with client_of(emulator, concurrency=8) as client:
            query = emulator.examples.query

            async def request(number: int) -> bytes:
                export = QueryExport(query, "json") if number % 4 == 0 else PDF
                return await client.read(export)

            requests = [asyncio.create_task(request(number)) for number in range(200)]
            gone = chance.sample(requests, 40)
            loop = asyncio.get_running_loop()
            for task in gone:
                loop.call_later(chance.uniform(0, 30), task.cancel)
            results = await asyncio.gather(*requests, return_exceptions=True)
        assert emulator.statistics.in_flight.peak <= 8
    kept = [result for task, result in zip(requests, results, strict=True) if task not in gone]
    assert {type(result) for result in kept} == {bytes}
    assert len(asyncio.all_tasks()) == 1


@pytest.mark.parametrize("after", [0.0, 0.001, 0.01, 0.2, 1.0, 3.0])
async def test_one_who_is_cancelled_frees_the_slot_and_kills_the_query(after: float) -> None:
    """At any await, at once: a service's client may leave whenever it wants."""
    async with emulator_with(query_seconds=10) as emulator, client_of(emulator, concurrency=1) as client:
        gone = asyncio.create_task(client.read(QueryExport(emulator.examples.query, "csv")))
        await asyncio.sleep(after)
        gone.cancel()
        await asyncio.wait({gone})
        assert gone.cancelled()
        await asyncio.sleep(0.1)
        assert emulator.statistics.in_flight.now == 0
        async with asyncio.timeout(60):
            await client.read(QueryExport(emulator.examples.query, "csv"))


def _of_the_client() -> list[str]:
    """Return the tasks by which the client watches renders that were left."""
    return [repr(task) for task in asyncio.all_tasks() if "LeftRenders" in repr(task)]


@pytest.mark.parametrize(("seconds", "least", "most"), [(60, 2.9, 5.0), (1, 1.0, 1.8)])
async def test_a_render_that_was_left_holds_its_slot_until_it_has_ended(
    seconds: float, least: float, most: float
) -> None:
    """Or for a few seconds, where nobody knows yet how long one takes: who comes next does not wait for a long one."""
    async with emulator_with(render_seconds=seconds, render_slots=2) as emulator:
        async with client_of(emulator, concurrency=1) as client:
            gone = asyncio.create_task(client.read(PDF))
            await asyncio.sleep(0.3)
            gone.cancel()
            await asyncio.wait({gone})
            left = asyncio.get_running_loop().time()
            await client.start(PDF)
            assert least <= asyncio.get_running_loop().time() - left + 0.3 <= most
            assert emulator.statistics.in_flight.peak == 1 + (seconds > least)
            last = asyncio.create_task(client.read(PDF))
            await asyncio.sleep(0.5)
            last.cancel()
            await asyncio.wait({last})
            assert _of_the_client()
        assert not _of_the_client()


@pytest.mark.parametrize("seconds", [1, 2.5])
async def test_those_who_leave_at_once_bring_no_more_in_flight(seconds: float) -> None:
    """Before anything is known of the renders, too: eight are eight."""
    chance = random.Random(5)
    async with emulator_with(render_slots=8, render_seconds=seconds) as emulator:
        async with client_of(emulator, concurrency=8) as client:
            requests = [asyncio.create_task(client.read(PDF)) for _ in range(40)]
            for task in requests[:12]:
                asyncio.get_running_loop().call_later(chance.uniform(0.1, 2), task.cancel)
            await asyncio.gather(*requests, return_exceptions=True)
        assert emulator.statistics.in_flight.peak == 8


async def test_renders_that_outlast_their_deadline_count_until_they_end(tmp_path: Path) -> None:
    """The export has failed, and the render goes on: the same."""
    policy = Policy(deadlines=Deadlines(export=1))
    async with emulator_with(render_slots=8, render_seconds=2) as emulator:
        async with client_of(emulator, policy, concurrency=2) as client:
            exports = [DashboardExport("1", name=f"{number}.pdf") for number in range(8)]
            async with client.export_all(exports, tmp_path) as run:
                assert {type(outcome) async for outcome in run} == {Failed}
        assert emulator.statistics.in_flight.peak == 2


@pytest.mark.parametrize("export", [QueryExport("7", "csv"), PDF])
async def test_a_create_that_is_under_way_is_not_left_behind(export: Export) -> None:
    """Its task is known before the export ends: a query is killed, though nobody waits for it any more."""

    async def slowly(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(1)
        writer.write(said({"id": "t1", "status": "added"}))

    async with scripted_looker() as looker, client_with(looker) as client:
        looker.script["create"].append(slowly)
        gone = asyncio.create_task(client.read(export))
        await asyncio.sleep(0.5)
        gone.cancel()
        await asyncio.wait({gone})
        assert gone.cancelled()
        assert looker.count("kill") == (export is not PDF)
        assert await client.read(PDF)


async def test_a_create_that_never_ends_holds_nobody_up_for_long() -> None:
    """After a few seconds it is given up as well."""

    async def never(_: asyncio.StreamWriter) -> None:
        await asyncio.get_running_loop().create_future()

    async with scripted_looker() as looker, client_with(looker) as client:
        looker.script["create"].append(never)
        gone = asyncio.create_task(client.read(PDF))
        await asyncio.sleep(0.5)
        gone.cancel()
        begun = asyncio.get_running_loop().time()
        await asyncio.wait({gone})
        assert gone.cancelled()
        assert asyncio.get_running_loop().time() - begun <= 6
        assert await client.read(PDF)
    assert len(asyncio.all_tasks()) == 1


async def test_a_task_is_started_here_and_finished_there(tmp_path: Path) -> None:
    """One create in all; the token is text for a URL, and shows no secret."""
    async with emulator_with(render_seconds=30) as emulator:
        async with client_of(emulator) as first:
            started = await first.start(PDF)
            assert re.fullmatch(r"[A-Za-z0-9._-]+", started.token)
            assert emulator.client_secret not in started.token
        async with client_of(emulator) as second:
            status = await second.poll(started.token)
            assert (status.is_finished, status.status) == (False, "rendering")
            assert 0 < status.poll_again_in <= 15
            outcome = await second.finish(started.token, tmp_path / "west.pdf")
            assert isinstance(outcome, Exported)
            assert outcome.export == PDF
            assert (await second.poll(started.token)).is_finished
            assert (await second.poll(started.token)).poll_again_in == 0
        assert emulator.statistics.created.total() == 1


async def test_fifty_tokens_through_one_limit(tmp_path: Path) -> None:
    """Starting waits for a slot and gives it back; each is one create."""
    async with (
        emulator_with(render_slots=8, render_seconds=1) as emulator,
        client_of(emulator, concurrency=4) as client,
    ):
        tokens = [started.token for started in await asyncio.gather(*(client.start(PDF) for _ in range(50)))]
        finishing = [client.finish(token, tmp_path / f"{number}.pdf") for number, token in enumerate(tokens)]
        assert {type(outcome) for outcome in await asyncio.gather(*finishing)} == {Exported}
        assert emulator.statistics.created.total() == 50


async def test_finish_creates_again_what_looker_has_lost(tmp_path: Path) -> None:
    """A token is older than what Looker keeps: the export comes all the same."""
    async with scripted_looker() as looker, client_with(looker) as client:
        token = (await client.start(PDF)).token
        looker.script["poll"].extend([said({"message": "Not found"}, 404)] * 6)
        lost = await client.poll(token)
        assert (lost.is_finished, lost.status) == (True, "missing")
        assert isinstance(await client.finish(token, tmp_path / "west.pdf"), Exported)
        assert looker.count("create") == 2


async def test_start_raises_what_went_wrong() -> None:
    """There is no token of a task that was not created."""
    async with scripted_looker() as looker, client_with(looker) as client:
        looker.always["create"] = said({"message": "Validation failed"}, 422)
        with pytest.raises(LookerTasksError, match="Validation failed"):
            await client.start(PDF)
        del looker.always["create"]
        await client.start(PDF)  # the slot was given back


async def test_poll_is_sent_again_as_a_call_deserves() -> None:
    """A gateway that stumbles is no reason to trouble the caller; a token that makes no sense is."""
    async with scripted_looker() as looker, client_with(looker) as client:
        token = (await client.start(PDF)).token
        looker.script["poll"].extend([response(502), response(503), said({"id": "1", "status": "rendering"})])
        assert (await client.poll(token)).status == "rendering"
        looker.always["poll"] = said({"message": "Bad request"}, 400)
        with pytest.raises(LookerTasksError, match="Bad request"):
            await client.poll(token)


async def test_kill_stops_a_query_and_no_render() -> None:
    """And says whether there was something to stop."""
    async with emulator_with(query_seconds=100) as emulator, client_of(emulator) as client:
        query = (await client.start(QueryExport(emulator.examples.query, "csv"))).token
        render = (await client.start(PDF)).token
        assert await client.kill(query) is True
        assert await client.kill(query) is False
        assert await client.kill(render) is False
        assert emulator.statistics.ended["killed"] == 1


def _token(**changes: object) -> str:
    held = {"at": 1.0, "export": {"dashboard": "1"}, "host": "HOST", "task": "t1"} | changes
    return "lt1." + urlsafe_b64encode(json.dumps(held).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("token", "words"),
    [
        ("", "this is no token"),
        ("abc", "this is no token"),
        ("lt.abc", "this is no token"),
        ("lt2.abc", "a newer one"),
        ("lt1.%%%", "cannot be read"),
        ("lt1.abc", "cannot be read"),
        (_token(host="https://other.example.com"), "a task of https://other.example.com"),
        (_token(task="../1\n"), "cannot be read"),
        (_token(export={"dashboard": "1", "result_format": "exe"}), "result_format"),
        (_token(export="x"), "cannot be read"),
        (_token(at="x"), "cannot be read"),
        (None, "this is no token"),
    ],
)
async def test_what_is_no_token_of_this_looker_is_refused(token: str, words: str, tmp_path: Path) -> None:
    """By one line, before any call."""
    async with scripted_looker() as looker, client_with(looker) as client:
        for use in (client.poll(token), client.finish(token, tmp_path / "a.pdf"), client.kill(token)):
            with pytest.raises(ConfigurationError, match=re.escape(words)) as raised:
                await use
            assert "\n" not in str(raised.value)
        assert looker.asked == []


async def test_a_token_holds_all_of_an_export(tmp_path: Path) -> None:
    """Filters, options, the user's name: what is made there is what was meant here."""
    exports: list[Export] = [
        DashboardExport("model::name", "png", filters={"A": "x,y", "B": True}, width=7, name="ü/a.png", as_user="12"),
        LookExport("7", "csv", limit=5, fresh=True),
    ]
    async with scripted_looker() as looker, client_with(looker) as client:
        looker.always["other"] = said({"access_token": "token-of-a-user", "expires_in": 3600})
        for export in exports:
            made = await client.start(export)
            looker.always["poll"] = said({"id": made.task_id, "status": "success"})
            outcome = await client.finish(made.token, tmp_path / "file")
            assert outcome.export == made.export == export


async def test_each_user_has_one_token(tmp_path: Path) -> None:
    """Forty users' exports, in one batch and one by one, are made under forty tokens taken once each."""
    async with scripted_looker() as looker, client_of(looker, concurrency=8) as client:
        looker.always["other"] = said({"access_token": "token-of-a-user", "expires_in": 3600})
        exports = [
            DashboardExport("1", as_user=str(user), name=f"{number}-{user}.pdf")
            for number in range(3)
            for user in range(40)
        ]
        async with client.export_all(exports, tmp_path) as run:
            assert {type(outcome) async for outcome in run} == {Exported}
        await asyncio.gather(*(client.as_user(str(user)).read(DashboardExport("1")) for user in range(40)))
        logins = [asked.path for operation, asked in looker.asked if operation == "other"]
    assert sorted(logins) == sorted(f"/api/4.0/login/{user}" for user in range(40))
    tokens = {asked.headers["authorization"] for operation, asked in looker.asked if operation == "create"}
    assert tokens == {"Bearer token-of-a-user"}


async def test_a_user_that_may_not_be_taken_on_fails_alone(tmp_path: Path) -> None:
    """Other users' exports go on, and those in the API user's own name."""
    exports = [DashboardExport("1", as_user=user, name=f"{user}.pdf") for user in ("12", None, "12", "13")]
    exports = [DashboardExport("1", as_user=each.as_user, name=f"{n}.pdf") for n, each in enumerate(exports)]

    async with scripted_looker() as looker, client_of(looker, concurrency=2) as client:
        looker.script["other"].extend([said({"message": "Not found"}, 404)] * 20)
        async with client.export_all(exports, tmp_path) as run:
            outcomes = {outcome.export.as_user: outcome async for outcome in run}
        assert isinstance(outcomes[None], Exported)
        error = outcomes["12"]
        assert isinstance(error, Failed)
        assert isinstance(error.error, UserRefused)


async def test_as_user_shares_the_client(tmp_path: Path) -> None:
    """Its limit, its connections, its end: closing it closes nothing, and it ends with the client."""
    async with scripted_looker() as looker:
        client = client_of(looker, concurrency=1)
        looker.always["other"] = said({"access_token": "token-of-a-user", "expires_in": 3600})
        async with client:
            west = client.as_user("12")
            assert "as_user='12'" in repr(west)
            await west.aclose()
            await west.api.look("1")
            async with west.export_all([DashboardExport("1")], tmp_path) as run:
                assert [outcome.export.as_user async for outcome in run] == ["12"]
        with pytest.raises(ConfigurationError, match="closed"):
            await west.read(PDF)


@pytest.mark.parametrize("way", ["read", "batch", "start"])
async def test_a_fresh_dashboard_has_its_queries_run_first(tmp_path: Path, way: str) -> None:
    """Past Looker's cache, under the dashboard's filters, as query tasks under the limit; then it is rendered."""
    calls: list[tuple[str, str]] = []
    alive: list[int] = []

    def note(event: Event) -> None:
        if isinstance(event, ExportStarted | ExportFinished):
            alive.append(1 if isinstance(event, ExportStarted) else -1)
        if isinstance(event, CallEnded) and event.operation.startswith("create_"):
            calls.append(("create", event.operation))

    async with emulator_with(render_seconds=1, query_seconds=1) as emulator:
        export = DashboardExport(emulator.examples.dashboard, "pdf", fresh=True)
        async with LookerTasks(
            emulator.url, emulator.client_id, emulator.client_secret, concurrency=1, observers=(note,)
        ) as client:
            if way == "read":
                assert (await client.read(export)).startswith(b"%PDF")
            elif way == "start":
                await client.start(export)
            else:
                async with client.export_all([export], tmp_path) as run:
                    assert [type(outcome) async for outcome in run] == [Exported]
            created = [operation for _, operation in calls]
            tiles = await client.tiles(export)
        assert len(tiles) > 1
        assert emulator.statistics.in_flight.peak == 1
    assert sum(alive) == 0
    assert created[-1] == "create_dashboard_render_task"
    assert created.count("create_query_task") == len(tiles)


@pytest.mark.parametrize("export", [LookExport("1", "png", fresh=True), QueryExport("7", "png", fresh=True)])
async def test_a_fresh_picture_has_its_query_run_first(export: Export) -> None:
    """Of a look, the query that it has; rows are asked for as fresh themselves."""
    async with scripted_looker() as looker, client_with(looker) as client:
        await client.read(export)
        await client.read(LookExport("1", "csv", fresh=True))
        creates = [asked for operation, asked in looker.asked if operation == "create"]
    assert ["/query_tasks" in asked.path for asked in creates] == [True, False, True]
    assert [("cache=false" in asked.target) for asked in creates] == [True, False, True]
    assert json.loads(creates[0].body)["query_id"] == "7"


async def test_a_fresh_export_of_what_is_not_there_fails_as_any(tmp_path: Path) -> None:
    """The dashboard is asked for first, and its absence is the outcome; a query that fails leaves it to the render."""
    async with emulator_with() as emulator, client_of(emulator) as client:
        outcome = await client.export(DashboardExport("99999", fresh=True), tmp_path / "a.pdf")
        assert isinstance(outcome, Failed)
        with pytest.raises(LookerTasksError, match="404"):
            await client.start(DashboardExport("99999", fresh=True))
    async with scripted_looker() as looker, client_with(looker) as client:
        looker.script["poll"].extend([said({"id": "task-1", "status": "killed"})] * 2)
        assert await client.read(QueryExport("7", "png", fresh=True)) == DOCUMENTS["png"][0]


async def test_refused_credentials_end_a_fresh_export_too(tmp_path: Path) -> None:
    """Nobody is let in: neither the queries nor the render."""
    async with scripted_looker() as looker, client_with(looker) as client:
        await client.login()
        refused = said({"message": "Requires authentication."}, 401)
        looker.always |= {"create": refused, "login": said({"message": "Not found"}, 404)}
        with pytest.raises(LookerTasksError):
            await client.export(QueryExport("7", "png", fresh=True), tmp_path / "a.png")
        assert looker.count("create") <= 5


async def test_table_returns_typed_rows() -> None:
    """From whatever format of a query's rows; what has none is refused before any call."""
    async with emulator_with(query_seconds=0) as emulator, client_of(emulator) as client:
        table = await client.table(QueryExport(emulator.examples.query, "csv"))
        assert table.num_rows > 0
        assert not all(str(column.type) == "string" for column in table.columns)
        created = emulator.statistics.created.total()
        for export in (PDF, LookExport("1", "png")):
            with pytest.raises(InvalidExport, match="rows"):
                await client.table(export)
        assert emulator.statistics.created.total() == created


async def test_a_result_that_is_no_table_is_refused() -> None:
    """JSON that is whole, and not what json_bi promises."""
    async with scripted_looker() as looker, client_with(looker) as client:
        looker.always["results"] = response(200, b'[{"orders.id": 1}]')
        with pytest.raises(ResultRejected, match="table"):
            await client.table(QueryExport("7", "json_bi"))


async def test_tiles_are_exports_under_the_dashboards_filters() -> None:
    """Each tile's rows, in any format of data, in the name of whoever asks."""
    async with emulator_with() as emulator, client_of(emulator) as client:
        dashboard = DashboardExport(emulator.examples.dashboard)
        tiles = await client.tiles(dashboard, "json")
        assert {tile.result_format for tile in tiles} == {"json"}
        assert len({tile.name for tile in tiles}) == len(tiles)
        assert json.loads(await client.read(tiles[0]))
