"""The transport: what goes over the wire, and what comes back."""

import asyncio
import gzip
import tracemalloc

import aiohttp
import pytest

from looker_tasks.aio.http.transport import Transport
from looker_tasks.errors import ConnectionBroken
from looker_tasks.policy import Deadlines, Policy
from looker_tasks.sansio.protocol.requests import Request
from looker_tasks.sansio.protocol.secrets import Secret
from tests.aio.raw_server import Asked, raw_server, response, said, saying
from tests.aio.transport_to import CREATE, IMPATIENT, LOGIN, POLL, transport_to


async def asked_by(sent: Request, token: Secret | None) -> Asked:
    """Return what a server sees of *sent*."""
    seen: list[Asked] = []

    async def see(asked: Asked, writer: asyncio.StreamWriter) -> None:
        seen.append(asked)
        writer.write(said({}))

    async with raw_server(see) as url, transport_to(url) as transport:
        await transport.call(sent, token)
    assert len(seen) == 1
    return seen[0]


async def test_a_form_goes_in_the_body() -> None:
    """The secret is sent as a form, never in the address, where logs would keep it."""
    asked = await asked_by(LOGIN, None)
    assert (asked.method, asked.target) == ("POST", "/api/4.0/login")
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert asked.body == b"client_id=me&client_secret=hush+%26+quiet"
    assert "authorization" not in asked.headers


async def test_an_operation_goes_out_with_path_query_body_and_token() -> None:
    """Each part of a request arrives where Looker wants it, percent-encoded once."""
    asked = await asked_by(CREATE, Secret("secret-token"))
    assert asked.target == "/api/4.0/render_tasks/dashboards/model%3A%3Aname/pdf?width=800&pdf_landscape=true"
    assert asked.headers["content-type"] == "application/json"
    assert asked.headers["authorization"] == "Bearer secret-token"
    assert asked.headers["x-looker-appid"].startswith("looker-tasks ")
    assert asked.body == b'{"dashboard_filters": "Region=West"}'


async def test_an_id_with_a_slash_stays_one_part_of_the_path() -> None:
    """What is encoded in the path is not decoded again on its way out."""
    assert (await asked_by(POLL, None)).path == "/api/4.0/render_tasks/a%2Fb"


async def test_an_answer_comes_back_whatever_its_status() -> None:
    """Status, header fields in any case, and body are the server's; nothing is judged here."""
    teapot = b"HTTP/1.1 418 Told\r\nrEtRy-AfTeR: 7\r\ncontent-length: 2\r\n\r\nno"
    async with raw_server(saying(teapot)) as url, transport_to(url) as transport:
        answer = await transport.call(POLL, Secret("token"))
    assert (answer.status, answer.headers["Retry-After"], answer.body) == (418, "7", b"no")


async def test_calls_are_counted() -> None:
    """Every request sent counts, and no other."""
    async with raw_server(saying(said({}))) as url, transport_to(url) as transport:
        for _ in range(3):
            await transport.call(POLL, None)
        assert transport.calls == 3


async def test_one_connection_serves_many_calls() -> None:
    """Connections are kept: a hundred calls one after another open one."""
    effects: set[int] = set()

    async def note(_: Asked, writer: asyncio.StreamWriter) -> None:
        effects.add(writer.get_extra_info("peername")[1])
        writer.write(said({}))

    async with raw_server(note) as url, transport_to(url) as transport:
        for _ in range(100):
            await transport.call(POLL, None)
    assert len(effects) == 1


