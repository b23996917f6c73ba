"""From what the user gives, a path or a URL, to a destination and to where its journal is kept."""

import hashlib
import os
import re
import sys
from collections.abc import Callable, Mapping
from functools import partial
from os import PathLike
from pathlib import Path
from urllib.parse import unquote, urlsplit

from looker_tasks.aio.files.destination import Destination, Target
from looker_tasks.aio.files.disk import Disk
from looker_tasks.aio.files.folder import Folder
from looker_tasks.errors import ConfigurationError
from looker_tasks.sansio.naming import OWN_FOLDER

#: Options of a store, under obstore's names: ``endpoint``, ``region``, ``access_key_id`` …
Storage = Mapping[str, str]

_BUCKETS = ("s3", "s3a", "gs", "az", "azure", "adl", "abfs", "abfss", "memory")
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")


async def destination_at(location: str | PathLike[str], disk: Disk, storage: Storage | None = None) -> Destination:
    """Return the destination at *location*: a folder's path, or the URL of a folder in a bucket.

    What a bucket takes is done in a thread: its library is imported, the clouds' own files and certificates are read.
    Raises `ConfigurationError` for a URL that leads to no bucket, and for options that its store does not have.
    """
    text = os.fspath(location)
    scheme = _scheme(text)
    if scheme in _BUCKETS:
        make = await disk.run(partial(_bucket_at, text, storage or {}))
        return make(disk)
    if storage:
        raise ConfigurationError(f"{text}: a folder takes no storage options, and {', '.join(storage)} is given")
    return Folder(_local(text), disk)


def journal_folder(
    location: str | PathLike[str], state: str | PathLike[str] | None = None, storage: Storage | None = None
) -> Path:
    """Return where the journal of what lies at *location* is kept.

    That is *state*; else beside the files, or, of a bucket, where the platform keeps a program's state.
    """
    text = os.fspath(location)
    if state is not None:
        return Path(state)
    if _scheme(text) not in _BUCKETS:
        return _local(text) / OWN_FOLDER
    endpoint = next((value for key, value in (storage or {}).items() if "endpoint" in key.lower()), "")
    identity = "\n".join([text.rstrip("/"), endpoint or os.environ.get("AWS_ENDPOINT_URL", "")])
    return _state_home() / "looker-tasks" / hashlib.sha256(identity.encode()).hexdigest()[:32]


def local_folder(location: str | PathLike[str]) -> Path | None:
    """Return the folder that *location* is; None for a bucket."""
    text = os.fspath(location)
    return None if _scheme(text) in _BUCKETS else _local(text)


async def prepared_target(location: str | PathLike[str], disk: Disk, storage: Storage | None = None) -> Target:
    """Return the file at *location*, once it is seen that it can be written. Raises `ConfigurationError`."""
    text = os.fspath(location)
    parent, name = _parted(text)
    destination = await destination_at(parent, disk, storage)
    reason = await destination.obstacle(name)
    if reason is not None:
        raise ConfigurationError(f"{text}: {reason}; expected the name of a file")
    await destination.prepare()
    if isinstance(parent, Path) and parent not in disk.swept:  # once in the life of a client: it may be large
        disk.swept.add(parent)
        await destination.sweep(())
    return Target(destination, name)


def _parted(text: str) -> tuple[str | Path, str]:
    """Return the folder, or the URL of one, and the name of the file in it. Raises `ConfigurationError`."""
    if _scheme(text) in _BUCKETS:
        parent, _, name = text.rpartition("/")
        if not name or parent.endswith("/"):
            raise ConfigurationError(f"{text}: it names no object; expected one, as in s3://bucket/folder/file.pdf")
        return parent, name
    path = _local(text)
    if path.name in {"", ".."} or text.endswith("/"):
        raise ConfigurationError(f"{text}: it is a folder; expected the name of a file")
    return path.parent, path.name


def _scheme(text: str) -> str:
    """Return the scheme of a URL, or nothing for a path. Raises `ConfigurationError` for a URL of no store."""
    found = _URL.match(text)
    if found is None:
        return ""
    scheme = found[1].lower()
    if scheme not in {*_BUCKETS, "file"}:
        raise ConfigurationError(f"{text}: {scheme} is no store; expected s3://, gs://, az:// or a folder")
    return scheme


def _local(text: str) -> Path:
    return Path(unquote(urlsplit(text).path)) if _scheme(text) == "file" else Path(text)


def _bucket_at(url: str, storage: Storage) -> Callable[[Disk], Destination]:
    """Return what makes the bucket's destination, in the event loop: its waits belong to that. Blocks."""
    try:
        from looker_tasks.aio.files.bucket.bucket import Bucket  # noqa: PLC0415  # obstore is an extra
        from looker_tasks.aio.files.bucket.stores import store_at  # noqa: PLC0415  # the same
    except ModuleNotFoundError as error:
        if error.name != "obstore":
            raise
        raise ConfigurationError(f"{url}: obstore is not installed; run pip install 'looker-tasks[cloud]'") from None
    return partial(Bucket, store_at(url, storage))


def _state_home() -> Path:
    if os.environ.get("XDG_STATE_HOME"):
        return Path(os.environ["XDG_STATE_HOME"])
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    return Path.home() / ".local" / "state"
