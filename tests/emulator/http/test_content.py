"""What plans of exports are made from, over the wire: tiles and filters, folders, boards, schedules, users."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from looker_tasks.emulator import Emulator, Settings
from tests.emulator.raw import Raw, session_of

pytestmark = pytest.mark.virtual_time


@asynccontextmanager
async def demo() -> AsyncIterator[Raw]:
    """Run the demo's Looker, and a client of it."""
    async with Emulator(Settings(renderer="fake", spread=0)) as emulator, session_of(emulator) as client:
        yield client


async def review(client: Raw) -> dict[str, Any]:
    """Fetch the dashboard with a tile of every kind."""
    (found,) = await client.get("dashboards/search?title=account+review")
    dashboard: dict[str, Any] = await client.get(f"dashboards/{found['id']}")
    return dashboard


async def test_tiles_tell_what_they_are() -> None:
    """Each kind of tile is told by the fields that Looker tells it by."""
    async with demo() as client:
        tiles = {each["title"]: each for each in (await review(client))["dashboard_elements"]}
    assert {title: tile["type"] for title, tile in tiles.items()} == {
        "Orders by Status": "vis",
        "Categories by Region": "vis",
        "All Customers": "vis",
        "Revenue by Company": "vis",
        "Orders and Visits": "vis",
        "Ad hoc": "vis",
        "How to read this": "text",
        "Open the shop": "button",
        "Summary": "extension",
    }
    own = tiles["Orders by Status"]
    assert own["query_id"] == own["query"]["id"] == own["result_maker"]["query_id"]
    assert own["note_text"]
    look = tiles["Revenue by Company"]
    assert look["query_id"] is None
    assert look["look"]["id"] == look["look_id"]
    assert look["look"]["query"]["id"] == look["result_maker"]["query_id"]
    merged = tiles["Orders and Visits"]
    assert merged["merge_result_id"] == merged["result_maker"]["merge_result_id"]
    assert [each["name"] for each in merged["result_maker"]["filterables"]] == ["Orders", "Visits"]
    assert tiles["Ad hoc"]["result_maker"]["sql_query_id"]
    assert tiles["How to read this"]["body_text"]
    assert "shop.example.com" in tiles["Open the shop"]["rich_content_json"]
    assert tiles["Summary"]["extension_id"] == "shop::summary"
    assert all(tiles[title]["result_maker"] is None for title in ("How to read this", "Open the shop", "Summary"))


async def test_tiles_tell_what_they_listen_to() -> None:
    """A tile names the filters that it hears by their names, and its field for each; some hear nothing."""
    async with demo() as client:
        dashboard = await review(client)
    tiles = {each["title"]: each for each in dashboard["dashboard_elements"]}
    (heard,) = tiles["Orders by Status"]["result_maker"]["filterables"]
    assert (heard["model"], heard["view"]) == ("thelook", "orders")
    listens = {each["dashboard_filter_name"]: each["field"] for each in heard["listen"]}
    assert listens["account"] == "customers.company"
    assert listens.keys() == {each["name"] for each in dashboard["dashboard_filters"]}
    assert tiles["All Customers"]["result_maker"]["filterables"][0]["listen"] == []


async def test_filters_tell_their_type() -> None:
    """A filter has a name beside its title, one of four types, a default, and what else the page of it needs."""
    async with demo() as client:
        filters = {each["name"]: each for each in (await review(client))["dashboard_filters"]}
    assert {name: each["type"] for name, each in filters.items()} == {
        "account": "field",
        "placed": "field",
        "price": "number",
        "town": "string",
        "signed up": "date",
        "returned": "field",
    }
    assert filters["account"]["title"] == "Customer"
    assert (filters["placed"]["default_value"], filters["placed"]["required"]) == ("24 months", True)
    assert filters["placed"]["field"]["type"] == "date_date"
    assert (filters["price"]["model"], filters["price"]["dimension"], filters["price"]["field"]) == (None, None, None)
    assert filters["returned"]["listens_to_filters"] == ["Customer"]
    assert filters["town"]["allow_multiple_values"] is False
    assert filters["price"]["ui_config"]["type"] == "range_slider"


