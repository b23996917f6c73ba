"""The names that others build on: they are there, in order, and importing them is cheap."""

import inspect
import subprocess
import sys
from collections.abc import Awaitable
from contextlib import AbstractAsyncContextManager
from typing import get_args, get_type_hints

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


def _named(hint: object) -> set[type[object]]:
    """Return the classes of ours that a type hint is made of."""
    if isinstance(hint, type) and not get_args(hint):
        return {hint} if hint.__module__.startswith("looker_tasks.") else set()
    return {found for part in get_args(hint) if not isinstance(part, str | int | float) for found in _named(part)}


def _hints(owner: type[object]) -> list[object]:
    """Return the type hints of the public methods and fields of *owner*."""
    members = [member for name, member in inspect.getmembers(owner) if not name.startswith("_")]
    methods = [getattr(member, "__wrapped__", member) for member in members if inspect.isroutine(member)]
    getters = [member.fget for member in members if isinstance(member, property)]
    names = {"Table": object}  # of an extra
    fields = [hint for name, hint in get_type_hints(owner).items() if not name.startswith("_")]
    return [*fields, *(hint for each in [*methods, *getters] for hint in get_type_hints(each, None, names).values())]


def test_the_public_names_are_closed() -> None:
    """Whatever a public method takes or returns, and whatever that is made of, is public itself."""
    todo: list[type[object]] = [looker_tasks.LookerTasks, looker_tasks.LookerApi, looker_tasks.Run]
    todo += [each for name in looker_tasks.__all__ if inspect.isclass(each := getattr(looker_tasks, name))]
    seen: set[type[object]] = set()
    while todo:
        owner = todo.pop()
        if owner not in seen:
            seen.add(owner)
            todo += [found for hint in _hints(owner) for found in _named(hint)]
    public = {getattr(looker_tasks, name) for name in looker_tasks.__all__}
    assert sorted(each.__qualname__ for each in seen if each not in public and not each.__name__.startswith("_")) == []
