"""Jobs that one thread does together, step by step: what has not begun can be taken from a thread that is stuck."""

import asyncio
import errno
import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from attrs import define, field

_log = logging.getLogger(__name__)

#: What a file system says that has no such operation.
UNSUPPORTED = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EBADF, errno.ENOTTY})

_UNREADABLE = frozenset({errno.EACCES, errno.EPERM})  # a folder that may be written in and not read
_noted: set[tuple[str, int]] = set()


@define(eq=False)
class Job:
    """One job: *do*, and *then*, with what that returned, once every other job of its group has done its first part."""

    do: Callable[[], Any]
    then: Callable[[Any], Any] | None = None
    folder: Path | None = None  # in which it works; to be synced after *then*
    value: Any = None
    error: BaseException | None = None
    done: asyncio.Future[Any] = field(factory=lambda: asyncio.get_running_loop().create_future())
    over: asyncio.Event = field(factory=asyncio.Event)  # whoever was cancelled waits for this


class JobGroup:
    """Jobs in flight. `work_off` runs in a thread; all else may be asked meanwhile."""

    def __init__(self, jobs: Iterable[Job] = ()) -> None:
        self.since = time.monotonic()
        """When the present step began."""
        self.folder: Path | None = None
        """In which it works."""
        self._lock = threading.Lock()
        self._first = deque(jobs)
        self._second: deque[Job] = deque()
        self._unsynced: dict[Path, list[Job]] = {}
        self._over: list[Job] = []

    def work_off(self) -> None:
        """Do all jobs. Blocks; what goes wrong becomes their errors."""
        while (step := self._next_step()) is not None:
            step()

    def taken(self) -> list[Job]:
        """Return the jobs that are over since the last time."""
        with self._lock:
            over, self._over = self._over, []
        return over

    def split(self) -> "JobGroup | None":
        """Return another group with all that is to be done in other folders than the present one; None: nothing is."""
        other = JobGroup()
        with self._lock:
            other._first = deque(job for job in self._first if job.folder != self.folder)
            other._second = deque(job for job in self._second if job.folder != self.folder)
            other._unsynced = {folder: jobs for folder, jobs in self._unsynced.items() if folder != self.folder}
            self._first = deque(job for job in self._first if job.folder == self.folder)
            self._second = deque(job for job in self._second if job.folder == self.folder)
            self._unsynced = {folder: jobs for folder, jobs in self._unsynced.items() if folder == self.folder}
        return other if other._first or other._second or other._unsynced else None

    def _next_step(self) -> Callable[[], None] | None:
        with self._lock:
            self.since = time.monotonic()
            if self._first:
                return self._step(self._do, self._first.popleft())
            if self._second:
                return self._step(self._then, self._second.popleft())
            if self._unsynced:
                self.folder, jobs = self._unsynced.popitem()
                return partial(self._sync, self.folder, jobs)
        return None

    def _step(self, do: Callable[[Job], None], job: Job) -> Callable[[], None]:
        self.folder = job.folder
        return partial(do, job)

    def _do(self, job: Job) -> None:
        _attempt(job, job.do)
        with self._lock:
            if job.error is None and job.then is not None:
                self._second.append(job)
            else:
                self._over.append(job)

    def _then(self, job: Job) -> None:
        if job.then is not None:
            _attempt(job, partial(job.then, job.value))
        with self._lock:
            if job.error is None and job.folder is not None:
                self._unsynced.setdefault(job.folder, []).append(job)
            else:
                self._over.append(job)

    def _sync(self, folder: Path, jobs: list[Job]) -> None:
        try:
            sync_folder(folder)
        except OSError as error:
            for job in jobs:
                job.error = error
        with self._lock:
            self._over.extend(jobs)


def _attempt(job: Job, do: Callable[[], Any]) -> None:
    try:
        job.value = do()
    except BaseException as error:  # noqa: BLE001  # raised again where it is awaited
        job.error = error


def sync_folder(folder: Path) -> None:
    """Make the changes of names in *folder* outlast a power cut, where its file system can. Blocks."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        if error.errno not in _UNREADABLE:
            raise
        note_once(
            "unreadable", 0, f"{folder} cannot be read, so not synced: a power cut may undo the latest names in it"
        )
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in UNSUPPORTED:
            raise
        note_once(
            "folders",
            os.fstat(descriptor).st_dev,
            f"{folder}: its file system syncs no folders: a power cut may undo the latest names in it",
        )
    finally:
        os.close(descriptor)


def note_once(what: str, device: int, message: str) -> None:
    """Log what cannot be promised on a *device*, once in the life of the process."""
    if (what, device) not in _noted:
        _noted.add((what, device))
        _log.warning("%s", message)
