"""One aiohttp session: a request goes out, an answer comes back, whole or streamed. Retries nothing, decides nothing.

The only module of the client that knows aiohttp.
"""

import asyncio
import json
import re
import ssl
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TypeAlias

import aiohttp
from attrs import frozen
from yarl import URL

from looker_tasks.aio import clock
from looker_tasks.aio.http.connections import Connector
from looker_tasks.aio.http.network import proxy_for, trusted_certificates
from looker_tasks.errors import EXCERPT, ConfigurationError, ConnectionBroken, LookerTasksError, RequestRefused
from looker_tasks.errors.advice import NetworkFailure
from looker_tasks.policy import Policy
from looker_tasks.sansio.protocol import headers as header_fields
from looker_tasks.sansio.protocol.encoding import READABLE, Decoder, EncodingError
from looker_tasks.sansio.protocol.requests import Request
from looker_tasks.sansio.protocol.responses import Response
from looker_tasks.sansio.protocol.secrets import Secret, Secrets
from looker_tasks.version import VERSION

#: A session of the caller's own, by a name that needs no other module to know aiohttp.
ClientSession: TypeAlias = aiohttp.ClientSession

#: No response but a result is read further than this, in bytes; and no error further than that.
LARGEST_RESPONSE = 16 * 2**20
LARGEST_ERROR = 64 * 1024

#: How much of a result is handed on at once, in bytes: with less, writing costs half of the speed.
CHUNK = 256 * 1024
_AHEAD = CHUNK // 2  # bytes: of a result that waits for its turn, aiohttp holds two chunks, and not three

_UNCOMPRESSED = "identity"  # a length that can be checked, and nothing that unfolds
_HEAD = 64 * 1024  # bytes, a line of a head: gateways send policies (Content-Security-Policy) of several KiB
_FIELDS = 1000  # of one head
_QUOTE = re.compile(r"""[:\s]*(\n|\bb['"])""")  # where aiohttp goes on with the bytes that it could not read
_SHORTEST = 0.001  # seconds; none at all would mean for ever to aiohttp
_NEVER_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)
_FAILURES = (aiohttp.ClientError, OSError, EncodingError)  # a TimeoutError is an OSError
_PROXY_LOGIN = 407


#: Operation, status (None: no response), and seconds until then.
OnCall: TypeAlias = Callable[[str, int | None, float], None]


@frozen
class Stream:
    """A result on its way: the head of the response, and its body as it comes, in chunks of any size.

    *is_length_proven*: a body that ends too early is an error of the chunks. It has a length, comes in HTTP's chunks,
    or in a coding with an end of its own; one that ends with its connection may have been cut anywhere.
    """

    head: Response
    chunks: AsyncIterator[bytes]
    is_length_proven: bool


