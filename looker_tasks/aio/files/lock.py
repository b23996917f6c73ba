"""One run at a time on a folder: an advisory lock that ends with the process that holds it, however it ends."""

import fcntl
import os
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from looker_tasks.errors import FolderInUse


def hold(path: Path) -> TextIO:
    """Lock the file *path* and say in it who holds it; close what is returned to let go. Blocks, but never waits.

    Raises `FolderInUse`, which tells who holds it.
    """
    file = path.open("a+", encoding="utf-8")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        holder = file.read().strip() or "another process"
        file.close()
        raise FolderInUse(f"{path.parent.parent} is in use by {holder}: wait for its end, or stop it") from None
    file.truncate(0)
    file.write(f"process {os.getpid()} on {socket.gethostname()} since {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC\n")
    file.flush()
    return file
