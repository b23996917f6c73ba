"""Folders on the disk: made, entered by descriptor, links of other users not followed. Everything here blocks.

Whoever may write in the output folder as well gains nothing by planting a link in a folder's place.
"""

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

_FOLDER = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_CLOEXEC


@contextmanager
def open_folder(root: Path, names: Sequence[str], *, create: bool) -> Iterator[int]:
    """Give a descriptor of the folder that *names* lead to from *root*; with *create*, make what is missing.

    Raises `OSError`.
    """
    descriptor = _root(root, create=create)
    try:
        for name in names:
            descriptor, former = _entered(descriptor, name, create=create), descriptor
            os.close(former)
        yield descriptor
    finally:
        os.close(descriptor)


def make_folders(folder: Path) -> None:
    """Make *folder* and what leads there, safe from a power cut."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for each in missing:
        descriptor = os.open(each.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            with suppress(OSError):  # what it could not promise is noted with the first file
                os.fsync(descriptor)
        finally:
            os.close(descriptor)


def is_trusted(link: os.stat_result) -> bool:
    """Return whether a link may be followed: our own, and those of the system."""
    return link.st_uid in {0, os.geteuid()}


def _root(root: Path, *, create: bool) -> int:
    try:
        return os.open(root, _FOLDER)
    except FileNotFoundError:
        if not create:
            raise
    make_folders(root)
    return os.open(root, _FOLDER)


def _entered(folder: int, name: str, *, create: bool) -> int:
    """Return a descriptor of the folder *name* in *folder*."""
    try:
        return os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)
    except FileNotFoundError:
        if not create:
            raise
        with suppress(FileExistsError):  # another export was first
            os.mkdir(name, dir_fd=folder)
        _sync_parent(folder)
        return os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)
    except OSError:
        facts = os.stat(name, dir_fd=folder, follow_symlinks=False)
        if not stat.S_ISLNK(facts.st_mode):
            raise
        if not is_trusted(facts):
            raise OSError(errno.ELOOP, f"the folder {name} is a link of another user, and is not followed") from None
        return os.open(name, _FOLDER, dir_fd=folder)


def _sync_parent(folder: int) -> None:
    with suppress(OSError):  # what it could not promise is noted with the first file
        readable = os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=folder)
        try:
            os.fsync(readable)
        finally:
            os.close(readable)
