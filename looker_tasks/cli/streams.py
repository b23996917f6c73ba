"""What the program writes, whatever became of its streams: closed, full, unread, or in an encoding that lacks letters.

Files are the product: a stream that fails, or that nobody reads, never holds up or ends a run.
"""

import io
import os
import sys
import threading
from collections import deque
from contextlib import suppress

_MOST_WAITING = 2**20  # characters of progress; what nobody reads is dropped beyond them
_DRAIN_WITHIN = 2.0  # seconds, for what still waits at the end


def prepare_standard_streams() -> None:
    """Open what is closed of stdin, stdout and stderr on /dev/null, and let no letter fail that an encoding lacks.

    A closed descriptor would be taken by the next file or socket that is opened, and be written into.
    """
    for descriptor, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        if not _is_open(descriptor):
            _open_on_nothing(descriptor)
        if getattr(sys, name) is None:
            setattr(sys, name, io.TextIOWrapper(_Closed(mode), encoding="utf-8"))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def write_line(line: str) -> None:
    """Write a message to stderr, as far as it can be written."""
    with suppress(OSError, ValueError):
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()


class Output:
    """Text on its way to a descriptor, written by a thread of its own. `failed` tells that nothing more arrives."""

    def __init__(self, descriptor: int, *, encoding: str, drops: bool) -> None:
        self._descriptor = descriptor
        self._encoding = encoding
        self._drops = drops
        self._waiting: deque[str] = deque()
        self._size = 0
        self._changed = threading.Condition()
        self._is_closing = False
        self._thread: threading.Thread | None = None
        self.failed = not _is_open(descriptor)

    @property
    def is_behind(self) -> bool:
        """Whether more waits to be written than should: who can wait should do so."""
        return self._size > _MOST_WAITING

    def write(self, text: str) -> None:
        """Have *text* written soon. Where this output *drops* and is behind, it is left out."""
        if self.failed or (self._drops and self.is_behind):
            return
        with self._changed:
            self._waiting.append(text)
            self._size += len(text)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="looker-tasks-output", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def close(self, within: float = _DRAIN_WITHIN) -> None:
        """Wait until all is written, for *within* seconds at the most after the last piece that was taken."""
        with self._changed:
            self._is_closing = True
            self._changed.notify_all()
            size = self._size + 1
            while self._size and not self.failed and self._size < size:
                size = self._size
                self._changed.wait(within)
            self.failed = self.failed or bool(self._size)

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._waiting:
                    if self._is_closing:
                        return
                    self._changed.wait()
                text = self._waiting.popleft()
            try:
                _write_all(self._descriptor, text.encode(self._encoding, "backslashreplace"))
            except OSError:
                self.failed = True
            with self._changed:
                self._size -= len(text)
                if self.failed:
                    self._waiting.clear()
                    self._size = 0
                self._changed.notify_all()


class OutputFile(io.TextIOBase):
    """An `Output` as a file, for a library that draws on one."""

    def __init__(self, output: Output, *, is_terminal: bool, encoding: str) -> None:
        self._output = output
        self._is_terminal = is_terminal
        self._encoding = encoding

    @property
    def encoding(self) -> str:  # type: ignore[override]  # an attribute of the base, which cannot be set
        """The encoding of the stream behind it."""
        return self._encoding

    def isatty(self) -> bool:
        """Return whether a person looks at it."""
        return self._is_terminal

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, text: str, /) -> int:
        """Have *text* written soon."""
        self._output.write(text)
        return len(text)


class _Closed(io.RawIOBase):
    """A stream that was closed before the program began."""

    def __init__(self, mode: str) -> None:
        self._mode = mode

    def readable(self) -> bool:
        return self._mode == "r"

    def writable(self) -> bool:
        return self._mode == "w"

    def readinto(self, _: object, /) -> int:
        return 0

    def write(self, data: bytes, /) -> int:  # type: ignore[override]  # bytes are what a TextIOWrapper writes
        return len(data)


#: Descriptors that were closed when the program began: what is written there reaches nobody.
_closed: set[int] = set()


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return descriptor not in _closed


def _open_on_nothing(descriptor: int) -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    if nothing != descriptor:
        os.dup2(nothing, descriptor, inheritable=True)
        os.close(nothing)
    _closed.add(descriptor)


def _write_all(descriptor: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left) :]
