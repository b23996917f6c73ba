"""Drawing in processes of its own, because drawing holds the interpreter for as long as it takes.

Not a ProcessPoolExecutor: that imports the caller's main script again, which a script without a `__main__` guard does
not survive. Each process here is driven by a thread that waits for it, so that the event loop sees ordinary futures.
"""

import asyncio
import os
import pickle
import queue
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from looker_tasks.emulator.drawing.page import Page, RenderFormat

COMMAND = (sys.executable, "-m", "looker_tasks.emulator.backend.render_worker")
PATIENCE = 5.0  # seconds that a process gets to end


class RenderPoolError(Exception):
    """The process that drew has ended without a file."""


class RenderPool:
    """As many drawing processes as there are processors, each started when it is first needed."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="emulator-render")
        self._idle: queue.SimpleQueue[subprocess.Popen[bytes]] = queue.SimpleQueue()

    async def draw(self, page: Page, result_format: RenderFormat, width: int, height: int) -> bytes:
        """Draw *page*; raises RenderPoolError when the process dies over it, and whatever the drawing raises."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._draw, (page, result_format, width, height))

    def close(self) -> None:
        """End all processes; blocks until they have ended."""
        self._threads.shutdown(cancel_futures=True)
        with suppress(queue.Empty):
            while True:
                _end(self._idle.get_nowait())

    def _draw(self, job: tuple[Page, RenderFormat, int, int]) -> bytes:
        try:
            process = self._idle.get_nowait()
        except queue.Empty:
            process = _start()
        try:
            answer = _ask(process, job)
        except (EOFError, OSError, pickle.UnpicklingError) as broken:
            _end(process)
            raise RenderPoolError(f"the drawing process ended with status {process.returncode}") from broken
        self._idle.put(process)
        if isinstance(answer, bytes):
            return answer
        raise answer


def _start() -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)  # noqa: S603  # our own module


def _ask(process: subprocess.Popen[bytes], job: tuple[Page, RenderFormat, int, int]) -> bytes | Exception:
    if process.stdin is None or process.stdout is None:
        raise EOFError
    pickle.dump(job, process.stdin)
    process.stdin.flush()
    answer = pickle.load(process.stdout)  # noqa: S301  # it comes from the process that we started
    return answer if isinstance(answer, bytes | Exception) else RenderPoolError(f"drew {type(answer).__name__}")


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.communicate(timeout=PATIENCE)  # closes its input, which ends it
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
