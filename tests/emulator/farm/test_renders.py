"""The renders of the farm, in virtual time."""

import asyncio

import pytest

from looker_tasks.emulator.farm.injection import Injection
from looker_tasks.emulator.settings import Settings
from tests.emulator.farm.instant import RENDER, Slow, running_farm

pytestmark = pytest.mark.virtual_time

STEADY = Settings(spread=0, query_seconds=2, render_seconds=30, render_slots=2, caching_slots=3)


def now() -> float:
    """Return the virtual time."""
    return asyncio.get_running_loop().time()


async def test_a_render_passes_through_each_status_in_its_time() -> None:
    """One render is querying for its 2 s, then rendering for its 30 s, without anybody asking about it."""
    async with running_farm(STEADY) as (farm, _):
        task = farm.render(RENDER, "1")
        seen = [task.status]
        for moment in (1, 31, 33):
            await asyncio.sleep(moment - now())
            seen.append(task.status)
        assert seen == ["enqueued_for_query", "querying", "rendering", "success"]
        assert (task.query_runtime, task.render_runtime, task.finalized_at) == (2.0, 30.0, 32.0)
        result = farm.result(task.id)
        assert result is not None
        assert (result.body.read(), result.content_type) == (b"pdf of 1", "application/pdf")


async def test_fifty_renders_on_ten_slots_end_at_exactly_150_seconds() -> None:
    """Fifty renders of 30 s on ten slots take five rounds: 150.0 s, ten at once, and never more."""
    settings = Settings(spread=0, query_seconds=0, render_seconds=30, render_slots=10)
    async with running_farm(settings) as (farm, statistics):
        tasks = [farm.render(RENDER, "1") for _ in range(50)]
        await asyncio.sleep(151)
        assert max(task.finalized_at or 0.0 for task in tasks) == 150.0
        assert statistics.running["rendering"].peak == 10
        assert (statistics.in_flight.peak, statistics.in_flight.now) == (50, 0)
        assert statistics.ended == {"success": 50}


async def test_the_caching_slots_limit_how_many_query_at_once() -> None:
    """With three caching slots the fourth render waits in enqueued_for_query until one has queried."""
    async with running_farm(STEADY) as (farm, statistics):
        tasks = [farm.render(RENDER, "1") for _ in range(4)]
        await asyncio.sleep(1)
        assert [task.status for task in tasks] == ["querying"] * 3 + ["enqueued_for_query"]
        await asyncio.sleep(2)
        assert sorted(task.status for task in tasks[:3]) == ["enqueued_for_render", "rendering", "rendering"]
        assert tasks[3].status == "querying"
        assert statistics.running["caching"].peak == 3


async def test_renders_are_served_in_the_order_in_which_they_came() -> None:
    """On one slot tasks end one after the other, the oldest first."""
    async with running_farm(Settings(spread=0, query_seconds=0, render_seconds=5, render_slots=1)) as (farm, _):
        tasks = [farm.render(RENDER, "1") for _ in range(4)]
        await asyncio.sleep(21)
        assert [task.finalized_at for task in tasks] == [5.0, 10.0, 15.0, 20.0]


async def test_render_slots_change_while_it_runs() -> None:
    """Without slots nothing renders; with four from second 10 on, four renders end together."""
    async with running_farm(Settings(spread=0, query_seconds=0, render_seconds=5, render_slots=0)) as (farm, _):
        tasks = [farm.render(RENDER, "1") for _ in range(4)]
        await asyncio.sleep(10)
        assert {task.status for task in tasks} == {"enqueued_for_render"}
        farm.set_render_slots(4)
        await asyncio.sleep(6)
        assert [task.finalized_at for task in tasks] == [15.0] * 4


async def test_a_phase_lasts_as_long_as_its_work_where_that_is_longer() -> None:
    """Drawing that takes 40 s makes the rendering of 30 s last 40, not 70."""
    async with running_farm(STEADY, Slow(40)) as (farm, _):
        task = farm.render(RENDER, "1")
        await asyncio.sleep(100)
        assert task.render_runtime == 40.0


async def test_results_are_kept_for_their_time_and_the_task_for_its_own() -> None:
    """The file is gone 300 s after the end, the task 21600 s after its creation."""
    async with running_farm(STEADY) as (farm, _):
        task = farm.render(RENDER, "1")
        await asyncio.sleep(32 + 299)
        assert farm.result(task.id) is not None
        await asyncio.sleep(2)
        assert farm.result(task.id) is None
        assert farm.render_task(task.id) is task
        await asyncio.sleep(21600)
        assert farm.render_task(task.id) is None


async def test_durations_are_spread_and_the_same_again() -> None:
    """With a spread no two renders take the same time, and a second farm with the seed takes the same times."""

    async def runtimes(seed: int) -> list[float | None]:
        async with running_farm(Settings(seed=seed, render_slots=20)) as (farm, _):
            tasks = [farm.render(RENDER, "1") for _ in range(20)]
            await asyncio.sleep(600)
            return [task.render_runtime for task in tasks]

    first = await runtimes(1)
    assert len(set(first)) == 20
    assert await runtimes(1) == pytest.approx(first)  # sums of loop times differ in their last digits
    assert await runtimes(2) != pytest.approx(first)


async def test_a_failing_render_tells_its_detail_and_leaves_no_file() -> None:
    """The injection `failure` ends a render in failure with Looker's words, after its whole time."""
    async with running_farm(STEADY) as (farm, statistics):
        task = farm.render(RENDER, "1", Injection(failure="RendererTimeout"))
        await asyncio.sleep(33)
        assert (task.status, task.status_detail, task.finalized_at) == ("failure", "RendererTimeout", 32.0)
        assert farm.result(task.id) is None
        assert statistics.ended == {"failure": 1}


async def test_a_stuck_render_takes_no_slot_from_the_others() -> None:
    """A render that never leaves enqueued_for_render does not keep another from rendering on the only slot."""
    async with running_farm(Settings(spread=0, render_slots=1)) as (farm, _):
        stuck, other = farm.render(RENDER, "1", Injection(stuck=True)), farm.render(RENDER, "1")
        await asyncio.sleep(86400)
        assert (stuck.status, other.status) == ("enqueued_for_render", "success")


async def test_a_vanished_render_is_not_found() -> None:
    """The injection `vanished` makes a task that no question finds."""
    async with running_farm(STEADY) as (farm, _):
        task = farm.render(RENDER, "1", Injection(vanished=True))
        assert farm.render_task(task.id) is None


async def test_an_expiring_render_succeeds_without_a_file() -> None:
    """The injection `expires` takes the file away as soon as the task has succeeded."""
    async with running_farm(STEADY) as (farm, _):
        task = farm.render(RENDER, "1", Injection(expires=True))
        await asyncio.sleep(40)
        assert task.status == "success"
        assert farm.result(task.id) is None


async def test_work_that_breaks_ends_the_task_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """An error that nobody expected ends the render as failed, and the log holds it."""

    class Broken(Slow):
        async def draw(self, page: object, order: object) -> bytes:
            raise ZeroDivisionError

    async with running_farm(STEADY, Broken(0)) as (farm, _):
        task = farm.render(RENDER, "1")
        await asyncio.sleep(40)
        assert (task.status, task.status_detail) == ("failure", "An error has occurred.")
        assert "ZeroDivisionError" in caplog.text
