"""Journals of output folders, for the tests of what they remember."""

from pathlib import Path

from looker_tasks.aio.files.disk import Disk
from looker_tasks.aio.files.journal import Journal
from looker_tasks.sansio.naming import OWN_FOLDER


async def open_journal(output: Path, base_url: str, *, fresh: bool = False) -> Journal:
    """Open the journal of the folder *output*, below it. The threads end when the test's process does."""
    return await Journal.open(output / OWN_FOLDER, base_url, Disk(), location=str(output), output=output, fresh=fresh)
