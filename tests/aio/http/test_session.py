"""The session: calls with a token, the one renewal that a refused token earns, results as streams."""

import asyncio
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from aioresponses import aioresponses

from looker_tasks.aio.http.result import Result
from looker_tasks.aio.http.session import Session
from looker_tasks.errors import (
    ApiError,
    ConnectionBroken,
    CredentialsRefused,
    NotFound,
    NotReady,
    RequestRefused,
    ServerBroken,
    Throttled,
    UnexpectedResponse,
)
from looker_tasks.sansio.protocol.operations import ApiVersion
from looker_tasks.sansio.protocol.requests import request
from tests.aio.raw_server import said
from tests.aio.scripted_looker import scripted_looker
from tests.aio.session_to import session_to

URL = "https://looker.example.com"
POLL = request("render_task", "4.0", path={"render_task_id": "1"})
RESULTS = request("render_task_results", "4.0", path={"render_task_id": "1"})
PDF = b"%PDF-1.7 %%EOF"
ENDED = said({"message": "Requires authentication."}, 401)


async def answered(status: int, body: bytes | str = b"", **how: Any) -> Any:  # noqa: ANN401  # as aioresponses takes it
    """Return what a poll gives, or raise what it raises, where Looker answers so."""
    with aioresponses() as looker:
        looker.post(f"{URL}/api/4.0/login", payload={"access_token": "token", "expires_in": 3600}, repeat=True)
        looker.delete(f"{URL}/api/4.0/logout", status=204)
        looker.get(f"{URL}{POLL.path}", status=status, body=body, repeat=True, **how)
        async with session_to(URL) as session:
            return await session.call(POLL)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, RequestRefused),
        (400, RequestRefused),
        (401, RequestRefused),
        (403, RequestRefused),
        (404, NotFound),
        (405, RequestRefused),
        (409, RequestRefused),
        (418, RequestRefused),
        (422, RequestRefused),
        (429, Throttled),
        (500, ServerBroken),
        (502, ServerBroken),
        (503, ServerBroken),
        (504, ServerBroken),
        (599, ServerBroken),
    ],
)
async def test_each_status_is_an_error_of_its_kind(status: int, kind: type[ApiError]) -> None:
    """What is no success is raised, with the facts that Looker gave, each as an attribute."""
    body = (
        '{"message": "No.", "documentation_url": "https://docs", "errors": [{"field": "width", "message": "missing"}]}'
    )
    with pytest.raises(ApiError) as raised:
        await answered(status, body, headers={"Retry-After": "7", "X-Request-Id": "r-1"})
    error = raised.value
    assert type(error) is kind
    assert (error.operation, error.status, error.message) == ("render_task", status, "No.")
    assert (error.errors, error.documentation_url) == (("width: missing",), "https://docs")
    assert (error.retry_after, error.request_id) == (7.0, "r-1")


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("<html><h1>502 Bad Gateway</h1></html>", "an HTML page"),
        ("", ""),
        ("[]", ""),
        ("upstream request timeout", "upstream request timeout"),
    ],
)
async def test_an_error_need_not_be_json(body: str, shown: str) -> None:
    """A gateway's page, text or nothing at all is an error like any other, in one line."""
    with pytest.raises(ServerBroken) as raised:
        await answered(502, body, content_type="text/html" if "<" in body else "text/plain")
    assert shown in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("<html>", "expected JSON"),
        ("", "expected JSON, got nothing"),
        ("[]", "expected an object, got list"),
        ('{"status": "success"}', "id"),
        ('{"id": {"a": 1}}', "id"),
        ('{"id": "1", "width": "wide"}', "width"),
        ('{"id": NaN}', "expected JSON"),
        ("[" * 100_000, "expected JSON"),
    ],
)
async def test_a_success_that_makes_no_sense_is_told_by_its_place(body: str, complaint: str) -> None:
    """A body that is not what the operation promises is an error that says where."""
    with pytest.raises(UnexpectedResponse) as raised:
        await answered(200, body)
    assert complaint in str(raised.value)


async def test_a_network_that_fails_is_told_as_such() -> None:
    """What the transport raises comes through."""
    with pytest.raises(ConnectionBroken):
        await answered(200, exception=ConnectionResetError(104, "Connection reset by peer"))


async def test_a_token_that_has_ended_is_renewed_once() -> None:
    """A server that restarted knows no token: one login, and the call is sent again."""
    async with scripted_looker() as looker, session_to(looker.url) as session:
        looker.script["poll"].append(ENDED)
        task = await session.call(POLL)
        sent = [asked.headers["authorization"] for operation, asked in looker.asked if operation == "poll"]
    assert task.status == "success"
    assert sent == ["Bearer token-1", "Bearer token-2"]


async def test_a_token_refused_after_renewal_is_an_error() -> None:
    """Two refusals in a row are not answered by a third login."""
    async with scripted_looker() as looker, session_to(looker.url) as session:
        looker.always["poll"] = ENDED
        with pytest.raises(RequestRefused, match="401"):
            await session.call(POLL)
        assert (looker.count("login"), looker.count("poll")) == (2, 2)


