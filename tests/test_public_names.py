"""The names that others build on: they are there, in order, and importing them is cheap."""

import inspect
import subprocess
import sys
from collections.abc import Awaitable
from contextlib import AbstractAsyncContextManager
from typing import get_type_hints

import pytest

import looker_tasks
from looker_tasks.aio.http.api import LookerApi

CONTRACT = {
    "Cancelled",
    "DashboardExport",
    "ElementExport",
    "Exported",
    "Failed",
    "LookExport",
    "LookerTasks",
    "LookerTasksError",
    "Policy",
    "QueryExport",
}
OPERATIONS = (
    "create_dashboard_element_render_task",
    "create_dashboard_render_task",
    "create_look_render_task",
    "create_lookml_dashboard_render_task",
    "create_query",
    "create_query_render_task",
    "create_query_task",
    "dashboard",
    "folder_dashboards",
    "folder_looks",
    "kill_query",
    "login",
    "login_user",
    "logout",
    "look",
    "query",
    "query_task",
    "query_task_multi_results",
    "render_task",
    "search_dashboards",
)
STREAMS = ("query_task_results", "render_task_results")
NOT_FOR_A_LIBRARY = {
    "PIL",
    "cyclopts",
    "duckdb",
    "jinja2",
    "pyarrow",
    "pypdfium2",
    "rich",
    "vl_convert",
    "xlsxwriter",
    "yaml",
}


def test_the_list_of_names_is_sorted_and_whole() -> None:
    """`__all__` is in order, holds the contract, and names nothing that is not there."""
    assert looker_tasks.__all__ == sorted(looker_tasks.__all__)
    assert set(looker_tasks.__all__) >= CONTRACT
    assert [name for name in looker_tasks.__all__ if not hasattr(looker_tasks, name)] == []


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_api_has_a_coroutine_for_the_operation(operation: str) -> None:
    """Each of Looker's operations is a documented coroutine under Looker's own name."""
    method = getattr(LookerApi, operation)
    assert inspect.iscoroutinefunction(method)
    assert inspect.getdoc(method)


@pytest.mark.parametrize("operation", STREAMS)
def test_the_api_streams_results(operation: str) -> None:
    """A result is awaited as any operation is, or entered with `async with`; it streams either way."""
    method = getattr(LookerApi, operation)
    result = get_type_hints(method)["return"]
    assert issubclass(result, Awaitable)
    assert issubclass(result, AbstractAsyncContextManager)
    assert inspect.getdoc(method)


def test_a_library_user_pays_for_no_command_line_and_no_emulator() -> None:
    """The client, freshly imported, loads none of the libraries of the extras."""
    program = (
        "import sys; from looker_tasks import LookerTasks; print(*{name.partition('.')[0] for name in sys.modules})"
    )
    run = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    loaded = set(run.stdout.split())
    assert {"looker_tasks", "aiohttp"} <= loaded
    assert loaded & NOT_FOR_A_LIBRARY == set()
