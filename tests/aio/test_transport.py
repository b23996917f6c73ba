"""The transport: what goes over the wire, what comes back, and what becomes of a network that fails."""

import asyncio
import gzip
import socket
import ssl
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
import trustme

from looker_tasks.aio.transport import LARGEST_ANSWER, Transport
from looker_tasks.errors import ConnectionBroken
from looker_tasks.policy import Deadlines, Policy
from looker_tasks.sansio.requests import Request, request
from tests.aio.raw_server import Asked, raw_server, reset, response, said, saying

LOGIN = request("login", "4.0", form={"client_id": "me", "client_secret": "hush & quiet"})
POLL = request("render_task", "4.0", path={"render_task_id": "a/b"}, query={"fields": "id,status"})
CREATE = request(
    "create_dashboard_render_task",
    "4.0",
    path={"dashboard_id": "model::name", "result_format": "pdf"},
    query={"width": 800, "pdf_landscape": True},
    json={"dashboard_filters": "Region=West"},
)
IMPATIENT = Policy(deadlines=Deadlines(call=20.0, connect=5.0))


@asynccontextmanager
async def transport_to(url: str, *, verify_ssl: bool = True, policy: Policy = IMPATIENT) -> AsyncIterator[Transport]:
    """Give a transport of our own to *url*, closed at the end."""
    transport = Transport(url, policy=policy, verify_ssl=verify_ssl)
    try:
        yield transport
    finally:
        await transport.aclose()


async def asked_by(sent: Request, token: str | None) -> Asked:
    """Return what a server sees of *sent*."""
    seen: list[Asked] = []

    async def see(asked: Asked, writer: asyncio.StreamWriter) -> None:
        seen.append(asked)
        writer.write(said({}))

    async with raw_server(see) as url, transport_to(url) as transport:
        await transport.call(sent, token)
    assert len(seen) == 1
    return seen[0]


async def broken_by(url: str, sent: Request = POLL, *, policy: Policy = IMPATIENT) -> ConnectionBroken:
    """Return the error of a call to *url*."""
    async with transport_to(url, policy=policy) as transport:
        with pytest.raises(ConnectionBroken) as raised:
            await transport.call(sent, "secret-token")
    return raised.value


async def test_a_form_goes_in_the_body() -> None:
    """The secret is sent as a form, never in the address, where logs would keep it."""
    asked = await asked_by(LOGIN, None)
    assert (asked.method, asked.target) == ("POST", "/api/4.0/login")
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert asked.body == b"client_id=me&client_secret=hush+%26+quiet"
    assert "authorization" not in asked.headers


async def test_an_operation_goes_out_with_path_query_body_and_token() -> None:
    """Each part of a request arrives where Looker wants it, percent-encoded once."""
    asked = await asked_by(CREATE, "secret-token")
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
        answer = await transport.call(POLL, "token")
    assert (answer.status, answer.headers["Retry-After"], answer.body) == (418, "7", b"no")


async def test_calls_are_counted() -> None:
    """Every request sent counts, and no other."""
    async with raw_server(saying(said({}))) as url, transport_to(url) as transport:
        for _ in range(3):
            await transport.call(POLL, None)
        assert transport.calls == 3


async def test_one_connection_serves_many_calls() -> None:
    """Connections are kept: a hundred calls one after another open one."""
    ports: set[int] = set()

    async def note(_: Asked, writer: asyncio.StreamWriter) -> None:
        ports.add(writer.get_extra_info("peername")[1])
        writer.write(said({}))

    async with raw_server(note) as url, transport_to(url) as transport:
        for _ in range(100):
            await transport.call(POLL, None)
    assert len(ports) == 1


async def test_no_redirect_takes_the_token_to_another_host() -> None:
    """A redirection is an answer like any other: the other host never hears of us."""
    elsewhere: list[Asked] = []

    async def listen(asked: Asked, writer: asyncio.StreamWriter) -> None:
        elsewhere.append(asked)
        writer.write(said({}))

    async with raw_server(listen) as other:
        moved = response(307, headers={"Location": f"{other}/api/4.0/render_tasks/1"})
        async with raw_server(saying(moved)) as url, transport_to(url) as transport:
            answer = await transport.call(POLL, "secret-token")
            async with transport.stream(POLL, "secret-token") as stream:
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


async def test_a_host_that_refuses_connections_was_sent_nothing() -> None:
    """No connection, no request: a create may be sent again without a thought."""
    async with raw_server(saying(b"")) as url:
        pass
    error = await broken_by(url, CREATE)
    assert not error.sent
    assert error.operation == "create_dashboard_render_task"


async def test_a_host_without_an_address_was_sent_nothing() -> None:
    """A name that does not resolve is a failure of the network, told in one line."""
    error = await broken_by("http://looker.invalid")
    assert not error.sent
    assert "looker.invalid" in str(error)
    assert "\n" not in str(error)


async def test_a_connection_that_never_comes_was_sent_nothing() -> None:
    """The time for a connection has its own limit, and its end says that nothing was sent."""
    policy = Policy(deadlines=Deadlines(call=5.0, connect=0.05))
    with socket.create_server(("127.0.0.1", 0)) as deaf:  # the kernel takes connections; nobody shakes hands
        error = await broken_by(f"https://127.0.0.1:{deaf.getsockname()[1]}", policy=policy)
    assert not error.sent
    assert str(error) == "render_task: no connection in time"


