"""What Looker tells of its tasks and of its content: values, ignorant of the wire."""

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from attrs import frozen

TaskKind: TypeAlias = Literal["render", "query"]


@frozen
class RenderTask:
    """A render task as Looker tells of it (the operations `create_*_render_task` and `render_task`)."""

    id: str
    status: str = ""
    status_detail: str | None = None
    result_format: str | None = None
    created_at: str | None = None
    finalized_at: str | None = None
    runtime: float | None = None  # seconds, all of it
    query_runtime: float | None = None  # seconds
    render_runtime: float | None = None  # seconds
    width: int | None = None
    height: int | None = None
    dashboard_id: str | None = None
    lookml_dashboard_id: str | None = None
    look_id: str | None = None
    query_id: str | None = None
    dashboard_element_id: str | None = None
    dashboard_style: str | None = None
    dashboard_filters: str | None = None
    user_id: str | None = None


@frozen
class TaskStatus:
    """How far a task has come: *status* and *detail* are Looker's words, "missing" where it knows the task no more."""

    is_finished: bool  # well or not: nothing more will come of it
    status: str
    detail: str = ""
    poll_again_in: float = 0.0  # seconds; 0 where there is nothing to wait for


@frozen
class QueryTask:
    """A query task as Looker tells of it (the operations `create_query_task` and `query_task`)."""

    id: str
    status: str = ""
    query_id: str | None = None
    result_format: str | None = None
    result_source: str | None = None
    runtime: float | None = None  # seconds, of earlier runs of the query
    source: str | None = None
    look_id: str | None = None
    dashboard_id: str | None = None


@frozen
class Query:
    """A query (the operations `query` and `create_query`)."""

    id: str
    model: str | None = None
    view: str | None = None
    fields: tuple[str, ...] | None = None
    filters: Mapping[str, Any] | None = None
    sorts: tuple[str, ...] | None = None
    limit: str | None = None
    slug: str | None = None


@frozen
class Folder:
    """A folder (the operations `folder`, `all_folders` and `folder_children`)."""

    id: str
    name: str | None = None
    parent_id: str | None = None
    child_count: int | None = None


@frozen
class Look:
    """A look (the operations `look`, `search_looks` and `folder_looks`)."""

    id: str
    title: str | None = None
    description: str | None = None
    query_id: str | None = None
    folder_id: str | None = None
    folder: Folder | None = None
    deleted: bool | None = None


@frozen
class LookWithQuery(Look):
    """A look with its whole query, as a dashboard element embeds it."""

    query: Mapping[str, Any] | None = None


@frozen
class DashboardFilter:
    """A filter of a dashboard; exports name it by its title, elements listen to it by its name.

    *type* is date_filter, number_filter, string_filter or field_filter; *field* is the field of the last.
    """

    name: str | None = None
    title: str | None = None
    type: str | None = None
    default_value: str | None = None
    field: Mapping[str, Any] | None = None


@frozen
class Listen:
    """The value of the dashboard filter of that name goes into the query's filter on *field*."""

    dashboard_filter_name: str | None = None
    field: str | None = None


@frozen
class Filterable:
    """What of an element can be filtered, and what it listens to; a merged result has one for each of its queries."""

    model: str | None = None
    view: str | None = None
    name: str | None = None
    listen: tuple[Listen, ...] | None = None


@frozen
class ResultMaker:
    """What makes the rows of an element: a query (as Looker has it), a merged result or a SQL Runner query."""

    query_id: str | None = None
    query: Mapping[str, Any] | None = None
    merge_result_id: str | None = None
    sql_query_id: str | None = None
    filterables: tuple[Filterable, ...] | None = None


@frozen
class DashboardElement:
    """An element of a dashboard. *query* is as Looker has it, with parts that `Query` leaves out."""

    id: str
    title: str | None = None
    type: str | None = None
    query_id: str | None = None
    query: Mapping[str, Any] | None = None
    look_id: str | None = None
    look: LookWithQuery | None = None
    merge_result_id: str | None = None
    extension_id: str | None = None
    result_maker: ResultMaker | None = None


@frozen
class Dashboard:
    """A dashboard (the operations `dashboard`, `search_dashboards` and `folder_dashboards`)."""

    id: str
    title: str | None = None
    description: str | None = None
    folder_id: str | None = None
    folder: Folder | None = None
    deleted: bool | None = None
    slug: str | None = None
    dashboard_filters: tuple[DashboardFilter, ...] | None = None
    dashboard_elements: tuple[DashboardElement, ...] | None = None


@frozen
class BoardItem:
    """What a board shows: one of a dashboard and a look."""

    id: str
    title: str | None = None
    dashboard_id: str | None = None
    look_id: str | None = None
    lookml_dashboard_id: str | None = None


@frozen
class BoardSection:
    """A section of a board; *item_order* has the ids of its items as people see them."""

    id: str
    title: str | None = None
    item_order: tuple[str, ...] | None = None
    board_items: tuple[BoardItem, ...] | None = None


@frozen
class Board:
    """A board (operations `board` and `all_boards`); *section_order* has the ids of its sections as people see them."""

    id: str
    title: str | None = None
    section_order: tuple[str, ...] | None = None
    board_sections: tuple[BoardSection, ...] | None = None


@frozen
class ScheduledPlanDestination:
    """Where a schedule sends, and in which format (wysiwyg_pdf, csv_zip, xlsx …)."""

    format: str | None = None
    type: str | None = None
    address: str | None = None
    apply_formatting: bool | None = None
    apply_vis: bool | None = None


@frozen
class ScheduledPlan:
    """A schedule (the operation `all_scheduled_plans`); *filters_string* is a query string."""

    id: str
    name: str | None = None
    title: str | None = None
    enabled: bool | None = None
    run_once: bool | None = None
    user_id: str | None = None
    dashboard_id: str | None = None
    lookml_dashboard_id: str | None = None
    look_id: str | None = None
    query_id: str | None = None
    filters_string: str | None = None
    crontab: str | None = None
    datagroup: str | None = None
    timezone: str | None = None
    require_results: bool | None = None
    require_no_results: bool | None = None
    require_change: bool | None = None
    send_all_results: bool | None = None
    run_as_recipient: bool | None = None
    pdf_paper_size: str | None = None
    pdf_landscape: bool | None = None
    pdf_page_breaks: bool | None = None
    long_tables: bool | None = None
    color_theme: str | None = None
    tab_ids: tuple[str, ...] | None = None
    scheduled_plan_destination: tuple[ScheduledPlanDestination, ...] | None = None