class Transport:
    """The session. One given by the caller is used and never closed; one made here is closed with it.

    Raises `ConfigurationError` where the environment names a proxy or certificates that cannot be used.
    """

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
        self._proxy = proxy_for(base_url) if self._is_ours else None
        self._ssl: ssl.SSLContext | bool = verify_ssl  # True leaves it to the session, whoever made it
        if verify_ssl and self._is_ours and base_url.startswith("https:"):
            self._ssl = trusted_certificates() or True
        self.secrets = Secrets().and_also(*(self._proxy.secrets if self._proxy is not None else ()))
        """What no error may show: the credentials of the proxy."""
        self._headers = {"x-looker-appid": f"looker-tasks {VERSION}"}
        self._proxy_headers: dict[str, str] = {}
        if self._proxy is not None and self._proxy.authorization is not None:
            # A request over TLS goes through a tunnel, whose own head has it; any other is the proxy's to read.
            fields = self._proxy_headers if base_url.startswith("https:") else self._headers
            fields["Proxy-Authorization"] = self._proxy.authorization
        self.patience = policy.deadlines.call
        """How many seconds a call may take."""
        self._connect = policy.deadlines.connect
        self._stream_timeout = aiohttp.ClientTimeout(sock_connect=self._connect, sock_read=self.patience)
        self.calls = 0
        """How many HTTP requests were sent."""
        self.on_call: OnCall = lambda operation, status, seconds: None  # noqa: ARG005  # nobody listens
        """Is called for each of them, as soon as the head of its response is there, or there will be none."""

    async def aclose(self) -> None:
        """Close the session, if it is ours."""
        if self._is_ours and self._session is not None:
            session, self._session = self._session, None
            await session.close()

    def _open_session(self) -> aiohttp.ClientSession:
        """Return the session, made at the first call. Raises `ConfigurationError` where one was given and is closed."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=Connector(),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,  # a netrc would take the place of the token
                proxy=None if self._proxy is None else self._proxy.url,
            )
        elif self._session.closed:
            raise ConfigurationError("the aiohttp session that this client was given is closed")
        return self._session

    async def call(self, request: Request, token: Secret | None, until: float | None = None) -> Response:
        """Send *request* and return its response, whatever its status, read whole, or as far as we read (16 MiB).

        It comes before *until*, or at least within `patience`. Raises `ConnectionBroken`.
        """
        within = self.patience if until is None else max(_SHORTEST, until - clock.now())
        timeout = aiohttp.ClientTimeout(total=within, sock_connect=self._connect)
        try:
            async with await self._send(request, token, timeout, READABLE) as response:
                body = await _body(response)
                return Response(response.status, response.headers, body, time.time())
        except _FAILURES as error:
            failure = self._failure(request, error)
        raise failure  # out of the block: what aiohttp's error holds, a token maybe, is no context of it

    @asynccontextmanager
    async def stream(self, request: Request, token: Secret | None) -> AsyncIterator[Stream]:
        """Send *request* and give its response, whatever its status, with its body unread.

        Raises `ConnectionBroken`, here or from the chunks.
        """
        async with await self._begin(request, token) as response:
            head = Response(response.status, response.headers, b"", time.time())
            yield Stream(head, self._chunks(request, response), _is_length_proven(response))

    async def _begin(self, request: Request, token: Secret | None) -> aiohttp.ClientResponse:
        try:
            async with asyncio.timeout(self.patience):  # for the head, to its end; the body takes its time
                return await self._send(request, token, self._stream_timeout, _UNCOMPRESSED)
        except _FAILURES as error:
            failure = self._failure(request, error)
        raise failure  # out of the block, as above

    async def _send(
        self, request: Request, token: Secret | None, within: aiohttp.ClientTimeout, codings: str
    ) -> aiohttp.ClientResponse:
        session = self._open_session()
        self.calls += 1
        headers = {**self._headers, "Accept-Encoding": codings}
        body: Mapping[str, str] | bytes | None = request.form
        if token is not None:
            headers["Authorization"] = Secret(f"Bearer {token}")
        if request.json is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(request.json).encode()
        began = clock.now()
        status: int | None = None
        try:
            response = await session.request(
                request.operation.method,
                URL(self._base_url + request.target, encoded=True),
                data=body,
                headers=headers,
                timeout=within,
                ssl=self._ssl,
                proxy_headers=self._proxy_headers,
                read_bufsize=_AHEAD,
                auto_decompress=False,  # aiohttp takes gzip that ends too early for whole
                max_line_size=_HEAD,
                max_field_size=_HEAD,
                max_headers=_FIELDS,
                raise_for_status=False,
                allow_redirects=False,  # the token goes to the configured host alone
            )
            status = response.status
            return response
        finally:
            self.on_call(request.operation.name, status, clock.now() - began)

    async def _chunks(self, request: Request, response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
        try:
            async for chunk in _decoded(response):
                yield chunk
        except _FAILURES as error:
            failure = self._failure(request, error)
        else:
            return
        raise failure  # out of the block, as above

    def _failure(self, request: Request, error: Exception) -> LookerTasksError:
        """Return what *error*, of aiohttp or of the system, is to us."""
        if isinstance(error, aiohttp.ClientHttpProxyError) and error.status == _PROXY_LOGIN:
            refused = f"the proxy {'' if self._proxy is None else self._proxy.address} wants a login"
            return RequestRefused(operation=request.operation.name, status=error.status, message=refused)
        message = " ".join(str(error).split()) or type(error).__name__
        is_sent = not isinstance(error, _NEVER_SENT)
        failure: NetworkFailure = "connection"
        match error:
            case aiohttp.ClientHttpProxyError(status=status):
                failure, is_sent = "proxy", False
                message = f"{status} {' '.join(error.message.split())[:EXCERPT]}"
            case aiohttp.ClientResponseError():
                failure = "unparsable"
                message = _QUOTE.split(error.message.strip())[0][:EXCERPT] or "the response is not HTTP"
            case TimeoutError():
                failure = "timeout"
                message = "no answer in time" if is_sent else "no connection in time"
            case aiohttp.ClientProxyConnectionError():
                failure = "proxy"
            case aiohttp.ClientSSLError() | ssl.SSLError():
                failure = "tls"
        return ConnectionBroken(
            operation=request.operation.name,
            message=message,
            sent=is_sent,
            failure=failure,
            proxy="" if self._proxy is None else self._proxy.address,
        )


def _is_length_proven(response: aiohttp.ClientResponse) -> bool:
    fields = response.headers
    is_mocked = response.version is None  # it came over no connection that could have been cut
    return header_fields.is_framed(fields) or header_fields.is_compressed(fields) or is_mocked


def _decoder(response: aiohttp.ClientResponse) -> Decoder | None:
    """Return what unpacks the body of *response*; None where it comes as it is. Raises `EncodingError`."""
    if not header_fields.is_compressed(response.headers):
        return None
    return Decoder(header_fields.content_encoding(response.headers))


async def _decoded(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    """Yield the body of *response* as it comes, unpacked. Raises `EncodingError` where it is cut or no such coding."""
    decoder = _decoder(response)
    while chunk := await response.content.readany():
        if decoder is None:
            yield chunk
        else:
            for piece in decoder.feed(chunk):
                yield piece
    if decoder is not None:
        decoder.finish()


async def _body(response: aiohttp.ClientResponse) -> bytes:
    """Return the body, unpacked, to its end or as far as we read: of an error there is little to tell."""
    if response.content.at_eof() or not header_fields.is_compressed(response.headers):
        first = await response.content.readany()
        if response.content.at_eof():  # nearly every one comes at once
            return first
    else:
        first = b""
    parts, size = [first], len(first)
    most = LARGEST_RESPONSE if response.ok else LARGEST_ERROR
    async for part in _decoded(response):
        parts.append(part)
        size += len(part)
        if size >= most:
            break
    return b"".join(parts)
