"""Chunks → part file → checked → synced → renamed: a file is whole under its name, or not there.

Nothing touches the disk on the event loop; a small result takes one trip to a worker thread in all.
"""

import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import anyio.to_thread

from looker_tasks.aio.result import Result
from looker_tasks.errors import FileNotWritten, LookerTasksError, ResultRejected, TaskFailed
from looker_tasks.outcomes import Artifact
from looker_tasks.sansio.wholeness import ENDS, JSON_FORMATS, PARSED, Flaw, flaw_of_ends, flaw_of_json

#: How much is written at once, in bytes.
BLOCK = 2**20


def part_file(path: Path) -> Path:
    """Return where the file *path* grows until it is whole."""
    return path.with_name(f".{path.name}.part")


async def save(result: Result, path: Path, *, result_format: str, task_id: str, largest: int) -> Artifact:
    """Stream *result* to *path*, whole or not at all, and return what lies there.

    Raises `ResultRejected` or `TaskFailed` for what is no right file, `FileNotWritten` where the disk refuses, and
    `ConnectionBroken` from the stream. Whatever was at *path* before stays until the new file is whole.
    """
    part = _PartFile(path, result_format, result.content_type, task_id, largest)
    if result.content_length is not None and result.content_length > largest:
        raise part.rejection(f"it is larger than {largest} bytes")
    try:
        async for block, is_last in _blocks(result.chunks):
            if not is_last:
                await anyio.to_thread.run_sync(part.write, block)
        return await anyio.to_thread.run_sync(part.keep, block)
    finally:
        if part.is_open:
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(part.discard)


async def _blocks(chunks: AsyncIterator[bytes]) -> AsyncIterator[tuple[bytes, bool]]:
    """Give the chunks joined to blocks, the last one, which may be empty, as such."""
    parts: list[bytes] = []
    size = 0
    async for chunk in chunks:
        parts.append(chunk)
        size += len(chunk)
        if size >= BLOCK:
            yield b"".join(parts), False
            parts, size = [], 0
    yield b"".join(parts), True


class _PartFile:
    """A file that grows beside its name and takes it when it is whole. Its methods block."""

    def __init__(self, path: Path, result_format: str, content_type: str, task_id: str, largest: int) -> None:
        self._path = path
        self._part = part_file(path)
        self._format = result_format
        self._content_type = content_type
        self._task_id = task_id
        self._largest = largest
        self._file: BinaryIO | None = None
        self._digest = hashlib.sha256()
        self._size = 0
        self._head = b""
        self._tail = b""

    def rejection(self, reason: str) -> ResultRejected:
        """Return the error that says why the result is not kept."""
        return ResultRejected(task_id=self._task_id, reason=reason)

    def write(self, block: bytes) -> BinaryIO:
        """Append *block* to the part file, and return it."""
        self._size += len(block)
        if self._size > self._largest:
            raise self.rejection(f"it is larger than {self._largest} bytes")
        if len(self._head) < ENDS:
            self._head += block[: ENDS - len(self._head)]
        self._tail = block[-ENDS:] if len(block) >= ENDS else (self._tail + block)[-ENDS:]
        self._digest.update(block)
        try:
            if self._file is None:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._file = self._part.open("wb")
            self._file.write(block)
        except OSError as error:
            raise self._not_written(error) from error
        return self._file

    def keep(self, block: bytes) -> Artifact:
        """Append the last *block*, check the whole, sync it and give it its name."""
        file = self.write(block)
        try:
            file.flush()
            self._check(block)
            os.fsync(file.fileno())
            modified = os.fstat(file.fileno()).st_mtime_ns
            file.close()
            self._part.replace(self._path)
            self._file = None
            _sync_folder(self._path.parent)
        except OSError as error:
            raise self._not_written(error) from error
        return Artifact(self._path, self._size, self._digest.hexdigest(), self._content_type, self._format, modified)

    def _check(self, block: bytes) -> None:
        flaw = flaw_of_ends(self._format, self._content_type, self._head, self._tail, self._size)
        if flaw is None and self._format in JSON_FORMATS and self._size <= PARSED:
            flaw = flaw_of_json(self._format, block if len(block) == self._size else self._part.read_bytes())
        if flaw is not None:
            raise self._error(flaw)

    def _error(self, flaw: Flaw) -> LookerTasksError:
        if flaw.is_query_error:
            return TaskFailed(task_id=self._task_id, status="error", detail=flaw.reason)
        return self.rejection(flaw.reason)

    def _not_written(self, error: OSError) -> FileNotWritten:
        return FileNotWritten(path=str(self._path), reason=error.strerror or str(error))

    @property
    def is_open(self) -> bool:
        """Whether there is a part file."""
        return self._file is not None

    def discard(self) -> None:
        """Remove the part file, as far as the disk lets us: what went wrong before is what counts."""
        if self._file is not None:
            with suppress(OSError):  # a full disk refuses the last buffer
                self._file.close()
            with suppress(OSError):
                self._part.unlink()


def _sync_folder(folder: Path) -> None:
    """Make a rename in *folder* outlast a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
