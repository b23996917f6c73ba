"""The query tasks of the farm, in virtual time."""

import asyncio

import pytest
from attrs import evolve

from looker_tasks.emulator.farm.backend import Answer
from looker_tasks.emulator.farm.injection import Injection
from looker_tasks.emulator.farm.tasks import Failure
from looker_tasks.emulator.settings import Settings
from tests.emulator.farm.instant import BROKEN, QUERY, Instant, running_farm

pytestmark = pytest.mark.virtual_time

STEADY = Settings(spread=0, query_seconds=3)


async def test_a_query_is_added_then_runs_then_is_complete() -> None:
    """A query task moves by itself and leaves its rows."""
    async with running_farm(STEADY) as (farm, _):
        task = farm.query(QUERY, "1")
        seen = [task.status]
        for seconds in (1, 3):
            await asyncio.sleep(seconds)
            seen.append(task.status)
        assert seen == ["added", "running", "complete"]
        assert (task.runtime, task.finalized_at) == (3.0, 3.0)
        result = farm.result(task.id)
        assert result is not None
        assert result.body.read() == b"[]"


async def test_each_user_has_slots_of_their_own() -> None:
    """With two slots a user's third query waits, and another user's runs."""
    async with running_farm(evolve(STEADY, query_slots=2)) as (farm, statistics):
        mine = [farm.query(QUERY, "1") for _ in range(3)]
        other = farm.query(QUERY, "2")
        await asyncio.sleep(1)
        assert [task.status for task in mine] == ["running", "running", "added"]
        assert other.status == "running"
        assert len(farm.running_queries()) == 4
        assert statistics.running["querying"].peak == 3


async def test_a_query_that_waits_too_long_for_its_slot_is_killed() -> None:
    """With one slot and a queue time-out of 2 s the second query is killed at second 2, and says why."""
    async with running_farm(evolve(STEADY, query_slots=1, queue_timeout=2.0)) as (farm, _):
        farm.query(QUERY, "1")
        task = farm.query(QUERY, "1")
        await asyncio.sleep(10)
        assert (task.status, task.finalized_at) == ("killed", 2.0)
        assert task.failure is not None
        assert "waited too long" in task.failure.message


async def test_a_query_nobody_asks_about_is_abandoned() -> None:
    """A long query is killed 300 s after the last question about it; one that is asked about runs to its end."""
    async with running_farm(Settings(spread=0, query_seconds=1000, abandoned_after=300.0)) as (farm, _):
        forgotten, watched = farm.query(QUERY, "1"), farm.query(QUERY, "1")
        for _ in range(6):
            await asyncio.sleep(200)
            farm.query_task(watched.id)
        assert (forgotten.status, forgotten.finalized_at) == ("killed", 300.0)
        assert forgotten.failure == Failure("Query killed: nobody asked about it.")
        assert (watched.status, watched.finalized_at) == ("complete", 1000.0)


async def test_a_killed_query_gives_its_slot_away() -> None:
    """Killing works once, on a query that has not ended, and the next in the queue runs."""
    async with running_farm(evolve(STEADY, query_slots=1)) as (farm, statistics):
        first, second = farm.query(QUERY, "1"), farm.query(QUERY, "1")
        await asyncio.sleep(1)
        assert farm.kill(first)
        await asyncio.sleep(1)
        assert (first.status, second.status) == ("killed", "running")
        assert not farm.kill(first)
        deferred = farm.query(evolve(QUERY, deferred=True), "1")
        assert [farm.kill(deferred), farm.kill(deferred), deferred.status] == [True, False, "killed"]
        assert farm.running_queries() == [second]
        assert statistics.ended == {"killed": 1}


async def test_a_refused_query_ends_in_error() -> None:
    """A query that the database refuses ends as `error` with its words, and leaves nothing."""
    async with running_farm(STEADY) as (farm, _):
        task = farm.query(BROKEN, "1")
        await asyncio.sleep(4)
        assert (task.status, task.failure) == ("error", Failure("There is no field orders.nothing.", sql="SELECT 1"))
        assert farm.result(task.id) is None


async def test_a_deferred_query_stays_added() -> None:
    """`deferred` creates a task that nothing starts."""
    async with running_farm(STEADY) as (farm, statistics):
        task = farm.query(evolve(QUERY, deferred=True), "1")
        await asyncio.sleep(1000)
        assert task.status == "added"
        assert statistics.in_flight.now == 0


async def test_a_flapping_query_tells_expired_before_it_completes() -> None:
    """The injection `flapping` shows running, expired, running, complete within the query's own time."""
    async with running_farm(STEADY) as (farm, _):
        task = farm.query(QUERY, "1", Injection(flapping=True))
        seen = []
        for _ in range(4):
            await asyncio.sleep(0.9)
            seen.append(task.status)
        assert seen == ["running", "expired", "running", "complete"]
        assert task.finalized_at == pytest.approx(3.0)


async def test_an_expiring_query_ends_as_expired() -> None:
    """The injection `expires` ends a query without rows."""
    async with running_farm(STEADY) as (farm, _):
        task = farm.query(QUERY, "1", Injection(expires=True))
        await asyncio.sleep(4)
        assert task.status == "expired"
        assert farm.result(task.id) is None


async def test_a_warning_leaves_the_rows() -> None:
    """The injection `warning` ends a query as `error` with a note that is not fatal, and with its rows."""
    async with running_farm(STEADY) as (farm, _):
        task = farm.query(QUERY, "1", Injection(warning="Note: derived tables"))
        await asyncio.sleep(4)
        assert (task.status, task.failure) == ("error", Failure("Note: derived tables", sql="SELECT 1", fatal=False))
        assert farm.result(task.id) is not None


async def test_a_failing_query_ends_in_error() -> None:
    """The injection `failure` ends a query as `error` with that message."""
    async with running_farm(STEADY) as (farm, _):
        task = farm.query(QUERY, "1", Injection(failure="The database is away."))
        await asyncio.sleep(4)
        assert task.status == "error"
        assert task.failure == Failure("The database is away.", sql="SELECT 1")


async def test_work_that_breaks_ends_the_query(caplog: pytest.LogCaptureFixture) -> None:
    """An error that nobody expected ends the query in error, and the log holds it."""

    class Broken(Instant):
        async def answer(self, order: object, task_id: str) -> Answer:
            raise ZeroDivisionError(task_id)

    async with running_farm(STEADY, Broken()) as (farm, _):
        task = farm.query(QUERY, "1")
        await asyncio.sleep(4)
        assert (task.status, task.failure) == ("error", Failure("An error has occurred."))
        assert task.id in caplog.text


async def test_a_vanished_query_is_not_found() -> None:
    """The injection `vanished` makes a query task that no question finds, though it runs."""
    async with running_farm(STEADY) as (farm, statistics):
        task = farm.query(QUERY, "1", Injection(vanished=True))
        assert farm.query_task(task.id) is None
        assert farm.running_queries() == []
        assert statistics.in_flight.now == 1


async def test_a_stuck_query_runs_for_ever_while_asked_about() -> None:
    """The injection `stuck` keeps a query running, and its slot taken."""
    async with running_farm(evolve(STEADY, query_slots=1, queue_timeout=600.0)) as (farm, _):
        task, behind = farm.query(QUERY, "1", Injection(stuck=True)), farm.query(QUERY, "1")
        for _ in range(100):
            await asyncio.sleep(100)
            farm.query_task(task.id)
        assert (task.status, behind.status) == ("running", "killed")
