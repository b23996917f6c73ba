"""Blocking work on the disk, off the event loop. What waits together goes to a thread together.

A trip to a thread and back costs about as much CPU as writing a small file, and more where threads contend for the
interpreter. So only a few trips are under way at a time: jobs that come meanwhile take the next one, all of them, and a
folder in which several of them rename a file is synced once.
"""

import asyncio
import os
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import anyio
from attrs import field, frozen

T = TypeVar("T")

_TRIPS = 4  # at a time: a slow disk syncs four files in little more than the time of one
_MOST = 16  # jobs of one trip

_Result: TypeAlias = tuple[Any, BaseException | None]


@frozen(eq=False)
class _Job:
    do: Callable[[], Any]
    folder: Path | None  # to be synced after it
    done: asyncio.Future[Any] = field(factory=lambda: asyncio.get_running_loop().create_future())


class Disk:
    """The threads that work for one client. Nothing is started before there is work."""

    def __init__(self) -> None:
        self._executor: ThreadPoolExecutor | None = None
        self._waiting: deque[_Job] = deque()
        self._under_way = 0

    async def run(self, do: Callable[[], T], *, folder: Path | None = None) -> T:
        """Return what *do* returns, or raise what it raises. A job that began is waited for, cancelled or not.

        It is done when *folder*, whose entries it changes, is synced.
        """
        job = _Job(do, folder)
        self._waiting.append(job)
        self._depart()
        try:
            value: T = await asyncio.shield(job.done)
        except asyncio.CancelledError:
            with anyio.CancelScope(shield=True):
                await asyncio.wait([job.done])
            raise
        return value

    def close(self) -> None:
        """Let the threads end; more work begins new ones."""
        if self._executor is not None:
            self._executor.shutdown(wait=False)
            self._executor = None

    def _depart(self) -> None:
        if self._executor is None:
            self._executor = ThreadPoolExecutor(_TRIPS, thread_name_prefix="looker-tasks")
        while self._waiting and self._under_way < _TRIPS:
            jobs = [self._waiting.popleft() for _ in range(min(_MOST, len(self._waiting)))]
            self._under_way += 1
            trip = asyncio.get_running_loop().run_in_executor(self._executor, _work_off, jobs)
            trip.add_done_callback(lambda done, jobs=jobs: self._arrive(jobs, done.result()))  # type: ignore[misc]  # mypy infers no type for a default

    def _arrive(self, jobs: Sequence[_Job], results: Sequence[_Result]) -> None:
        self._under_way -= 1
        for job, (value, error) in zip(jobs, results, strict=True):
            if error is None:
                job.done.set_result(value)
            else:
                job.done.set_exception(error)
        self._depart()


def _work_off(jobs: Sequence[_Job]) -> list[_Result]:
    results = [_attempted(job.do) for job in jobs]
    folders = {job.folder for job, (_, error) in zip(jobs, results, strict=True) if job.folder and not error}
    unsynced = {folder: error for folder in folders if (error := _attempted(lambda: _sync(folder))[1])}  # noqa: B023  # called here
    return [
        (value, error or (unsynced.get(job.folder) if job.folder else None))
        for job, (value, error) in zip(jobs, results, strict=True)
    ]


def _attempted(do: Callable[[], Any]) -> _Result:
    try:
        return do(), None
    except BaseException as error:  # noqa: BLE001  # raised again where it is awaited
        return None, error


def _sync(folder: Path) -> None:
    """Make the renames in *folder* outlast a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
