"""Putting an answer on the wire: whole, or as a fault lets it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from aiohttp import web

from looker_tasks.emulator.body import Body
from looker_tasks.emulator.faults.effects import WHOLE, Delivery
from looker_tasks.emulator.listening import reset as reset_on_close
from looker_tasks.emulator.reply import Reply

CHUNK = 256 * 1024  # bytes; larger ones only cost memory


async def send(request: web.Request, reply: Reply, delivery: Delivery = WHOLE) -> web.StreamResponse:
    """Send *reply* with its length told before; a large body goes out in chunks, as fast as the client takes them."""
    body = reply.body
    if delivery == WHOLE and body.size <= CHUNK and body.is_in_memory:
        return web.Response(status=reply.status, body=body.read(), headers=reply.headers)
    response = web.StreamResponse(status=reply.status, headers=reply.headers)
    if delivery.nothing:
        _end_connection(request, reset=True)
        return response
    response.content_length = body.size
    with suppress(ConnectionError):  # a client may leave in the middle: that is its own affair
        await response.prepare(request)
        sent = body if delivery.send is None else body.up_to(delivery.send)
        async for chunk in _chunks(sent, delivery.chunk or CHUNK):
            await response.write(chunk)
            if delivery.pause:
                await asyncio.sleep(delivery.pause)
    if delivery.send is not None:
        _end_connection(request, reset=delivery.reset)
    return response


async def _chunks(body: Body, size: int) -> AsyncIterator[bytes]:
    """Yield the bytes of *body*, at most *size* at a time; a file is read in another thread."""
    chunks = body.chunks(size)
    if body.is_in_memory:
        for chunk in chunks:
            yield chunk
    else:
        while chunk := await asyncio.to_thread(next, chunks, b""):
            yield chunk


def _end_connection(request: web.Request, *, reset: bool) -> None:
    """End the connection after what was written, or at once with a reset."""
    transport = request.transport
    if transport is None:
        return
    if not reset:
        transport.close()
        return
    reset_on_close(transport.get_extra_info("socket"))
    transport.abort()
