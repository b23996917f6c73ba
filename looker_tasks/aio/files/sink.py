"""Chunks → inspection → encoder, for formats made here → upload: a file is whole under its name, or not there.

Nothing touches the disk on the event loop; bytes are inspected, digested and encoded in the thread that writes them,
and a small result goes to a thread once.
"""

import hashlib
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from functools import partial
from typing import Protocol, TypeAlias

import anyio
from attrs import field, frozen

from looker_tasks.aio.files.destination import Target
from looker_tasks.errors import FileNotWritten, LookerTasksError, ResultRejected, TaskFailed
from looker_tasks.formats import FORMATS
from looker_tasks.outcomes import Artifact
from looker_tasks.sansio.protocol.integrity import Defect, Inspection

#: How much is written at once, in bytes.
BLOCK = 2**20


class Encoder(Protocol):
    """Makes the bytes of one format from those of another. It runs in a thread.

    Raises `LookerTasksError` where the bytes tell of a query that failed, and `ValueError` where they cannot be used.
    """

    @property
    def rows(self) -> int | None:
        """How many rows the file has, as soon as it is made."""

    def feed(self, chunk: bytes) -> bytes:
        """Return what *chunk*, the next bytes that Looker sent, makes complete; it may be nothing yet."""

    def finish(self) -> Iterable[bytes]:
        """Return the last bytes, piece by piece."""

    def close(self) -> None:
        """Let go what it holds: nothing more comes. May be called at any time."""


Encoders: TypeAlias = Callable[[str], Encoder | None]
"""By the result format, what makes its files; None where Looker's own bytes are kept."""


def no_encoder(result_format: str) -> Encoder | None:  # noqa: ARG001  # whatever it is
    """Return None: Looker's own bytes are kept."""
    return None


class Incoming(Protocol):
    """A result that has begun to come."""

    @property
    def content_type(self) -> str:
        """The media type that the server tells."""

    @property
    def content_length(self) -> int | None:
        """How many bytes will come, as far as the server told."""

    @property
    def chunks(self) -> AsyncIterator[bytes]:
        """The bytes."""

    @property
    def is_length_proven(self) -> bool:
        """Whether a body that was cut short would have shown: by a length, chunks, or an end of its encoding."""


Again: TypeAlias = Callable[[], AbstractAsyncContextManager[Incoming]]


@frozen(kw_only=True)
class Expected:
    """What a result should be."""

    result_format: str
    task_id: str
    largest: int  # bytes
    encoders: Encoders = field(default=no_encoder)


class Sink:
    """The way of one result to its file."""

    def __init__(self, target: Target, expected: Expected, content_type: str) -> None:
        row = FORMATS[expected.result_format]
        self._expected = expected
        self._content = Content(expected, content_type)
        self._location = target.location
        self._content_type = row.content_type or content_type
        self._upload = target.open(self._content_type)

    @property
    def artifact(self) -> Artifact | None:
        """What lies there, as soon as it has its name: when the time is over, that may just have happened."""
        kept = self._upload.committed
        if kept is None:
            return None
        return Artifact(
            self._location,
            kept.size,
            self._content.sha256,
            self._content_type,
            self._expected.result_format,
            modified=kept.modified,
            etag=kept.etag,
            rows=self._content.rows,
        )

    @property
    def overdue(self) -> FileNotWritten | None:
        """What the destination waits for in vain."""
        return self._upload.overdue

    async def save(self, result: Incoming, again: Again | None = None) -> Artifact:
        """Stream *result* to its file, whole or not at all, and return what lies there.

        Raises `ResultRejected` or `TaskFailed` for what is no right file, `FileNotWritten` where the destination
        refuses, and `ConnectionBroken` from the stream. Whatever had the name stays until the new file is whole.
        Where nothing proves that the bytes are all, they are fetched *again* and compared.
        """
        self._content.refuse_size(result.content_length or 0)
        try:
            await self._upload.wait_for_room(result.content_length)
            block = await self._stream(result.chunks)
            if again is not None and not (result.is_length_proven or self._content.proves_its_end):
                await self._upload.write(partial(self._content.taken, block))
                block = []
                await self._compare(again)
            if self._content.is_much_to_encode:
                await self._write_encoded(block)
                block = []
            await self._upload.commit(partial(self._content.ended, block), lambda: self._content.sha256)
        finally:
            self._content.close()
            if self._upload.committed is None:
                with anyio.CancelScope(shield=True):
                    await self._upload.abort()
        if self.artifact is None:
            raise AssertionError("an upload that was committed has no fingerprint")
        return self.artifact

    async def _stream(self, chunks: AsyncIterable[bytes]) -> list[bytes]:
        """Write what comes, block by block, and return the last block, unwritten."""
        block: list[bytes] = []
        size = 0
        async for chunk in chunks:
            block.append(chunk)
            size += len(chunk)
            if size >= BLOCK:
                await self._upload.write(partial(self._content.taken, block))
                block, size = [], 0
        return block

    async def _write_encoded(self, block: list[bytes]) -> None:
        """Write what is made of the result, a piece at a time; *block* is the last that came of it."""
        await self._upload.write(partial(self._content.checked, block))
        while not self._content.has_ended:
            await self._upload.write(self._content.encoded)

    async def _compare(self, again: Again) -> None:
        """Raise `ResultRejected` where a second download has other bytes than the first."""
        digest = hashlib.sha256()
        async with again() as second:
            async for chunk in second.chunks:
                digest.update(chunk)
        if digest.hexdigest() != self._content.sha256:
            raise self._content.rejection("it came twice, without a length, and not the same: one was cut short")


