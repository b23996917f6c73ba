"""Chunks → part file → checked → synced → renamed: a file is whole under its name, or not there.

Nothing touches the disk on the event loop; a small result takes one trip to a worker thread in all.
"""

import hashlib
import os
from contextlib import suppress
from functools import partial
from pathlib import Path

import anyio

from looker_tasks.aio.files.disk import Disk
from looker_tasks.aio.http.result import Result
from looker_tasks.errors import FileNotWritten, LookerTasksError, ResultRejected, TaskFailed
from looker_tasks.formats import FORMATS
from looker_tasks.outcomes import Artifact
from looker_tasks.sansio.protocol.integrity import ENDS, PARSED, Defect, defect_of_ends, defect_of_json

#: How much is written at once, in bytes.
BLOCK = 2**20

#: After so many bytes of a file, and at its end, the disk is asked to begin with them.
PUSH = 16 * 2**20


def part_file(path: Path) -> Path:
    """Return where the file *path* grows until it is whole."""
    return path.with_name(f".{path.name}.part")


async def save(result: Result, path: Path, disk: Disk, *, result_format: str, task_id: str, largest: int) -> Artifact:
    """Stream *result* to *path*, whole or not at all, and return what lies there.

    Raises `ResultRejected` or `TaskFailed` for what is no right file, `FileNotWritten` where the disk refuses, and
    `ConnectionBroken` from the stream. Whatever was at *path* before stays until the new file is whole.
    """
    part = _PartFile(path, result_format, result.content_type, task_id, largest)
    if result.content_length is not None and result.content_length > largest:
        raise part.rejection(f"it is larger than {largest} bytes")
    block: list[bytes] = []
    size = 0
    try:
        async for chunk in result.chunks:
            block.append(chunk)
            size += len(chunk)
            if size >= BLOCK:
                await disk.run(partial(part.write, block))
                block, size = [], 0
        return await disk.keep(partial(part.end, block), part.keep, path.parent, at_once=part.is_open)
    except OSError as error:  # of the folder
        raise part.not_written(error) from error
    finally:
        if part.is_open:
            with anyio.CancelScope(shield=True):
                await disk.run(part.discard)


class _PartFile:
    """A file that grows beside its name and takes it when it is whole. Its methods block."""

    def __init__(self, path: Path, result_format: str, content_type: str, task_id: str, largest: int) -> None:
        self._path = path
        self._part = part_file(path)
        self._format = result_format
        self._content_type = content_type
        self._task_id = task_id
        self._largest = largest
        self._file: int | None = None  # its descriptor
        self._digest = hashlib.sha256()
        self._size = 0
        self._pushed = 0
        self._head = b""
        self._tail = b""

    def rejection(self, reason: str) -> ResultRejected:
        """Return the error that says why the result is not kept."""
        return ResultRejected(task_id=self._task_id, reason=reason)

    def write(self, block: list[bytes]) -> int:
        """Append *block* to the part file, and return its descriptor."""
        self._size += sum(map(len, block))
        if self._size > self._largest:
            raise self.rejection(f"it is larger than {self._largest} bytes")
        for chunk in block:
            if len(self._head) < ENDS:
                self._head += chunk[: ENDS - len(self._head)]
            self._tail = chunk[-ENDS:] if len(chunk) >= ENDS else (self._tail + chunk)[-ENDS:]
            self._digest.update(chunk)
        try:
            if self._file is None:
                self._file = self._opened()
            for chunk in block:
                left = memoryview(chunk)
                while left:
                    left = left[os.write(self._file, left) :]
            if self._size - self._pushed >= PUSH:
                self._push(self._file)
        except OSError as error:
            raise self.not_written(error) from error
        return self._file

    def _push(self, file: int) -> None:
        """Let the disk begin on what was written since the last time: the sync at the end has less to wait for then."""
        if hasattr(os, "posix_fadvise"):  # not on every system; Linux writes out what nobody needs in its cache
            with suppress(OSError):  # nor on every file system, and a sync comes anyway
                os.posix_fadvise(file, self._pushed, self._size - self._pushed, os.POSIX_FADV_DONTNEED)
        self._pushed = self._size

    def _opened(self) -> int:
        """Open the part file, and make its folder if it is not there yet."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
        try:
            return os.open(self._part, flags, 0o666)
        except FileNotFoundError:
            self._part.parent.mkdir(parents=True, exist_ok=True)
            return os.open(self._part, flags, 0o666)

    def end(self, block: list[bytes]) -> int:
        """Append the last *block*, check the whole, and return the descriptor; nothing is safe yet."""
        file = self.write(block)
        try:
            self._check(block)
            self._push(file)
        except OSError as error:
            raise self.not_written(error) from error
        return file

    def keep(self, file: int) -> Artifact:
        """Sync the whole *file* and give it its name; its folder is not synced yet."""
        try:
            os.fsync(file)
            modified = os.fstat(file).st_mtime_ns
            self._part.replace(self._path)
            self._file = None
            os.close(file)
        except OSError as error:
            raise self.not_written(error) from error
        return Artifact(self._path, self._size, self._digest.hexdigest(), self._content_type, self._format, modified)

    def _check(self, block: list[bytes]) -> None:
        defect = defect_of_ends(self._format, self._content_type, self._head, self._tail, self._size)
        if defect is None and FORMATS[self._format].is_json and self._size <= PARSED:
            defect = defect_of_json(
                self._format, b"".join(block) if self._size == sum(map(len, block)) else self._part.read_bytes()
            )
        if defect is not None:
            raise self._error(defect)

    def _error(self, defect: Defect) -> LookerTasksError:
        if defect.is_query_error:
            return TaskFailed(task_id=self._task_id, status="error", detail=defect.reason)
        return self.rejection(defect.reason)

    def not_written(self, error: OSError) -> FileNotWritten:
        """Return the error that says what the disk refused."""
        return FileNotWritten(path=str(self._path), reason=error.strerror or str(error))

    @property
    def is_open(self) -> bool:
        """Whether there is a part file."""
        return self._file is not None

    def discard(self) -> None:
        """Remove the part file, as far as the disk lets us: what went wrong before is what counts."""
        if self._file is not None:
            with suppress(OSError):
                os.close(self._file)
            with suppress(OSError):
                self._part.unlink()
