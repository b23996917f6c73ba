"""A folder in a bucket as a destination: an object is there whole, or not at all.

What is small goes in one request; what is larger goes in parts, as it comes, and is completed or aborted: the upload of
a process that is killed is all that may stay, unseen, until the bucket's own rule for incomplete uploads removes it.
"""

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from secrets import token_hex
from typing import Any, TypeVar

import anyio
import obstore
from attrs import define, field
from obstore.exceptions import BaseError

from looker_tasks.aio.files.bucket.reasons import reason_of
from looker_tasks.aio.files.bucket.stores import Store
from looker_tasks.aio.files.destination import Block
from looker_tasks.aio.files.disk import Disk
from looker_tasks.errors import ConfigurationError, FileNotWritten
from looker_tasks.sansio.journal import Fingerprint, Record

T = TypeVar("T")

#: The size of a part, in bytes: the least that S3 takes for all but the last.
PART = 5 * 2**20

_SMALL = 2**20  # bytes: more counts as large
_LARGE_AT_ONCE = 2  # uploads: each holds a part that fills and one that travels
_LOOK = 30.0  # seconds, to see whether a bucket can be written
_ENDING = 15.0  # seconds, for the request that is under way when an upload is given up, and for its end
_LONGEST_KEY = 1024  # bytes
_FAILURES = (BaseError, OSError, ValueError)
_KEY = "exportkey"  # of an object's metadata; Azure takes no hyphen, and some proxies no underscore
_SHA256 = "sha256"


class Bucket:
    """The folder at a *store*'s URL: a `Destination`."""

    def __init__(self, store: Store, disk: Disk) -> None:
        self._store = store
        self._disk = disk
        self._large = anyio.CapacityLimiter(_LARGE_AT_ONCE)
        self._is_empty = False  # it was, when it was looked at

    @property
    def location(self) -> str:
        """Its URL."""
        return self._store.url

    def location_of(self, name: str) -> str:
        """Return the URL of the object *name*."""
        return f"{self._store.url}/{name}"

    async def prepare(self) -> None:
        """See that objects can be written there: an upload is begun and given up, so that none is ever seen.

        That takes the permission to write and no other. Raises `ConfigurationError`.
        """
        try:
            async with asyncio.timeout(_LOOK):
                await self._begin_and_give_up()
                self._is_empty = not await self._holds_anything()
        except TimeoutError:
            raise ConfigurationError(f"{self.location}: it has not answered for {_LOOK:.0f} s") from None
        except _FAILURES as error:
            raise ConfigurationError(f"{self.location}: {reason_of(error)}") from error

    async def sweep(self, names: Sequence[str]) -> None:
        """Leave what a killed run began: no store tells a client which incomplete upload is whose."""

    async def obstacle(self, name: str) -> str | None:
        """Return why no object can have this *name*: its key is too long."""
        is_long = len(self._key(name).encode()) > _LONGEST_KEY
        return f"its key is longer than {_LONGEST_KEY} bytes" if is_long else None

    def open(self, name: str, *, content_type: str, metadata: Mapping[str, str]) -> "BucketUpload":
        """Return an upload of the object *name*."""
        attributes = dict(metadata) | ({"Content-Type": content_type} if content_type else {})
        return BucketUpload(self._store, self._key(name), self.location_of(name), attributes, self._disk, self._large)

    async def fingerprint(self, name: str) -> Fingerprint | None:
        """Return size and entity tag of the object *name*; None where there is none."""
        try:
            return _fingerprint(await obstore.head_async(self._store.inner, self._key(name)))
        except _FAILURES:
            return None

    async def digest(self, name: str) -> str:
        """Return the SHA-256 of the object *name*, of its metadata, or by reading it. Raises `OSError`."""
        try:
            found = await obstore.get_async(self._store.inner, self._key(name))
            known = found.attributes.get(_SHA256)
            if known:
                return known
            digest = hashlib.sha256()
            async for chunk in found.stream(_SMALL):
                await self._disk.run(partial(digest.update, chunk))
        except _FAILURES as error:
            raise OSError(f"{self.location_of(name)}: {reason_of(error)}") from error
        return digest.hexdigest()

    async def bring(self, name: str, to: Path) -> Path:
        """Write the bytes of the object *name* to the file *to*, and return that. Raises `OSError`."""
        try:
            found = await obstore.get_async(self._store.inner, self._key(name))
            with to.open("xb") as file:
                async for chunk in found.stream(_SMALL):
                    await self._disk.run(partial(file.write, chunk))
        except _FAILURES as error:
            raise OSError(f"{self.location_of(name)}: {reason_of(error)}") from error
        return to

    async def remembered(self, key: str, name: str) -> Record | None:
        """Return what the metadata of the object *name* says, where it was made for the export *key*."""
        if self._is_empty:
            return None
        try:
            found = await obstore.get_async(self._store.inner, self._key(name), options={"head": True})
        except _FAILURES:
            return None
        if found.attributes.get(_KEY) != key:
            return None
        seen = _fingerprint(found.meta)
        return Record(
            key,
            name,
            "query",
            "exported",
            size=seen.size,
            modified=seen.modified,
            sha256=found.attributes.get(_SHA256, ""),
            content_type=found.attributes.get("Content-Type", ""),
            etag=seen.etag,
        )

    async def _begin_and_give_up(self) -> None:
        probe = f"{self._store.prefix}.looker-tasks-{token_hex(8)}.part"
        writer = obstore.open_writer_async(self._store.inner, probe, buffer_size=1)
        given_up = ConfigurationError("it was a trial")
        try:
            await writer.write(b"00")
            await writer.flush()
        finally:
            with anyio.move_on_after(_ENDING, shield=True):
                await writer.__aexit__(type(given_up), given_up, None)

    async def _holds_anything(self) -> bool:
        try:
            async for page in obstore.list(self._store.inner, self._store.prefix or None, chunk_size=1):
                return bool(page)
        except _FAILURES:  # not everybody may list
            return True
        return False

    def _key(self, name: str) -> str:
        return f"{self._store.prefix}{name}"


