"""What `list` shows: Looker's content → rows, sorted and searched. Pure."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from looker_tasks.models import Board, Dashboard, Folder, Look, ScheduledPlan

#: A row: what stands under each column, in the columns' sequence.
ContentRow: TypeAlias = Mapping[str, Any]

_SEPARATOR = " / "  # between folders; a folder's name may hold a plain slash


def folder_paths(folders: Iterable[Folder]) -> Mapping[str, str]:
    """Return, by a folder's id, the names that lead to it: "Shared / Sales"."""
    by_id = {folder.id: folder for folder in folders}
    paths: dict[str, str] = {}

    def path_of(folder: Folder, below: frozenset[str]) -> str:
        if folder.id not in paths:
            parent = by_id.get(folder.parent_id or "")
            name = folder.name or folder.id
            if parent is None or parent.id in below:
                paths[folder.id] = name
            else:
                paths[folder.id] = f"{path_of(parent, below | {folder.id})}{_SEPARATOR}{name}"
        return paths[folder.id]

    for folder in by_id.values():
        path_of(folder, frozenset({folder.id}))
    return paths


def folder_rows(folders: Iterable[Folder]) -> list[ContentRow]:
    """Make the rows of folders, by their paths."""
    folders = tuple(folders)
    paths = folder_paths(folders)
    return _sorted(
        ({"id": each.id, "folder": paths[each.id], "parent_id": each.parent_id} for each in folders), "folder"
    )


def dashboard_rows(dashboards: Iterable[Dashboard], paths: Mapping[str, str]) -> list[ContentRow]:
    """Make the rows of dashboards, by folder and title."""
    return _sorted((_content(each, paths) for each in dashboards), "folder", "title")


def look_rows(looks: Iterable[Look], paths: Mapping[str, str]) -> list[ContentRow]:
    """Make the rows of looks, by folder and title."""
    return _sorted((_content(each, paths) for each in looks), "folder", "title")


def board_rows(boards: Iterable[Board]) -> list[ContentRow]:
    """Make the rows of boards, by title, with how much is on each."""
    return _sorted(({"id": each.id, "title": each.title or "", **_items(each)} for each in boards), "title")


def schedule_rows(plans: Iterable[ScheduledPlan]) -> list[ContentRow]:
    """Make the rows of schedules, by title."""
    return _sorted(
        (
            {
                "id": plan.id,
                "title": plan.title or plan.name or "",
                "sends": content_of(plan),
                "formats": ", ".join(sorted({each.format or "?" for each in plan.scheduled_plan_destination or ()})),
                "when": when(plan),
                "enabled": plan.enabled is not False,
                "user_id": plan.user_id,
            }
            for plan in plans
        ),
        "title",
    )


def content_of(plan: ScheduledPlan) -> str:
    """Return what a schedule sends: "dashboard 42"."""
    for kind, content_id in (
        ("dashboard", plan.dashboard_id or plan.lookml_dashboard_id),
        ("look", plan.look_id),
        ("query", plan.query_id),
    ):
        if content_id:
            return f"{kind} {content_id}"
    return ""


def when(plan: ScheduledPlan) -> str:
    """Return when a schedule runs: its crontab with the time zone, or the datagroup that starts it."""
    if plan.datagroup:
        return f"datagroup {plan.datagroup}"
    return " ".join(filter(None, (plan.crontab, plan.timezone)))


def matching(rows: Iterable[ContentRow], search: str) -> list[ContentRow]:
    """Return the rows that hold every word of *search* somewhere, in capitals or not."""
    words = search.casefold().split()
    return [row for row in rows if all(word in _searched(row) for word in words)]


def _searched(row: ContentRow) -> str:
    return "\n".join(str(value) for value in row.values() if value is not None).casefold()


def _content(content: Dashboard | Look, paths: Mapping[str, str]) -> ContentRow:
    folder = content.folder
    folder_id = content.folder_id if folder is None else folder.id
    name = paths.get(folder_id or "") or (folder and folder.name) or ""
    return {"id": content.id, "title": content.title or "", "folder": name, "folder_id": folder_id}


def _items(board: Board) -> Mapping[str, int]:
    items = [item for section in board.board_sections or () for item in section.board_items or ()]
    looks = sum(1 for item in items if item.look_id)
    return {"dashboards": len(items) - looks, "looks": looks}


def _sorted(rows: Iterable[ContentRow], *columns: str) -> list[ContentRow]:
    return sorted(rows, key=lambda row: [natural(str(row[column])) for column in (*columns, "id")])


def natural(text: str) -> list[tuple[int, str]]:
    """Return what sorts *text* as people do: capitals or not, and 9 before 10."""
    parts = re.split(r"([0-9]+)", text.casefold())
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]
