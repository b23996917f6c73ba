"""Writes report.html and run.json beside the files of a run, by the records that lie there."""

import json
import os
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

from looker_tasks.errors import ConfigurationError
from looker_tasks.report.folder import plain_file, read_journal, read_runs
from looker_tasks.report.overview import Item, Overview, overview
from looker_tasks.report.page.rows import Shown
from looker_tasks.report.previews.pool import make_previews
from looker_tasks.report.previews.values import Preview, Request
from looker_tasks.report.run_record import run_record
from looker_tasks.sansio.naming import same_file

REPORT = "report.html"
RUN = "run.json"

_OUR_PAGE = b'<meta name="generator" content="looker-tasks">'
_OUR_RUN = b'"format": 1,'
_HEAD = 2048  # bytes, in which a file says that it is ours
_PICTURES = ("pdf", "png", "jpg")
_MOST_BYTES = 6_000  # of one picture …
_ALL_BYTES = 11_000_000  # … and of all of them, which base 64 makes a third more
_MANY = 2_000  # files: of more, less is shown of each


def write_report(folder: str | os.PathLike[str], *, to: str | os.PathLike[str] | None = None) -> Path:
    """Write the report of the run in *folder*, or of all that lies there, and return its path: *to*, or report.html.

    Only reads what is in the folder, and follows no link out of it. Looks into each file in a process of its own.
    Blocks. Raises `ConfigurationError` where what lies in the report's place is an export's file, or somebody's;
    `OSError` where it cannot be written, and `ModuleNotFoundError` without the extra ``report``.
    """
    from looker_tasks.report.page.html import page  # noqa: PLC0415  # its library is an extra's

    base = Path(folder)
    target = base / REPORT if to is None else Path(to)
    found = read_overview(base)
    _refuse_to_replace(target, base, found, ours=_OUR_PAGE, chosen=to is not None)
    shown = _shown(base, target.parent, found)
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


def _shown(folder: Path, page_folder: Path, found: Overview) -> list[Shown]:
    items = found.items
    is_local = _is_local(found)
    paths = [_file(folder, item) if is_local else None for item in items]
    most = _most_bytes(items)
    requests = [_request(item, path, items, most) for item, path in zip(items, paths, strict=True) if path is not None]
    previews = iter(make_previews(requests))
    return [
        Shown(
            link="" if path is None else quote(os.path.relpath(folder / item.name, page_folder)),
            is_gone=path is None and is_local and item.state in {"exported", "earlier"},
            preview=Preview() if path is None else next(previews),
        )
        for item, path in zip(items, paths, strict=True)
    ]


def _is_local(found: Overview) -> bool:
    """Return whether the files are in the folder of their records, and in no bucket."""
    return found.run is None or "://" not in found.run.out


def _file(folder: Path, item: Item) -> Path | None:
    """Return the file of *item*; None where there is none, or it is not the one that was exported."""
    if item.state not in {"exported", "earlier"}:
        return None
    path = plain_file(folder, item.name)
    return path if path is not None and path.stat().st_size == item.size else None


def _most_bytes(items: Sequence[Item]) -> int:
    pictures = sum(item.format in _PICTURES for item in items)
    return min(_MOST_BYTES, _ALL_BYTES // max(1, pictures))


def _request(item: Item, path: Path, items: Sequence[Item], most_bytes: int) -> Request:
    if len(items) > _MANY:
        return Request(str(path), item.format, most_bytes, rows=3, columns=5, characters=24)
    return Request(str(path), item.format, most_bytes, rows=8, columns=8, characters=40)
