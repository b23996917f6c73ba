"""A service of two hundred requests in bad weather: every answer that comes is whole and right, and nothing is left."""

import asyncio
import gc
import random
from collections.abc import Iterator

import pytest

from looker_tasks import DashboardExport, LookerTasks
from looker_tasks.emulator import Emulator, Fault, Scenario

pytestmark = pytest.mark.virtual_time

STORM = Scenario(
    (
        Fault("throttled", operation="*", probability=0.05),
        Fault("server_error", operation="*", probability=0.05, status=502),
        Fault("reset", operation="*", probability=0.05),
        Fault("truncated", operation="render_task_results", probability=0.05),
        Fault("reset_in_body", operation="render_task_results", probability=0.05),
    )
)


def requests(emulator: Emulator) -> Iterator[DashboardExport]:
    """Give two hundred exports of one dashboard, each under a filter of its own."""
    regions = ("West", "East", "North", "South")
    for number in range(200):
        yield DashboardExport(emulator.examples.dashboard, "pdf", filters={"Region": regions[number % 4]})


@pytest.mark.parametrize("scenario", [Scenario(), STORM], ids=["calm", "storm"])
async def test_every_answer_is_whole_and_nothing_is_left(scenario: Scenario) -> None:
    """Two hundred requests for PDFs, eight slots, a fifth of the clients gone at random moments."""
    chance = random.Random(11)
    loop = asyncio.get_running_loop()
    async with Emulator(scenario=scenario, renderer="fake", render_seconds=2, render_slots=8, spread=0.4) as emulator:
        client = LookerTasks(emulator.url, emulator.client_id, emulator.client_secret, concurrency=8)
        async with client:

            async def answer(export: DashboardExport) -> tuple[bytes, int | None]:
                async with client.open(export) as result:
                    return b"".join([chunk async for chunk in result.chunks]), result.content_length

            tasks = [asyncio.create_task(answer(export)) for export in requests(emulator)]
            gone = set(chance.sample(tasks, 40))
            for task in gone:
                loop.call_later(chance.uniform(0, 40), task.cancel)
            results = await asyncio.gather(*tasks, return_exceptions=True)
        in_flight = emulator.statistics.in_flight.peak
    answers = [result for task, result in zip(tasks, results, strict=True) if task not in gone]
    failures = [result for result in answers if isinstance(result, BaseException)]
    bodies = [result for result in answers if isinstance(result, tuple)]
    assert all(body.startswith(b"%PDF-") and b"%%EOF" in body[-64:] for body, _ in bodies)
    assert all(length is None or length == len(body) for body, length in bodies)
    assert not failures
    assert in_flight <= 8 + (scenario is STORM) * 4  # a create whose answer was lost may have made a task
    gc.collect()
    assert len(asyncio.all_tasks()) == 1
