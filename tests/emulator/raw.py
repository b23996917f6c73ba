"""A bare HTTP client for tests of the emulator: it knows nothing of Looker but the address and the token."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from looker_tasks.emulator import Emulator, Scenario, Settings
from tests.emulator.small_catalogue import small_catalogue

STEADY = Settings(renderer="fake", spread=0, query_seconds=1.0, render_seconds=2.0)
RENDER = "render_tasks/dashboards/1/pdf?width=800&height=600"


class Raw:
    """Calls the emulator, and remembers nothing."""

    def __init__(self, emulator: Emulator, session: aiohttp.ClientSession, version: str) -> None:
        self.emulator = emulator
        self.session = session
        self.version = version

    async def log_in(self) -> str:
        """Log in and give the token."""
        form = {"client_id": self.emulator.client_id, "client_secret": self.emulator.client_secret}
        async with self.session.post(f"/api/{self.version}/login", data=form) as response:
            assert response.status == 200, await response.text()
            token: str = (await response.json())["access_token"]
            self.session.headers["Authorization"] = f"Bearer {token}"
            return token

    async def call(self, method: str, path: str, **sent: Any) -> tuple[int, Any]:  # noqa: ANN401  # whatever aiohttp takes
        """Return status and body: decoded where it is JSON, else bytes."""
        async with self.session.request(method, f"/api/{self.version}/{path}", **sent) as response:
            body = await response.read()
            is_json = response.content_type == "application/json" and body
            return response.status, await response.json() if is_json else body

    async def get(self, path: str) -> Any:  # noqa: ANN401  # JSON
        """Return the body of a GET that must succeed."""
        status, body = await self.call("GET", path)
        assert status == 200, (status, body)
        return body

    async def post(self, path: str, body: object = None) -> Any:  # noqa: ANN401  # JSON
        """Return the body of a POST that must succeed."""
        status, answer = await self.call("POST", path, json=body)
        assert status == 200, (status, answer)
        return answer

    async def render(self) -> str:
        """Create a render task and give its id."""
        task_id: str = (await self.post(RENDER, {}))["id"]
        return task_id

    async def query(self, result_format: str = "json", query_id: object = None) -> str:
        """Create a query task and give its id."""
        query_id = self.id("1") if query_id is None else query_id
        task = await self.post("query_tasks", {"query_id": query_id, "result_format": result_format})
        task_id: str = task["id"]
        return task_id

    async def until_ended(self, task_id: str) -> None:
        """Wait until a query task has ended."""
        while (await self.get(f"query_tasks/{task_id}"))["status"] in {"added", "running"}:  # noqa: ASYNC110  # a poll
            await asyncio.sleep(0.1)

    def id(self, text: str) -> str | int:
        """Write an id as this version has it."""
        return int(text) if self.version == "3.1" else text

    async def until(self, seconds: float) -> None:
        """Wait until the loop's time."""
        await asyncio.sleep(seconds - asyncio.get_running_loop().time())


@asynccontextmanager
async def session_of(emulator: Emulator, version: str = "4.0", url: str = "") -> AsyncIterator[Raw]:
    """Log a client in to *emulator*, at another address where *url* is given."""
    async with aiohttp.ClientSession(url or emulator.url) as session:
        client = Raw(emulator, session, version)
        await client.log_in()
        yield client


@asynccontextmanager
async def raw(
    settings: Settings = STEADY, scenario: Scenario | None = None, version: str = "4.0"
) -> AsyncIterator[Raw]:
    """Run an emulator over the small catalogue, and a client of it that is logged in."""
    async with (
        Emulator(settings, catalogue=small_catalogue(), scenario=scenario) as emulator,
        session_of(emulator, version) as client,
    ):
        yield client
