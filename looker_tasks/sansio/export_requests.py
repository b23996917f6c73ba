"""An Export's own calls: create, ask, fetch, kill. Which operation, with what where, in which version of the API."""

from typing import Any, assert_never

from attrs import Attribute, field, frozen

from looker_tasks.errors import InvalidExport
from looker_tasks.exports import (
    QUERY_TASK_OPTIONS,
    DashboardExport,
    ElementExport,
    Export,
    LookExport,
    QueryExport,
)
from looker_tasks.formats import FORMATS
from looker_tasks.models import TaskKind
from looker_tasks.sansio.protocol.operations import ApiVersion
from looker_tasks.sansio.protocol.requests import Request, dashboard_filters, id_in, request

_RENDER_FIELDS = "id,status,status_detail"
_QUERY_FIELDS = "id,status"
_LONGEST_ID = 256  # characters; Looker's have 32


def _leads_to_a_task(_: object, __: "Attribute[str]", value: str) -> None:
    if value in {"", ".", ".."} or len(value) > _LONGEST_ID or not value.isprintable():  # no path would, and no log
        raise ValueError("expected an id")


@frozen
class TaskState:
    """What of a task decides anything: the least that must be in an answer, so the least that can break it."""

    id: str = field(validator=_leads_to_a_task)
    status: str | None = None
    status_detail: str | None = None


def task_kind(export: Export) -> TaskKind:
    """Return which of Looker's task APIs makes *export*: the format picks it."""
    return FORMATS[export.result_format].api


def check(export: Export, version: ApiVersion) -> None:
    """Raise `InvalidExport`, naming the field, for what *version* of the API cannot make."""
    if isinstance(export, LookExport) and task_kind(export) == "query":
        look_query(export, version)
        create(export, version, query_id="0")
    else:
        create(export, version)


def look_query(export: LookExport, version: ApiVersion) -> Request:
    """Return the call that tells the query of a look."""
    return request("look", version, path={"look_id": export.look_id}, query={"fields": "id,query_id"})


def create(export: Export, version: ApiVersion, *, query_id: str | None = None) -> Request:
    """Return the call that creates the task of *export*; *query_id* is the look's query where it exports data.

    Raises `InvalidExport`, naming the field, for what *version* of the API cannot make.
    """
    match export:
        case DashboardExport():
            created = _create_dashboard(export, version)
        case ElementExport():
            if version == "3.1":
                raise InvalidExport("API 3.1 renders no dashboard elements", field="element_id")
            created = _create_picture(
                "create_dashboard_element_render_task", version, "dashboard_element_id", export.element_id, export
            )
        case LookExport():
            if task_kind(export) == "query":
                created = _create_query(export, version, query_id or "", look_id=export.look_id)
            else:
                created = _create_picture("create_look_render_task", version, "look_id", export.look_id, export)
        case QueryExport():
            if task_kind(export) == "query":
                created = _create_query(export, version, export.query_id)
            else:
                created = _create_picture("create_query_render_task", version, "query_id", export.query_id, export)
        case never:
            assert_never(never)
    return created.with_model(TaskState)


def _create_dashboard(export: DashboardExport, version: ApiVersion) -> Request:
    query: dict[str, object] = {
        "width": export.width,
        "height": export.height,
        "fields": _RENDER_FIELDS,
        "pdf_paper_size": export.paper_size,
        "pdf_landscape": export.landscape,
        "long_tables": export.long_tables,
        "theme": export.theme,
    }
    body: dict[str, Any] = {
        "dashboard_filters": dashboard_filters(export.filters),
        "dashboard_style": export.style,
        "tab_ids": list(export.tabs) or None,
    }
    if version == "3.1":
        for name in ("long_tables", "theme", "tabs"):
            if getattr(export, name) not in (None, ()):
                raise InvalidExport("API 3.1 has no such parameter", field=name)
    is_lookml = "::" in export.dashboard_id
    return request(
        "create_lookml_dashboard_render_task" if is_lookml and version == "3.1" else "create_dashboard_render_task",
        version,
        path={"dashboard_id": export.dashboard_id, "result_format": export.result_format},
        query=query,
        json={name: value for name, value in body.items() if value is not None},
    )


def _create_picture(
    name: str, version: ApiVersion, parameter: str, found: str, export: LookExport | QueryExport | ElementExport
) -> Request:
    return request(
        name,
        version,
        path={parameter: found, "result_format": export.result_format},
        query={"width": export.width, "height": export.height, "fields": _RENDER_FIELDS},
    )


def _create_query(
    export: LookExport | QueryExport, version: ApiVersion, query_id: str, look_id: str | None = None
) -> Request:
    for name in ("image_width", "image_height"):
        if version == "4.0" and getattr(export, name) is not None:
            raise InvalidExport("API 4.0 has no such parameter", field=name)
    requested = FORMATS[export.result_format]
    if version not in requested.versions:
        raise InvalidExport(f"API {version} has no {requested.name}", field="result_format")
    options = {name: getattr(export, name) for name in QUERY_TASK_OPTIONS}
    if export.fresh:
        options["cache"] = False
    body = {"query_id": id_in("query_id", query_id, version), "result_format": requested.requested}
    if look_id is not None:
        body["look_id"] = id_in("look_id", look_id, version)
    return request("create_query_task", version, query={**options, "fields": _QUERY_FIELDS}, json=body)


def poll(kind: TaskKind, task_id: str, version: ApiVersion) -> Request:
    """Return the call that asks for a task's status."""
    if kind == "render":
        asked = request("render_task", version, path={"render_task_id": task_id}, query={"fields": _RENDER_FIELDS})
    else:
        asked = request("query_task", version, path={"query_task_id": task_id}, query={"fields": _QUERY_FIELDS})
    return asked.with_model(TaskState)


def results(kind: TaskKind, task_id: str, version: ApiVersion) -> Request:
    """Return the call that fetches a task's result."""
    return request(f"{kind}_task_results", version, path={f"{kind}_task_id": task_id})


def kill(task_id: str, version: ApiVersion) -> Request:
    """Return the call that stops a query task; no version can stop a render task."""
    return request("kill_query", version, path={"query_task_id": task_id})
