"""The emulator restarted: what a client loses by it, and what it finds again."""

import asyncio

import aiohttp
import pytest

from looker_tasks.emulator import Emulator, Fault, Scenario
from looker_tasks.emulator.threaded import in_thread
from tests.emulator.raw import STEADY, Raw, session_of
from tests.emulator.small_catalogue import small_catalogue


def emulator(scenario: Scenario | None = None) -> Emulator:
    """Make an emulator over the small catalogue."""
    return Emulator(STEADY, catalogue=small_catalogue(), scenario=scenario)


@pytest.mark.virtual_time
async def test_tasks_outlive_a_restart() -> None:
    """Tasks that run go on, and results that are there stay, at the same address; the token is no more."""
    async with emulator() as looker, session_of(looker) as client:
        url = looker.url
        done = await client.render()
        await asyncio.sleep(10)
        running = await client.render()
        await looker.restart(down=1.0)
        assert looker.url == url
        assert (await client.call("GET", f"render_tasks/{done}"))[0] == 401
        await client.log_in()
        assert (await client.call("GET", f"render_tasks/{done}/results"))[1].startswith(b"%PDF-")
        assert (await client.get(f"render_tasks/{running}"))["status"] != "success"
        await asyncio.sleep(10)
        assert (await client.get(f"render_tasks/{running}"))["status"] == "success"


@pytest.mark.virtual_time
async def test_tokens_are_kept_where_told() -> None:
    """A cluster's other nodes know the tokens still."""
    async with emulator() as looker, session_of(looker) as client:
        await looker.restart(keep_tokens=True)
        assert (await client.call("GET", "user"))[0] == 200


async def test_connections_are_reset() -> None:
    """A result that is being sent ends with a reset, and nobody is let in while the server is down."""
    slow = Fault("slow", operation="render_task_results", size=16, seconds=0.05)
    async with emulator(Scenario((slow,))) as looker, session_of(looker) as client:
        looker.set_render_slots(1)
        task_id = await client.render()
        while (await client.get(f"render_tasks/{task_id}"))["status"] != "success":  # noqa: ASYNC110  # a poll
            await asyncio.sleep(0.1)
        async with client.session.get(f"/api/4.0/render_tasks/{task_id}/results") as response:
            assert await response.content.read(1)
            restarting = asyncio.create_task(looker.restart(down=0.5))
            with pytest.raises(aiohttp.ClientError):
                await response.read()
        with pytest.raises(aiohttp.ClientConnectionError):
            await client.call("GET", "user")
        await restarting
        await client.log_in()
        assert await client.get(f"render_tasks/{task_id}")


async def was_restarted(client: Raw) -> bool:
    """Return whether a restart came to pass: the token is not known any more."""
    return (await client.call("GET", "user"))[0] == 401


async def test_it_is_restarted_from_elsewhere() -> None:
    """An emulator in a thread of its own is restarted from another loop, or without one."""
    with in_thread(emulator()) as looker:
        async with session_of(looker) as client:
            await looker.restart()
            assert await was_restarted(client)
            await client.log_in()
            await asyncio.to_thread(looker.restart_blocking)
            assert await was_restarted(client)


async def test_it_is_restarted_over_the_wire() -> None:
    """A program of its own is restarted by a call; a time that is none is refused."""
    async with emulator() as looker, session_of(looker) as client:
        async with client.session.post("/emulator/restart?down=soon") as response:
            assert response.status == 422
        async with client.session.post("/emulator/restart?down=0.1") as response:
            assert response.status == 204
        await asyncio.sleep(1)
        assert await was_restarted(client)


async def test_nothing_is_restarted_before_it_runs() -> None:
    """It says that it has not been started."""
    with pytest.raises(RuntimeError, match="not been started"):
        await emulator().restart()
