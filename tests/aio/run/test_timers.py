"""Waits that share a timer."""

import asyncio
import time

import pytest

from looker_tasks.aio.run.timers import STALL, SharedTimers


def _ignored(_: float) -> None:
    """Take no note."""


@pytest.mark.virtual_time
async def test_each_sleeps_as_long_as_it_wishes() -> None:
    """Together where they wish the same."""
    timers, woken, loop = SharedTimers(_ignored), [], asyncio.get_running_loop()

    async def sleep(until: float) -> None:
        await timers.wait(until)
        woken.append((until, loop.time()))

    await asyncio.gather(*(sleep(until) for until in (3.0, 1.0, 3.0, 2.0)))
    assert woken == [(1.0, 1.0), (2.0, 2.0), (3.0, 3.0), (3.0, 3.0)]


@pytest.mark.virtual_time
async def test_a_ring_wakes_all_who_sleep_and_nobody_who_comes_later() -> None:
    """Whoever sleeps again until the same time is woken then, and not by the timer of the first sleep alone."""
    timers, loop = SharedTimers(_ignored), asyncio.get_running_loop()
    sleepers = [asyncio.create_task(timers.wait(until)) for until in (5.0, 5.0, 9.0)]
    await asyncio.sleep(1)
    timers.wake_all()
    await asyncio.gather(*sleepers)
    assert loop.time() == 1.0
    await timers.wait(5.0)
    assert loop.time() == 5.0


@pytest.mark.virtual_time
async def test_one_who_is_cancelled_in_its_sleep_disturbs_nobody() -> None:
    """The others sleep on."""
    timers = SharedTimers(_ignored)
    first, second = (asyncio.create_task(timers.wait(5.0)) for _ in range(2))
    await asyncio.sleep(1)
    first.cancel()
    await second
    assert first.cancelled()
    assert asyncio.get_running_loop().time() == 5.0


async def test_a_loop_that_is_kept_busy_is_told() -> None:
    """Whoever computes on the event loop holds everything up, and it shows."""
    told: list[float] = []
    timers, loop = SharedTimers(told.append), asyncio.get_running_loop()
    sleeper = asyncio.create_task(timers.wait(loop.time() + 0.001))
    await asyncio.sleep(0)
    busy_until = time.monotonic() + 5 * STALL
    while time.monotonic() < busy_until:
        pass
    await sleeper
    assert len(told) == 1
    assert told[0] > STALL
