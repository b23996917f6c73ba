"""A transport of ours to any address, and requests to send, for the tests of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from looker_tasks.aio.http.transport import Transport
from looker_tasks.errors import ConnectionBroken
from looker_tasks.policy import Deadlines, Policy
from looker_tasks.sansio.protocol.requests import Request, request
from looker_tasks.sansio.protocol.secrets import Secret

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


async def broken_by(url: str, sent: Request = POLL, *, policy: Policy = IMPATIENT) -> ConnectionBroken:
    """Return the error of a call to *url*."""
    async with transport_to(url, policy=policy) as transport:
        with pytest.raises(ConnectionBroken) as raised:
            await transport.call(sent, Secret("secret-token"))
    return raised.value
