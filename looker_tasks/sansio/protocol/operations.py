"""Looker's operations as rows of a table: API 4.0 and 3.1, from their OpenAPI documents. Data alone.

A version's difference is a row or a column here, never an ``if`` elsewhere.
"""

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from attrs import field, frozen

from looker_tasks.models import Board, Dashboard, Folder, Look, Query, QueryTask, RenderTask, ScheduledPlan

ApiVersion: TypeAlias = Literal["4.0", "3.1"]
API_VERSIONS: tuple[ApiVersion, ...] = ("4.0", "3.1")


@frozen
class AccessToken:
    """What login gives: a token and how many seconds it lives."""

    access_token: str = field(repr=False)
    expires_in: float = 3600.0
    token_type: str = "Bearer"  # noqa: S105  # the scheme's name, no secret


@frozen
class Operation:
    """One operation of the API: its request, and the model of its response."""

    name: str
    method: Literal["GET", "POST", "DELETE"]
    path: str  # its {parameters} are percent-encoded when filled in
    model: Any = None  # what the body is structured as; None: there is no body, or it streams
    versions: tuple[ApiVersion, ...] = API_VERSIONS
    streams: bool = False
    integers: tuple[str, ...] = ()  # path parameters that are int64 in API 3.1


_4_0: tuple[ApiVersion, ...] = ("4.0",)
_3_1: tuple[ApiVersion, ...] = ("3.1",)

_ROWS = (
    Operation("login", "POST", "/login", AccessToken),
    Operation("login_user", "POST", "/login/{user_id}", AccessToken, integers=("user_id",)),
    Operation("logout", "DELETE", "/logout"),
    Operation(
        "create_dashboard_render_task",
        "POST",
        "/render_tasks/dashboards/{dashboard_id}/{result_format}",
        RenderTask,
        integers=("dashboard_id",),
    ),
    Operation(
        "create_lookml_dashboard_render_task",
        "POST",
        "/render_tasks/lookml_dashboards/{dashboard_id}/{result_format}",
        RenderTask,
        _3_1,
    ),
    Operation(
        "create_look_render_task",
        "POST",
        "/render_tasks/looks/{look_id}/{result_format}",
        RenderTask,
        integers=("look_id",),
    ),
    Operation(
        "create_query_render_task",
        "POST",
        "/render_tasks/queries/{query_id}/{result_format}",
        RenderTask,
        integers=("query_id",),
    ),
    Operation(
        "create_dashboard_element_render_task",
        "POST",
        "/render_tasks/dashboard_elements/{dashboard_element_id}/{result_format}",
        RenderTask,
        _4_0,
    ),
    Operation("render_task", "GET", "/render_tasks/{render_task_id}", RenderTask),
    Operation("render_task_results", "GET", "/render_tasks/{render_task_id}/results", streams=True),
    Operation("create_query_task", "POST", "/query_tasks", QueryTask),
    Operation("query_task", "GET", "/query_tasks/{query_task_id}", QueryTask),
    Operation("query_task_results", "GET", "/query_tasks/{query_task_id}/results", streams=True),
    Operation("query_task_multi_results", "GET", "/query_tasks/multi_results", dict[str, Any]),
    Operation("kill_query", "DELETE", "/running_queries/{query_task_id}"),
    Operation("create_query", "POST", "/queries", Query),
    Operation("query", "GET", "/queries/{query_id}", Query, integers=("query_id",)),
    Operation("look", "GET", "/looks/{look_id}", Look, integers=("look_id",)),
    Operation("dashboard", "GET", "/dashboards/{dashboard_id}", Dashboard),
    Operation("search_dashboards", "GET", "/dashboards/search", tuple[Dashboard, ...]),
    Operation("search_looks", "GET", "/looks/search", tuple[Look, ...]),
    Operation("all_folders", "GET", "/folders", tuple[Folder, ...]),
    Operation("folder", "GET", "/folders/{folder_id}", Folder),
    Operation("folder_children", "GET", "/folders/{folder_id}/children", tuple[Folder, ...]),
    Operation("folder_dashboards", "GET", "/folders/{folder_id}/dashboards", tuple[Dashboard, ...]),
    Operation("folder_looks", "GET", "/folders/{folder_id}/looks", tuple[Look, ...]),
    Operation("all_boards", "GET", "/boards", tuple[Board, ...]),
    Operation("board", "GET", "/boards/{board_id}", Board, integers=("board_id",)),
    Operation("all_scheduled_plans", "GET", "/scheduled_plans", tuple[ScheduledPlan, ...]),
)

OPERATIONS: Mapping[str, Operation] = {row.name: row for row in _ROWS}
