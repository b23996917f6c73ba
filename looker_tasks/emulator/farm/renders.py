"""How one render task goes from its creation to its end, as Looker's renderer moves it.

Queries first, in a caching slot; then the picture, in a render slot. Time alone moves it, never a question about it.
"""

from looker_tasks.emulator.farm.injection import Injection
from looker_tasks.emulator.farm.resources import FarmResources, for_ever
from looker_tasks.emulator.farm.tasks import RenderTask, Result

CONTENT_TYPES = {"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg"}


async def run_render(task: RenderTask, injection: Injection, resources: FarmResources) -> None:
    """Take *task* to `success` or `failure`, and leave its file in the store."""
    result = await _file(task, injection, resources)
    task.finalized_at = resources.clock.now()
    if injection.failure is not None:
        task.status, task.status_detail = "failure", injection.failure
        return
    task.status = "success"
    if not injection.expires:
        resources.results.put(task.id, result, task.finalized_at)


async def _file(task: RenderTask, injection: Injection, resources: FarmResources) -> Result:
    order, settings, clock = task.order, resources.settings, resources.clock
    async with resources.caching.slot():
        task.status = "querying"
        began = clock.now()
        seconds = resources.simulated(settings.query_seconds, "querying", task.ordinal)
        page = await resources.phase(seconds, resources.backend.prepare(order))
        task.query_runtime = clock.now() - began
    task.status = "enqueued_for_render"
    if injection.stuck:
        await for_ever()
    async with resources.rendering.slot():
        task.status = "rendering"
        began = clock.now()
        seconds = resources.simulated(settings.render_seconds, "rendering", task.ordinal)
        body = await resources.phase(seconds, resources.backend.draw(page, order))
        task.render_runtime = clock.now() - began
    return Result(body, CONTENT_TYPES[order.format])
