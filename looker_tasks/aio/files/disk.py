"""Blocking work on the disk, off the event loop. What waits together goes to a thread together.

A trip to a thread and back costs about as much CPU as writing a small file, and several times as much where threads
contend for the interpreter. So trips with small files depart by a timetable, and what comes meanwhile takes the next
one. Its files are all written before the first is synced, one commit of the file system for many, and a folder in which
several of them are renamed is synced once.
"""

import asyncio
import os
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import anyio
from attrs import define, field

S = TypeVar("S")
T = TypeVar("T")

_TRIPS = 4  # at a time, at the most: a slow disk syncs four files in little more than the time of one
_MOST = 64  # jobs of one trip
_PACE = 0.02  # seconds between two trips by the timetable

_Result: TypeAlias = tuple[Any, BaseException | None]


@define(eq=False)
class _Job:
    do: Callable[[], Any]
    then: Callable[[Any], Any] | None = None  # once every other job of its trip has done its first part
    folder: Path | None = None  # to be synced after it
    done: asyncio.Future[Any] = field(factory=lambda: asyncio.get_running_loop().create_future())
    over: asyncio.Event = field(factory=asyncio.Event)  # whoever was cancelled waits for this


class Disk:
    """The threads that work for one client. Nothing is started before there is work."""

    def __init__(self) -> None:
        self._executor: ThreadPoolExecutor | None = None
        self._at_once: deque[_Job] = deque()
        self._by_timetable: deque[_Job] = deque()
        self._under_way = 0
        self._departure: asyncio.TimerHandle | None = None  # of the next trip by the timetable
        self._not_before = 0.0

    async def run(self, do: Callable[[], T]) -> T:
        """Return what *do* returns, or raise what it raises. It is waited for, cancelled or not."""
        value: T = await self._done(_Job(do), at_once=True)
        return value

    async def keep(self, write: Callable[[], S], sync: Callable[[S], T], folder: Path, *, at_once: bool) -> T:
        """Return what *sync* makes of what *write* returns, when *folder*, whose entries it changes, is synced as well.

        It goes *at_once* or by the timetable. Raises what they raise. It is waited for, cancelled or not.
        """
        value: T = await self._done(_Job(write, sync, folder), at_once=at_once)
        return value

    def close(self) -> None:
        """Let the threads end; more work begins new ones."""
        if self._executor is not None:
            self._executor.shutdown(wait=False)
            self._executor = None

    async def _done(self, job: _Job, *, at_once: bool) -> Any:  # noqa: ANN401  # what the job returns
        if at_once:
            self._at_once.append(job)
            self._depart(self._at_once)
        else:
            self._by_timetable.append(job)
            if self._departure is None:
                self._departure = asyncio.get_running_loop().call_at(self._not_before, self._depart_on_time)
        try:
            return await job.done
        except asyncio.CancelledError:
            with anyio.CancelScope(shield=True):
                await job.over.wait()
            raise

    def _depart_on_time(self) -> None:
        self._departure = None
        self._not_before = asyncio.get_running_loop().time() + _PACE
        self._depart(self._by_timetable)

    def _depart(self, waiting: deque[_Job]) -> None:
        """Send off those who wait, as far as there are threads."""
        while waiting and self._under_way < _TRIPS:
            if self._executor is None:
                self._executor = ThreadPoolExecutor(_TRIPS, thread_name_prefix="looker-tasks")
            jobs = [waiting.popleft() for _ in range(min(_MOST, len(waiting)))]
            self._under_way += 1
            trip = asyncio.get_running_loop().run_in_executor(self._executor, _work_off, jobs)
            trip.add_done_callback(lambda done, jobs=jobs: self._arrive(jobs, done.result()))  # type: ignore[misc]  # mypy infers no type for a default

    def _arrive(self, jobs: Sequence[_Job], results: Sequence[_Result]) -> None:
        self._under_way -= 1
        for job, (value, error) in zip(jobs, results, strict=True):
            job.over.set()
            if job.done.cancelled():
                continue
            if error is None:
                job.done.set_result(value)
            else:
                job.done.set_exception(error)
        self._depart(self._at_once)
        if self._departure is None:  # their time has passed
            self._depart(self._by_timetable)


def _work_off(jobs: Sequence[_Job]) -> list[_Result]:
    written = [_attempted(job.do) for job in jobs]
    results = [
        (value, error) if error is not None or job.then is None else _attempted(partial(job.then, value))
        for job, (value, error) in zip(jobs, written, strict=True)
    ]
    folders = {job.folder for job, (_, error) in zip(jobs, results, strict=True) if job.folder and not error}
    unsynced = {folder: error for folder in folders if (error := _attempted(partial(_sync, folder))[1])}
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