@pytest.mark.parametrize(
    ("path", "titles"),
    [
        ("dashboards/search?title=account+r%25", ["Account Report", "Account Returns", "Account Review"]),
        ("dashboards/search?title=account+r%25&sorts=title+desc&limit=1&offset=1", ["Account Returns"]),
        ("dashboards/search?title=account+r%25&page=2&per_page=2", ["Account Review"]),
        ("dashboards/search?folder_id=10,11", ["Account Returns", "Account Products", "Account Visits"]),
        ("dashboards/search?folder_id=10&title=%25visits", []),
        (
            "dashboards/search?folder_id=10&title=account+visits&filter_or=true",
            ["Account Returns", "Account Products", "Account Visits"],
        ),
        ("dashboards/search?deleted=true", ["Old Account Report"]),
        ("dashboards/search?title=old+account%25", []),
        ("dashboards/search?user_id=2", []),
        ("looks/search?title=%25ledger%25", ["General Ledger", "Ledger by Account"]),
        ("looks/search?folder_id=10", ["Revenue by Company"]),
        ("looks/search?id=25,27&sorts=id+desc", ["General Ledger", "Companies"]),
        ("dashboard_elements/search?title=open+the%25", ["Open the shop"]),
        ("boards/search?title=monday%25", ["Monday Meeting"]),
        ("boards/search?first_name=ada&sorts=id", []),
        ("boards/search?creator_id=2", ["Accounts"]),
    ],
)
async def test_searches(path: str, titles: list[str]) -> None:
    """Searches choose by wildcards, lists and flags, by all of them or any, sorted and in parts."""
    async with demo() as client:
        assert [each["title"] for each in await client.get(path)] == titles


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("folders/3/children", ["Accounts"]),
        ("folders/9/children?sorts=name", ["Archive", "Key Accounts"]),
        ("folders/9/children?limit=1&offset=1", ["Archive"]),
        ("folders/9/children/search?name=key%25", ["Key Accounts"]),
        ("folders/11/ancestors", ["Shared", "Sales", "Accounts", "Key Accounts"]),
        ("folders/search?name=%25accounts", ["Accounts", "Key Accounts"]),
        ("folders/search?parent_id=IS+NULL&sorts=name", ["LookML Dashboards", "Shared"]),
        ("folders/search?is_shared_root=true", ["Shared"]),
    ],
)
async def test_folders(path: str, names: list[str]) -> None:
    """Folders lie in each other, and are found from above and from below."""
    async with demo() as client:
        assert [each["name"] for each in await client.get(path)] == names


async def test_a_folder_tells_what_lies_in_it() -> None:
    """A folder has its dashboards and looks but for the deleted ones, and counts the folders in it."""
    async with demo() as client:
        folder = await client.get("folders/10")
        assert (folder["name"], folder["parent_id"], folder["child_count"]) == ("Key Accounts", "9", 1)
        assert [each["title"] for each in folder["dashboards"]] == ["Account Returns", "Account Products"]
        assert [each["title"] for each in folder["looks"]] == ["Revenue by Company"]
        assert [each["title"] for each in await client.get("folders/10/looks")] == ["Revenue by Company"]
        assert await client.get("folders/12/dashboards") == []
        assert (await client.call("GET", "folders/99/children"))[0] == 404


async def test_a_board_tells_its_order() -> None:
    """Sections and items come by their ids; how they stand is told beside them."""
    async with demo() as client:
        board = await client.get("boards/1")
        assert len(await client.get("boards")) == 2
    assert board["section_order"] == ["2", "1", "3"]
    numbers, customers, nothing = board["board_sections"]
    assert customers["item_order"] == ["6", "4", "5"]
    items = {each["id"]: each for each in customers["board_items"]}
    assert (items["4"]["dashboard_id"], items["4"]["title"], items["4"]["order"]) == ("33", "Who buys", 1)
    assert (items["5"]["dashboard_id"], items["5"]["lookml_dashboard_id"]) == (None, "thelook::customer_360")
    assert numbers["board_items"][2]["look_id"] == "2"
    assert nothing["board_items"] == []


