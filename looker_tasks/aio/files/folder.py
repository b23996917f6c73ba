"""A local folder as a destination: a part file of its own for each writer, synced, then renamed."""

import asyncio
import hashlib
import os
import stat
import tempfile
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TypeVar

import anyio
from attrs import frozen

from looker_tasks.aio.files.destination import Block
from looker_tasks.aio.files.disk import Disk
from looker_tasks.aio.files.folders import is_trusted, make_folders
from looker_tasks.aio.files.part_file import PASSING, PartFile, in_the_way, leftovers, local_name
from looker_tasks.errors import ConfigurationError, FileNotWritten
from looker_tasks.sansio.journal import Fingerprint, Record

T = TypeVar("T")

_SINGLES = 4  # names are looked for one by one; of more, all that lies in their folder is looked at once
_MOST_FOLDERS = 1000  # of which is kept what lies there
_FIRST_WAIT, _LONGEST_WAIT = 0.05, 2.0  # seconds, before what passes by itself is tried again
_GIVE_UP_AFTER = 1.0  # seconds, for what is thrown away


@frozen
class _Survey:
    """What lies in a folder and is no file: by name, why none can have that name."""

    obstacles: Mapping[str, str]
    reason: str | None = None  # why no file can be in the folder at all


class Folder:
    """The folder at *path*: a `Destination`."""

    def __init__(self, path: Path, disk: Disk) -> None:
        self._path = path
        self._disk = disk
        self._surveys: dict[str, _Survey] = {}
        self._asked = 0

    @property
    def location(self) -> str:
        """Its path."""
        return str(self._path)

    def location_of(self, name: str) -> str:
        """Return the path of the file *name*."""
        return str(self._path / local_name(name))

    async def prepare(self) -> None:
        """Make the folder, and see that a file can be written in it. Raises `ConfigurationError`."""
        await self._disk.run(partial(_prepare, self._path))

    async def sweep(self, names: Sequence[str]) -> None:
        """Remove the part files that a killed run left, in the folder and in those of *names*."""
        folders = {self._path, *((self._path / local_name(name)).parent for name in names)}
        await self._disk.run(partial(_sweep, folders))

    async def obstacle(self, name: str) -> str | None:
        """Return why no file can have this *name*: something that is no file has it, or no folder is on the way."""
        folder, _, last = name.rpartition("/")
        self._asked += 1
        if self._asked <= _SINGLES:
            survey = await self._disk.run(partial(_survey, self._path, PurePosixPath(folder), local_name(last)))
            return survey.reason or survey.obstacles.get(local_name(last))
        if folder not in self._surveys:
            if len(self._surveys) >= _MOST_FOLDERS:
                self._surveys.clear()
            self._surveys[folder] = await self._disk.run(partial(_survey, self._path, PurePosixPath(folder)))
        survey = self._surveys[folder]
        return survey.reason or survey.obstacles.get(local_name(last))

    def open(self, name: str, *, content_type: str, metadata: Mapping[str, str]) -> "FileUpload":  # noqa: ARG002  # a file has no place for them
        """Return an upload of the file *name*."""
        return FileUpload(self._path, name, self._disk)

    async def fingerprint(self, name: str) -> Fingerprint | None:
        """Return size and time of change of the file *name*; None where there is none."""
        return await self._disk.run(partial(_fingerprint, self._path / local_name(name)))

    async def digest(self, name: str) -> str:
        """Read the file *name* and return its SHA-256, in hex. Raises `OSError`."""
        return await self._disk.run(partial(_digest, self._path / local_name(name)))

    async def bring(self, name: str, to: Path) -> Path:  # noqa: ARG002  # nothing needs to be written
        """Return the path of the file *name*."""
        return self._path / local_name(name)

    async def remembered(self, key: str, name: str) -> Record | None:  # noqa: ARG002  # a file does not know whose it is
        """Return None: a file does not say which export it is of."""
        return None


