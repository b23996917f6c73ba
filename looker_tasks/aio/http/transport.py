"""One aiohttp session: a request goes out, an answer comes back, whole or streamed. Retries nothing, decides nothing.

The only module of the client that knows aiohttp.
"""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from importlib.metadata import version
from types import MappingProxyType, TracebackType
from typing import TypeAlias
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from attrs import define, frozen
from yarl import URL

from looker_tasks.aio import clock
from looker_tasks.errors import EXCERPT, ConnectionBroken
from looker_tasks.policy import Policy
from looker_tasks.sansio.protocol.requests import Request
from looker_tasks.sansio.protocol.responses import Response

#: A session of the caller's own, by a name that needs no other module to know aiohttp.
ClientSession: TypeAlias = aiohttp.ClientSession

#: No answer but a result is read further than this, in bytes.
LARGEST_RESPONSE = 16 * 2**20

#: How much of a result is handed on at once, in bytes: with less, writing costs half of the speed.
CHUNK = 256 * 1024

_UNCOMPRESSED = {"Accept-Encoding": "identity"}  # a length that can be checked, and nothing that unfolds
_QUOTE = re.compile(r"""[:\s]*(\n|\bb['"])""")  # where aiohttp goes on with the bytes that it could not read
_SHORTEST = 0.001  # seconds; none at all would mean for ever to aiohttp
_KEEP_ALIVE = 30.0  # seconds; load balancers drop idle connections after 60 s, and a dropped one costs a create
_NEVER_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)


@frozen
class Stream:
    """A result on its way: the head of the answer, and its body as it comes, in chunks of any size."""

    head: Response
    chunks: AsyncIterator[bytes]


class Transport:
    """The session. One given by the caller is used and never closed; one made here is closed with it."""

    def __init__(
        self,
        base_url: str,
        *,
        policy: Policy,
        session: aiohttp.ClientSession | None = None,
        verify_ssl: bool = True,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._session = session
        self._is_ours = session is None
        self._verify_ssl = verify_ssl
        self._headers = {"x-looker-appid": f"looker-tasks {version('looker-tasks')}"}
        self.patience = policy.deadlines.call
        """How many seconds a call may take."""
        self._connect = policy.deadlines.connect
        self._stream_timeout = aiohttp.ClientTimeout(sock_connect=self._connect, sock_read=self.patience)
        self.calls = 0
        """How many HTTP requests were sent."""

    async def aclose(self) -> None:
        """Close the session, if it is ours."""
        if self._is_ours and self._session is not None:
            await self._session.close()
            self._session = None

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            # The gate bounds what is under way, so the connections need no limit of their own.
            connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEP_ALIVE)
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,  # a netrc would take the place of the token
                proxy=_proxy_for(self._base_url),
            )
        return self._session

    async def call(self, request: Request, token: str | None, until: float | None = None) -> Response:
        """Send *request* and return its answer, whatever its status, read whole (16 MiB at the most).

        It comes before *until*, or at least within `patience`. Raises `ConnectionBroken`.
        """
        within = self.patience if until is None else max(_SHORTEST, until - clock.now())
        with _Translated(request):
            timeout = aiohttp.ClientTimeout(total=within, sock_connect=self._connect)
            async with await self._sent(request, token, timeout) as response:
                body = await response.content.readany()
                if not response.content.at_eof():
                    body = await _rest(response, body)
                return Response(response.status, response.headers, body, time.time())

    @asynccontextmanager
    async def stream(self, request: Request, token: str | None) -> AsyncIterator[Stream]:
        """Send *request* and give its answer, whatever its status, with its body unread.

        Raises `ConnectionBroken`, here or from the chunks.
        """
        with _Translated(request):
            async with asyncio.timeout(self.patience):  # for the head, to its end; the body takes its time
                response = await self._sent(request, token, self._stream_timeout, _UNCOMPRESSED)
        async with response:
            head = Response(response.status, response.headers, b"", time.time())
            yield Stream(head, _chunks(request, response))

    async def _sent(
        self,
        request: Request,
        token: str | None,
        within: aiohttp.ClientTimeout,
        wishes: Mapping[str, str] = MappingProxyType({}),
    ) -> aiohttp.ClientResponse:
        self.calls += 1
        headers = {**self._headers, **wishes}
        body: Mapping[str, str] | bytes | None = request.form
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        if request.json is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(request.json).encode()
        return await self._opened().request(
            request.operation.method,
            URL(self._base_url + request.target, encoded=True),
            data=body,
            headers=headers,
            timeout=within,
            ssl=self._verify_ssl,  # True leaves it to the session, whoever made it
            read_bufsize=CHUNK,
            raise_for_status=False,
            allow_redirects=False,  # the token goes to the configured host alone
        )


def _proxy_for(base_url: str) -> str | None:
    """Return the proxy that the environment names for *base_url* (``HTTPS_PROXY``, ``NO_PROXY``); none to loopback."""
    address = urlsplit(base_url)
    host = address.hostname or ""
    if host == "localhost" or host.startswith("127.") or host == "::1" or proxy_bypass(host):
        return None
    return getproxies().get(address.scheme)


async def _chunks(request: Request, response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    while True:
        with _Translated(request):
            chunk = await response.content.readany()
        if not chunk:
            return
        yield chunk


async def _rest(response: aiohttp.ClientResponse, begun: bytes) -> bytes:
    """Return the body to its end, or as far as we read answers."""
    parts, size = [begun], len(begun)
    while size < LARGEST_RESPONSE and (part := await response.content.readany()):
        parts.append(part)
        size += len(part)
    return b"".join(parts)


@define
class _Translated:
    """Raises what aiohttp and the system raise as `ConnectionBroken`."""

    request: Request

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, aiohttp.ClientResponseError):
            message = _QUOTE.split(error.message.strip())[0][:EXCERPT] or "the answer is not HTTP"
            _blot(error, message)
            raise self._broken(message, sent=True) from None
        if isinstance(error, aiohttp.ClientError | OSError):
            is_sent = not isinstance(error, _NEVER_SENT)
            message = " ".join(str(error).split()) or type(error).__name__
            if isinstance(error, TimeoutError):
                message = "no answer in time" if is_sent else "no connection in time"
            raise self._broken(message, sent=is_sent) from error

    def _broken(self, message: str, *, sent: bool) -> ConnectionBroken:
        return ConnectionBroken(operation=self.request.operation.name, message=message, sent=sent)


def _blot(error: aiohttp.ClientResponseError, message: str) -> None:
    """Take out of *error* what was sent, the token among it, and what came back: a report may show it as a context."""
    told = error.request_info
    error.request_info = aiohttp.RequestInfo(told.url, told.method, {})  # type: ignore[arg-type]  # for its repr alone
    error.message, error.headers, error.args = message, None, ()
    error.__cause__ = error.__context__ = None
