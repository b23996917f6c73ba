"""Connections: kept for the next call, as many as the process may open, and none that holds bytes nobody asked for."""

import asyncio
import select
from weakref import WeakSet

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.client_reqrep import ClientRequest
from aiohttp.connector import Connection
from aiohttp.tracing import Trace

from looker_tasks.aio.open_files import open_file_limit

_KEEP_ALIVE = 30.0  # seconds; load balancers drop idle connections after 60 s, and a dropped one costs a create
_SHARE = 3  # one of so many open files is a connection: the others are results on their way to disk, and the program's
_FEWEST = 16


class Connector(aiohttp.TCPConnector):
    """A pool that closes an idle connection on which something came: it would be taken for the next response."""

    def __init__(self) -> None:
        super().__init__(limit=max(_FEWEST, open_file_limit() // _SHARE), keepalive_timeout=_KEEP_ALIVE)
        self._used: WeakSet[ResponseHandler] = WeakSet()

    async def connect(
        self,
        req: ClientRequest,
        traces: list[Trace],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109  # as aiohttp has it
    ) -> Connection:
        """Return a new connection, or one that is as silent as one that waits for a request has to be."""
        while True:
            connection = await super().connect(req, traces, timeout)
            protocol = connection.protocol
            if protocol is None:
                return connection
            if protocol not in self._used:
                self._used.add(protocol)
                return connection
            if not protocol.should_close and not _has_bytes(protocol.transport):
                return connection
            connection.close()


def _has_bytes(transport: asyncio.BaseTransport | None) -> bool:
    """Return whether the system holds bytes, or the end, of a connection that were not read yet."""
    found = None if transport is None else transport.get_extra_info("socket")
    if found is None or found.fileno() < 0:
        return False
    if not hasattr(select, "poll"):  # Windows
        return bool(select.select([found], [], [], 0)[0])
    poll = select.poll()
    poll.register(found, select.POLLIN)
    return bool(poll.poll(0))