class FileUpload:
    """A file on its way into a folder: an `Upload`."""

    def __init__(self, root: Path, name: str, disk: Disk) -> None:
        self._disk = disk
        self._path = root / local_name(name)
        self._part = PartFile(root, name)
        self._since: float | None = None  # a job for the disk is under way
        self._is_over = False  # that job
        self._grows = False  # and has a place among the files that do
        self._trouble: OSError | None = None  # that should pass
        self.committed: Fingerprint | None = None
        """Of the file, as soon as it has its name."""

    async def wait_for_room(self, size: int | None) -> None:
        """Return at once: what is on its way to a disk is not held in memory."""

    async def write(self, block: Block) -> None:
        """Append the bytes that *block* makes."""
        if not self._grows:
            await self._disk.growing.acquire_on_behalf_of(self)
            self._grows = True
        append = _once(block, self._part.append)
        await self._persistently(lambda: self._disk.run(lambda: self._tracked(append), self._path.parent))

    async def commit(self, block: Block, sha256: Callable[[], str]) -> Fingerprint:  # noqa: ARG002  # a file has no place for it
        """Append the last bytes, sync the file, give it its name and sync the folder."""
        append = _once(block, self._part.append)
        is_large = self._part.is_open

        def write() -> None:
            append()
            self._part.push()

        def keep() -> Fingerprint:
            if self.committed is None:
                facts = self._part.keep()
                self.committed = Fingerprint(facts.st_size, facts.st_mtime_ns)
            return self.committed

        try:
            return await self._persistently(
                lambda: self._disk.keep(write, lambda _: self._tracked(keep), self._path.parent, at_once=is_large)
            )
        finally:
            if self.committed is not None:  # else it is aborted
                self._release()

    async def abort(self) -> None:
        """Remove the part file; where the disk does not answer, it is removed when it does."""
        self._part.give_up()
        if self._part.is_open or self._is_waiting:
            with anyio.move_on_after(_GIVE_UP_AFTER):
                await self._disk.run(self._part.discard, self._path.parent)
        self._release()

    @property
    def overdue(self) -> FileNotWritten | None:
        """How long the disk has not answered, or what did not pass."""
        if self._since is not None and self._is_waiting:
            seconds = asyncio.get_running_loop().time() - self._since
            return FileNotWritten(path=str(self._path), reason=f"the disk has not answered for {seconds:.0f} s")
        return None if self._trouble is None else self._not_written(self._trouble)

    def _release(self) -> None:
        if self._grows:
            self._grows = False
            self._disk.growing.release_on_behalf_of(self)

    @property
    def _is_waiting(self) -> bool:
        return self._since is not None and not self._is_over

    def _tracked(self, do: Callable[[], T]) -> T:
        """Do it in a thread; who was cancelled meanwhile sees that it is over."""
        try:
            return do()
        finally:
            self._is_over = True

    async def _persistently(self, run: Callable[[], Awaitable[T]]) -> T:
        """Return what *run* returns; what passes by itself is waited for, as long as the caller waits."""
        wait = _FIRST_WAIT
        while True:
            self._since, self._is_over = asyncio.get_running_loop().time(), False
            try:
                done = await run()
            except OSError as error:
                self._since = None
                if error.errno not in PASSING:
                    raise self._not_written(error) from error
                self._trouble = error
                await anyio.sleep(wait)
                wait = min(2 * wait, _LONGEST_WAIT)
            except Exception:
                self._since = None
                raise
            else:
                self._since = self._trouble = None
                return done

    def _not_written(self, error: OSError) -> FileNotWritten:
        return FileNotWritten(path=str(self._path), reason=error.strerror or str(error))


def _once(block: Block, append: Callable[[Sequence[bytes]], None]) -> Callable[[], None]:
    """Return what makes the bytes of *block* when it is first called, and appends what is left of them each time."""
    blocks = [block]

    def do() -> None:
        append(blocks.pop()() if blocks else ())

    return do


def _prepare(folder: Path) -> None:
    try:
        make_folders(folder)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"0")
    except OSError as error:
        raise ConfigurationError(f"{folder}: no file can be written there: {error.strerror or error}") from error


def _sweep(folders: Iterable[Path]) -> None:
    for folder in folders:
        for part in leftovers(folder):
            with suppress(OSError):  # it takes room, no more
                part.unlink()


def _survey(root: Path, folder: PurePosixPath, name: str | None = None) -> _Survey:
    """Return what lies in *folder* below *root*, or just under *name* there.

    What is not there yet, or not to be read, is no obstacle.
    """
    path = root
    for part in folder.parts:
        path /= local_name(part)
        try:
            facts = path.lstat()
        except OSError:
            return _Survey({})
        if stat.S_ISLNK(facts.st_mode):
            if not is_trusted(facts):
                return _Survey({}, f"{path} is a link of another user, and is not followed")
        elif not stat.S_ISDIR(facts.st_mode):
            return _Survey({}, f"{path} is no folder")
    obstacles = {}
    if name is not None:
        with suppress(OSError):
            facts = (path / name).lstat()
            obstacles = {} if stat.S_ISREG(facts.st_mode) else {name: in_the_way(facts)}
        return _Survey(obstacles)
    with suppress(OSError), os.scandir(path) as entries:
        for entry in entries:
            if not entry.is_file(follow_symlinks=False):
                with suppress(OSError):  # it is gone by now
                    obstacles[entry.name] = in_the_way(entry.stat(follow_symlinks=False))
    return _Survey(obstacles)


def _fingerprint(path: Path) -> Fingerprint | None:
    try:
        found = path.lstat()
    except OSError:
        return None
    return Fingerprint(found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else None


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
