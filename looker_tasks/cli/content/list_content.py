"""The command `list`: what there is to export, and its ids."""

import json
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TypeVar

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from looker_tasks.aio.http.api import LookerApi
from looker_tasks.cli.content import content_rows
from looker_tasks.cli.content.content_rows import ContentRow, folder_paths, matching
from looker_tasks.cli.options import Content, LookerOptions, read_looker
from looker_tasks.cli.status import DONE
from looker_tasks.cli.streams import write_line
from looker_tasks.cli.wording import count
from looker_tasks.client import LookerTasks
from looker_tasks.errors import ConfigurationError, NotFound, RequestRefused
from looker_tasks.models import Dashboard, Look, ScheduledPlan

_Found = TypeVar("_Found", Dashboard, Look)

_PAGE = 500  # dashboards or looks a call
_CONTENT_FIELDS = "id,title,folder_id,folder(id,name)"
_FOLDER_FIELDS = "id,name,parent_id"
_LOOKML_FOLDER = "lookml"  # of all LookML dashboards, which no search finds
_COLUMNS: Mapping[Content, tuple[str, ...]] = {
    "dashboards": ("id", "title", "folder"),
    "looks": ("id", "title", "folder"),
    "folders": ("id", "folder"),
    "boards": ("id", "title", "dashboards", "looks"),
    "schedules": ("id", "title", "sends", "formats", "when", "enabled"),
}


async def list_content(content: Content, search: str, options: LookerOptions, *, as_json: bool) -> int:
    """Print what there is of *content* and holds the words of *search*: a table, or a line each where nobody looks."""
    async with LookerTasks.from_settings(read_looker(options)) as looker:
        await looker.login()
        found = matching(await _FETCHES[content](looker.api), search)
    if as_json:
        sys.stdout.writelines(f"{json.dumps(row, ensure_ascii=False)}\n" for row in found)
    elif sys.stdout.isatty():
        Console(highlight=False).print(_table(found, _COLUMNS[content]))
        write_line(count(len(found), content.removesuffix("s")))
    else:
        sys.stdout.writelines("\t".join(_cells(row, _COLUMNS[content])) + "\n" for row in found)
    return DONE


async def fetch_schedules(api: LookerApi) -> Sequence[ScheduledPlan]:
    """Return the schedules of all users. Raises `ConfigurationError` where the API user may not see them."""
    try:
        return await api.all_scheduled_plans(all_users=True)
    except (NotFound, RequestRefused) as refused:
        raise ConfigurationError(
            f"{refused}. To see the schedules of all users, the API user needs the permission see_schedules"
        ) from refused


async def _dashboards(api: LookerApi) -> list[ContentRow]:
    found = {each.id: each for each in await _all_pages(api.search_dashboards)}
    with suppress(NotFound):  # no LookML dashboards, or none that the API user may see
        found |= {each.id: each for each in await api.folder_dashboards(_LOOKML_FOLDER, fields=_CONTENT_FIELDS)}
    return content_rows.dashboard_rows(found.values(), await _paths(api))


async def _looks(api: LookerApi) -> list[ContentRow]:
    return content_rows.look_rows(await _all_pages(api.search_looks), await _paths(api))


async def _folders(api: LookerApi) -> list[ContentRow]:
    return content_rows.folder_rows(await api.all_folders(fields=_FOLDER_FIELDS))


async def _boards(api: LookerApi) -> list[ContentRow]:
    return content_rows.board_rows(await api.all_boards())


async def _schedules(api: LookerApi) -> list[ContentRow]:
    return content_rows.schedule_rows(await fetch_schedules(api))


_FETCHES: Mapping[Content, Callable[[LookerApi], Awaitable[list[ContentRow]]]] = {
    "dashboards": _dashboards,
    "looks": _looks,
    "folders": _folders,
    "boards": _boards,
    "schedules": _schedules,
}


async def _all_pages(search: Callable[..., Awaitable[tuple[_Found, ...]]]) -> list[_Found]:
    """Return all that *search* finds, page after page until one has nothing new: a server may cap a page's size."""
    found: dict[str, _Found] = {}
    asked = 0
    while page := await search(fields=_CONTENT_FIELDS, sorts="id", limit=_PAGE, offset=asked):
        asked += len(page)
        known = len(found)
        found.update((each.id, each) for each in page)
        if len(found) == known:
            break
    return list(found.values())


async def _paths(api: LookerApi) -> Mapping[str, str]:
    return folder_paths(await api.all_folders(fields=_FOLDER_FIELDS))


def _table(rows: Iterable[ContentRow], columns: Sequence[str]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column == "id")
    for row in rows:
        table.add_row(*(Text(cell) for cell in _cells(row, columns)))
    return table


def _cells(row: ContentRow, columns: Sequence[str]) -> list[str]:
    """Return a row's texts, each on one line and without what a terminal would obey."""
    return [" ".join(_shown(row[column]).split()) for column in columns]


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "".join(letter if letter.isprintable() else " " for letter in str("" if value is None else value))
