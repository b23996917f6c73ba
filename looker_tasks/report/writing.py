"""Writes report.html and run.json beside the files of a run, by the records that lie there."""

import json
import os
from collections.abc import Mapping, Sequence
from importlib.resources import files
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

from looker_tasks.errors import ConfigurationError
from looker_tasks.report.folder import plain_file, read_journal, read_runs
from looker_tasks.report.overview import Item, Overview, overview
from looker_tasks.report.page.rows import Shown
from looker_tasks.report.previews.pool import make_previews
from looker_tasks.report.previews.values import MOST_SHOWN, Amount, Preview, Request
from looker_tasks.report.run_record import run_record
from looker_tasks.sansio.naming import same_file

REPORT = "report.html"
RUN = "run.json"

_OUR_PAGE = b'<meta name="generator" content="looker-tasks">'
_OUR_RUN = b'"format": 1,'
_NOTHING = Preview()
_NONE: Mapping[str, Preview] = MappingProxyType({})
_HEAD = 2048  # bytes, in which a file says that it is ours


def write_report(
    folder: str | os.PathLike[str],
    *,
    to: str | os.PathLike[str] | None = None,
    previews: Mapping[str, Preview] = _NONE,
) -> Path:
    """Write the report of the run in *folder*, or of all that lies there, and return its path: *to*, or report.html.

    *previews* has what files look like, by their SHA-256, as far as that is known (`BackgroundPreviews.found`).
    Only reads what is in the folder, and follows no link out of it. Looks into each file in a process of its own.
    Blocks. Raises `ConfigurationError` where what lies in the report's place is an export's file, or somebody's;
    `OSError` where it cannot be written, and `ModuleNotFoundError` without the extra ``report``.
    """
    from looker_tasks.report.page.html import page  # noqa: PLC0415  # its library is an extra's

    base = Path(folder)
    target = base / REPORT if to is None else Path(to)
    found = read_overview(base)
    _refuse_to_replace(target, base, found, ours=_OUR_PAGE, chosen=to is not None)
    shown = _shown(base, target.parent, found, previews)
    write_whole(target, page(found, shown, title=base.resolve().name or str(base)))
    return target


def write_run(folder: str | os.PathLike[str], *, to: str | os.PathLike[str] | None = None) -> Path:
    """Write what lies in *folder* for programs and return its path: *to*, or run.json. Needs no extra.

    Raises `ConfigurationError` where what lies in its place is an export's file, or somebody's, and `OSError` where it
    cannot be written.
    """
    base = Path(folder)
    target = base / RUN if to is None else Path(to)
    found = read_overview(base)
    _refuse_to_replace(target, base, found, ours=_OUR_RUN, chosen=to is not None)
    out = found.run.out if found.run is not None and not _is_local(found) else str(base)
    write_whole(target, json.dumps(run_record(found, folder=out), ensure_ascii=False, indent=1) + "\n")
    return target


def run_schema() -> str:
    """Return the JSON Schema of run.json; a line of ``--json`` is one of its ``#/$defs/export``."""
    return (files("looker_tasks.report") / "run.schema.json").read_text(encoding="utf-8")


def read_overview(folder: Path) -> Overview:
    """Return what the records below *folder* tell; nothing where there are none."""
    return overview(read_runs(folder), read_journal(folder))


def _refuse_to_replace(target: Path, folder: Path, found: Overview, *, ours: bytes, chosen: bool) -> None:
    """Raise `ConfigurationError` where *target* is an export's file or, unless it was *chosen*, none of *ours*."""
    same = same_file(os.path.relpath(target.absolute(), folder.absolute()))
    if any(same_file(item.name) == same for item in found.items):
        raise ConfigurationError(f"{target} is the file of an export: give another path")
    if chosen or not target.is_file():
        return
    with target.open("rb") as file:
        if ours not in file.read(_HEAD):
            raise ConfigurationError(f"{target} was not written by looker-tasks: move it, or give another path")


def write_whole(path: Path, text: str) -> None:
    """Write *text* to *path*, which has it whole or is as before."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with part.open("x", encoding="utf-8", errors="replace") as file:  # which follows no link that was planted there
            file.write(text)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _shown(folder: Path, page_folder: Path, found: Overview, known: Mapping[str, Preview]) -> list[Shown]:
    is_local = _is_local(found)
    paths = [_file(folder, item) if is_local else None for item in found.items]
    previews = _previews(found.items, paths, known)
    return [
        Shown(
            link="" if path is None else quote(os.path.relpath(folder / item.name, page_folder)),
            is_gone=path is None and is_local and item.state in {"exported", "earlier"},
            preview=previews.get(item.name, _NOTHING),
        )
        for item, path in zip(found.items, paths, strict=True)
    ]


def _previews(items: Sequence[Item], paths: Sequence[Path | None], known: Mapping[str, Preview]) -> dict[str, Preview]:
    """Return what the files of *items* look like, by their names; those that are not *known* are looked into."""
    amount = Amount.of(len(items))
    found: dict[str, Preview] = {}
    requests: dict[str, Request] = {}
    for item, path in islice(((item, path) for item, path in zip(items, paths, strict=True) if path), MOST_SHOWN):
        preview = known.get(item.sha256, _NOTHING)
        if preview is not _NOTHING and amount.holds(preview):
            found[item.name] = preview
        else:
            requests[item.name] = amount.request(path, item.format)
    return found | dict(zip(requests, make_previews(list(requests.values())), strict=True))


def _is_local(found: Overview) -> bool:
    """Return whether the files are in the folder of their records, and in no bucket."""
    return found.run is None or "://" not in found.run.out


def _file(folder: Path, item: Item) -> Path | None:
    """Return the file of *item*; None where there is none, or it is not the one that was exported."""
    if item.state not in {"exported", "earlier"}:
        return None
    path = plain_file(folder, item.name)
    return path if path is not None and path.stat().st_size == item.size else None
