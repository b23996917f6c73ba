"""Combined files: once a run has ended, the exports of a row that have one combined name become that file.

A file is made again where its parts are others than those that it was made of; what it was made of is kept beside the
journal. The parts stay beside it: by them a later run knows what it need not make again.
"""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile

from looker_tasks.cli.streams import write_line
from looker_tasks.cli.wording import count
from looker_tasks.combining import Part, combine, form_of
from looker_tasks.errors import ConfigurationError, LookerTasksError
from looker_tasks.extras import require
from looker_tasks.planning.combined import CombinedFile, CombinedPart
from looker_tasks.planning.plan import Plan
from looker_tasks.sansio.journal import Record

_KEPT = "combined.json"  # by name, what each combined file was made of


def check_combined(plan: Plan, folder: Path | None) -> None:
    """Raise `ConfigurationError` where the plan's combined files could not be made."""
    if plan.combined and folder is None:
        raise ConfigurationError("combine: parts in a bucket cannot be combined; expected a folder for --out")
    if any(form_of(name) in {"pdf", "xlsx"} for name in plan.combined):
        require("combine")


def combine_files(plan: Plan, folder: Path, records: Sequence[Record], state: Path) -> bool:
    """Make the combined files of *plan* in *folder*, by what the journal's *records* say of their parts. Blocks.

    Return whether all are made; what is not is said, with the part that is missing.
    """
    latest: dict[str, Record] = {}
    for record in records:
        if record.name not in latest or record.ended >= latest[record.name].ended:
            latest[record.name] = record
    kept = _read(state / _KEPT)
    made = [_make(combined, folder, latest, kept) for combined in plan.combined.values()]
    _replace(state / _KEPT, json.dumps(kept).encode())
    return all(made)


def _make(combined: CombinedFile, folder: Path, records: Mapping[str, Record], kept: dict[str, object]) -> bool:
    there = [part for part in combined.parts if _is_made(part, folder, records)]
    missing = [part.name for part in combined.parts if part not in there]
    if not there or (missing and not combined.partial):
        write_line(f"{combined.name}: not combined, for its part {missing[0]} is not there{_more(missing)}")
        return False
    path = folder / combined.name
    made_of = _digest(there, records)
    if path.is_file() and kept.get(combined.name) == [made_of, path.stat().st_size]:
        return True
    try:
        _write(path, there, folder)
    except (LookerTasksError, OSError, ModuleNotFoundError) as error:
        write_line(f"{combined.name}: not combined: {error}")
        return False
    kept[combined.name] = [made_of, path.stat().st_size]
    without = f", without {missing[0]}{_more(missing)}" if missing else ""
    write_line(f"combined {count(len(there), 'part')} into {combined.name}{without}")
    return True


def _more(missing: Sequence[str]) -> str:
    return f" (and {len(missing) - 1} more)" if len(missing) > 1 else ""


def _is_made(part: CombinedPart, folder: Path, records: Mapping[str, Record]) -> bool:
    record = records.get(part.name)
    return record is not None and record.state == "exported" and (folder / part.name).is_file()


def _digest(parts: Sequence[CombinedPart], records: Mapping[str, Record]) -> str:
    text = json.dumps([[part.name, part.title, records[part.name].sha256] for part in parts])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _write(path: Path, parts: Sequence[CombinedPart], folder: Path) -> None:
    """Write the combined file beside its place, and give it its name when it is whole."""
    form = form_of(path.name)
    assert form is not None  # noqa: S101  # checked with the plan
    titles = [part.name if form == "zip" else part.title for part in parts]
    chosen = [Part(folder / part.name, title, part.result_format) for part, title in zip(parts, titles, strict=True)]
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=".", suffix="..part", delete=False) as file:
        try:
            combine(chosen, file, form)
            os.fsync(file.fileno())
            Path(file.name).chmod(0o666 & ~_umask())
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current


def _read(path: Path) -> dict[str, object]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _replace(path: Path, content: bytes) -> None:
    beside = path.with_suffix(".part")
    beside.write_bytes(content)
    beside.replace(path)