async def test_a_new_token_that_ended_under_others_is_renewed_again() -> None:
    """Where each token has served others before it ended, a call that met two such ends is no refusal."""
    async with scripted_looker() as looker, session_to(looker.url) as session:

        async def refuse_late(writer: asyncio.StreamWriter) -> None:
            await session.call(POLL)  # another call, that the same token serves
            writer.write(ENDED)

        looker.script["poll"].extend([ENDED, refuse_late])
        assert (await session.call(POLL)).status == "success"
        assert looker.count("login") == 3


async def test_calls_refused_together_share_one_renewal() -> None:
    """Twenty calls whose token ended at once cost one login, not twenty."""
    async with scripted_looker() as looker, session_to(looker.url) as session:
        looker.script["poll"].extend([ENDED] * 20)
        await asyncio.gather(*(session.call(POLL) for _ in range(20)))
        assert (looker.count("login"), looker.count("poll")) == (2, 40)


async def test_credentials_revoked_meanwhile_are_told() -> None:
    """Where the renewal itself is refused, that is the error."""
    async with scripted_looker() as looker, session_to(looker.url) as session:
        await session.auth.token()
        looker.always |= {"poll": ENDED, "login": said({"message": "Not found"}, 404)}
        with pytest.raises(CredentialsRefused):
            await session.call(POLL)


async def _created(session: Session) -> AbstractAsyncContextManager[Result]:
    created = request(
        "create_dashboard_render_task",
        "4.0",
        path={"dashboard_id": "1", "result_format": "pdf"},
        query={"width": 1, "height": 1},
        json={},
    )
    task = await session.call(created)
    return session.stream(request("render_task_results", "4.0", path={"render_task_id": task.id}))


async def test_a_result_streams_with_what_its_head_tells() -> None:
    """The caller sees type and length before the first byte, and may read the whole."""
    async with scripted_looker() as looker, session_to(looker.url) as session, await _created(session) as result:
        assert (result.content_type, result.content_length) == ("application/pdf", 30)
        assert (await result.read()).startswith(b"%PDF-")


async def test_a_stream_whose_token_has_ended_is_renewed_once() -> None:
    """Results are no exception to the one renewal."""
    async with scripted_looker() as looker, session_to(looker.url) as session:
        looker.script["results"].append(ENDED)
        async with await _created(session) as result:
            assert (await result.read()).startswith(b"%PDF-")
        assert (looker.count("login"), looker.count("results")) == (2, 2)


@pytest.mark.parametrize("version", ["4.0", "3.1"])
@pytest.mark.parametrize("status", [202, 204])
async def test_a_result_that_is_not_there_yet_is_told(version: ApiVersion, status: int) -> None:
    """202 and 204 mean "not yet" in both versions, with the wait that the server asks for."""
    wait = b"HTTP/1.1 %d Told\r\nretry-AFTER: 3\r\n%s\r\n" % (
        status,
        b"Content-Length: 0\r\n" if status == 202 else b"",
    )
    results = request("query_task_results", version, path={"query_task_id": "1"})
    async with scripted_looker() as looker, session_to(looker.url, version=version) as session:
        looker.always["results"] = wait
        with pytest.raises(NotReady) as raised:
            async with session.stream(results):
                pass
    assert raised.value.retry_after == 3.0


@pytest.mark.parametrize(
    ("status", "kind"), [(400, RequestRefused), (404, NotFound), (429, Throttled), (503, ServerBroken)]
)
async def test_a_result_that_is_refused_tells_why(status: int, kind: type[ApiError]) -> None:
    """An error on the results route is JSON, whatever was asked for, and is read as such."""
    async with scripted_looker() as looker, session_to(looker.url) as session:
        looker.always["results"] = said({"message": "No result."}, status)
        with pytest.raises(kind, match="No result"):
            async with session.stream(RESULTS):
                pass


async def test_an_endless_error_is_read_no_further_than_needed() -> None:
    """An error page that never stops is cut off."""

    async def pour(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 500 Told\r\nContent-Type: text/plain\r\n\r\n")
        while True:
            writer.write(b"no " * 2**16)
            await writer.drain()

    async with scripted_looker() as looker, session_to(looker.url) as session:
        looker.always["results"] = pour
        with pytest.raises(ServerBroken) as raised:
            async with session.stream(RESULTS):
                pass
    assert len(str(raised.value)) < 400


async def test_a_reader_who_leaves_early_leaves_nothing_behind() -> None:
    """Leaving the block in the middle of a result drops its connection, and the session goes on."""
    async with scripted_looker() as looker, session_to(looker.url) as session:

        async def pour(writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
            while True:
                writer.write(bytes(2**18))
                await writer.drain()

        looker.always["results"] = pour
        async with session.stream(RESULTS) as result:
            await anext(result.chunks)
        assert (await session.call(POLL)).status == "success"
