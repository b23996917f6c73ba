"""The address at which an emulator answers: opened, closed with every connection reset, and opened again."""

import socket
import struct

from aiohttp import web

KEEP_ALIVE = 3600.0  # seconds; longer than any client keeps a connection that it does not use
SHUTDOWN = 1.0  # seconds that calls get to end when the emulator stops
RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER of no time: what is not sent is thrown away, and a reset is sent


class Listener:
    """One address of one application; the port that was free the first time is kept."""

    def __init__(self, application: web.Application, host: str, port: int) -> None:
        self._runner = web.AppRunner(
            application, access_log=None, keepalive_timeout=KEEP_ALIVE, shutdown_timeout=SHUTDOWN
        )
        self._site: web.TCPSite | None = None
        self._host = host
        self.port = port

    async def open(self) -> None:
        """Answer calls from now on; raises OSError where nobody can listen at the address."""
        if self._runner.server is None:
            await self._runner.setup()
        self._site = web.TCPSite(self._runner, self._host, self.port)
        await self._site.start()
        self.port = self._runner.addresses[0][1]

    async def drop(self) -> None:
        """Refuse connections, and reset those there are, in the middle of whatever is sent."""
        if self._site is not None:
            await self._site.stop()
            self._site = None
        server = self._runner.server
        for connection in list(server.connections if server else ()):
            if connection.transport is not None:
                reset(connection.transport.get_extra_info("socket"))
                connection.transport.abort()

    async def close(self) -> None:
        """Let calls end, and listen no more."""
        await self._runner.cleanup()


def reset(connection: socket.socket) -> None:
    """Have *connection* end with a reset when it is closed."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
