"""LookerApi: logins and content, in both versions of the API, against the emulator."""

import inspect
import re

import pytest

from looker_tasks.aio.http.api import LookerApi
from looker_tasks.errors import NotFound, RequestRefused
from looker_tasks.sansio.protocol.operations import OPERATIONS, ApiVersion
from tests.aio.api_rig import complete, in_both, orders, rig

pytestmark = pytest.mark.virtual_time


def test_there_is_a_coroutine_for_each_operation() -> None:
    """The table and the class name the same operations: none is promised and lacking."""
    methods = {name for name, _ in inspect.getmembers(LookerApi, inspect.isfunction) if not name.startswith("_")}
    assert methods == set(OPERATIONS)


@in_both
async def test_login_and_logout(version: ApiVersion) -> None:
    """Logging in twice is one login; after a logout the next operation logs in anew."""
    async with rig(version) as given:
        calls = given.emulator.statistics.calls
        await given.api.login()
        await given.api.login()
        assert calls == {"login": 1}
        await given.api.logout()
        await given.api.query(given.emulator.examples.query)
        assert calls == {"login": 2, "logout": 1, "query": 1}


@in_both
async def test_login_user(version: ApiVersion) -> None:
    """An admin gets a token of another user's, which is shown nowhere."""
    async with rig(version) as given:
        token = await given.api.login_user("2")
        assert re.fullmatch(r"\S{20,}", token.access_token)
        assert token.access_token not in repr(token)
        with pytest.raises(NotFound):
            await given.api.login_user("999999")


@in_both
async def test_a_query_is_created_and_found(version: ApiVersion) -> None:
    """What was made is what is read, and it runs."""
    async with rig(version) as given:
        made = await given.api.create_query(orders(limit=2))
        found = await given.api.query(made.id)
        assert (found.model, found.view, found.fields) == ("thelook", "orders", ("orders.id", "orders.status"))
        assert found.limit == "2"
        task = await complete(given.api, await given.api.create_query_task(made.id, "csv"))
        async with given.api.query_task_results(task.id) as result:
            assert len((await result.read()).decode().splitlines()) == 3
        with pytest.raises(RequestRefused, match="422"):
            await given.api.create_query({"view": "orders"})


@in_both
async def test_content_is_found(version: ApiVersion) -> None:
    """Dashboards, looks and folders are read as values, ids as strings in both versions."""
    async with rig(version) as given:
        api, examples = given.api, given.emulator.examples
        dashboard = await api.dashboard(examples.dashboard)
        assert dashboard.id == examples.dashboard
        assert dashboard.dashboard_elements
        assert examples.element in {element.id for element in dashboard.dashboard_elements}
        look = await api.look(examples.look)
        assert (look.id, type(look.query_id)) == (examples.look, str)
        in_folder = await api.folder_dashboards(examples.folder)
        assert examples.dashboard in {each.id for each in in_folder}
        title = dashboard.title or ""
        assert examples.dashboard in {each.id for each in await api.search_dashboards(title=f"{title[:5]}%")}
        assert len(await api.search_dashboards(folder_id=examples.folder, limit=2, offset=1, fields="id")) == 2
        assert await api.folder_looks(look.folder_id or "", fields="id,title")


@in_both
@pytest.mark.parametrize(
    "operation", ["render_task", "query_task", "query", "look", "dashboard", "folder_looks", "folder_dashboards"]
)
async def test_what_is_not_there_is_not_found(version: ApiVersion, operation: str) -> None:
    """A wrong id is one error, whatever it is the id of."""
    async with rig(version) as given:
        with pytest.raises(NotFound, match=f"{operation}: 404 Not found"):
            await getattr(given.api, operation)("99999999")


async def test_folders_boards_and_schedules_are_found() -> None:
    """Folders below folders, boards with their sections, looks by title, and schedules are read as values."""
    async with rig("4.0") as given:
        api = given.api
        folder = await api.folder("9")
        (below, *_) = await api.folder_children(folder.id)
        assert (folder.name, below.name, below.parent_id) == ("Accounts", "Key Accounts", folder.id)
        board = await api.board("1")
        assert [section.id for section in board.board_sections or ()]
        assert set(board.section_order or ()) == {section.id for section in board.board_sections or ()}
        looks = await api.search_looks(title="%revenue%", limit=2, sorts="title")
        assert len(looks) == 2
        assert all("revenue" in (look.title or "").lower() for look in looks)
        (plan, *_) = await api.all_scheduled_plans(all_users=True)
        assert plan.scheduled_plan_destination
        assert plan.scheduled_plan_destination[0].format
