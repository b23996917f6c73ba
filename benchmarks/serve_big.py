"""The server's process where only the download counts: every render is done at once, and its file is a large one.

python -m benchmarks.serve_big '{"megabytes": 128}'

It speaks as much of Looker as an export needs, and sends the file by `sendfile`, so that the client is what is slow.
It has a bucket as well (`benchmarks.discarding_s3`).
"""

import asyncio
import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from aiohttp import web
from aiohttp.typedefs import Handler
from attrs import define, field

from benchmarks.discarding_s3 import Bucket
from benchmarks.serve import announce


@define
class BigLooker:
    """Renders that take no time, and one large PDF for all of them."""

    file: Path
    calls: int = 0
    tasks: dict[str, dict[str, object]] = field(factory=dict)

    def application(self) -> web.Application:
        """Make the application that serves it."""
        app = web.Application(middlewares=[self._counted], client_max_size=2**31)
        app.add_routes(
            [
                web.get("/emulator/statistics", self.statistics),
                web.post("/api/4.0/login", self.login),
                web.delete("/api/4.0/logout", self.logout),
                web.get("/api/4.0/dashboards/search", self.search_dashboards),
                web.post("/api/4.0/render_tasks/dashboards/{id}/pdf", self.create_dashboard_render_task),
                web.get("/api/4.0/render_tasks/{id}", self.render_task),
                web.get("/api/4.0/render_tasks/{id}/results", self.render_task_results),
            ]
        )
        app.add_routes(Bucket().routes())
        return app

    async def statistics(self, _: web.Request) -> web.Response:
        """Tell what was counted."""
        return web.json_response({"total_calls": self.calls, "peak_in_flight": len(self.tasks)})

    async def login(self, _: web.Request) -> web.Response:
        """Let everybody in."""
        return web.json_response({"access_token": "token", "token_type": "Bearer", "expires_in": 3600})

    async def logout(self, _: web.Request) -> web.Response:
        """Let everybody out."""
        return web.Response(status=204)

    async def search_dashboards(self, _: web.Request) -> web.Response:
        """Have one dashboard."""
        return web.json_response([{"id": "1"}])

    async def create_dashboard_render_task(self, _: web.Request) -> web.Response:
        """Make a task that is done."""
        now, task_id = datetime.now(UTC).isoformat(), str(len(self.tasks))
        task: dict[str, object] = {"id": task_id, "status": "success", "created_at": now, "finalized_at": now}
        self.tasks[task_id] = task
        return web.json_response(task)

    async def render_task(self, request: web.Request) -> web.Response:
        """Tell that the task is done."""
        return web.json_response(self.tasks[request.match_info["id"]])

    async def render_task_results(self, _: web.Request) -> web.FileResponse:
        """Send the file."""
        return web.FileResponse(self.file, headers={"Content-Type": "application/pdf"})

    @web.middleware
    async def _counted(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.calls += request.path != "/emulator/statistics"
        return await handler(request)


async def serve(file: Path) -> None:
    """Run the server of *file*."""
    runner = web.AppRunner(BigLooker(file).application(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        await announce(f"http://127.0.0.1:{runner.addresses[0][1]}", "anybody", "anything")
    finally:
        await runner.cleanup()


def main(settings: Mapping[str, float]) -> None:
    """Make a file of so many megabytes, and serve it."""
    with TemporaryDirectory() as folder:
        file = Path(folder, "big.pdf")
        file.write_bytes(b"%PDF-1.7\n".ljust(int(settings["megabytes"] * 10**6), b".") + b"\n%%EOF\n")
        asyncio.run(serve(file))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
