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
class Look:
    """A look (the operations `look` and `folder_looks`)."""

    id: str
    title: str | None = None
    description: str | None = None
    query_id: str | None = None
    folder_id: str | None = None


@frozen
class DashboardFilter:
    """A filter of a dashboard; exports name it by its title."""

    name: str | None = None
    title: str | None = None
    default_value: str | None = None


@frozen
class DashboardElement:
    """An element of a dashboard."""

    id: str
    title: str | None = None
    type: str | None = None
    query_id: str | None = None
    look_id: str | None = None


@frozen
class Dashboard:
    """A dashboard (the operations `dashboard`, `search_dashboards` and `folder_dashboards`)."""

    id: str
    title: str | None = None
    description: str | None = None
    folder_id: str | None = None
    slug: str | None = None
    dashboard_filters: tuple[DashboardFilter, ...] | None = None
    dashboard_elements: tuple[DashboardElement, ...] | None = None
