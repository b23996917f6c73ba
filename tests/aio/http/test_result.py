"""A result that was asked for, entered or awaited."""

import pytest

from looker_tasks.errors import NotReady
from tests.aio.api_rig import finished, rig

pytestmark = pytest.mark.virtual_time


async def test_an_awaited_result_is_read_whole_and_lets_its_connection_go() -> None:
    """Awaiting it gives the same bytes as entering it, and afterwards nothing is left open."""
    async with rig() as given:
        created = await given.api.create_look_render_task(given.emulator.examples.look, "png", width=80, height=60)
        task = await finished(given.api, created)
        awaited = await given.api.render_task_results(task.id)
        body = await awaited.read()
        async with given.api.render_task_results(task.id) as entered:
            assert await entered.read() == body
        await awaited.aclose()  # once more does no harm
        assert (awaited.content_type, awaited.content_length) == ("image/png", len(body))


async def test_awaiting_a_result_too_early_raises() -> None:
    """A task that still runs has no result, however it is asked for."""
    async with rig() as given:
        created = await given.api.create_look_render_task(given.emulator.examples.look, "png", width=80, height=60)
        with pytest.raises(NotReady):
            await given.api.render_task_results(created.id)
