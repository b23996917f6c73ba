"""Where results go: to a file, whole or not at all, or to whoever reads them as they come.

A result that is handed on has its beginning checked before anybody has it, and its end before the last bytes.
"""

import hashlib
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from tempfile import SpooledTemporaryFile

from attrs import define, evolve, field

from looker_tasks.aio.files.destination import Target
from looker_tasks.aio.files.disk import Disk
from looker_tasks.aio.files.sink import Content, Expected, Sink
from looker_tasks.aio.http.result import Result
from looker_tasks.aio.http.transport import CHUNK
from looker_tasks.aio.run.effects import Effects, Opening
from looker_tasks.errors import LookerTasksError, ResultTooLarge
from looker_tasks.formats import FORMATS
from looker_tasks.outcomes import Artifact
from looker_tasks.sansio.bounds import is_large, largest_result
from looker_tasks.sansio.protocol.integrity import ENDS

_SPOOLED = 32 * 2**20  # bytes; less stays in memory
_INLINE = 64 * 1024  # bytes; more of JSON, or of what is encoded, is worth a thread


@define(eq=False)
class FileReceiver:
    """Writes a result to the file *target*."""

    effects: Effects
    target: Target
    result_format: str
    _sink: Sink | None = field(default=None, init=False)

    async def receive(self, opening: Opening, task_id: str, begun: Callable[[], None]) -> Artifact:
        """Stream the result to the file, as one of the downloads of the client if it is large."""
        self._sink = None
        async with opening() as result:
            begun()
            expected = Expected(
                result_format=self.result_format,
                task_id=task_id,
                largest=largest_result(self.effects.policy.limits, is_compressed=result.is_compressed),
                encoders=self.effects.encoders,
            )
            self._sink = Sink(self.target, expected, result.content_type)
            if not is_large(result.content_length):
                return await self._sink.save(result, opening)
            async with self.effects.downloads.place() as place:
                return await self._sink.save(evolve(result, chunks=place.counted(result.chunks)), opening)

    @property
    def late(self) -> Artifact | LookerTasksError | None:
        """The file, if it was just in time, or what the destination did not do in time."""
        if self._sink is None:
            return None
        return self._sink.artifact or self._sink.overdue


@define(eq=False)
class OpenReceiver:
    """Opens a result for whoever reads its chunks. Its connection is let go with *stack*."""

    effects: Effects
    result_format: str
    stack: AsyncExitStack
    result: Result | None = field(default=None, init=False)
    artifact: Artifact | None = field(default=None, init=False)
    """What came, once all of it has: it lies nowhere."""

    @property
    def late(self) -> Artifact | LookerTasksError | None:
        """Nothing: what was not opened in time is not there."""
        return None

    async def receive(self, opening: Opening, task_id: str, begun: Callable[[], None]) -> Artifact:
        """Open the result, and check its beginning.

        Raises `ResultRejected` or `TaskFailed` for what is no right one.
        """
        row = FORMATS[self.result_format]
        async with AsyncExitStack() as attempt:
            incoming = await attempt.enter_async_context(opening())
            begun()
            expected = Expected(
                result_format=self.result_format,
                task_id=task_id,
                largest=largest_result(self.effects.policy.limits, is_compressed=incoming.is_compressed),
                encoders=self.effects.encoders,
            )
            content = Content(expected, incoming.content_type)
            content.refuse_size(incoming.content_length or 0)
            first, is_whole = await self._beginning(incoming, content)
            stream = _Stream(self, content, incoming, None if is_whole else opening)
            chunks = stream.chunks(first, is_whole=is_whole)
            length = None if row.made_from else incoming.content_length
            self.result = Result(row.content_type or incoming.content_type, length, chunks)
            self.stack.push_async_exit(attempt.pop_all())
            self.stack.push_async_callback(chunks.aclose)
        return Artifact("", 0, "", self.result.content_type, self.result_format)

    async def _beginning(self, incoming: Result, content: Content) -> tuple[list[bytes], bool]:
        """Return the first bytes, as they are handed on, and whether they are all."""
        received, size = [], 0
        async for chunk in incoming.chunks:
            received.append(chunk)
            size += len(chunk)
            if size >= ENDS:
                taken = await self.work(partial(content.taken, received), size)
                content.refuse_beginning()
                return list(taken), False
        return list(await self.work(partial(content.ended, received), size)), True

    async def work(self, do: Callable[[], Sequence[bytes]], size: int) -> Sequence[bytes]:
        """Return what *do* returns, which looks at *size* bytes: in a thread where that takes long."""
        row = FORMATS[self.result_format]
        is_long = size > _INLINE and (row.is_json or row.made_from is not None)
        return await self.effects.disk.run(do) if is_long else do()


@define(eq=False)
class _Stream:
    receiver: OpenReceiver
    content: Content
    incoming: Result
    opening: Opening | None
    _size: int = field(default=0, init=False)

    async def chunks(self, first: list[bytes], *, is_whole: bool) -> AsyncGenerator[bytes, None]:
        """Give the bytes; the last of them only once all are known to be right."""
        held = first
        if not is_whole:
            async for chunk in self.incoming.chunks:
                taken = await self.receiver.work(partial(self.content.taken, [chunk]), len(chunk))
                for each in held:
                    self._size += len(each)
                    yield each
                held = list(taken)
            await self._compare()
            held += await self.receiver.work(partial(self.content.ended, []), _INLINE + 1)
        for each in held:
            self._size += len(each)
            yield each
        result_format, content_type = self.receiver.result_format, self.incoming.content_type
        self.receiver.artifact = Artifact("", self._size, self.content.sha256, content_type, result_format)

    async def _compare(self) -> None:
        """Where nothing proves that the bytes are all, fetch them again. Raises `ResultRejected` if they differ."""
        if self.opening is None or self.incoming.is_length_proven or self.content.proves_its_end:
            return
        digest = hashlib.sha256()
        async with self.opening() as again:
            async for chunk in again.chunks:
                digest.update(chunk)
        if digest.hexdigest() != self.content.sha256:
            raise self.content.rejection("it came twice, without a length, and not the same: one was cut short")


@asynccontextmanager
async def spooled(result: Result, disk: Disk) -> AsyncGenerator[Iterable[bytes], None]:
    """Give all of *result* to one who reads it in a thread: a large one waits in an unnamed file."""
    with SpooledTemporaryFile(max_size=_SPOOLED) as file:
        async for chunk in result.chunks:
            await disk.run(partial(file.write, chunk))
        file.seek(0)
        yield iter(partial(file.read, CHUNK), b"")


async def read_bounded(result: Result, most: int) -> bytes:
    """Return all of *result*. Raises `ResultTooLarge` where that is more than *most* bytes."""
    if (result.content_length or 0) > most:
        raise ResultTooLarge(most)
    parts: list[bytes] = []
    size = 0
    async for chunk in result.chunks:
        parts.append(chunk)
        size += len(chunk)
        if size > most:
            raise ResultTooLarge(most)
    return b"".join(parts)
