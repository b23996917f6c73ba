"""Every operation that the emulator answers, one row each. A table: who answers what is elsewhere."""

from looker_tasks.emulator.http import contents, lookml, queries, renders, sessions
from looker_tasks.emulator.http.call import Route
from looker_tasks.emulator.http.versions import Version

_OLD_ONLY: tuple[Version, ...] = ("3.1",)
_NEW_ONLY: tuple[Version, ...] = ("4.0",)

ROUTES: tuple[Route, ...] = (
    Route("login", "POST", "/login", sessions.login, open=True),
    Route("login_user", "POST", "/login/{user_id}", sessions.login_user),
    Route("logout", "DELETE", "/logout", sessions.logout),
    Route("me", "GET", "/user", sessions.me),
    Route("versions", "GET", "/versions", sessions.versions, open=True),
    Route(
        "create_dashboard_render_task",
        "POST",
        "/render_tasks/dashboards/{dashboard_id}/{result_format}",
        renders.create_dashboard_render_task,
    ),
    Route(
        "create_lookml_dashboard_render_task",
        "POST",
        "/render_tasks/lookml_dashboards/{dashboard_id}/{result_format}",
        renders.create_lookml_dashboard_render_task,
        _OLD_ONLY,
    ),
    Route(
        "create_look_render_task",
        "POST",
        "/render_tasks/looks/{look_id}/{result_format}",
        renders.create_picture("look"),
    ),
    Route(
        "create_query_render_task",
        "POST",
        "/render_tasks/queries/{query_id}/{result_format}",
        renders.create_picture("query"),
    ),
    Route(
        "create_dashboard_element_render_task",
        "POST",
        "/render_tasks/dashboard_elements/{dashboard_element_id}/{result_format}",
        renders.create_picture("dashboard_element"),
        _NEW_ONLY,
    ),
    Route("render_task", "GET", "/render_tasks/{render_task_id}", renders.render_task),
    Route("render_task_results", "GET", "/render_tasks/{render_task_id}/results", renders.render_task_results),
    Route("create_query_task", "POST", "/query_tasks", queries.create_query_task),
    Route("query_task_multi_results", "GET", "/query_tasks/multi_results", queries.query_task_multi_results),
    Route("query_task", "GET", "/query_tasks/{query_task_id}", queries.query_task),
    Route("query_task_results", "GET", "/query_tasks/{query_task_id}/results", queries.query_task_results),
    Route("all_running_queries", "GET", "/running_queries", queries.all_running_queries),
    Route("kill_query", "DELETE", "/running_queries/{query_task_id}", queries.kill_query),
    Route("create_query", "POST", "/queries", contents.create_query),
    Route("query_for_slug", "GET", "/queries/slug/{slug}", contents.query_for_slug),
    Route("query", "GET", "/queries/{query_id}", contents.query),
    Route("look", "GET", "/looks/{look_id}", contents.look),
    Route("search_dashboards", "GET", "/dashboards/search", contents.search_dashboards),
    Route("dashboard", "GET", "/dashboards/{dashboard_id}", contents.dashboard),
    Route("session", "GET", "/session", lookml.session),
    Route("update_session", "PATCH", "/session", lookml.update_session),
    Route("git_branch", "GET", "/projects/{project_id}/git_branch", lookml.git_branch),
    Route("all_git_branches", "GET", "/projects/{project_id}/git_branches", lookml.all_git_branches),
    Route("manifest", "GET", "/projects/{project_id}/manifest", lookml.manifest),
    Route("all_lookml_models", "GET", "/lookml_models", lookml.all_lookml_models),
    Route("lookml_model", "GET", "/lookml_models/{lookml_model_name}", lookml.lookml_model),
    Route(
        "lookml_model_explore",
        "GET",
        "/lookml_models/{lookml_model_name}/explores/{explore_name}",
        lookml.lookml_model_explore,
    ),
    Route("folder", "GET", "/folders/{folder_id}", contents.folder),
    Route("folder_dashboards", "GET", "/folders/{folder_id}/dashboards", contents.folder_dashboards),
    Route("folder_looks", "GET", "/folders/{folder_id}/looks", contents.folder_looks),
)

UNVERSIONED: tuple[Route, ...] = (  # answered as API 4.0 does, at addresses without a version
    Route("logout", "DELETE", "/api/logout", sessions.logout),
    Route("versions", "GET", "/versions", sessions.versions, open=True),
    Route("alive", "GET", "/alive", sessions.alive, open=True),
    Route("statistics", "GET", "/emulator/statistics", sessions.statistics, open=True, ours=True),
)
