"""Putting an answer on the wire."""

from aiohttp import web

from looker_tasks.emulator.http.reply import Reply

CHUNK = 256 * 1024  # bytes; larger ones only cost memory


async def send(request: web.Request, reply: Reply) -> web.StreamResponse:
    """Send *reply* with its length told before; a large body goes out in chunks, as fast as the client takes them."""
    body = reply.body
    if len(body) <= CHUNK:
        return web.Response(status=reply.status, body=body, headers=reply.headers)
    response = web.StreamResponse(status=reply.status, headers=reply.headers)
    response.content_length = len(body)
    await response.prepare(request)
    view = memoryview(body)
    for at in range(0, len(body), CHUNK):
        await response.write(view[at : at + CHUNK])
    return response
