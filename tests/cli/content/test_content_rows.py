"""What `list` shows: rows from content, their sequence, and what a search finds."""

from typing import Any

import pytest

from looker_tasks.cli.content import content_rows
from looker_tasks.models import (
    Board,
    BoardItem,
    BoardSection,
    Dashboard,
    Folder,
    Look,
    ScheduledPlan,
    ScheduledPlanDestination,
)

FOLDERS = (
    Folder("3", "Sales", "1"),
    Folder("1", "Shared"),
    Folder("7", "West / East", "3"),
    Folder("8", "Lost", "99"),
    Folder("9", "Snake", "10"),
    Folder("10", "Tail", "9"),
    Folder("11"),
)


def test_a_folder_has_the_path_that_leads_to_it() -> None:
    """From the top, whatever the sequence; a parent that is not seen ends it, and so does a circle."""
    paths = content_rows.folder_paths(FOLDERS)
    assert paths == {
        "1": "Shared",
        "3": "Shared / Sales",
        "7": "Shared / Sales / West / East",
        "8": "Lost",
        "9": "Tail / Snake",
        "10": "Tail",
        "11": "11",
    }
    assert [row["id"] for row in content_rows.folder_rows(FOLDERS)] == ["11", "8", "1", "3", "7", "10", "9"]


@pytest.mark.parametrize("content", [Dashboard, Look])
def test_content_is_sorted_by_folder_and_title(content: Any) -> None:  # noqa: ANN401  # either class
    """As people sort: capitals or not, 9 before 10; the folder by its path, or by its name where no path is known."""
    found = [
        content("5", "Week 10", folder=Folder("3", "Sales")),
        content("4", "week 9", folder_id="3"),
        content("10", "Same", folder=Folder("1")),
        content("9", "Same", folder=Folder("1")),
        content("6", None, folder=Folder("55", "Unseen")),
        content("m::d", "No folder"),
    ]
    rows = content_rows.dashboard_rows(found, content_rows.folder_paths(FOLDERS))
    assert [tuple(row.values()) for row in rows] == [
        ("m::d", "No folder", "", None),
        ("9", "Same", "Shared", "1"),
        ("10", "Same", "Shared", "1"),
        ("4", "week 9", "Shared / Sales", "3"),
        ("5", "Week 10", "Shared / Sales", "3"),
        ("6", "", "Unseen", "55"),
    ]


def test_boards_are_counted() -> None:
    """A board's row says how many dashboards (LookML's, too) and looks are on it."""
    sections = (
        BoardSection("1", board_items=(BoardItem("1", dashboard_id="4"), BoardItem("2", lookml_dashboard_id="m::d"))),
        BoardSection("2", board_items=(BoardItem("3", look_id="7"),)),
        BoardSection("3"),
    )
    assert content_rows.board_rows([Board("2", "Zoo"), Board("1", "Ant", board_sections=sections)]) == [
        {"id": "1", "title": "Ant", "dashboards": 2, "looks": 1},
        {"id": "2", "title": "Zoo", "dashboards": 0, "looks": 0},
    ]


def test_schedules_say_what_they_send_and_when() -> None:
    """One row a schedule, with its content, its formats once each, and the crontab or the datagroup."""
    pdf, csv = ScheduledPlanDestination("wysiwyg_pdf"), ScheduledPlanDestination("csv")
    plans = [
        ScheduledPlan(
            "2", "b", dashboard_id="42", crontab="0 6 * * *", timezone="UTC", scheduled_plan_destination=(pdf, csv, pdf)
        ),
        ScheduledPlan("1", title="a", look_id="7", datagroup="daily", enabled=False, user_id="3"),
        ScheduledPlan("3", lookml_dashboard_id="m::d", query_id="9"),
        ScheduledPlan("4", query_id="9"),
    ]
    assert [tuple(row.values()) for row in content_rows.schedule_rows(plans)] == [
        ("3", "", "dashboard m::d", "", "", True, None),
        ("4", "", "query 9", "", "", True, None),
        ("1", "a", "look 7", "", "datagroup daily", False, "3"),
        ("2", "b", "dashboard 42", "csv, wysiwyg_pdf", "0 6 * * * UTC", True, None),
    ]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("", {"1", "2"}),
        ("REVENUE", {"1"}),
        ("shared rev", {"1"}),
        ("ünï", {"2"}),
        ("2", {"2"}),
        ("none", set()),
        ("nothing", set()),
    ],
)
def test_a_search_finds_what_holds_every_word(search: str, found: set[str]) -> None:
    """In the title, the folder or the id; what is not there holds nothing."""
    rows = [
        {"id": "1", "title": "Revenue", "folder": "Shared", "folder_id": None},
        {"id": "2", "title": "Ünïted", "folder": "", "folder_id": None},
    ]
    assert {row["id"] for row in content_rows.matching(rows, search)} == found
