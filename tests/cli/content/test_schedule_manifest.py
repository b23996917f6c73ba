"""Schedules → the text of a manifest, read again by the manifest's own reader."""

from typing import Any

import pytest
import yaml

from looker_tasks.cli.content.schedule_manifest import manifest
from looker_tasks.models import ScheduledPlan, ScheduledPlanDestination


def plan(plan_id: str = "1", *formats: str, **fields: Any) -> ScheduledPlan:  # noqa: ANN401  # each has its field's type
    """Make a schedule that is e-mailed in *formats*."""
    destinations = tuple(ScheduledPlanDestination(each, "email") for each in formats)
    return ScheduledPlan(plan_id, **{"title": "Weekly", "scheduled_plan_destination": destinations, **fields})


def rows(*plans: ScheduledPlan) -> list[dict[str, Any]]:
    """Return the rows of the plans' manifest."""
    found = yaml.safe_load(manifest(plans, "https://looker.example"))["exports"]
    assert isinstance(found, list)
    return found


def comments(*plans: ScheduledPlan) -> str:
    """Return the comments of the plans' manifest."""
    return "\n".join(line for line in manifest(plans, "https://looker.example").splitlines() if line.startswith("#"))


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (plan("1", "wysiwyg_pdf", dashboard_id="42"), {"dashboard": "42", "format": "pdf", "name": "Weekly.pdf"}),
        (
            plan(
                "1",
                "wysiwyg_pdf",
                dashboard_id="42",
                filters_string="?Region=West&Order+Date=7+days&Customer=%22Smith%2C+Jones+%26+Co%22&Open=",
                pdf_paper_size="a4",
                pdf_landscape=True,
                long_tables=True,
                tab_ids=("3", "4"),
                color_theme="Dark",
            ),
            {
                "dashboard": "42",
                "format": "pdf",
                "paper_size": "a4",
                "landscape": True,
                "long_tables": True,
                "theme": "Dark",
                "tabs": ["3", "4"],
                "filters": {"Region": "West", "Order Date": "7 days", "Customer": '"Smith, Jones & Co"', "Open": ""},
                "name": "Weekly.pdf",
            },
        ),
        (
            plan("1", "wysiwyg_png", lookml_dashboard_id="m::d", pdf_paper_size="a4", pdf_landscape=False),
            {"dashboard": "m::d", "format": "png", "name": "Weekly.png"},
        ),
        (
            plan("1", "assembled_pdf", dashboard_id="42"),
            {"dashboard": "42", "format": "pdf", "style": "single_column", "name": "Weekly.pdf"},
        ),
        (
            plan(
                "1",
                dashboard_id="42",
                color_theme="Dark",
                send_all_results=True,
                filters_string="Region=West&Region=East",
                scheduled_plan_destination=(ScheduledPlanDestination("csv_zip", "sftp", apply_formatting=True),),
            ),
            {
                "dashboard": "42",
                "tiles": "csv",
                "limit": -1,
                "apply_formatting": True,
                "filters": {"Region": "West,East"},
                "name": "Weekly/{n} {tile.title}.csv",
            },
        ),
        (
            plan("1", "xlsx", look_id="7", send_all_results=True),
            {"look": "7", "format": "xlsx", "limit": -1, "name": "Weekly.xlsx"},
        ),
        (
            plan("1", "wysiwyg_png", look_id="7", send_all_results=True),
            {"look": "7", "format": "png", "name": "Weekly.png"},
        ),
        (
            plan(
                "1",
                query_id="9",
                scheduled_plan_destination=(
                    ScheduledPlanDestination("json_detail", apply_formatting=True, apply_vis=False),
                ),
            ),
            {
                "query": "9",
                "format": "json_detail",
                "apply_formatting": True,
                "apply_vis": False,
                "name": "Weekly.detail.json",
            },
        ),
    ],
)
def test_a_schedule_is_a_row(made: ScheduledPlan, expected: dict[str, Any]) -> None:
    """Content, format, filters, paper, tabs, theme and limits come out under the manifest's own keys."""
    assert rows(made) == [expected]


def test_each_format_is_a_row_once() -> None:
    """Two recipients of one format are one row, two formats are two; names never clash, in capitals or not."""
    found = rows(
        plan("1", "wysiwyg_pdf", "wysiwyg_pdf", "wysiwyg_png", "csv_zip", dashboard_id="1"),
        plan("2", "wysiwyg_pdf", dashboard_id="2", title="WEEKLY"),
        plan("3", "wysiwyg_pdf", dashboard_id="3", title="a/b: {x}"),
    )
    assert [row["name"] for row in found] == [
        "a-b- {{x}}.pdf",
        "Weekly.pdf",
        "Weekly.png",
        "Weekly/{n} {tile.title}.csv",
        "WEEKLY (2).pdf",
    ]


