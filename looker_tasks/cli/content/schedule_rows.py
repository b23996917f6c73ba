"""One of Looker's schedules → rows of a manifest: one for each format that it sends. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

from attrs import frozen

from looker_tasks.cli.content.content_rows import when
from looker_tasks.formats import DATA_FORMATS
from looker_tasks.models import ScheduledPlan, ScheduledPlanDestination

_OF_A_DASHBOARD: Mapping[str, Mapping[str, str]] = {
    "wysiwyg_pdf": {"format": "pdf"},
    "assembled_pdf": {"format": "pdf", "style": "single_column"},
    "wysiwyg_png": {"format": "png"},
    "csv_zip": {"tiles": "csv"},
    "csv": {"tiles": "csv"},
}
_OF_ROWS: Mapping[str, Mapping[str, str]] = {
    "wysiwyg_png": {"format": "png"},
    "csv_zip": {"format": "csv"},
    **{name: {"format": name} for name in DATA_FORMATS},
}
_NO_FILTERS = frozenset(
    {"filter_config", "theme", "_theme", "tab", "tile_id", "hide_filter", "run", "toggle", "layout"}
)


@frozen
class ScheduleRow:
    """A row of a manifest, less its name, and the notes on what it cannot say.

    With *obstacle*, the row would not make what the schedule sends, and why; it is empty where there is none at all.
    """

    values: Mapping[str, Any]
    notes: tuple[str, ...] = ()
    obstacle: str = ""


def rows_of(plan: ScheduledPlan) -> Iterator[ScheduleRow]:
    """Give a row for each format that *plan* sends in, with the same options once."""
    made: list[Mapping[str, Any]] = []
    for destination in plan.scheduled_plan_destination or ():
        row = _row(plan, destination)
        if row.values not in made or row.obstacle:
            made.append(row.values)
            yield row
    if not made:
        yield ScheduleRow({}, obstacle="it has no destination, and so no format")


def notes_of(plan: ScheduledPlan) -> Iterator[str]:
    """Give what a row cannot say of *plan*: when it runs, as whom, where to, and on which conditions."""
    recipients = Counter(each.type or "somewhere" for each in plan.scheduled_plan_destination or ())
    parts = [when(plan), f"to {', '.join(f'{kind} ({number})' for kind, number in recipients.items())}"]
    yield "; ".join(filter(None, parts if recipients else parts[:1])) or "it runs when somebody sends it"
    if plan.run_once:
        yield "it runs once"
    if plan.run_as_recipient:
        yield "it runs as each of its recipients"
    elif plan.user_id:
        yield f"it runs as user {plan.user_id}; `as_user: {plan.user_id}` exports in that user's name"
    conditions = {
        "only when there are results": plan.require_results,
        "only when there are no results": plan.require_no_results,
        "only when the results have changed": plan.require_change,
    }
    for condition, applies in conditions.items():
        if applies:
            yield f"it sends {condition}; the manifest always exports"
    if plan.pdf_page_breaks:
        yield "it breaks the page between tabs, which no render task can be asked for"


def _row(plan: ScheduledPlan, destination: ScheduledPlanDestination) -> ScheduleRow:
    for kind, content, formats in (
        ("dashboard", plan.dashboard_id or plan.lookml_dashboard_id, _OF_A_DASHBOARD),
        ("look", plan.look_id, _OF_ROWS),
        ("query", plan.query_id, _OF_ROWS),
    ):
        if content and (made := formats.get(destination.format or "")) is not None:
            values = {kind: content, **made}
            if kind == "dashboard":
                return _dashboard_row(plan, destination, values)
            return _row_of_rows(plan, destination, values, kind)
        if content:
            sent = destination.format or "in no format"
            return ScheduleRow({kind: content}, obstacle=f"it sends {sent}, and no export of a {kind} is that")
    return ScheduleRow({}, obstacle="it names no dashboard, look or query")


def _dashboard_row(
    plan: ScheduledPlan, destination: ScheduledPlanDestination, values: Mapping[str, Any]
) -> ScheduleRow:
    filters, rest = _filters(plan.filters_string or "")
    notes = [f"{name}={value} of its address is left out" for name, value in rest.items()]
    row = dict(values)
    if row.get("format") == "pdf":
        options = {"paper_size": plan.pdf_paper_size, "landscape": plan.pdf_landscape, "long_tables": plan.long_tables}
        row |= {key: value for key, value in options.items() if value}
    if "tiles" in row:
        row |= _row_options(plan, destination)
    else:
        row |= {"theme": plan.color_theme} if plan.color_theme else {}
        row |= {"tabs": list(plan.tab_ids)} if plan.tab_ids else {}
    if filters:
        row["filters"] = filters
    return ScheduleRow(row, tuple(notes))


def _row_of_rows(
    plan: ScheduledPlan, destination: ScheduledPlanDestination, values: Mapping[str, Any], kind: str
) -> ScheduleRow:
    row = dict(values)
    if row["format"] in DATA_FORMATS:
        row |= _row_options(plan, destination)
    if filters := (plan.filters_string or "").lstrip("?"):
        why = f"it filters the {kind} by {filters!r}, and a row of a {kind} has no filters: make a query of it"
        return ScheduleRow(row, obstacle=why)
    return ScheduleRow(row)


def _row_options(plan: ScheduledPlan, destination: ScheduledPlanDestination) -> Mapping[str, Any]:
    options = {
        "limit": -1 if plan.send_all_results else None,
        "apply_formatting": destination.apply_formatting,
        "apply_vis": destination.apply_vis,
    }
    return {key: value for key, value in options.items() if value is not None}


def _filters(filters_string: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return the filters of a dashboard's address by title, and what else is in it."""
    filters: dict[str, str] = {}
    rest: dict[str, str] = {}
    for title, value in parse_qsl(filters_string.lstrip("?"), keep_blank_values=True):
        if title in _NO_FILTERS:
            rest[title] = value
        else:
            filters[title] = f"{filters[title]},{value}" if title in filters else value  # Looker's "or"
    return filters, rest
