"""The gate: so many at a time, first come, first served, whatever becomes of those inside and of those who wait."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from looker_tasks.aio.run.gate import Gate
from looker_tasks.sansio.limit import AdaptiveLimit, FixedLimit
from looker_tasks.sansio.protocol.statuses import Stage

pytestmark = pytest.mark.virtual_time


class Crowd:
    """Those who went through a gate: who is inside, in which order they came in, how many at once."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.entered: list[int] = []
        self.inside = 0
        self.peak = 0

    @asynccontextmanager
    async def through(self, who: int) -> AsyncIterator[None]:
        """Go in, and out at the end of the block."""
        with self.gate.slot() as slot:
            await slot.hold(True)
            self.entered.append(who)
            self.inside += 1
            self.peak = max(self.peak, self.inside)
            try:
                yield
            finally:
                self.inside -= 1

    async def stay(self, who: int, seconds: float = 1.0) -> None:
        """Go in for *seconds*."""
        async with self.through(who):
            await asyncio.sleep(seconds)


@pytest.mark.parametrize("limit", [1, 3, 10])
async def test_so_many_are_inside_and_no_more(limit: int) -> None:
    """The limit is used to the full, and never passed."""
    crowd = Crowd(Gate(FixedLimit(limit)))
    await asyncio.gather(*(crowd.stay(who) for who in range(30)))
    assert crowd.peak == limit
    assert asyncio.get_running_loop().time() == pytest.approx(30 / limit)


async def test_first_come_first_served() -> None:
    """Nobody overtakes: the first export of a run is among the first to end."""
    crowd = Crowd(Gate(FixedLimit(2)))
    await asyncio.gather(*(crowd.stay(who) for who in range(20)))
    assert crowd.entered == list(range(20))


async def test_who_fails_inside_makes_room() -> None:
    """An error ends a stay as well as anything else."""
    crowd = Crowd(Gate(FixedLimit(1)))

    async def stumble() -> None:
        async with crowd.through(0):
            raise ZeroDivisionError

    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            await stumble()
    await crowd.stay(1)


async def test_who_is_cancelled_makes_room_inside_and_in_the_queue() -> None:
    """Neither a place nor a turn is lost with whoever gives up."""
    crowd = Crowd(Gate(FixedLimit(1)))
    first, second, third = (asyncio.create_task(crowd.stay(who, 100)) for who in range(3))
    await asyncio.sleep(1)
    second.cancel()
    await asyncio.sleep(1)
    first.cancel()
    await asyncio.sleep(1)
    assert crowd.entered == [0, 2]
    third.cancel()
    await asyncio.gather(first, second, third, return_exceptions=True)
    await crowd.stay(3)
    assert asyncio.get_running_loop().time() == pytest.approx(4)


async def test_a_place_is_let_go_and_taken_again() -> None:
    """While a result is fetched the place serves somebody else; a task created again waits for its turn."""
    crowd = Crowd(Gate(FixedLimit(1)))
    with crowd.gate.slot() as slot:
        await slot.hold(True)
        await slot.hold(True)
        other = asyncio.create_task(crowd.stay(1, 10))
        await asyncio.sleep(1)
        assert crowd.entered == []
        await slot.hold(False)
        await slot.hold(False)
        await asyncio.sleep(1)
        assert crowd.entered == [1]
        await slot.hold(True)
        assert other.done()
    assert asyncio.get_running_loop().time() == pytest.approx(11)


async def test_a_slot_never_held_takes_no_place() -> None:
    """Asking for a slot is not yet being inside."""
    crowd = Crowd(Gate(FixedLimit(1)))
    with crowd.gate.slot(), crowd.gate.slot():
        await crowd.stay(0)
    assert crowd.entered == [0]


async def test_a_limit_that_grows_lets_waiting_ones_in_at_once() -> None:
    """What Looker tells of its queue takes effect while it is told, and the observer hears of it."""
    heard: list[int] = []
    limit = AdaptiveLimit(most=50)
    gate = Gate(limit, heard.append)
    crowd = Crowd(gate)
    before = limit.slots
    tasks = [asyncio.create_task(crowd.stay(who, 100)) for who in range(before * 3)]
    await asyncio.sleep(1)
    assert crowd.inside == before
    async with asyncio.timeout(1):
        for ticket in range(before):
            gate.saw(ticket, Stage.STARTED)
        await asyncio.sleep(0.5)
    assert before < crowd.inside == limit.slots
    assert heard == sorted(heard)
    assert heard[-1] == limit.slots
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_limit_that_shrinks_throws_nobody_out() -> None:
    """After a refusal those inside stay, and nobody else comes in before enough have left."""
    limit = AdaptiveLimit(most=50)
    gate = Gate(limit)
    crowd = Crowd(gate)
    inside = limit.slots
    tasks = [asyncio.create_task(crowd.stay(who, 10 + who)) for who in range(inside * 3)]
    await asyncio.sleep(1)
    gate.refused(1.0, 5.0)
    assert limit.slots < inside
    await asyncio.sleep(1)
    assert crowd.inside == inside
    await asyncio.sleep(8.5)
    assert crowd.inside == inside - 1
    await asyncio.gather(*tasks)
    assert crowd.entered == list(range(inside * 3))
