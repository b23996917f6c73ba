"""Combined files: once a run has ended, the exports of a row that have one combined name become that file.

A file is made again where its parts are others than those that it was made of; what it was made of is kept beside the
journal. The parts stay beside it: by them a later run knows what it need not make again.
"""

import hashlib
import json
import shutil
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import anyio
import anyio.to_thread
from attrs import define, field

from looker_tasks.aio.files.destination import Destination, Target
from looker_tasks.aio.files.local_file import send_file
from looker_tasks.cli.run.own_files import read_own
from looker_tasks.cli.streams import write_line
from looker_tasks.cli.wording import count
from looker_tasks.combining import Form, Part, combine, form_of
from looker_tasks.errors import ConfigurationError, LookerTasksError
from looker_tasks.extras import require
from looker_tasks.planning.combined import CombinedFile, CombinedPart
from looker_tasks.planning.plan import Plan
from looker_tasks.report.writing import write_whole
from looker_tasks.sansio.journal import Record

_KEPT = "combined.json"  # by name, what each combined file was made of
_SCRATCH = "combining-"  # folders of files on their way, in the journal's
_LEFT_AFTER = 86400.0  # seconds: the process that made such a folder was killed
_AT_A_TIME = 8  # parts that are asked for, or brought, at once
_CONTENT_TYPES: Mapping[Form, str] = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}


async def check_combined(plan: Plan, destination: Destination) -> None:
    """Raise `ConfigurationError` where the plan's combined files could not be made."""
    if any(form_of(name) in {"pdf", "xlsx"} for name in plan.combined):
        require("combine")
    for name in plan.combined:
        if (reason := await destination.obstacle(name)) is not None:
            raise ConfigurationError(f"combine: {name!r}: {reason}")


async def combine_files(
    plan: Plan, destination: Destination, records: Sequence[Record], state: Path, *, quiet: bool
) -> bool:
    """Make the combined files of *plan*, by what the journal's *records* say of their parts.

    Return whether all are made; what is not is reported, with the part that is missing, and unless *quiet* what is.
    """
    latest: dict[str, Record] = {}
    for record in records:
        if record.name in plan.refused:  # what lies there is of an earlier run
            continue
        if record.name not in latest or record.ended >= latest[record.name].ended:
            latest[record.name] = record
    await anyio.to_thread.run_sync(_sweep, state)
    combining = _Combining(destination, latest, state, await anyio.to_thread.run_sync(_read, state / _KEPT), quiet)
    made = [await combining.make(combined) for combined in plan.combined.values()]
    await anyio.to_thread.run_sync(write_whole, state / _KEPT, json.dumps(combining.kept))
    return all(made)


@define
class _Combining:
    """What makes combined files of parts at a *destination*; *kept* has what they were made of, by name."""

    destination: Destination
    records: Mapping[str, Record]  # by name
    state: Path  # a folder of our own, where there is room for a file on its way
    kept: dict[str, object]
    is_quiet: bool
    _places: anyio.CapacityLimiter = field(factory=lambda: anyio.CapacityLimiter(_AT_A_TIME))

    async def make(self, combined: CombinedFile) -> bool:
        """Make one file, unless it is there; return whether it is."""
        there = await self._there(combined)
        missing = [part.name for part in combined.parts if part not in there]
        if not there or (missing and not combined.partial):
            write_line(f"{combined.name}: not combined, for its part {missing[0]} is not there{_more(missing)}")
            return False
        made_of = _digest(there, self.records)
        found = await self.destination.fingerprint(combined.name)
        if found is not None and self.kept.get(combined.name) == [made_of, found.size]:
            return True
        try:
            size = await self._write(combined.name, there)
        except (LookerTasksError, OSError, ModuleNotFoundError) as error:
            write_line(f"{combined.name}: not combined: {error}")
            return False
        self.kept[combined.name] = [made_of, size]
        if self.is_quiet and not missing:
            return True
        without = f", without {missing[0]}{_more(missing)}" if missing else ""
        write_line(f"combined {count(len(there), 'part')} into {combined.name}{without}")
        return True

    async def _there(self, combined: CombinedFile) -> list[CombinedPart]:
        """Return the parts that are there as they were exported, in their sequence."""
        there: set[int] = set()

        async def look(index: int, part: CombinedPart) -> None:
            record = self.records.get(part.name)
            if record is not None and record.state == "exported":
                async with self._places:
                    found = await self.destination.fingerprint(part.name)
                if found is not None and found.size == record.size:
                    there.add(index)

        async with anyio.create_task_group() as group:
            for index, part in enumerate(combined.parts):
                group.start_soon(look, index, part)
        return [part for index, part in enumerate(combined.parts) if index in there]

    async def _write(self, name: str, parts: Sequence[CombinedPart]) -> int:
        """Combine *parts* in a folder of our own, send the file to its place, and return its size in bytes."""
        form = form_of(name)
        assert form is not None  # noqa: S101  # checked with the plan
        with TemporaryDirectory(prefix=_SCRATCH, dir=self.state) as name_of_scratch:
            scratch = Path(name_of_scratch)
            paths = await self._brought(parts, scratch)
            titles = [part.name if form == "zip" else part.title for part in parts]
            chosen = [
                Part(path, title, part.result_format) for path, title, part in zip(paths, titles, parts, strict=True)
            ]
            whole = scratch / "whole"
            await anyio.to_thread.run_sync(
                partial(combine, chosen, whole, form, scratch=scratch), abandon_on_cancel=True
            )
            sent = await send_file(whole, Target(self.destination, name), _CONTENT_TYPES[form])
        return sent.size

    async def _brought(self, parts: Sequence[CombinedPart], folder: Path) -> list[Path]:
        """Return the paths of local files with the bytes of *parts*; what is in a bucket is written into *folder*."""
        paths: dict[int, Path] = {}
        refused: dict[int, OSError] = {}

        async def bring(index: int, part: CombinedPart) -> None:
            async with self._places:
                try:
                    paths[index] = await self.destination.bring(part.name, folder / str(index))
                except OSError as error:
                    refused[index] = error

        async with anyio.create_task_group() as group:
            for index, part in enumerate(parts):
                group.start_soon(bring, index, part)
        if refused:
            raise refused[min(refused)]
        return [paths[index] for index in range(len(parts))]


def _sweep(state: Path) -> None:
    """Remove what a process left that was killed while it combined."""
    for folder in state.glob(f"{_SCRATCH}*"):
        with suppress(OSError):  # it takes room, no more
            if time.time() - folder.lstat().st_mtime > _LEFT_AFTER:
                shutil.rmtree(folder)


def _more(missing: Sequence[str]) -> str:
    return f" (and {len(missing) - 1} more)" if len(missing) > 1 else ""


def _digest(parts: Sequence[CombinedPart], records: Mapping[str, Record]) -> str:
    text = json.dumps([[part.name, part.title, records[part.name].sha256] for part in parts])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _read(path: Path) -> dict[str, object]:
    try:
        found = json.loads(read_own(path))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
