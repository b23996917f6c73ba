"""A FastAPI service that answers with PDFs of dashboards: one client, one limit, streamed as they come."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TypeVar

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, StreamingResponse

from looker_tasks import DashboardExport, LookerTasks, LookerTasksError

T = TypeVar("T")


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, LookerTasks]]:
    """Have one client for all requests; at SIGTERM the server ends them first, and then it."""
    async with LookerTasks.from_env(concurrency=8) as looker:
        yield {"looker": looker}


app = FastAPI(lifespan=lifespan)


@app.get("/dashboards/{dashboard_id}.pdf")
async def dashboard(dashboard_id: str, request: Request) -> StreamingResponse:
    """Answer with the dashboard as a PDF; the query's parameters are its filters."""
    export = DashboardExport(dashboard_id, "pdf", filters=dict(request.query_params))
    stack = AsyncExitStack()
    result = await while_connected(request, stack.enter_async_context(request.state.looker.open(export)))

    async def body() -> AsyncIterator[bytes]:
        async with stack:
            async for chunk in result.chunks:
                yield chunk

    headers = {} if result.content_length is None else {"Content-Length": str(result.content_length)}
    return StreamingResponse(body(), media_type=result.content_type, headers=headers)


@app.exception_handler(LookerTasksError)
async def failed(_: Request, error: LookerTasksError) -> JSONResponse:
    """Say what went wrong, and what to do about it."""
    return JSONResponse({"error": str(error), "advice": error.advice}, status_code=502)


async def while_connected(request: Request, work: Awaitable[T]) -> T:
    """Return what *work* returns; it is cancelled as soon as the client of the request has gone away."""
    task = asyncio.ensure_future(work)

    async def watch() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        task.cancel()

    watcher = asyncio.create_task(watch())
    try:
        return await task
    finally:
        watcher.cancel()
