"""Blocking work on the disk, off the event loop. What waits together goes to a thread together.

To hand work to a thread and back costs about as much CPU as to write a small file, and several times as much where
threads contend for the interpreter. So small files are committed in groups: one group every so often, of all that came
meanwhile. The files of a group are all written before the first is synced, one commit of the file system for many, and
a folder in which several of them are renamed is synced once.

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

from looker_tasks.aio.files.job_group import Job, JobGroup
from looker_tasks.aio.files.threads import DaemonThreads
from looker_tasks.aio.open_files import open_file_limit

S = TypeVar("S")
T = TypeVar("T")

_GROUPS = 4  # at a time, at the most: a slow disk syncs four files in little more than the time of one
_MOST = 64  # jobs of one group
_FLUSH_INTERVAL = 0.02  # seconds between two groups of small files
_STUCK = 3.0  # seconds of one operation, after which nothing waits behind it any more
_MOST_STUCK = 32  # threads
_GRACE = 1.0  # seconds that who is cancelled waits for what is under way
_SHARE = 4  # of the files that may be open, a quarter are of all groups in flight, and a quarter grow between groups


class Disk:
    """The threads that work for one client. Nothing is started before there is work."""

    def __init__(self) -> None:
        self._threads: DaemonThreads | None = None
        allowed = open_file_limit() // _SHARE
        self._most = max(1, min(_MOST, allowed // _GROUPS))
        self.growing = anyio.CapacityLimiter(max(1, allowed))
        """The files that stay open from group to group: as many as may be, so that those that end have room to."""
        self._at_once: deque[Job] = deque()
        self._next_group: deque[Job] = deque()
        self._in_flight: list[JobGroup] = []
        self._stuck: set[JobGroup] = set()
        self._behind: deque[Job] = deque()  # in folders in which a group is stuck
        self._flush_timer: asyncio.TimerHandle | None = None  # for the next group of small files
        self._not_before = 0.0
        self._check: asyncio.TimerHandle | None = None  # whether a group is stuck
        self.swept: set[Path] = set()
        """The folders in which no part file of a dead process is left."""

    async def run(self, do: Callable[[], T], folder: Path | None = None) -> T:
        """Return what *do*, which works in *folder*, returns, or raise what it raises.

        Who is cancelled waits for its end, but not long where the disk does not answer.
        """
        value: T = await self._wait_for(Job(do, folder=folder), at_once=True)
        return value

    async def keep(self, write: Callable[[], S], sync: Callable[[S], T], folder: Path, *, at_once: bool) -> T:
        """Return what *sync* makes of what *write* returns, when *folder*, whose entries it changes, is synced as well.

        It goes *at_once* or with the next group. Raises what they raise; who is cancelled waits as for `run`.
        """
        value: T = await self._wait_for(Job(write, sync, folder), at_once=at_once)
        return value

    def close(self) -> None:
        """Let the threads end; more work begins new ones."""
        if self._threads is not None:
            self._threads.shutdown()
            self._threads = None

    async def _wait_for(self, job: Job, *, at_once: bool) -> Any:  # noqa: ANN401  # what the job returns
        if at_once:
            self._at_once.append(job)
            self._submit(self._at_once)
        else:
            self._next_group.append(job)
            if self._flush_timer is None:
                self._flush_timer = asyncio.get_running_loop().call_at(self._not_before, self._flush)
        try:
            return await job.done
        except asyncio.CancelledError:
            with anyio.move_on_after(_GRACE, shield=True):
                await job.over.wait()
            raise

    def _flush(self) -> None:
        self._flush_timer = None
        self._not_before = asyncio.get_running_loop().time() + _FLUSH_INTERVAL
        self._submit(self._next_group)

    def _submit(self, waiting: deque[Job]) -> None:
        """Submit the jobs that wait, as far as there are threads."""
        while waiting and len(self._in_flight) < _GROUPS:
            if self._threads is None:
                self._threads = DaemonThreads("looker-tasks")
            jobs = [waiting.popleft() for _ in range(min(self._most, len(waiting)))]
            gone = {group.folder for group in self._stuck} - {None}
            self._behind.extend(job for job in jobs if job.folder in gone)
            if free := [job for job in jobs if job.folder not in gone]:
                self._start(JobGroup(free))

    def _start(self, group: JobGroup) -> None:
        loop = asyncio.get_running_loop()
        self._in_flight.append(group)
        try:
            back = loop.run_in_executor(self._threads, group.work_off)
        except RuntimeError:  # no thread can be started: late is better than never
            group.work_off()
            loop.call_soon(self._complete, group)
            return
        back.add_done_callback(lambda _: self._complete(group))
        if self._check is None:
            self._check = loop.call_later(_STUCK / 2, self._look_for_stuck)

    def _complete(self, group: JobGroup) -> None:
        if group in self._in_flight:
            self._in_flight.remove(group)
        else:
            self._stuck.discard(group)
            self._at_once.extend(self._behind)
            self._behind.clear()
        _settle(group.taken())
        self._submit(self._at_once)
        if self._flush_timer is None:  # their time has passed
            self._submit(self._next_group)
        if not self._in_flight and self._check is not None:
            self._check.cancel()
            self._check = None

    def _look_for_stuck(self) -> None:
        """Have what waits behind an operation that does not end go on with another thread."""
        now = time.monotonic()
        for group in list(self._in_flight):
            if now - group.since > _STUCK and len(self._stuck) < _MOST_STUCK:
                self._in_flight.remove(group)
                self._stuck.add(group)
                rest = group.split()
                _settle(group.taken())
                if rest is not None:
                    self._start(rest)
        self._check = asyncio.get_running_loop().call_later(_STUCK / 2, self._look_for_stuck)
        self._submit(self._at_once)
        if self._flush_timer is None:
            self._submit(self._next_group)


def _settle(jobs: Sequence[Job]) -> None:
    for job in jobs:
        job.over.set()
        if job.done.cancelled():
            continue
        if job.error is None:
            job.done.set_result(job.value)
        else:
            job.done.set_exception(job.error)
