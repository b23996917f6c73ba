"""A server on loopback that says byte for byte what a test wants, HTTP or not. Knows nothing of Looker."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress

from attrs import define, field, frozen


@frozen
class Asked:
    """One request as it came in; the names of its headers are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]


Answering = Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def raw_server(answer: Answering, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """Serve every request by *answer* for as long as the block runs, and give the server's address."""
    server = RawServer(answer, tls)
    await server.start()
    try:
        yield server.url
    finally:
        await server.stop()


@define
class RawServer:
    """One that can be stopped and started again, at the same address."""

    answer: Answering
    tls: ssl.SSLContext | None = None
    port: int = 0
    _talks: set[asyncio.Task[None]] = field(factory=set, init=False)
    _server: asyncio.Server | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        """Its address."""
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", self.port, ssl=self.tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Break every connection off, and listen no more."""
        assert self._server is not None
        self._server.close()
        for task in tuple(self._talks):
            task.cancel()
        await asyncio.gather(*self._talks)
        await self._server.wait_closed()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)
        try:
            # The client may leave whenever it wants, and a test ends while connections are open.
            with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
                while not writer.is_closing():
                    await self.answer(await _request(reader), writer)
                    await writer.drain()
        finally:
            writer.transport.abort()
            self._talks.discard(task)


async def _request(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    first, *lines = head.removesuffix("\r\n\r\n").split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Asked(method, target, headers, await reader.readexactly(int(headers.get("content-length", 0))))


def response(status: int = 200, body: bytes = b"", headers: Mapping[str, str] | None = None) -> bytes:
    """Return a whole HTTP answer; *headers* go over the usual ones."""
    fields = {"Content-Type": "application/json", "Content-Length": str(len(body)), **(headers or {})}
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status} Told\r\n{lines}\r\n".encode() + body


def said(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> bytes:
    """Return a whole HTTP answer that says *value* in JSON."""
    return response(status, json.dumps(value).encode(), headers)


async def cut(writer: asyncio.StreamWriter) -> None:
    """Break off in the middle of a PDF of 90,000 bytes."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nContent-Length: 90000\r\n\r\n%PDF-1.7 ")
    writer.write(b"x" * 40000)
    await writer.drain()
    writer.close()


def reset(writer: asyncio.StreamWriter) -> None:
    """Break the connection off."""
    writer.transport.abort()


def saying(answer: bytes) -> Answering:
    """Response every request by *answer*."""

    async def say(_: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)

    return say
