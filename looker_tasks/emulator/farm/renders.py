"""How one render task goes from its creation to its end, as Looker's renderer moves it.

Queries first, in a caching slot; then the picture, in a render slot. Time alone moves it, never a question about it.
"""

from looker_tasks.emulator.farm.fate import Fate
from looker_tasks.emulator.farm.floor import Floor, for_ever
from looker_tasks.emulator.farm.tasks import RenderTask, Result

CONTENT_TYPES = {"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg"}


async def run_render(task: RenderTask, fate: Fate, floor: Floor) -> None:
    """Take *task* to `success` or `failure`, and leave its file on the shelf."""
    result = await _file(task, fate, floor)
    task.finalized_at = floor.clock.now()
    if fate.failure is not None:
        task.status, task.status_detail = "failure", fate.failure
        return
    task.status = "success"
    if not fate.expires:
        floor.results.put(task.id, result, task.finalized_at)


async def _file(task: RenderTask, fate: Fate, floor: Floor) -> Result:
    order, settings, clock = task.order, floor.settings, floor.clock
    async with floor.caching.slot():
        task.status = "querying"
        began = clock.now()
        seconds = floor.simulated(settings.query_seconds, "querying", task.ordinal)
        page = await floor.phase(seconds, floor.work.prepare(order))
        task.query_runtime = clock.now() - began
    task.status = "enqueued_for_render"
    if fate.stuck:
        await for_ever()
    async with floor.rendering.slot():
        task.status = "rendering"
        began = clock.now()
        seconds = floor.simulated(settings.render_seconds, "rendering", task.ordinal)
        body = await floor.phase(seconds, floor.work.draw(page, order))
        task.render_runtime = clock.now() - began
    return Result(body, CONTENT_TYPES[order.format])
