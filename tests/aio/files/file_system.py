"""The calls that files are made with: recorded in their order, refused, or held up."""

import errno
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from attrs import define, field

_REAL: dict[str, Callable[..., Any]] = {
    name: getattr(os, name) for name in ("open", "write", "fsync", "fchmod", "rename", "close", "unlink", "mkdir")
}


def path_of(descriptor: int) -> str:
    """Return the path that *descriptor* stands for. Raises `OSError` where it is none."""
    return str(Path(f"/proc/self/fd/{descriptor}").readlink()).removesuffix(" (deleted)")


@define
class Recorder:
    """What was done to the files and folders below *root*, in order: ``fsync a.part``."""

    root: Path
    calls: list[str] = field(factory=list)
    _lock: threading.Lock = field(factory=threading.Lock)

    def name(self, descriptor: int) -> str | None:
        """Return the path below the root that *descriptor* stands for; None for others, and for what is gone."""
        try:
            return str(Path(path_of(descriptor)).relative_to(self.root))
        except (OSError, ValueError):
            return None

    def note(self, call: str, name: str | None) -> None:
        """Note *call* where it is about something below the root."""
        if name is not None:
            with self._lock:
                self.calls.append(f"{call} {name}")


@contextmanager
def recorded(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    """Record each call that writes, syncs, closes or renames below *root*."""
    recorder = Recorder(root)

    def about_descriptor(call: str) -> Callable[..., Any]:
        def real(descriptor: int, *arguments: Any) -> Any:  # noqa: ANN401  # as the call has it
            recorder.note(call, recorder.name(descriptor))
            return _REAL[call](descriptor, *arguments)

        return real

    def rename(source: str, target: str, *, src_dir_fd: int, dst_dir_fd: int) -> None:
        folder = recorder.name(dst_dir_fd)
        _REAL["rename"](source, target, src_dir_fd=src_dir_fd, dst_dir_fd=dst_dir_fd)
        recorder.note("rename", None if folder is None else f"{folder}/{target}".removeprefix("./"))

    with monkeypatch.context() as patch:
        for call in ("write", "fsync", "close"):
            patch.setattr(os, call, about_descriptor(call))
        patch.setattr(os, "rename", rename)
        yield recorder


@contextmanager
def refusing(call: str, number: int, monkeypatch: pytest.MonkeyPatch, *, times: int = 10**9) -> Iterator[None]:
    """Have the operating system refuse *call* with the error *number*, the first so many times."""
    left = [times]

    def refused(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401  # as the call has it
        if left[0] > 0 and _is_ours(call, arguments):
            left[0] -= 1
            raise OSError(number, os.strerror(number))
        return _REAL[call](*arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(os, call, refused)
        yield


def _is_ours(call: str, arguments: tuple[Any, ...]) -> bool:
    """Return whether a call is about a part file, and not about what else a process opens."""
    if call == "open":
        return str(arguments[0]).endswith(".part")
    if call in {"write", "close", "fsync"}:
        try:
            return path_of(arguments[0]).endswith(".part")
        except OSError:
            return False
    return True


@contextmanager
def held_up(call: str, monkeypatch: pytest.MonkeyPatch, only: Callable[[str], bool]) -> Iterator[threading.Event]:
    """Have *call* not return, for descriptors whose path is one of *only*, until the event that is given is set."""
    may_go_on = threading.Event()

    def held(descriptor: int, *arguments: Any) -> Any:  # noqa: ANN401  # as the call has it
        if only(path_of(descriptor)):
            may_go_on.wait(60)
        return _REAL[call](descriptor, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(os, call, held)
        try:
            yield may_go_on
        finally:
            may_go_on.set()


FOLDER_SYNC_REFUSALS = (errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS)
PASSING = (errno.EMFILE, errno.ENFILE, errno.EAGAIN, errno.EINTR, errno.ENOBUFS, errno.ETXTBSY)
FINAL = (errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO, errno.EDQUOT)


def open_descriptors() -> set[str]:
    """Return the numbers of all descriptors that this process has open."""
    return {each.name for each in Path("/proc/self/fd").iterdir() if each.is_symlink()}
