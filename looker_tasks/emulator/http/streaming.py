"""Sending results: what is ready streams out in chunks; what is not is told with a status and nothing else."""

from aiohttp import web

from looker_tasks.emulator.farm.tasks import Result

CHUNK = 256 * 1024  # bytes; larger ones only cost memory


async def stream(request: web.Request, result: Result) -> web.StreamResponse:
    """Send *result* with its length told before."""
    body = result.body
    headers = {"Content-Type": result.content_type}
    if len(body) <= CHUNK:
        return web.Response(body=body, headers=headers)
    response = web.StreamResponse(headers=headers)
    response.content_length = len(body)
    await response.prepare(request)
    view = memoryview(body)
    for at in range(0, len(body), CHUNK):
        await response.write(view[at : at + CHUNK])
    await response.write_eof()
    return response


def not_yet(status: int, retry_after: float | None) -> web.Response:
    """Tell that the result is not ready: no body, and how many seconds to wait if that is known."""
    headers = {} if retry_after is None else {"Retry-After": f"{retry_after:g}"}
    return web.Response(status=status, headers=headers)
