"""How one query task goes from its creation to its end.

A slot of its user, then the run. A query that waits too long for its slot, or that nobody asks about any more, is
killed. Time alone moves it, never a question about it.
"""

import asyncio

from looker_tasks.emulator.farm.backend import Answer, QueryFailedError
from looker_tasks.emulator.farm.injection import Injection
from looker_tasks.emulator.farm.resources import FarmResources, for_ever
from looker_tasks.emulator.farm.tasks import Failure, QueryStatus, QueryTask

KILLED = Failure("Query killed.")
KILLED_IN_QUEUE = Failure("Query killed: it waited too long for a slot.")
ABANDONED = Failure("Query killed: nobody asked about it.")


async def run_query(task: QueryTask, injection: Injection, resources: FarmResources) -> None:
    """Take *task* to its end, and leave its rows in the store."""
    try:
        async with resources.abandon_timer.of(task.id):
            answer = await _answer(task, injection, resources)
    except TimeoutError:
        end_query(task, resources, "killed", KILLED_IN_QUEUE if task.runtime is None else ABANDONED)
    except QueryFailedError as failed:
        end_query(task, resources, "error", failed.failure)
    else:
        _succeed(task, injection, resources, answer)


async def _answer(task: QueryTask, injection: Injection, resources: FarmResources) -> Answer:
    clock, settings = resources.clock, resources.settings
    async with resources.querying[task.user_id].slot(patience=settings.queue_timeout):
        task.status = "running"
        began = clock.now()
        seconds = resources.simulated(settings.query_seconds, "running", task.ordinal)
        try:
            if injection.flapping:
                seconds = await _flap(task, seconds)
            if injection.stuck:
                await for_ever()
            answer = await resources.phase(seconds, resources.backend.answer(task.order, task.id))
        finally:
            task.runtime = clock.now() - began
    if injection.failure is not None:
        raise QueryFailedError(injection.failure, sql=answer.sql)
    return answer


async def _flap(task: QueryTask, seconds: float) -> float:
    """Return `expired` in the middle third of a run of *seconds*; give the seconds that are left."""
    third = seconds / 3
    await asyncio.sleep(third)
    task.status = "expired"
    await asyncio.sleep(third)
    task.status = "running"
    return third


def _succeed(task: QueryTask, injection: Injection, resources: FarmResources, answer: Answer) -> None:
    if injection.expires:
        end_query(task, resources, "expired")
        return
    task.result_source = answer.source
    resources.statistics.results[answer.source] += 1
    resources.results.put(task.id, answer.result, resources.clock.now())
    if injection.warning is None:
        end_query(task, resources, "complete")
    else:
        end_query(task, resources, "error", Failure(injection.warning, sql=answer.sql, fatal=False))


def end_query(task: QueryTask, resources: FarmResources, status: QueryStatus, failure: Failure | None = None) -> None:
    """End *task* in *status*."""
    task.status = status
    task.failure = failure
    task.finalized_at = resources.clock.now()
