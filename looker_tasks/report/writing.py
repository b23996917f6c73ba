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
from looker_tasks.report.folder import Place, file_below, read_journal, read_runs
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
    out: str | os.PathLike[str],
    *,
    to: str | os.PathLike[str] | None = None,
    state: str | os.PathLike[str] | None = None,
    previews: Mapping[str, Preview] = _NONE,
) -> Path:
    """Write the report of the last run into *out*, and of all that lies there. Return its path: *to*, or report.html.

    The records are beside the files, or in the folder *state*, which has the report of a bucket's run as well.
    *previews* has what files look like, by their SHA-256, as far as that is known (`BackgroundPreviews.found`).
    Only reads what is there, and follows no link out of it. Looks into each file in a process of its own. Blocks.
    Raises `ConfigurationError` where what lies in the report's place is an export's file, or somebody's; `OSError`
    where it cannot be written, and `ModuleNotFoundError` without the extra ``report``.
    """
    place = Place.of(out, state)
    return _write_report(place, read_overview(place), to, previews)


def write_run(
    out: str | os.PathLike[str],
    *,
    to: str | os.PathLike[str] | None = None,
    state: str | os.PathLike[str] | None = None,
) -> Path:
    """Write what lies in *out* for programs and return its path: *to*, or run.json. Needs no extra.

    *state* is as in `write_report`. Raises `ConfigurationError` where what lies in its place is an export's file, or
    somebody's, and `OSError` where it cannot be written.
    """
    place = Place.of(out, state)
    return _write_run(place, read_overview(place), to)


def write_both(
    out: str | os.PathLike[str],
    *,
    state: str | os.PathLike[str] | None = None,
    previews: Mapping[str, Preview] = _NONE,
    looks: bool = True,
) -> Path:
    """Write run.json and then report.html of one reading of the records, and return the path of the report.

    Arguments and errors are those of `write_report`. It *looks* into files that *previews* does not have.
    """
    place = Place.of(out, state)
    found = read_overview(place)
    _write_run(place, found, None)
    return _write_report(place, found, None, previews, looks=looks)


def _write_report(
    place: Place,
    found: Overview,
    to: str | os.PathLike[str] | None,
    previews: Mapping[str, Preview],
    *,
    looks: bool = True,
) -> Path:
    from looker_tasks.report.page.html import page  # noqa: PLC0415  # its library is an extra's

    target = place.own / REPORT if to is None else Path(to)
    _refuse_to_replace(target, place, found, ours=_OUR_PAGE, chosen=to is not None)
    shown = _shown(place.files, target.parent, found.items, previews, looks=looks)
    title = place.out if place.files is None else place.files.resolve().name or place.out
    write_whole(target, page(found, shown, title=title))
    return target


def _write_run(place: Place, found: Overview, to: str | os.PathLike[str] | None) -> Path:
    target = place.own / RUN if to is None else Path(to)
    _refuse_to_replace(target, place, found, ours=_OUR_RUN, chosen=to is not None)
    write_whole(target, json.dumps(run_record(found, folder=place.out), ensure_ascii=False, indent=1) + "\n")
    return target


def run_schema() -> str:
    """Return the JSON Schema of run.json; a line of ``--json`` is one of its ``#/$defs/export``."""
    return (files("looker_tasks.report") / "run.schema.json").read_text(encoding="utf-8")


def read_overview(place: Place) -> Overview:
    """Return what the records at *place* tell; nothing where there are none."""
    return overview(read_runs(place), read_journal(place))


def _refuse_to_replace(target: Path, place: Place, found: Overview, *, ours: bytes, chosen: bool) -> None:
    """Raise `ConfigurationError` where *target* is an export's file or, unless it was *chosen*, none of *ours*."""
    below = None if place.files is None else same_file(os.path.relpath(target.absolute(), place.files.absolute()))
    if any(same_file(item.name) == below for item in found.items):
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


def _shown(
    folder: Path | None, page_folder: Path, items: Sequence[Item], known: Mapping[str, Preview], *, looks: bool
) -> list[Shown]:
    if folder is None:  # what lies in a bucket is not looked at
        return [Shown()] * len(items)
    resolved = folder.resolve()
    paths = [_file(resolved, item) for item in items]
    previews = _previews(items, paths, known, looks=looks)
    return [
        Shown(
            link="" if path is None else quote(os.path.relpath(folder / item.name, page_folder)),
            is_gone=path is None and item.state in {"exported", "earlier"},
            preview=previews.get(item.name, _NOTHING),
        )
        for item, path in zip(items, paths, strict=True)
    ]


def _previews(
    items: Sequence[Item], paths: Sequence[Path | None], known: Mapping[str, Preview], *, looks: bool
) -> dict[str, Preview]:
    """Return what the files of *items* look like, by their names; where it *looks*, also what was not *known*."""
    amount = Amount.of(len(items))
    found: dict[str, Preview] = {}
    requests: dict[str, Request] = {}
    for item, path in islice(((item, path) for item, path in zip(items, paths, strict=True) if path), MOST_SHOWN):
        preview = known.get(item.sha256, _NOTHING)
        if preview is not _NOTHING and amount.holds(preview):
            found[item.name] = preview
        elif looks:
            requests[item.name] = amount.request(path, item.format)
    return found | dict(zip(requests, make_previews(list(requests.values())), strict=True))


def _file(resolved: Path, item: Item) -> Path | None:
    """Return the file of *item*; None where there is none, or it is not the one that was exported."""
    if item.state not in {"exported", "earlier"}:
        return None
    path = file_below(resolved, item.name)
    return path if path is not None and path.stat().st_size == item.size else None
