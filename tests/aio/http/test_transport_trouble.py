"""The transport: what becomes of a network that fails and of a server that breaks the rules."""

import asyncio
import gzip
import socket
import tracemalloc

import aiohttp
import pytest

from looker_tasks.aio.http.transport import LARGEST_ERROR, LARGEST_RESPONSE, Stream, Transport
from looker_tasks.errors import ConfigurationError, ConnectionBroken
from looker_tasks.policy import Deadlines, Policy
from tests.aio.raw_server import Asked, raw_server, reset, response, saying
from tests.aio.transport_to import CREATE, IMPATIENT, POLL, broken_by, transport_to


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


@pytest.mark.virtual_time
async def test_an_answer_that_never_comes_ends_in_time() -> None:
    """One call takes the policy's time for a call at the most, and says so."""

    async def dawdle(_: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        await asyncio.sleep(30)

    async with raw_server(dawdle) as url:
        error = await broken_by(url, policy=Policy(deadlines=Deadlines(call=0.05)))
    assert error.sent
    assert str(error) == "render_task: no answer in time"


@pytest.mark.virtual_time
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
        pytest.param(response(200, gzip.compress(b"x" * 99)[:-9], {"Content-Encoding": "gzip"}), id="gzip cut short"),
        pytest.param(response(200, b"{}", {"Content-Encoding": "br"}), id="a coding that nobody asked for"),
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
    assert LARGEST_RESPONSE <= len(answer.body) < LARGEST_RESPONSE + 2**20


@pytest.mark.long
async def test_a_gzip_bomb_does_not_unfold_in_memory() -> None:
    """A small body that unpacks to a large one comes in pieces like any other."""
    size = 256 * 2**20
    bomb = gzip.compress(bytes(size), 9)
    assert len(bomb) < 2**20
    answer = response(200, bomb, {"Content-Encoding": "gzip"})
    async with raw_server(saying(answer)) as url, transport_to(url) as transport:
        async with transport.stream(POLL, None) as stream:
            largest = max([len(chunk) async for chunk in stream.chunks])
        assert len((await transport.call(POLL, None)).body) < 2 * LARGEST_RESPONSE
    assert largest < 16 * 2**20


@pytest.mark.virtual_time
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


async def test_a_head_may_be_as_long_as_gateways_make_it() -> None:
    """A Content-Security-Policy of many KiB, and many fields: the answer is no worse for them."""
    fields = {"Content-Security-Policy": "x" * 60_000, **{f"X-Trace-{number}": "y" for number in range(300)}}
    async with raw_server(saying(response(200, b"{}", fields))) as url, transport_to(url) as transport:
        assert (await transport.call(POLL, None)).body == b"{}"
        async with transport.stream(POLL, None) as stream:
            assert len(stream.head.headers["Content-Security-Policy"]) == 60_000


@pytest.mark.parametrize(
    "answer",
    [b"SSH-2.0-OpenSSH_9.6\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000 + b"\r\n\r\n"],
    ids=["no HTTP", "a head without end"],
)
async def test_what_cannot_be_parsed_is_told_as_such(answer: bytes) -> None:
    """It arrived, and another try will seldom do better."""
    async with raw_server(saying(answer)) as url:
        error = await broken_by(url, CREATE)
    assert (error.sent, error.failure) == (True, "unparsable")


async def test_a_timeout_is_told_as_such() -> None:
    """The server may be at work for it."""

    async def never(_: Asked, __: asyncio.StreamWriter) -> None:
        await asyncio.get_running_loop().create_future()

    async with raw_server(never) as url:
        error = await broken_by(url, CREATE, policy=Policy(deadlines=Deadlines(call=0.05)))
    assert (error.sent, error.failure) == (True, "timeout")


async def test_of_an_error_little_is_read() -> None:
    """A gateway's page of 15 MB is not worth its memory, and its connection not worth its rest."""
    size, block = 15 * 2**20, b"no! " * 2**14

    async def pour(_: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 502 Told\r\nContent-Length: {size}\r\n\r\n".encode())
        for _block in range(size // len(block)):
            writer.write(block)
            await writer.drain()

    async with raw_server(pour) as url, transport_to(url) as transport:
        tracemalloc.start()
        answers = await asyncio.gather(*(transport.call(POLL, None) for _ in range(20)))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert max(len(each.body) for each in answers) < LARGEST_ERROR + 2**20
    assert peak < 64 * 2**20


async def test_gzip_that_ends_early_in_a_right_framing_is_told() -> None:
    """As of a gateway that compresses what it got of a connection that broke."""
    packed = gzip.compress(b"Orders Count\n" * 1000)
    cut = response(200, packed[: len(packed) // 2], {"Content-Encoding": "gzip"})
    async with raw_server(saying(cut)) as url, transport_to(url) as transport:
        with pytest.raises(ConnectionBroken, match="the gzip body ends too early"):
            await transport.call(POLL, None)
        async with transport.stream(POLL, None) as stream:
            with pytest.raises(ConnectionBroken, match="the gzip body ends too early"):
                await _all_of(stream)


async def _all_of(stream: Stream) -> bytes:
    return b"".join([chunk async for chunk in stream.chunks])


@pytest.mark.parametrize(
    ("answer", "proven"),
    [
        (response(200, b"a\n"), True),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\na\n\r\n0\r\n\r\n", True),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\na\n", False),
        (b"HTTP/1.0 200 OK\r\n\r\na\n", False),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"a\n"), True),
    ],
    ids=["a length", "chunks", "the connection's end", "HTTP/1.0", "gzip's own end"],
)
async def test_a_stream_tells_whether_its_length_is_proven(answer: bytes, proven: bool) -> None:
    """What ends with its connection may have been cut anywhere: whoever keeps it has to know."""

    async def say(_: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()
        writer.close()

    async with raw_server(say) as url, transport_to(url) as transport, transport.stream(POLL, None) as stream:
        assert stream.is_length_proven is proven
        assert b"".join([chunk async for chunk in stream.chunks]) == b"a\n"


async def test_a_session_that_was_closed_is_told() -> None:
    """Who gave it closed it too early."""
    async with aiohttp.ClientSession() as session:
        pass
    transport = Transport("http://127.0.0.1:9", policy=IMPATIENT, session=session)
    with pytest.raises(ConfigurationError, match="session that this client was given is closed"):
        await transport.call(POLL, None)