@pytest.mark.parametrize(
    ("made", "comment"),
    [
        (plan("1", "wysiwyg_pdf", dashboard_id="42", enabled=False), "# it is disabled"),
        (plan("1", "html", dashboard_id="42"), "# left out: it sends html, and no export of a dashboard is that"),
        (plan("1", "wysiwyg_pdf", look_id="7"), "# left out: it sends wysiwyg_pdf, and no export of a look is that"),
        (plan("1", dashboard_id="42"), "# left out: it has no destination, and so no format"),
        (plan("1", "csv"), "# left out: it names no dashboard, look or query"),
        (
            plan("1", "csv", look_id="7", filters_string="?f[a.b]=x"),
            "# left out: it filters the look by 'f[a.b]=x', and a row of a look has no filters: make a query of it",
        ),
    ],
)
def test_what_would_not_be_the_same_is_a_comment(made: ScheduledPlan, comment: str) -> None:
    """A row that is disabled, or would make something else than the schedule sends, is a comment that says why."""
    assert rows(made) == []
    assert comment in comments(made).splitlines()


def test_a_disabled_row_is_ready_to_be_taken_up() -> None:
    """Without its comment signs it is the row that it would have been."""
    off = manifest([plan("1", "wysiwyg_pdf", dashboard_id="42", enabled=False, filters_string="Region=West")], "x")
    lines = [line.removeprefix("# ") for line in off.splitlines()]
    row = lines[next(number for number, line in enumerate(lines) if line.startswith("- ")) :]
    assert yaml.safe_load("\n".join(row)) == rows(
        plan("1", "wysiwyg_pdf", dashboard_id="42", filters_string="Region=West")
    )


def test_one_row_for_two_schedules() -> None:
    """A second schedule that makes what a first one does is a comment that names it."""
    two = [plan("1", "wysiwyg_pdf", dashboard_id="42"), plan("2", "wysiwyg_pdf", dashboard_id="42", title="Zoo")]
    assert len(rows(*two)) == 1
    assert "# left out: it is the row of Weekly (schedule 1)" in comments(*two).splitlines()


def test_what_no_row_says_is_told_above_it() -> None:
    """When, to how many, as whom, on which conditions: nobody's address, and nothing that would break the text."""
    made = plan(
        "1",
        title="Two\nlines: [x]",
        dashboard_id="42",
        crontab="0 6 * * 1",
        timezone="Europe/Berlin",
        user_id="12",
        require_results=True,
        pdf_page_breaks=True,
        filters_string="Region=West&filter_config=%7B%7D",
        scheduled_plan_destination=(
            ScheduledPlanDestination("wysiwyg_pdf", "email", "somebody@example.com"),
            ScheduledPlanDestination("wysiwyg_pdf", "webhook", "https://hooks.example/secret"),
        ),
    )
    said = comments(made).splitlines()
    assert said[2:] == [
        "# Two lines: [x] (schedule 1)",
        "# 0 6 * * 1 Europe/Berlin; to email (1), webhook (1)",
        "# it runs as user 12; `as_user: 12` exports in that user's name",
        "# it sends only when there are results; the manifest always exports",
        "# it breaks the page between tabs, which no render task can be asked for",
        "# filter_config={} of its address is left out",
    ]
    assert "example.com" not in manifest([made], "x")
    assert "hooks.example" not in manifest([made], "x")


def test_texts_are_taken_for_what_they_are() -> None:
    """Braces are doubled, but for what Looker fills in; words that YAML would read as others are quoted."""
    values = {
        "A": "{x}",
        "B": "{{ _user_attributes['region'] }}",
        "C": "NULL",
        "D": "Yes",
        "E": "1.0",
        "F": "2026-01-01",
    }
    text = "&".join(f"{title}={value}" for title, value in values.items())
    assert rows(plan("1", "wysiwyg_pdf", dashboard_id="42", filters_string=text))[0]["filters"] == {
        **values,
        "A": "{{x}}",
    }


def test_no_schedules_are_an_empty_manifest() -> None:
    """It says so by an empty list."""
    assert rows() == []
