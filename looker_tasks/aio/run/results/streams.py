"""Results that are handed on as they come.

The beginning is checked before anybody has it, the end before the last bytes are handed on. Where the connection
breaks in the middle, the result is fetched again, and what was handed on already is skipped, if it is the same:
Looker keeps a result for some minutes.
"""

import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from functools import partial
from tempfile import SpooledTemporaryFile

import anyio
from attrs import define, field

from looker_tasks.aio import clock
from looker_tasks.aio.files.disk import Disk
from looker_tasks.aio.files.sink import Content, Expected
from looker_tasks.aio.http.result import Result
from looker_tasks.aio.http.transport import CHUNK
from looker_tasks.aio.run.effects import Effects, Opening
from looker_tasks.errors import LookerTasksError, ResultRejected, ResultTooLarge
from looker_tasks.formats import FORMATS
from looker_tasks.outcomes import Artifact
from looker_tasks.sansio.bounds import largest_result
from looker_tasks.sansio.protocol.integrity import ENDS
from looker_tasks.sansio.retrying.retry import Attempts, Verdict, asked_wait

_SPOOLED = 32 * 2**20  # bytes; less stays in memory
_INLINE = 64 * 1024  # bytes; more of JSON is worth a thread


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
            first = _Download(self.effects, self.result_format, task_id, incoming)
            attempt.callback(first.close)
            await first.begin()
            chunks = self._chunks(first, opening)
            length = None if row.made_from else incoming.content_length
            self.result = Result(row.content_type or incoming.content_type, length, chunks)
            self.stack.push_async_exit(attempt.pop_all())
            self.stack.push_async_callback(chunks.aclose)
        return Artifact("", 0, "", self.result.content_type, self.result_format)

    async def _chunks(self, first: "_Download", opening: Opening) -> AsyncGenerator[bytes, None]:
        """Give the bytes, by several downloads if need be: after a break there is as much time as for any call."""
        policy, delivered, attempts, download = self.effects.policy, _Delivered(), Attempts(), first
        until, before = 0.0, -1
        while True:
            try:
                async with AsyncExitStack() as stack:
                    if attempts.number:
                        incoming = await stack.enter_async_context(opening())
                        download = first.again(incoming)
                        stack.callback(download.close)
                        await download.begin()
                    chunks = await stack.enter_async_context(aclosing(delivered.rest(download.chunks(opening))))
                    async for chunk in chunks:
                        yield chunk
            except LookerTasksError as error:
                attempts, verdict = attempts.after(error, policy.retry, endpoint_proven=True)
                wait = max(attempts.wait(policy.backoff, self.effects.rand()), asked_wait(error) or 0.0)
                if delivered.size > before:
                    until, before = clock.now() + policy.deadlines.call, delivered.size
                if verdict not in {Verdict.AGAIN, Verdict.LATER} or clock.now() + wait >= until:
                    raise
                await anyio.sleep(wait)
            else:
                self.artifact = download.artifact(delivered.size)
                return


@define
class _Delivered:
    """What was handed on."""

    size: int = 0  # bytes
    _digest: "hashlib._Hash" = field(factory=hashlib.sha256)

    async def rest(self, chunks: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
        """Give what of *chunks* comes after what was delivered. Raises `ResultRejected` where they begin otherwise."""
        skipped, left = hashlib.sha256(), self.size
        async for chunk in chunks:
            known, new = chunk[:left], chunk[left:]
            if left:
                skipped.update(known)
                left -= len(known)
                if not left and skipped.digest() != self._digest.digest():
                    raise ResultRejected(task_id="-", reason="it came twice, and not the same")
            if new:
                self.size += len(new)
                self._digest.update(new)
                yield new


@define(eq=False)
class _Download:
    """One download of a result, inspected as it comes."""

    effects: Effects
    result_format: str
    task_id: str
    incoming: Result
    _content: Content = field(init=False)
    _held: list[bytes] = field(factory=list, init=False)  # not handed on yet
    _is_whole: bool = field(default=False, init=False)

    def __attrs_post_init__(self) -> None:
        """Prepare the inspection."""
        expected = Expected(
            result_format=self.result_format,
            task_id=self.task_id,
            largest=largest_result(self.effects.policy.limits, is_compressed=self.incoming.is_compressed),
            encoders=self.effects.encoders,
        )
        self._content = Content(expected, self.incoming.content_type)

    async def begin(self) -> None:
        """Take the first bytes, and check them. Raises `ResultRejected` or `TaskFailed`."""
        self._content.refuse_size(self.incoming.content_length or 0)
        received, size = [], 0
        async for chunk in self.incoming.chunks:
            received.append(chunk)
            size += len(chunk)
            if size >= ENDS:
                self._held = list(await self._work(partial(self._content.taken, received), size))
                self._content.refuse_beginning()
                return
        self._held, self._is_whole = list(await self._work(partial(self._content.ended, received), size)), True

    def close(self) -> None:
        """Let go what the inspection holds."""
        self._content.close()

    def again(self, incoming: Result) -> "_Download":
        """Return another download of the same result. Raises `ResultRejected` where its length is another."""
        if incoming.content_length != self.incoming.content_length:
            raise self._content.rejection("it came twice, and not with the same length")
        return _Download(self.effects, self.result_format, self.task_id, incoming)

    async def chunks(self, opening: Opening) -> AsyncGenerator[bytes, None]:
        """Give the bytes; the last of them only once all are known to be right."""
        if not self._is_whole:
            async for chunk in self.incoming.chunks:
                taken = await self._work(partial(self._content.taken, [chunk]), len(chunk))
                for each in self._held:
                    yield each
                self._held = list(taken)
            await self._compare(opening)
            self._held += await self._work(partial(self._content.checked, []), _INLINE + 1)
        for each in self._held:
            yield each
        while not self._content.has_ended:
            for each in await self._work(self._content.encoded, _INLINE + 1):
                yield each

    def artifact(self, size: int) -> Artifact:
        """Return what came, *size* bytes."""
        return Artifact("", size, self._content.sha256, self.incoming.content_type, self.result_format)

    async def _compare(self, opening: Opening) -> None:
        """Where nothing proves that the bytes are all, fetch them again. Raises `ResultRejected` if they differ."""
        if self.incoming.is_length_proven or self._content.proves_its_end:
            return
        digest = hashlib.sha256()
        async with opening() as again:
            async for chunk in again.chunks:
                digest.update(chunk)
        if digest.hexdigest() != self._content.sha256:
            raise self._content.rejection("it came twice, without a length, and not the same: one was cut short")

    async def _work(self, do: Callable[[], Sequence[bytes]], size: int) -> Sequence[bytes]:
        """Return what *do* returns, which looks at *size* bytes: in a thread where that takes long.

        That is much JSON, and whatever is encoded: its library may have to be imported first.
        """
        row = FORMATS[self.result_format]
        is_long = row.made_from is not None or (size > _INLINE and row.is_json)
        return await self.effects.disk.run(do) if is_long else do()


@asynccontextmanager
async def spooled(result: Result, disk: Disk) -> AsyncGenerator[Iterable[bytes], None]:
    """Give all of *result* to one who reads it in a thread: a large one waits in an unnamed file."""
    file = SpooledTemporaryFile(max_size=_SPOOLED)  # noqa: SIM115  # closed in a thread
    try:
        async for chunk in result.chunks:
            await disk.run(partial(file.write, chunk))
        file.seek(0)
        yield iter(partial(file.read, CHUNK), b"")
    finally:
        await disk.run(file.close)  # a large one takes a while to give back its room


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
