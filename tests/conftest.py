"""What every test may take: the virtual clock by its marker, aioresponses on today's aiohttp, hypothesis unhurried."""

import asyncio
import gc
import inspect
import os
import random
import subprocess
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from unittest.mock import Mock

import aioresponses.core
import pytest
from aiohttp import ClientResponse, StreamReader
from aiohttp.abc import AbstractStreamWriter
from aiohttp.client_proto import ResponseHandler
from hypothesis import settings

from looker_tasks.emulator.backend import render_pool
from looker_tasks.emulator.backend.render_pool import RenderPool
from tests.chromium import chromium
from tests.virtual_clock import VirtualClockLoop

gc.disable()  # until all is collected (below): what is imported is no garbage

settings.register_profile("unhurried", deadline=None, max_examples=30)  # a busy machine is no failure
settings.load_profile("unhurried")


@pytest.fixture(autouse=True)
def _same_luck() -> None:
    """Give the client's jitter the same numbers at every run: a test that fails fails again."""
    random.seed(0)


@pytest.fixture(scope="session", autouse=True)
def _drawing_processes_are_kept() -> Iterator[None]:
    """Let the next emulator draw with the processes of the last one: to start one takes a core for 1.4 s."""
    idle: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        return idle.pop() if idle and command == render_pool.COMMAND else start_anew()

    def close(pool: RenderPool) -> None:
        pool._threads.shutdown(cancel_futures=True)
        while not pool._idle.empty():
            idle.append(pool._idle.get_nowait())

    command, start_anew, close_for_good = render_pool.COMMAND, render_pool._start, RenderPool.close
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(render_pool, "_start", start)
        patched.setattr(RenderPool, "close", close)
        yield
    last = RenderPool()
    for process in idle:
        last._idle.put(process)
    close_for_good(last)


def pytest_asyncio_loop_factories(item: pytest.Item) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Give a test marked `virtual_time` the loop whose clock jumps, and any other a real one."""
    if item.get_closest_marker("virtual_time"):
        return {"virtual": VirtualClockLoop}
    return {"real": asyncio.SelectorEventLoop}


def _unlimited_reader(loop: asyncio.AbstractEventLoop) -> StreamReader:
    """Make a reader that takes a whole body at once: a mocked connection has no transport that could be paused."""
    return StreamReader(ResponseHandler(loop=loop), limit=2**40, loop=loop)


if "stream_writer" in inspect.signature(ClientResponse).parameters:  # asked for by aiohttp 3.14, not given by 0.7.9
    vars(aioresponses.core).update(
        ClientResponse=partial(ClientResponse, stream_writer=Mock(AbstractStreamWriter, output_size=0)),
        stream_reader_factory=_unlimited_reader,
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests in a browser where there is none; in CI they stay, and fail."""
    if chromium() is not None or os.environ.get("CI"):
        return
    left_out = [item for item in items if item.get_closest_marker("browser")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_collection_finish() -> None:
    """Leave all that was imported and collected out of each later search for garbage."""
    gc.enable()
    gc.freeze()


def pytest_sessionfinish() -> None:
    """Let what was left out be collected with all the rest: libraries complain of what never is."""
    gc.unfreeze()


def pytest_xdist_auto_num_workers() -> int:
    """Let half as many workers again as there are cores work: tests wait for disks, timers and programs, too."""
    return 3 * (os.cpu_count() or 1) // 2 or 1


def pytest_report_header() -> str:
    """Tell whether there is a browser to test with."""
    found = chromium()
    return f"browser: {found}" if found else "browser: none, tests marked `browser` need Debian's chromium, or its like"
