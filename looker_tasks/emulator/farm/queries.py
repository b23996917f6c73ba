"""How one query task goes from its creation to its end.

A slot of its user, then the run. A query that waits too long for its slot, or that nobody asks about any more, is
killed. Time alone moves it, never a question about it.
"""

import asyncio

from looker_tasks.emulator.farm.fate import Fate
from looker_tasks.emulator.farm.floor import Floor, for_ever
from looker_tasks.emulator.farm.tasks import Failure, QueryStatus, QueryTask
from looker_tasks.emulator.farm.work import Answer, QueryFailedError

KILLED = Failure("Query killed.")
KILLED_IN_QUEUE = Failure("Query killed: it waited too long for a slot.")
ABANDONED = Failure("Query killed: nobody asked about it.")


async def run_query(task: QueryTask, fate: Fate, floor: Floor) -> None:
    """Take *task* to its end, and leave its rows on the shelf."""
    try:
        async with floor.interest.of(task.id):
            answer = await _answer(task, fate, floor)
    except TimeoutError:
        end_query(task, floor, "killed", KILLED_IN_QUEUE if task.runtime is None else ABANDONED)
    except QueryFailedError as failed:
        end_query(task, floor, "error", failed.failure)
    else:
        _succeed(task, fate, floor, answer)


async def _answer(task: QueryTask, fate: Fate, floor: Floor) -> Answer:
    clock, settings = floor.clock, floor.settings
    async with floor.querying[task.user_id].slot(patience=settings.queue_timeout):
        task.status = "running"
        began = clock.now()
        seconds = floor.simulated(settings.query_seconds, "running", task.ordinal)
        try:
            if fate.flapping:
                seconds = await _flap(task, seconds)
            if fate.stuck:
                await for_ever()
            answer = await floor.phase(seconds, floor.work.answer(task.order, task.id))
        finally:
            task.runtime = clock.now() - began
    if fate.failure is not None:
        raise QueryFailedError(fate.failure, sql=answer.sql)
    return answer


async def _flap(task: QueryTask, seconds: float) -> float:
    """Tell `expired` in the middle third of a run of *seconds*; give the seconds that are left."""
    third = seconds / 3
    await asyncio.sleep(third)
    task.status = "expired"
    await asyncio.sleep(third)
    task.status = "running"
    return third


def _succeed(task: QueryTask, fate: Fate, floor: Floor, answer: Answer) -> None:
    if fate.expires:
        end_query(task, floor, "expired")
        return
    task.result_source = answer.source
    floor.statistics.results[answer.source] += 1
    floor.results.put(task.id, answer.result, floor.clock.now())
    if fate.warning is None:
        end_query(task, floor, "complete")
    else:
        end_query(task, floor, "error", Failure(fate.warning, sql=answer.sql, fatal=False))


def end_query(task: QueryTask, floor: Floor, status: QueryStatus, failure: Failure | None = None) -> None:
    """End *task* in *status*."""
    task.status = status
    task.failure = failure
    task.finalized_at = floor.clock.now()
