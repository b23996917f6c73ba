"""The command `verify`: every file of an output against the digests in its journal. Asks no Looker."""

import sys

import anyio

from looker_tasks.aio.files.destination import Destination
from looker_tasks.aio.files.disk import Disk
from looker_tasks.aio.files.journal.database import FILE, read_records
from looker_tasks.aio.files.locate import destination_at, journal_folder
from looker_tasks.cli.options import OutputOptions, assignments
from looker_tasks.cli.status import DONE, FAILED
from looker_tasks.cli.streams import write_line
from looker_tasks.cli.wording import count
from looker_tasks.sansio.journal import Record

_AT_A_TIME = 8


async def verify(out: str, options: OutputOptions) -> int:
    """Print each file of *out* that is not what a run left there, and return the exit status.

    Raises `JournalRefused` where there is no journal, and `ConfigurationError` for an output that is none.
    """
    storage = assignments(options.storage)
    records = read_records(journal_folder(out, options.state, storage) / FILE)
    exported = [record for record in records if record.state == "exported"]
    disk = Disk()
    destination = await destination_at(out, disk, storage)
    places = anyio.CapacityLimiter(_AT_A_TIME)
    problems: list[tuple[str, str]] = []

    async def check(record: Record) -> None:
        async with places:
            problem = await _problem(destination, record)
        if problem is not None:
            problems.append((record.name, problem))

    async with anyio.create_task_group() as group:
        for record in exported:
            group.start_soon(check, record)
    disk.close()
    sys.stdout.writelines(f"{problem}: {name}\n" for name, problem in sorted(problems))
    write_line(f"{len(exported) - len(problems)} of {count(len(exported), 'file')} as they were written")
    return FAILED if problems else DONE


async def _problem(destination: Destination, record: Record) -> str | None:
    """Return in a word what is wrong with the file of *record*; None where it is as it was."""
    found = await destination.fingerprint(record.name)
    if found is None:
        return "missing"
    if found.size != record.size:
        return "changed"
    try:
        digest = await destination.digest(record.name)
    except OSError as error:
        return f"unreadable ({error.strerror or error})"
    return None if digest == record.sha256 else "changed"
