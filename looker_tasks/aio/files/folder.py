"""Where files are to go, looked at before anything is created."""

import tempfile
from pathlib import Path

import anyio.to_thread

from looker_tasks.errors import ConfigurationError


async def prepare_folder(folder: Path) -> None:
    """Make *folder* if it is not there, and see that a file can be written in it. Raises `ConfigurationError`."""
    await anyio.to_thread.run_sync(_prepare, folder)


async def prepare_file(path: Path) -> None:
    """See that the file *path* can be written, and make its folder. Raises `ConfigurationError`."""
    if await anyio.to_thread.run_sync(path.is_dir):
        raise ConfigurationError(f"{path}: it is a folder; expected the name of a file")
    await prepare_folder(path.parent)


def _prepare(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"0")
    except OSError as error:
        raise ConfigurationError(f"{folder}: no file can be written there: {error.strerror or error}") from error
