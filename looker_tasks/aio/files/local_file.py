"""A file that was made here, on its way to a destination: whole under its name, or not there."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import anyio

from looker_tasks.aio.files.destination import Target
from looker_tasks.sansio.journal import Fingerprint

_BLOCK = 2**20  # bytes


async def send_file(path: Path, target: Target, content_type: str) -> Fingerprint:
    """Send the bytes of the file *path* to *target*, and return by what it is known again there.

    Raises `FileNotWritten` where the destination refuses, and `OSError` where *path* cannot be read.
    """
    digest = hashlib.sha256()
    size = (await anyio.Path(path).stat()).st_size
    upload = target.open(content_type)
    with path.open("rb") as file:

        def block() -> Sequence[bytes]:
            chunk = file.read(_BLOCK)
            digest.update(chunk)
            return (chunk,)

        try:
            await upload.wait_for_room(size)
            for _ in range(max(0, (size - 1) // _BLOCK)):
                await upload.write(block)
            return await upload.commit(block, digest.hexdigest)
        finally:
            if upload.committed is None:
                with anyio.CancelScope(shield=True):
                    await upload.abort()
