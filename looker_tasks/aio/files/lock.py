"""One run at a time on a folder: advisory locks that end with the process that holds them, however it ends."""

import errno
import fcntl
import os
import socket
import stat
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from attrs import define

from looker_tasks.aio.files.job_group import note_once
from looker_tasks.errors import ConfigurationError, FolderInUse

#: What a file system says that has no locks (NFS without its lock service, SMB, FUSE).
WITHOUT_LOCKS = frozenset(
    {errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL, errno.EBADF, errno.EIO}
)
_LONGEST_HOLDER = 500  # bytes


@define(eq=False)
class Lock:
    """A lock that is held. With *is_sound* False the file system has none, and nothing keeps others away."""

    is_sound: bool
    descriptors: list[int]

    def close(self) -> None:
        """Let go."""
        while self.descriptors:
            os.close(self.descriptors.pop())


def hold(path: Path, location: str, folder: Path | None = None) -> Lock:
    """Lock the file *path* and say in it who holds it, for a run on *location*. Blocks, but never waits.

    The output *folder* itself is locked as well, where it is one: the lock then outlives the file. Raises
    `FolderInUse`, which tells who holds it, and `ConfigurationError` for something that is no file in its place.
    """
    lock = Lock(is_sound=True, descriptors=[])
    try:
        descriptor = _opened(path)
        lock.descriptors.append(descriptor)
        lock.is_sound = _is_locked(descriptor, path, location)
        if folder is not None:
            with suppress(OSError):  # the file is enough
                lock.descriptors.append(os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC))
                _lock_folder(lock.descriptors[-1], descriptor, location)
        os.ftruncate(descriptor, 0)
        now = datetime.now(UTC)
        os.pwrite(
            descriptor,
            f"process {os.getpid()} on {socket.gethostname()} since {now:%Y-%m-%d %H:%M:%S} UTC\n".encode(),
            0,
        )
    except BaseException:
        lock.close()
        raise
    return lock


def _opened(path: Path) -> int:
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
    try:
        descriptor = os.open(path, flags, 0o600)
    except OSError as error:
        if error.errno not in {errno.ELOOP, errno.EISDIR, errno.ENXIO}:
            raise
        raise ConfigurationError(f"{path} is no file: remove it, or give another folder") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise ConfigurationError(f"{path} is no file: remove it, or give another folder")
    return descriptor


def _is_locked(descriptor: int, path: Path, location: str) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise _in_use(descriptor, location) from None
    except OSError as error:
        if error.errno not in WITHOUT_LOCKS:
            raise
        note_once(
            "locks",
            os.fstat(descriptor).st_dev,
            f"{path.parent}: its file system has no locks: see that no other run works on {location} meanwhile",
        )
        return False
    return True


def _lock_folder(folder: int, file: int, location: str) -> None:
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise _in_use(file, location) from None


def _in_use(file: int, location: str) -> FolderInUse:
    holder = os.pread(file, _LONGEST_HOLDER, 0).decode("utf-8", "replace").strip() or "another process"
    return FolderInUse(f"{location} is in use by {holder}: wait for its end, or stop it")
