"""Putting answers on the wire, to clients that do not wait for their end."""

import asyncio
import logging

import pytest

from looker_tasks import LookerTasks
from looker_tasks.emulator import Emulator, Fault, Scenario


@pytest.mark.virtual_time
async def test_a_client_that_leaves_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    """Whoever breaks off in the middle of a result, or is killed there, leaves no traceback in the emulator's log."""
    slow = Fault("slow", operation="render_task_results", size=64, seconds=0.01)
    async with (
        Emulator(renderer="fake", render_seconds=0, query_seconds=0, scenario=Scenario((slow,))) as emulator,
        LookerTasks(emulator.url, emulator.client_id, emulator.client_secret) as client,
    ):
        task = await client.api.create_dashboard_render_task("1", "pdf", width=800, height=600)
        await asyncio.sleep(5)
        async with client.api.render_task_results(task.id) as result:
            await anext(aiter(result.chunks))
        await asyncio.sleep(5)  # the emulator writes on, to nobody
        assert (await client.api.render_task(task.id)).status == "success"
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []
