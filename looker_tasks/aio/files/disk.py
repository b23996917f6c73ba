"""Blocking work on the disk, off the event loop. What waits together goes to a thread together.

A trip to a thread and back costs about as much CPU as writing a small file, and several times as much where threads
contend for the interpreter. So trips with small files depart by a timetable, and what comes meanwhile takes the next
one. Its files are all written before the first is synced, one commit of the file system for many, and a folder in which
several of them are renamed is synced once.

A disk may not answer at all (a network's file server that is gone). What waits behind such an operation for another
folder goes on with another thread, whoever waits for it is let go when they stop waiting, and its thread ends with the
process.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import anyio

from looker_tasks.aio.files.threads import DaemonThreads
from looker_tasks.aio.files.trip import Job, Trip
from looker_tasks.aio.open_files import open_file_limit

S = TypeVar("S")
T = TypeVar("T")

_TRIPS = 4  # at a time, at the most: a slow disk syncs four files in little more than the time of one
_MOST = 64  # jobs of one trip
_PACE = 0.02  # seconds between two trips by the timetable
_STUCK = 3.0  # seconds of one operation, after which nothing waits behind it any more
_MOST_STUCK = 32  # threads
_GRACE = 1.0  # seconds that who is cancelled waits for what is under way
_SHARE = 4  # of the files that may be open, a quarter are on all trips together, and a quarter grow between trips


class Disk:
    """The threads that work for one client. Nothing is started before there is work."""

    def __init__(self) -> None:
        self._threads: DaemonThreads | None = None
        allowed = open_file_limit() // _SHARE
        self._most = max(1, min(_MOST, allowed // _TRIPS))
        self.growing = anyio.CapacityLimiter(max(1, allowed))
        """The files that stay open from trip to trip: as many as may be, so that those that end have room to."""
        self._at_once: deque[Job] = deque()
        self._by_timetable: deque[Job] = deque()
        self._under_way: list[Trip] = []
        self._stuck: set[Trip] = set()
        self._behind: deque[Job] = deque()  # in folders in which a trip is stuck
        self._departure: asyncio.TimerHandle | None = None  # of the next trip by the timetable
        self._not_before = 0.0
        self._check: asyncio.TimerHandle | None = None  # whether a trip is stuck
        self.swept: set[Path] = set()
        """The folders in which no part file of a dead process is left."""

    async def run(self, do: Callable[[], T], folder: Path | None = None) -> T:
        """Return what *do*, which works in *folder*, returns, or raise what it raises.

        Who is cancelled waits for its end, but not long where the disk does not answer.
        """
        value: T = await self._done(Job(do, folder=folder), at_once=True)
        return value

    async def keep(self, write: Callable[[], S], sync: Callable[[S], T], folder: Path, *, at_once: bool) -> T:
        """Return what *sync* makes of what *write* returns, when *folder*, whose entries it changes, is synced as well.

        It goes *at_once* or by the timetable. Raises what they raise; who is cancelled waits as for `run`.
        """
        value: T = await self._done(Job(write, sync, folder), at_once=at_once)
        return value

    def close(self) -> None:
        """Let the threads end; more work begins new ones."""
        if self._threads is not None:
            self._threads.shutdown()
            self._threads = None

    async def _done(self, job: Job, *, at_once: bool) -> Any:  # noqa: ANN401  # what the job returns
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
            with anyio.move_on_after(_GRACE, shield=True):
                await job.over.wait()
            raise

    def _depart_on_time(self) -> None:
        self._departure = None
        self._not_before = asyncio.get_running_loop().time() + _PACE
        self._depart(self._by_timetable)

    def _depart(self, waiting: deque[Job]) -> None:
        """Send off those who wait, as far as there are threads."""
        while waiting and len(self._under_way) < _TRIPS:
            if self._threads is None:
                self._threads = DaemonThreads("looker-tasks")
            jobs = [waiting.popleft() for _ in range(min(self._most, len(waiting)))]
            gone = {trip.folder for trip in self._stuck} - {None}
            self._behind.extend(job for job in jobs if job.folder in gone)
            if free := [job for job in jobs if job.folder not in gone]:
                self._send(Trip(free))

    def _send(self, trip: Trip) -> None:
        loop = asyncio.get_running_loop()
        self._under_way.append(trip)
        try:
            back = loop.run_in_executor(self._threads, trip.work_off)
        except RuntimeError:  # no thread can be started: late is better than never
            trip.work_off()
            loop.call_soon(self._arrive, trip)
            return
        back.add_done_callback(lambda _: self._arrive(trip))
        if self._check is None:
            self._check = loop.call_later(_STUCK / 2, self._look_for_stuck)

    def _arrive(self, trip: Trip) -> None:
        if trip in self._under_way:
            self._under_way.remove(trip)
        else:
            self._stuck.discard(trip)
            self._at_once.extend(self._behind)
            self._behind.clear()
        _settle(trip.taken())
        self._depart(self._at_once)
        if self._departure is None:  # their time has passed
            self._depart(self._by_timetable)
        if not self._under_way and self._check is not None:
            self._check.cancel()
            self._check = None

    def _look_for_stuck(self) -> None:
        """Have what waits behind an operation that does not end go on with another thread."""
        now = time.monotonic()
        for trip in list(self._under_way):
            if now - trip.since > _STUCK and len(self._stuck) < _MOST_STUCK:
                self._under_way.remove(trip)
                self._stuck.add(trip)
                rest = trip.split()
                _settle(trip.taken())
                if rest is not None:
                    self._send(rest)
        self._check = asyncio.get_running_loop().call_later(_STUCK / 2, self._look_for_stuck)
        self._depart(self._at_once)
        if self._departure is None:
            self._depart(self._by_timetable)


def _settle(jobs: Sequence[Job]) -> None:
    for job in jobs:
        job.over.set()
        if job.done.cancelled():
            continue
        if job.error is None:
            job.done.set_result(job.value)
        else:
            job.done.set_exception(job.error)