async def test_no_redirect_takes_the_token_to_another_host() -> None:
    """A redirection is an answer like any other: the other host never hears of us."""
    elsewhere: list[Asked] = []

    async def listen(asked: Asked, writer: asyncio.StreamWriter) -> None:
        elsewhere.append(asked)
        writer.write(said({}))

    async with raw_server(listen) as other:
        moved = response(307, headers={"Location": f"{other}/api/4.0/render_tasks/1"})
        async with raw_server(saying(moved)) as url, transport_to(url) as transport:
            answer = await transport.call(POLL, Secret("secret-token"))
            async with transport.stream(POLL, Secret("secret-token")) as stream:
                assert stream.head.status == 307
    assert answer.status == 307
    assert elsewhere == []


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
async def test_a_compressed_answer_is_unpacked(encoding: str) -> None:
    """A gateway may compress what it passes on; what is read is the same."""
    body = b'{"id": "1"}' * 1000
    sent = gzip.compress(body) if encoding == "gzip" else body
    answer = response(200, sent, {"Content-Encoding": encoding})
    async with raw_server(saying(answer)) as url, transport_to(url) as transport:
        assert (await transport.call(POLL, None)).body == body
        async with transport.stream(POLL, None) as stream:
            assert b"".join([chunk async for chunk in stream.chunks]) == body


@pytest.mark.virtual_time
async def test_a_stream_is_not_read_before_it_is_asked_for() -> None:
    """The server is held back by a reader who takes his time: a result is never whole in memory."""
    size = 64 * 2**20
    written = 0

    async def pour(_: Asked, writer: asyncio.StreamWriter) -> None:
        nonlocal written
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n".encode())
        for _block in range(size // 2**18):
            writer.write(bytes(2**18))
            await writer.drain()
            written += 2**18

    async with raw_server(pour) as url, transport_to(url) as transport, transport.stream(POLL, None) as stream:
        await asyncio.sleep(0.2)
        assert written < size / 4
        tracemalloc.start()
        try:
            received = 0
            async for chunk in stream.chunks:
                received += len(chunk)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert received == size
    assert peak < 8 * 2**20


@pytest.mark.virtual_time
async def test_a_slow_but_steady_stream_is_read_to_its_end() -> None:
    """A download may take longer than a call, as long as something comes."""

    async def drip(_: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n")
        for _piece in range(10):
            writer.write(b"x")
            await asyncio.sleep(0.05)

    policy = Policy(deadlines=Deadlines(call=0.3))
    async with (
        raw_server(drip) as url,
        transport_to(url, policy=policy) as transport,
        transport.stream(POLL, None) as stream,
    ):
        assert b"".join([chunk async for chunk in stream.chunks]) == b"x" * 10


async def test_a_session_of_the_caller_is_used_and_not_closed() -> None:
    """What the caller opened, the caller closes."""
    async with raw_server(saying(said({}))) as url, aiohttp.ClientSession(headers={"X-Mine": "yes"}) as session:
        transport = Transport(url, policy=IMPATIENT, session=session)
        assert (await transport.call(POLL, None)).status == 200
        await transport.aclose()
        assert not session.closed


async def test_cookies_are_not_kept() -> None:
    """A cookie of a gateway does not stick: the token alone says who we are."""
    seen: list[Asked] = []

    async def bake(asked: Asked, writer: asyncio.StreamWriter) -> None:
        seen.append(asked)
        writer.write(response(200, b"{}", {"Set-Cookie": "who=you; Path=/"}))

    async with raw_server(bake) as url, transport_to(url.replace("127.0.0.1", "localhost")) as transport:
        for _ in range(2):
            await transport.call(POLL, None)
    assert [asked.headers.get("cookie") for asked in seen] == [None, None]


async def test_a_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever must go through one has named it for every program alike; for some hosts they may have said otherwise."""
    seen: list[Asked] = []

    async def see(asked: Asked, writer: asyncio.StreamWriter) -> None:
        seen.append(asked)
        writer.write(said({}))

    async with raw_server(see) as proxy:
        monkeypatch.setenv("http_proxy", proxy)
        monkeypatch.setenv("no_proxy", "inside.example")
        async with transport_to("http://looker.example:9") as transport:
            await transport.call(POLL, Secret("token"))
        assert [asked.path for asked in seen] == ["http://looker.example:9/api/4.0/render_tasks/a%2Fb"]
        async with transport_to("http://inside.example:9") as transport:
            with pytest.raises(ConnectionBroken):
                await transport.call(POLL, Secret("token"))
    assert len(seen) == 1


async def test_loopback_needs_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """An emulator on this machine is reached directly, whatever the environment names."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    asked = await asked_by(POLL, Secret("token"))
    assert asked.path == "/api/4.0/render_tasks/a%2Fb"
