"""How one query task goes from its creation to its end.

A slot of its user, then the run. A query that waits too long for its slot, or that nobody asks about any more, is
killed. Time alone moves it, never a question about it.
"""

from looker_tasks.emulator.farm.floor import Floor
from looker_tasks.emulator.farm.tasks import Failure, QueryStatus, QueryTask
from looker_tasks.emulator.farm.work import Answer, QueryFailedError

KILLED = Failure("Query killed.")
KILLED_IN_QUEUE = Failure("Query killed: it waited too long for a slot.")
ABANDONED = Failure("Query killed: nobody asked about it.")


async def run_query(task: QueryTask, floor: Floor) -> None:
    """Take *task* to `complete`, `error` or `killed`, and leave its rows on the shelf."""
    if task.order.deferred:
        return  # Looker documents no way to start it
    try:
        async with floor.querying[task.user_id].slot(patience=floor.settings.queue_timeout):
            task.status = "running"
            began = floor.clock.now()
            try:
                answer = await _answer(task, floor)
            finally:
                task.runtime = floor.clock.now() - began
    except TimeoutError:
        end_query(task, floor, "killed", KILLED_IN_QUEUE)
    except QueryFailedError as failed:
        end_query(task, floor, "error", failed.failure)
    else:
        floor.results.put(task.id, answer.result, floor.clock.now())
        end_query(task, floor, "complete")


async def _answer(task: QueryTask, floor: Floor) -> Answer:
    seconds = floor.simulated(floor.settings.query_seconds, "running", task.ordinal)
    return await floor.phase(seconds, floor.work.answer(task.order, task.id))


def end_query(task: QueryTask, floor: Floor, status: QueryStatus, failure: Failure | None = None) -> None:
    """End *task* in *status*."""
    task.status = status
    task.failure = failure
    task.finalized_at = floor.clock.now()