@define(eq=False)
class BucketUpload:
    """An object on its way into a bucket: an `Upload`."""

    _store: Store
    _key: str
    _location: str
    _attributes: dict[str, str]
    _disk: Disk
    _large: anyio.CapacityLimiter
    committed: Fingerprint | None = field(default=None, init=False)
    _held: list[bytes] = field(factory=list, init=False)  # while it may yet be small
    _size: int = field(default=0, init=False)
    _writer: Any = field(default=None, init=False)
    _is_large: bool = field(default=False, init=False)  # it has a place among those
    _since: float | None = field(default=None, init=False)  # a request is waited for

    async def wait_for_room(self, size: int | None) -> None:
        """Return when it can be one of the few large uploads at a time, if it is one."""
        if not self._is_large and (size or 0) > _SMALL:
            await self._large.acquire_on_behalf_of(self)
            self._is_large = True

    async def write(self, block: Block) -> None:
        """Append the bytes that *block* makes."""
        await self._take(await self._made(block))

    async def commit(self, block: Block, sha256: Callable[[], str]) -> Fingerprint:
        """Append the last bytes, and have the object under its key."""
        body = await self._made(block)
        try:
            if self._writer is None and self._size + len(body) <= PART:
                await self._put(b"".join([*self._held, body]), sha256())
            else:
                await self._take(body)
                await self._complete()
        finally:
            if self.committed is not None:  # else it is aborted
                self._release()
        return self.committed or Fingerprint(self._size, 0)

    async def abort(self) -> None:
        """Give the upload up, with all its parts."""
        writer, self._writer = self._writer, None
        if writer is not None:
            given_up = FileNotWritten(path=self._location, reason="it was given up")
            with anyio.move_on_after(_ENDING), suppress(*_FAILURES):
                await writer.__aexit__(type(given_up), given_up, None)
        self._release()

    @property
    def overdue(self) -> FileNotWritten | None:
        """How long the store has not answered."""
        if self._since is None:
            return None
        seconds = asyncio.get_running_loop().time() - self._since
        return FileNotWritten(path=self._location, reason=f"the store has not answered for {seconds:.0f} s")

    async def _made(self, block: Block) -> bytes:
        return await self._disk.run(lambda: b"".join(block()))

    async def _take(self, body: bytes) -> None:
        """Hold *body* while all of it may go in one request; else send what is held, and it."""
        self._size += len(body)
        await self.wait_for_room(self._size)
        self._held.append(body)
        if self._writer is None and self._size > PART:
            self._writer = obstore.open_writer_async(
                self._store.inner, self._key, attributes=self._attributes, buffer_size=PART, max_concurrency=1
            )
        if self._writer is not None:
            while self._held:
                await self._answered(self._writer.write(self._held.pop(0)), _nothing)

    async def _put(self, body: bytes, sha256: str) -> None:
        def keep(result: Mapping[str, Any]) -> None:
            self.committed = Fingerprint(len(body), time.time_ns(), etag=result["e_tag"] or "")

        attributes = {**self._attributes, _SHA256: sha256}
        put = obstore.put_async(self._store.inner, self._key, body, attributes=attributes, use_multipart=False)
        await self._answered(put, keep)

    async def _complete(self) -> None:
        def keep(_: None) -> None:
            self.committed = Fingerprint(self._size, time.time_ns())
            self._writer = None

        await self._answered(self._writer.flush(), _nothing)
        await self._answered(self._writer.close(), keep)
        with suppress(*_FAILURES):  # it is there; of its entity tag the next run will know nothing
            self.committed = _fingerprint(await obstore.head_async(self._store.inner, self._key))

    async def _answered(self, request: Awaitable[T], then: Callable[[T], None]) -> None:
        """Wait for what the store answers, and do *then* with it.

        Who is cancelled lets the *request* end: half of one may leave parts behind. Raises `FileNotWritten`.
        """
        self._since = asyncio.get_running_loop().time()
        under_way = asyncio.ensure_future(request)
        try:
            answer = await asyncio.shield(under_way)
        except asyncio.CancelledError:
            with anyio.move_on_after(_ENDING, shield=True):
                await asyncio.wait({under_way})
                self._since = None
                if under_way.exception() is None:
                    then(under_way.result())
            raise
        except _FAILURES as error:
            self._since = None
            raise FileNotWritten(path=self._location, reason=reason_of(error)) from error
        self._since = None
        then(answer)

    def _release(self) -> None:
        if self._is_large:
            self._large.release_on_behalf_of(self)
            self._is_large = False


def _nothing(_: object) -> None:
    pass


def _fingerprint(meta: Mapping[str, Any]) -> Fingerprint:
    seconds = meta["last_modified"].timestamp()
    return Fingerprint(meta["size"], int(seconds * 10**9), etag=meta["e_tag"] or "")
