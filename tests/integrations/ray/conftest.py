"""A Ray on this machine, for all tests that need no driver of their own."""

import asyncio
import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import ray

MARK = "LOOKER_TASKS_TEST"
GONE_WITHIN = 60.0  # seconds


@pytest.fixture(scope="session")
def cluster() -> Iterator[Callable[[], list[int]]]:
    """Start Ray, with room for eight workers; give what tells the process ids of its workers that live."""
    mark = uuid.uuid4().hex
    os.environ[MARK] = mark
    ray.init(address="local", num_cpus=8, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    yield lambda: workers(mark)
    ray.shutdown()


def workers(mark: str) -> list[int]:
    """Return the process ids of the actors that were started with *mark* in their environment."""
    return [int(path.name) for path in Path("/proc").glob("[0-9]*") if _is_worker(path, mark)]


async def gone(living: Callable[[], list[int]]) -> None:
    """Wait until none of the processes is there: Ray takes a moment to kill them."""
    async with asyncio.timeout(GONE_WITHIN):
        while living():  # noqa: ASYNC110  # processes of another's tell nobody
            await asyncio.sleep(0.1)


def _is_worker(path: Path, mark: str) -> bool:
    try:
        is_actor = (path / "cmdline").read_bytes().startswith(b"ray::Actor")
        return is_actor and f"{MARK}={mark}".encode() in (path / "environ").read_bytes()
    except OSError:  # it has ended meanwhile
        return False
