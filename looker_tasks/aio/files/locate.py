"""From what the user gives, a path or a URL, to a destination and to where its journal is kept."""

import os
from os import PathLike
from pathlib import Path

from looker_tasks.aio.files.destination import Destination, Target
from looker_tasks.aio.files.disk import Disk
from looker_tasks.aio.files.folder import Folder
from looker_tasks.errors import ConfigurationError
from looker_tasks.sansio.naming import OWN_FOLDER


def destination_at(location: str | PathLike[str], disk: Disk) -> Destination:
    """Return the destination at *location*."""
    return Folder(Path(location), disk)


def journal_folder(location: str | PathLike[str]) -> Path:
    """Return where the journal of what lies at *location* is kept: beside the files."""
    return Path(location) / OWN_FOLDER


async def prepared_target(location: str | PathLike[str], disk: Disk) -> Target:
    """Return the file at *location*, once it is seen that it can be written. Raises `ConfigurationError`."""
    path = Path(location)
    if path.name in {"", ".."} or os.fspath(location).endswith("/"):
        raise ConfigurationError(f"{os.fspath(location)}: it is a folder; expected the name of a file")
    target = Target(Folder(path.parent, disk), path.name)
    reason = await target.destination.obstacle(target.name)
    if reason is not None:
        raise ConfigurationError(f"{path}: {reason}; expected the name of a file")
    await target.destination.prepare()
    if path.parent not in disk.swept:  # once in the life of a client: the folder may be large
        disk.swept.add(path.parent)
        await target.destination.sweep(())
    return target
