"""Slots to wait for: so many at a time, in turn, whatever becomes of those that hold one and of those that wait."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from looker_tasks.aio.run.admission import Admission, Slot
from looker_tasks.sansio.admission import Hold, Source
from looker_tasks.sansio.limit import AdaptiveLimit, FixedLimit, Limit
from looker_tasks.sansio.machine.notes import Polled, Refused
from looker_tasks.sansio.protocol.statuses import Stage

pytestmark = pytest.mark.virtual_time


def admission(limit: Limit) -> Admission:
    """Return one with a limit for both kinds of tasks."""
    return Admission({"render": limit, "query": limit})


class Crowd:
    """Those that went through an admission: who is inside, in which order they came in, how many at once."""

    def __init__(self, limit: Limit) -> None:
        self.admission = admission(limit)
        self.source = Source()
        self.slots: list[Slot] = []
        self.entered: list[int] = []
        self.inside = 0
        self.peak = 0

    def slot(self) -> Slot:
        """Return a slot, not yet held."""
        return self.admission.slot(self.source, "render")

    @asynccontextmanager
    async def through(self, who: int) -> AsyncIterator[None]:
        """Go in, and out at the end of the block."""
        with self.slot() as slot:
            self.slots.append(slot)
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
    crowd = Crowd(FixedLimit(limit))
    await asyncio.gather(*(crowd.stay(who) for who in range(30)))
    assert crowd.peak == limit
    assert asyncio.get_running_loop().time() == pytest.approx(30 / limit)


async def test_first_come_first_served() -> None:
    """Nobody overtakes: the first export of a run is among the first to end."""
    crowd = Crowd(FixedLimit(2))
    await asyncio.gather(*(crowd.stay(who) for who in range(20)))
    assert crowd.entered == list(range(20))


async def test_who_fails_inside_makes_room() -> None:
    """An error ends a stay as well as anything else."""
    crowd = Crowd(FixedLimit(1))

    async def stumble() -> None:
        async with crowd.through(0):
            raise ZeroDivisionError

    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            await stumble()
    await crowd.stay(1)


async def test_who_is_cancelled_makes_room_inside_and_in_the_queue() -> None:
    """Neither a place nor a turn is lost with whoever gives up."""
    crowd = Crowd(FixedLimit(1))
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
    crowd = Crowd(FixedLimit(1))
    with crowd.slot() as slot:
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
    crowd = Crowd(FixedLimit(1))
    with crowd.slot(), crowd.slot():
        await crowd.stay(0)
    assert crowd.entered == [0]


async def test_a_limit_that_grows_lets_waiting_ones_in_at_once() -> None:
    """What Looker tells of its queue takes effect while it is told, and the observers hear of it."""
    heard: list[tuple[str, int]] = []
    limit = AdaptiveLimit(most=50)
    crowd = Crowd(limit)
    crowd.admission = Admission({"render": limit, "query": limit}, lambda kind, slots: heard.append((kind, slots)))
    before = limit.slots
    tasks = [asyncio.create_task(crowd.stay(who, 100)) for who in range(before * 3)]
    await asyncio.sleep(1)
    assert crowd.inside == before
    async with asyncio.timeout(1):
        for slot in crowd.slots[:before]:
            slot.learn(Polled("t", "rendering", Stage.STARTED))
        await asyncio.sleep(0.5)
    assert before < crowd.inside == limit.slots
    assert heard == sorted(heard)
    assert heard[-1] == ("task", limit.slots)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_limit_that_shrinks_throws_nobody_out() -> None:
    """After a refusal those inside stay, and nobody else comes in before enough have left."""
    limit = AdaptiveLimit(most=50)
    crowd = Crowd(limit)
    inside = limit.slots
    tasks = [asyncio.create_task(crowd.stay(who, 10 + who)) for who in range(inside * 3)]
    await asyncio.sleep(1)
    crowd.slots[0].learn(Refused("render", 5.0))
    assert limit.slots < inside
    await asyncio.sleep(1)
    assert crowd.inside == inside
    await asyncio.sleep(8.5)
    assert crowd.inside == inside - 1
    await asyncio.gather(*tasks)
    assert crowd.entered == list(range(inside * 3))


async def test_a_slot_granted_and_given_up_at_the_same_moment_is_free() -> None:
    """Whoever is cancelled after its turn came, and before it could run, takes nothing with it."""
    crowd = Crowd(FixedLimit(1))
    with crowd.slot() as first:
        assert await first.hold(True)
        second = asyncio.create_task(crowd.stay(1))
        await asyncio.sleep(1)
        first.release()
        assert crowd.slots[0].state is Hold.HELD
        second.cancel()
        await asyncio.wait({second})
    assert second.cancelled()
    assert crowd.entered == []
    async with asyncio.timeout(10):
        await crowd.stay(2)


async def test_a_turn_that_comes_after_its_waiter_left_goes_to_the_next() -> None:
    """A place in the queue ends with whoever had it."""
    crowd = Crowd(FixedLimit(1))
    with crowd.slot() as first:
        await first.hold(True)
        second, third = (asyncio.create_task(crowd.stay(who)) for who in (2, 3))
        await asyncio.sleep(1)
        second.cancel()
        first.release()
        await asyncio.wait({second, third})
    assert crowd.entered == [3]


async def test_dismiss_wakes_those_of_one_source_without_a_slot() -> None:
    """A run that stops begins nothing more; others go on waiting."""
    crowd, others = Crowd(FixedLimit(1)), Source()
    with crowd.slot() as first, crowd.slot() as second, crowd.admission.slot(others, "render") as third:
        await first.hold(True)
        waits = [asyncio.create_task(slot.hold(True)) for slot in (second, third)]
        await asyncio.sleep(1)
        crowd.admission.dismiss(crowd.source)
        assert await waits[0] is False
        assert not waits[1].done()
        first.release()
        assert await waits[1] is True


async def test_need_gives_back_what_was_held_for_nothing() -> None:
    """An export of which an earlier run's file has changed needs a task after all, and has waited already."""
    admission = Admission({"render": (limit := FixedLimit(1)), "query": limit})
    with admission.slot(Source(most_alive=1), None) as slot:
        assert await slot.hold(True)
        slot.need("render")
        assert slot.state is Hold.FREE
        assert await slot.hold(True)
        slot.need("render")
        assert (slot.state, slot.lane, slot.source.alive) == (Hold.HELD, "render", 1)
