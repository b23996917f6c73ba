"""The driver is killed and started again, with another number of workers."""

import asyncio
import os
import sys
import uuid
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import pytest

from looker_tasks.emulator import Emulator
from looker_tasks.emulator import Settings as EmulatorSettings
from tests.integrations.ray.conftest import MARK, gone, workers
from tests.integrations.ray.driver import CONCURRENCY, EXPORTS
from tests.integrations.ray.exports import assert_whole

FAKE = EmulatorSettings(renderer="fake", render_seconds=0.3, query_seconds=0.1, render_slots=32)


async def driver(emulator: Emulator, out: Path, count: int, mark: str) -> Process:
    """Start a driver with so many workers."""
    settings = {
        "LOOKERSDK_BASE_URL": emulator.url,
        "LOOKERSDK_CLIENT_ID": emulator.client_id,
        "LOOKERSDK_CLIENT_SECRET": emulator.client_secret,
        MARK: mark,
    }
    command = (sys.executable, "-m", "tests.integrations.ray.driver", str(out), str(count))
    return await asyncio.create_subprocess_exec(*command, env={**os.environ, **settings}, stdout=PIPE)


@pytest.mark.timeout(400)
async def test_a_driver_that_is_killed_costs_no_file_and_no_known_task(tmp_path: Path) -> None:
    """The same run goes on by the journal: at most one create more for each export that was in flight."""
    out, mark = tmp_path / "o", uuid.uuid4().hex
    async with Emulator(FAKE) as emulator:
        first = await driver(emulator, out, 2, mark)
        assert first.stdout is not None
        for _ in range(60):
            assert await first.stdout.readline() == b"False\n"
        first.kill()
        await first.wait()
        await gone(lambda: workers(mark))  # Ray ends them
        before = emulator.statistics.created.total()
        second = await driver(emulator, out, 3, mark)
        lines = (await second.communicate())[0].split()
        created = emulator.statistics.created.total()
    assert second.returncode == 0
    assert len(lines) == EXPORTS
    assert lines.count(b"True") >= 60 - CONCURRENCY  # the journal may lose its last moments: they are done again
    assert before >= 60
    assert created - EXPORTS <= CONCURRENCY
    assert_whole(out, EXPORTS)
