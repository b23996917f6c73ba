"""Connections: kept while they are silent, closed where something came unasked, as many as the process may open."""

import asyncio
import os
import sys

import pytest

from looker_tasks.aio.open_files import open_file_limit, raise_open_file_limit
from looker_tasks.sansio.protocol.secrets import Secret
from tests.aio.raw_server import Asked, raw_server, response, said
from tests.aio.transport_to import POLL, transport_to

UNASKED = said({"id": "of another", "status": "success"})


@pytest.mark.virtual_time
@pytest.mark.parametrize("delay", [0.0, 0.05])
async def test_a_response_that_nobody_asked_for_is_nobodys(delay: float) -> None:
    """Bytes on an idle connection would be taken for the next call's response: one task's status for another's."""
    peers: set[int] = set()

    async def say_more(asked: Asked, writer: asyncio.StreamWriter) -> None:
        peers.add(writer.get_extra_info("peername")[1])
        writer.write(said({"id": asked.path}))
        await writer.drain()
        await asyncio.sleep(delay)
        writer.write(UNASKED)

    async with raw_server(say_more) as url, transport_to(url) as transport:
        for _ in range(3):
            answer = await transport.call(POLL, Secret("token"))
            assert b"of another" not in answer.body
            await asyncio.sleep(0.1)
    assert len(peers) == 3


async def test_bytes_that_the_loop_has_not_read_yet_count_too() -> None:
    """They may have come while the program was busy with something else."""
    writers: list[asyncio.StreamWriter] = []

    async def see(_: Asked, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        writer.write(said({"id": "asked for"}))

    async with raw_server(see) as url, transport_to(url) as transport:
        await transport.call(POLL, Secret("token"))
        # Past the event loop: the system has them, and nobody has read them when the next call begins.
        peer = writers[0].get_extra_info("socket")
        sent = asyncio.get_running_loop().create_task(transport.call(POLL, Secret("token")))

        os.write(peer.fileno(), UNASKED)
        assert b"of another" not in (await sent).body


async def test_connections_that_are_silent_are_kept() -> None:
    """Each new one costs a handshake."""
    peers: set[int] = set()

    async def answer(_: Asked, writer: asyncio.StreamWriter) -> None:
        peers.add(writer.get_extra_info("peername")[1])
        writer.write(response(200, b"{}"))

    async with raw_server(answer) as url, transport_to(url) as transport:
        for _ in range(20):
            await asyncio.gather(*(transport.call(POLL, None) for _ in range(5)))
    assert len(peers) == 5


async def test_there_are_no_more_connections_than_open_files_allow(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many calls as one likes: those beyond wait for one that ends, and none fails."""
    monkeypatch.setattr("looker_tasks.aio.http.connections.open_file_limit", lambda: 60)
    peers: set[int] = set()

    async def answer(_: Asked, writer: asyncio.StreamWriter) -> None:
        peers.add(writer.get_extra_info("peername")[1])
        await asyncio.sleep(0.001)
        writer.write(response(200, b"{}"))

    async with raw_server(answer) as url, transport_to(url) as transport:
        answers = await asyncio.gather(*(transport.call(POLL, None) for _ in range(200)))
    assert [each.status for each in answers] == [200] * 200
    assert len(peers) == 20


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit")
def test_raise_open_file_limit_goes_as_far_as_the_system_lets() -> None:
    """MacOS begins with 256, which a run of hundreds of exports exceeds."""
    import resource  # noqa: PLC0415  # not there on Windows

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
        assert open_file_limit() == 256
        raise_open_file_limit()
        expected = 8192 if hard == resource.RLIM_INFINITY else min(8192, hard)
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (expected, hard)
        raise_open_file_limit()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (expected, hard)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
