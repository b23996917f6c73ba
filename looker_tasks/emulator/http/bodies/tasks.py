"""How tasks look as bodies of API 4.0. Pure; `versions` makes API 3.1 of them."""

from looker_tasks.emulator.clock import Clock
from looker_tasks.emulator.farm.tasks import QueryTask, RenderTask
from looker_tasks.emulator.http.bodies.content import Json, query_body


def render_task_body(task: RenderTask, clock: Clock) -> Json:
    """Write a RenderTask; its runtimes are told once it has ended, as on the real server."""
    order, ended = task.order, task.finalized_at is not None
    target: Json = {
        f"{kind}_id": None for kind in ("dashboard", "lookml_dashboard", "look", "query", "dashboard_element")
    }
    return {
        **target,
        "can": {},
        "id": task.id,
        "status": task.status,
        "status_detail": task.status_detail,
        "created_at": clock.stamp(task.created_at),
        "finalized_at": clock.stamp(task.finalized_at),
        "runtime": (task.query_runtime or 0.0) + (task.render_runtime or 0.0) if ended else None,
        "query_runtime": task.query_runtime if ended else None,
        "render_runtime": task.render_runtime if ended else None,
        "result_format": order.format,
        "width": order.width,
        "height": order.height,
        f"{order.kind}_id": order.target_id,
        "dashboard_style": order.style,
        "dashboard_filters": order.filters_text,
        "user_id": task.user_id,
    }


def query_task_body(task: QueryTask) -> Json:
    """Write a QueryTask with the query that it runs."""
    order = task.order
    return {
        **order.flags,
        "can": {},
        "id": task.id,
        "status": task.status,
        "query_id": order.query.id,
        "query": query_body(order.query),
        "result_format": order.format,
        "result_source": task.result_source,
        "runtime": task.runtime,
        "source": order.source,
        "look_id": order.look_id,
        "dashboard_id": order.dashboard_id,
    }


def running_query_body(task: QueryTask, clock: Clock) -> Json:
    """Write a RunningQueries entry; its status is of the admin panel's vocabulary."""
    return {
        "can": {},
        "id": str(task.ordinal),
        "query_task_id": task.id,
        "query_id": task.order.query.id,
        "query": query_body(task.order.query),
        "user": {"can": {}, "id": task.user_id, "first_name": "API", "last_name": "User", "display_name": "API User"},
        "created_at": clock.stamp(task.created_at),
        "completed_at": None,
        "source": task.order.source or "api",
        "slug": task.order.query.slug,
        "status": "Queued" if task.status == "added" else "Running",
        "runtime": clock.now() - task.created_at,
    }