class Content:
    """The bytes of one result: inspected, encoded, digested. It runs in threads, one at a time."""

    def __init__(self, expected: Expected, content_type: str) -> None:
        self._expected = expected
        self._encoder = expected.encoders(expected.result_format)
        requested, is_parsed = FORMATS[expected.result_format].requested, self._encoder is not None
        self._inspection = Inspection(requested, content_type, is_parsed=is_parsed)
        self._pieces: Iterator[bytes] | None = None  # that the encoder makes of all that came
        self.has_ended = False
        """Whether all bytes to write were returned."""
        self._digest = hashlib.sha256()
        self._received = 0

    @property
    def sha256(self) -> str:
        """The digest of all bytes so far, in hex."""
        return self._digest.hexdigest()

    @property
    def rows(self) -> int | None:
        """How many rows came, where they can be counted."""
        return self._inspection.rows if self._encoder is None else self._encoder.rows

    @property
    def is_much_to_encode(self) -> bool:
        """Whether the file is to be made of more than fits in one block."""
        return self._encoder is not None and self._received > 0

    @property
    def proves_its_end(self) -> bool:
        """Whether a result that was cut short always shows."""
        return self._inspection.proves_its_end

    def refuse_size(self, size: int) -> None:
        """Raise `ResultRejected` for more bytes than allowed."""
        if size > self._expected.largest:
            raise self.rejection(f"it is larger than {self._expected.largest} bytes")

    def rejection(self, reason: str) -> ResultRejected:
        """Return the error that says why the result is not kept."""
        return ResultRejected(task_id=self._expected.task_id, reason=reason)

    def refuse_beginning(self) -> None:
        """Raise `ResultRejected` or `TaskFailed` for what shows to be no right file before it has come to its end."""
        defect = self._inspection.defect_of_beginning()
        if defect is not None:
            raise self._error(defect)

    def taken(self, block: list[bytes]) -> Sequence[bytes]:
        """Return the bytes to write for the next *block* of chunks, which is emptied: nobody holds them twice."""
        chunks: Sequence[bytes] = block[:]
        block.clear()
        self._received += sum(map(len, chunks))
        self.refuse_size(self._received)
        for chunk in chunks:
            self._inspection.update(chunk)
        if self._encoder is not None:
            with self._refusals():
                chunks = [each for each in map(self._encoder.feed, chunks) if each]
        for chunk in chunks:
            self._digest.update(chunk)
        return chunks

    def ended(self, block: list[bytes]) -> Sequence[bytes]:
        """Return all that is left to write; *block* is the last that came. Raises as `checked` does."""
        last = [] if self.has_ended else [*self.checked(block)]
        while not self.has_ended:
            last += self.encoded()
        return last

    def checked(self, block: list[bytes]) -> Sequence[bytes]:
        """Return the bytes to write for the last *block* of chunks; what is `encoded` of all of them comes after it.

        Raises `ResultRejected` or `TaskFailed` for what is no right file.
        """
        last = self.taken(block)
        defect = self._inspection.defect()
        if defect is not None:
            raise self._error(defect)
        if self._encoder is None:
            self.has_ended = True
        else:
            self._pieces = iter(self._encoder.finish())
        return last

    def encoded(self) -> Sequence[bytes]:
        """Return the next piece of the file that is made here; none with the last of it. Raises `ResultRejected`."""
        with self._refusals():
            piece = next(self._pieces or iter(()), None)
        if piece is None:
            self.has_ended = True
            return ()
        self._digest.update(piece)
        return (piece,)

    def close(self) -> None:
        """Let go what the encoder holds."""
        if self._encoder is not None:
            self._encoder.close()

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        try:
            yield
        except ValueError as error:
            raise self.rejection(f"no {self._expected.result_format} can be made of it: {error}") from error

    def _error(self, defect: Defect) -> LookerTasksError:
        if defect.is_query_error:
            return TaskFailed(task_id=self._expected.task_id, status="error", detail=defect.reason)
        return self.rejection(defect.reason)
