"""Previews of many files, by worker processes: one a core."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue

from looker_tasks.report.previews.process import WorkerProcess
from looker_tasks.report.previews.values import Preview, Request

_FEW = 40  # files that one worker looks into while a second one would start


def make_previews(requests: Sequence[Request]) -> list[Preview]:
    """Return what each file of *requests* looks like, in their order. A file that no worker survives has no preview."""
    if not requests:
        return []
    number = max(1, min(os.cpu_count() or 1, len(requests) // _FEW))
    with ThreadPoolExecutor(number) as threads:
        workers: SimpleQueue[WorkerProcess] = SimpleQueue()
        for _ in range(number):
            workers.put(WorkerProcess())

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