async def test_a_reset_before_the_answer_may_have_been_sent() -> None:
    """Once the request is out, nobody knows whether the server obeyed."""

    async def break_off(_: Asked, writer: asyncio.StreamWriter) -> None:
        reset(writer)

    async with raw_server(break_off) as url:
        assert (await broken_by(url, CREATE)).sent


async def test_an_answer_that_never_comes_ends_in_time() -> None:
    """One call takes the policy's time for a call at the most, and says so."""

    async def dawdle(_: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        await asyncio.sleep(30)

    async with raw_server(dawdle) as url:
        error = await broken_by(url, policy=Policy(deadlines=Deadlines(call=0.05)))
    assert error.sent
    assert str(error) == "render_task: no answer in time"


async def test_the_time_for_a_call_covers_its_body() -> None:
    """A body that drips for ever is cut off as well as one that does not begin."""

    async def drip(_: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while True:
            writer.write(b" ")
            await asyncio.sleep(0.01)

    async with raw_server(drip) as url:
        assert (await broken_by(url, policy=Policy(deadlines=Deadlines(call=0.1)))).sent


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", id="shorter than it says"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n", id="no last chunk"),
        pytest.param(response(200, b"not gzip", {"Content-Encoding": "gzip"}), id="no gzip"),
        pytest.param(b"SSH-2.0-OpenSSH_9.6\r\n\r\n", id="no HTTP"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\n", id="no number for a length"),
        pytest.param(b"HTTP/1.1 200 OK\r\n" + b"X: " + b"x" * 100_000 + b"\r\n\r\n", id="a head without end"),
    ],
)
async def test_a_broken_answer_is_a_broken_connection(answer: bytes) -> None:
    """Whatever a server sends that is no whole HTTP answer is one error, in one line, without the token."""

    async def say(_: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()
        writer.close()

    async with raw_server(say) as url:
        error = await broken_by(url)
    assert error.sent
    assert "\n" not in str(error)
    assert not any("secret-token" in repr(each) for each in _chain(error))


def _chain(error: BaseException | None) -> list[BaseException]:
    """Return *error* with its causes: what a report of it shows."""
    chain = []
    while error is not None:
        chain.append(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return chain


async def test_an_endless_answer_is_read_no_further_than_needed() -> None:
    """An answer that never stops fills no memory, and ends."""

    async def pour(_: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 2**18)
            await writer.drain()

    async with raw_server(pour) as url, transport_to(url) as transport:
        answer = await transport.call(POLL, None)
    assert LARGEST_ANSWER <= len(answer.body) < LARGEST_ANSWER + 2**20


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


async def test_a_gzip_bomb_does_not_unfold_in_memory() -> None:
    """A small body that unpacks to a large one comes in pieces like any other."""
    size = 256 * 2**20
    bomb = gzip.compress(bytes(size), 9)
    assert len(bomb) < 2**20
    answer = response(200, bomb, {"Content-Encoding": "gzip"})
    async with raw_server(saying(answer)) as url, transport_to(url) as transport:
        async with transport.stream(POLL, None) as stream:
            largest = max([len(chunk) async for chunk in stream.chunks])
        assert len((await transport.call(POLL, None)).body) < 2 * LARGEST_ANSWER
    assert largest < 16 * 2**20


async def test_a_stream_that_dries_up_is_a_broken_connection() -> None:
    """Of a download, the wait for the next bytes is what is limited."""

    async def stall(_: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegun")
        await asyncio.sleep(30)

    policy = Policy(deadlines=Deadlines(call=0.05))
    async with raw_server(stall) as url, transport_to(url, policy=policy) as transport:
        with pytest.raises(ConnectionBroken, match="no answer in time"):
            async with transport.stream(POLL, None) as stream:
                assert [chunk async for chunk in stream.chunks] == [b"begun"]


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


@pytest.fixture(scope="module")
def tls() -> ssl.SSLContext:
    """Give what a server needs to speak TLS with a certificate that nobody trusts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    return context


async def test_a_certificate_that_nobody_trusts_is_refused(tls: ssl.SSLContext) -> None:
    """TLS is verified unless told otherwise, and nothing is sent before."""
    async with raw_server(saying(said({})), tls=tls) as url:
        error = await broken_by(url, CREATE)
    assert not error.sent
    assert "certificate" in str(error).lower()


async def test_verify_ssl_false_takes_any_certificate(tls: ssl.SSLContext) -> None:
    """A Looker on the inside may have a certificate of its own, if the user says so."""
    async with raw_server(saying(said({})), tls=tls) as url, transport_to(url, verify_ssl=False) as transport:
        assert (await transport.call(POLL, None)).status == 200


async def test_verify_ssl_holds_for_a_session_of_the_caller(tls: ssl.SSLContext) -> None:
    """The setting is about this Looker, whoever made the session."""
    async with raw_server(saying(said({})), tls=tls) as url, aiohttp.ClientSession() as session:
        lax = Transport(url, policy=IMPATIENT, session=session, verify_ssl=False)
        assert (await lax.call(POLL, None)).status == 200
        strict = Transport(url, policy=IMPATIENT, session=session)
        with pytest.raises(ConnectionBroken):
            await strict.call(POLL, None)


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