async def test_schedules_are_their_owners() -> None:
    """Without all_users a caller sees the schedules of his own; each tells what it sends, when, how and to whom."""
    async with demo() as client:
        assert [each["id"] for each in await client.get("scheduled_plans")] == ["1", "2", "5", "6"]
        assert [each["id"] for each in await client.get("scheduled_plans?user_id=2")] == ["3", "4"]
        assert len(await client.get("scheduled_plans?all_users=true")) == 7
        assert [each["id"] for each in await client.get("scheduled_plans/dashboard/42?all_users=true")] == ["1"]
        west, pulse = await client.get("scheduled_plans/1"), await client.get("scheduled_plans/5")
        assert (await client.call("GET", "scheduled_plans/99"))[0] == 404
    assert (west["dashboard_id"], west["lookml_dashboard_id"]) == ("42", None)
    assert west["filters_string"] == "?Region=West&Order+Date=12+months"
    assert [each["format"] for each in west["scheduled_plan_destination"]] == ["wysiwyg_pdf", "wysiwyg_png"]
    assert west["user"]["display_name"] == "API User"
    assert (pulse["dashboard_id"], pulse["lookml_dashboard_id"]) == (None, "thelook::business_pulse")
    assert (pulse["crontab"], pulse["datagroup"]) == (None, "nightly_load")


async def test_users_have_tokens_of_their_own() -> None:
    """The API user may act as any user that may log in; tokens and tasks are counted by user."""
    async with demo() as client:
        assert len(await client.get("users")) == 60
        assert [each["id"] for each in await client.get("users?ids=2,3")] == ["2", "3"]
        assert [each["id"] for each in await client.get("users/search?is_disabled=true")] == ["60"]
        assert (await client.get("users/40"))["email"]
        assert (await client.get("user"))["id"] == "1"
        assert [(await client.call("POST", f"login/{user}"))[0] for user in ("40", "60", "999")] == [200, 404, 404]
        token = (await client.post("login/41"))["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        assert (await client.call("GET", "user", headers=headers))[1]["id"] == "41"
        status, task = await client.call(
            "POST", "render_tasks/dashboards/1/pdf?width=800&height=600", json={}, headers=headers
        )
        assert (status, task["user_id"]) == (200, "41")
        statistics = client.emulator.statistics.as_json()
    assert statistics["tokens"] == {"1": 1, "40": 1, "41": 1}
    assert statistics["created_by"] == {"41": 1}


async def test_a_query_says_where_its_rows_come_from() -> None:
    """The same query again comes from the cache, without cache from the database; a load shows by that alone."""
    async with demo() as client:
        body = {
            "model": "thelook",
            "view": "orders",
            "fields": ["orders.count"],
            "filters": {"orders.status": "Complete"},
        }
        query_id = (await client.post("queries", body))["id"]

        async def run(options: str = "") -> tuple[str, int]:
            task = await client.post(f"query_tasks{options}", {"query_id": query_id, "result_format": "json_detail"})
            await client.until_ended(task["id"])
            ended = await client.get(f"query_tasks/{task['id']}")
            rows = await client.get(f"query_tasks/{task['id']}/results")
            assert rows["from_cache"] is (ended["result_source"] == "cache")
            return ended["result_source"], rows["data"][0]["orders.count"]["value"]

        source, count = await run()
        assert source == "query"
        client.emulator.load("DELETE FROM orders WHERE status = 'Complete' AND id % 2 = 0")
        assert await run() == ("cache", count)
        fresh = await run("?cache=false")
        assert fresh[0] == "query"
        assert fresh[1] < count
        assert await run() == ("cache", fresh[1])
        assert client.emulator.statistics.results == {"query": 2, "cache": 2}
