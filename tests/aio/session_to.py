"""A session of ours to any address, for the tests of what is built on one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from looker_tasks.aio.http.auth import Auth
from looker_tasks.aio.http.session import Session
from looker_tasks.aio.http.transport import Transport
from looker_tasks.policy import Policy
from looker_tasks.sansio.protocol.operations import ApiVersion

CLIENT_ID = "emulator-client-id"
CLIENT_SECRET = "emulator-client-secret"


@asynccontextmanager
async def session_to(
    url: str, *, version: ApiVersion = "4.0", secret: str = CLIENT_SECRET, policy: Policy | None = None
) -> AsyncIterator[Session]:
    """Give a session to *url*; it logs out and is closed at the end."""
    transport = Transport(url, policy=policy or Policy())
    auth = Auth(transport, CLIENT_ID, secret, version)
    try:
        yield Session(transport, auth, version)
    finally:
        await auth.log_out()
        await transport.aclose()
