"""Previews of many files, by worker processes: one a core, each with its own share of the work's time.

Our own processes and not `concurrent.futures`': those start by importing the caller's main module again, and one file
that kills a worker would end the whole pool.
"""

import json
import os
import selectors
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue

from attrs import asdict

from looker_tasks.report.previews.values import Preview, Request

_PATIENCE = 20.0  # seconds for one file
_COMMAND = (sys.executable, "-m", "looker_tasks.report.previews.worker")
_FEW = 40  # files that one worker looks into while a second one would start


def make_previews(requests: Sequence[Request]) -> list[Preview]:
    """Return what each file of *requests* looks like, in their order. A file that no worker survives has no preview."""
    if not requests:
        return []
    number = max(1, min(os.cpu_count() or 1, len(requests) // _FEW))
    with ThreadPoolExecutor(number) as threads:
        workers: SimpleQueue[_Worker] = SimpleQueue()
        for _ in range(number):
            workers.put(_Worker())

        def look(request: Request) -> Preview:
            worker = workers.get()
            try:
                return worker.look(request)
            finally:
                workers.put(worker)

        try:
            return list(threads.map(look, requests))
        finally:
            for _ in range(number):
                workers.get().close()


class _Worker:
    """One process, started when it is needed and again after a file that ended it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def look(self, request: Request) -> Preview:
        """Return the preview of one file; an empty one where the process breaks, or takes too long."""
        if self._process is None:
            self._process = subprocess.Popen(_COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603  # ours
        try:
            return Preview(**json.loads(_answer(self._process, asdict(request))))
        except (OSError, ValueError, TimeoutError):
            self.close()
            return Preview()

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def _answer(process: "subprocess.Popen[bytes]", question: object) -> bytes:
    """Return the line that *process* answers. Raises `TimeoutError` or `OSError` where there is none."""
    if process.stdin is None or process.stdout is None:  # never: both are pipes
        raise BrokenPipeError
    process.stdin.write(json.dumps(question).encode() + b"\n")
    process.stdin.flush()
    answer = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while not answer.endswith(b"\n"):
            if not selector.select(_PATIENCE):
                raise TimeoutError
            piece = os.read(process.stdout.fileno(), 65536)
            if not piece:
                raise BrokenPipeError
            answer += piece
    return answer
