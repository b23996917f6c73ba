"""Where files go: a folder, a bucket, or whatever else keeps this promise: a file is whole under its name or not there.

The sink writes to any of them alike; what one of them needs beyond this stays in its own module.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol, TypeAlias

from attrs import field, frozen

from looker_tasks.errors import FileNotWritten
from looker_tasks.sansio.journal import Fingerprint, Record

Block: TypeAlias = Callable[[], Sequence[bytes]]
"""Makes the next bytes of a file. Called once, in a worker thread: they are inspected, digested, encoded there."""


class Upload(Protocol):
    """One file on its way. Nothing of it is there before the first bytes, nor after `abort`.

    What a `Block` raises comes through. `FileNotWritten` is raised where the destination refuses.
    """

    async def wait_for_room(self, size: int | None) -> None:
        """Return when there is room for *size* bytes on their way; None: nobody knows how many will come."""

    async def write(self, block: Block) -> None:
        """Append the bytes that *block* makes."""

    async def commit(self, block: Block, sha256: Callable[[], str]) -> Fingerprint:
        """Append the last bytes, and have the file under its name: whole, and safe from a power cut.

        *sha256* tells the digest of all bytes once *block* was called. Whatever had the name before is replaced.
        """

    async def abort(self) -> None:
        """Leave nothing behind. Shield it; it takes no longer than a moment, and raises nothing."""

    @property
    def committed(self) -> Fingerprint | None:
        """Of the file, as soon as it has its name."""

    @property
    def overdue(self) -> FileNotWritten | None:
        """What is waited for in vain: for an upload whose time is over."""


class Destination(Protocol):
    """Where files go, by names below it. Slashes in a name make folders."""

    @property
    def location(self) -> str:
        """Its path or URL."""

    def location_of(self, name: str) -> str:
        """Return the path or URL of the file *name*."""

    async def prepare(self) -> None:
        """See that files can be written there, before anything is created. Raises `ConfigurationError`."""

    async def sweep(self, names: Sequence[str]) -> None:
        """Remove what a run left that was killed while it wrote the files *names*."""

    async def obstacle(self, name: str) -> str | None:
        """Return why no file can have this *name*, as far as that shows beforehand."""

    def open(self, name: str, *, content_type: str, metadata: Mapping[str, str]) -> Upload:
        """Return an upload of the file *name*. *metadata* is kept where the destination has a place for it."""

    async def fingerprint(self, name: str) -> Fingerprint | None:
        """Return by what the file *name* is known again without reading it; None where there is no such file."""

    async def digest(self, name: str) -> str:
        """Return the SHA-256 of the file *name*, in hex; it is read where nothing else tells. Raises `OSError`."""

    async def bring(self, name: str, to: Path) -> Path:
        """Return the path of a local file with the bytes of the file *name*: itself, or *to*, which is written.

        Raises `OSError`.
        """

    async def remembered(self, key: str, name: str) -> Record | None:
        """Return what the destination itself knows of the export *key*, for a journal that was lost."""


@frozen
class Target:
    """The file of one export: a name at a destination."""

    destination: Destination
    name: str
    metadata: Mapping[str, str] = field(factory=dict, hash=False)

    @property
    def location(self) -> str:
        """Its path or URL."""
        return self.destination.location_of(self.name)

    def open(self, content_type: str) -> Upload:
        """Return an upload of it."""
        return self.destination.open(self.name, content_type=content_type, metadata=self.metadata)
