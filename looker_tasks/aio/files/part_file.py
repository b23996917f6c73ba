"""The file that grows beside its name and takes it when it is whole. Everything here blocks.

Whoever may write in the folder as well gains nothing by planting names: the part file's cannot be guessed and is made
new, folders below the output folder are entered by descriptor, and links of other users are not followed.
"""

import errno
import fcntl
import os
import re
import secrets
import stat
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from looker_tasks.aio.files.folders import open_folder
from looker_tasks.aio.files.job_group import UNSUPPORTED, note_once
from looker_tasks.sansio.naming import PART_FILE

#: After so many bytes of a file, and at its end, the disk is asked to begin with them.
PUSH = 16 * 2**20

#: What passes by itself: too many open files, a system that is short of something for a moment.
PASSING = frozenset({errno.EMFILE, errno.ENFILE, errno.EAGAIN, errno.EINTR, errno.ENOBUFS, errno.ETXTBSY})

_MOMENT = 0.1  # seconds
_PERMISSIONS = 0o777
_CLOSE_FIRST = frozenset({errno.EBUSY, errno.ETXTBSY, errno.EACCES, errno.EPERM, errno.EINVAL, errno.ENOTSUP})
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFLNK: "a link",
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
_PART_FILE = re.compile(PART_FILE)


class PartFile:
    """The file *name* below the folder *root*, on its way. One thread at a time works on it."""

    def __init__(self, root: Path, name: str) -> None:
        self._root = root
        *self._folders, self._name = local_name(name).split("/")
        self._part = f".looker-tasks-{secrets.token_hex(8)}.part"
        self._lock = threading.Lock()
        self._doomed = threading.Event()
        self._file: int | None = None
        self._pending: deque[memoryview] = deque()  # what is still to be written
        self._size = 0
        self._pushed = 0

    @property
    def is_open(self) -> bool:
        """Whether there is a part file."""
        return self._file is not None

    def append(self, chunks: Iterable[bytes]) -> None:
        """Append *chunks*. After an error that passes, the same again with none goes on where it stopped."""
        with self._held():
            self._pending.extend(memoryview(chunk) for chunk in chunks if chunk)
            if self._file is None:
                self._file = self._opened()
            while self._pending:
                left = self._pending[0]
                written = os.write(self._file, left)
                self._size += written
                if written < len(left):
                    self._pending[0] = left[written:]
                else:
                    self._pending.popleft()
            if self._size - self._pushed >= PUSH:
                self._push(self._file)

    def push(self) -> None:
        """Have the disk begin with the last of it."""
        with self._held():
            if self._file is not None:
                self._push(self._file)

    def keep(self) -> os.stat_result:
        """Sync the file, give it its name, and return its facts. Its folder is not synced yet."""
        with self._held(), open_folder(self._root, self._folders, create=False) as folder:
            if self._file is None:
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
            former = self._former(folder)
            if former is not None:
                os.fchmod(self._file, former.st_mode & _PERMISSIONS)
            sync_file(self._file)
            facts = os.fstat(self._file)
            if self._doomed.is_set():
                raise OSError(errno.ECANCELED, os.strerror(errno.ECANCELED))
            try:
                os.rename(self._part, self._name, src_dir_fd=folder, dst_dir_fd=folder)
            except OSError as error:  # some file systems rename no file that is open
                if error.errno not in _CLOSE_FIRST:
                    raise
                self._close()
                os.rename(self._part, self._name, src_dir_fd=folder, dst_dir_fd=folder)
            self._close()
            return facts

    def give_up(self) -> None:
        """Have it never get its name, from now on. Blocks never."""
        self._doomed.set()

    def discard(self) -> None:
        """Remove the part file, as far as the disk lets us; a thread that is at work on it does so at its end."""
        self.give_up()
        if self._lock.acquire(timeout=_MOMENT):
            try:
                self._remove()
            finally:
                self._lock.release()

    @contextmanager
    def _held(self) -> Iterator[None]:
        with self._lock:
            if self._doomed.is_set():
                raise OSError(errno.ECANCELED, os.strerror(errno.ECANCELED))
            try:
                yield
            finally:
                if self._doomed.is_set():
                    self._remove()

    def _remove(self) -> None:
        if self._file is not None:
            self._close()
            with suppress(OSError), open_folder(self._root, self._folders, create=False) as folder:
                os.unlink(self._part, dir_fd=folder)

    def _close(self) -> None:
        if self._file is not None:
            with suppress(OSError):  # all that matters was synced before
                os.close(self._file)
            self._file = None

    def _former(self, folder: int) -> os.stat_result | None:
        """Return the facts of the file that has the name now. Raises `OSError` for what is no file."""
        try:
            former = os.stat(self._name, dir_fd=folder, follow_symlinks=False)
        except FileNotFoundError:
            return None
        if not stat.S_ISREG(former.st_mode):
            raise OSError(errno.EEXIST, in_the_way(former))
        return former

    def _push(self, file: int) -> None:
        """Let the disk begin on what was written since the last time: the sync at the end has less to wait for then."""
        if hasattr(os, "posix_fadvise"):  # not on every system; Linux writes out what nobody needs in its cache
            with suppress(OSError):  # nor on every file system, and a sync comes anyway
                os.posix_fadvise(file, self._pushed, self._size - self._pushed, os.POSIX_FADV_DONTNEED)
        self._pushed = self._size

    def _opened(self) -> int:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with open_folder(self._root, self._folders, create=True) as folder:
            while True:
                file = os.open(self._part, flags, 0o666, dir_fd=folder)
                if _is_claimed(file):
                    return file
                os.close(file)  # another run took it for one that was left behind


def local_name(name: str) -> str:
    """Return *name* as the file system's calls want it, whatever the locale: a file's name is UTF-8 everywhere."""
    return os.fsdecode(name.encode("utf-8"))


def in_the_way(facts: os.stat_result) -> str:
    """Return what lies under a name that a file should get."""
    return f"{_KINDS.get(stat.S_IFMT(facts.st_mode), 'no file')} has this name, and is not replaced"


def leftovers(folder: Path) -> Iterator[Path]:
    """Give the part files in *folder* that nobody works on any more."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if _PART_FILE.fullmatch(entry.name) and entry.is_file(follow_symlinks=False) and _is_left(entry.path):
                yield Path(entry.path)


def sync_file(file: int) -> None:
    """Make a file's bytes outlast a power cut, where its file system can."""
    try:
        os.fsync(file)
    except OSError as error:
        if error.errno not in UNSUPPORTED - {errno.EBADF}:
            raise
        note_once(
            "files", os.fstat(file).st_dev, "the output's file system syncs no files: a power cut may undo the latest"
        )


def _is_claimed(file: int) -> bool:
    """Lock a new part file, so that who sweeps sees that it is in use; return whether it still has its name."""
    with suppress(OSError):  # where there are no locks nobody sweeps
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return os.fstat(file).st_nlink > 0


def _is_left(path: str) -> bool:
    try:
        file = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(file)
    return True
