"""What spectacles asks for, in its own order and form."""

import asyncio

import pytest

from tests.emulator.raw import raw

pytestmark = pytest.mark.virtual_time


async def test_a_validator_finds_its_way_from_the_project_to_the_rows() -> None:
    """Session, branch, models, explores, then queries of no rows that are only asked about by multi_results."""
    async with raw() as client:
        assert (await client.get("session"))["workspace_id"] == "production"
        branch = await client.get("projects/thelook/git_branch")
        assert (await client.get("projects/thelook/git_branches")) == [branch]
        assert (await client.get("projects/thelook/manifest"))["imports"] == []
        models = await client.get("lookml_models?fields=name,project_name,explores")
        assert [(each["name"], each["project_name"]) for each in models] == [("thelook", "thelook")]
        assert (await client.get("lookml_models/thelook"))["explores"] == models[0]["explores"]
        ids = []
        for explore in models[0]["explores"]:
            fields = (await client.get(f"lookml_models/thelook/explores/{explore['name']}?fields=fields"))["fields"]
            dimensions = [each["name"] for each in fields["dimensions"] if not each["hidden"]]
            assert dimensions
            body = {"model": "thelook", "view": explore["name"], "fields": dimensions, "limit": 0}
            query = await client.post("queries?fields=", body | {"filter_expression": "1=2"})
            assert query["share_url"]
            status, task = await client.call(
                "POST", "query_tasks?cache=false", json={"query_id": query["id"], "result_format": "json_detail"}
            )
            assert status == 200
            ids.append(task["id"])
        path = f"query_tasks/multi_results?query_task_ids={'%2C'.join(ids)}"
        assert {each["status"] for each in (await client.get(path)).values()} <= {"added", "running"}
        await asyncio.sleep(10)
        answers = await client.get(path)
        assert {each["status"] for each in answers.values()} == {"complete"}
        assert all(isinstance(each["data"]["runtime"], float) and each["data"]["id"] for each in answers.values())
        assert all(each["data"]["data"] == [] for each in answers.values())


async def test_the_workspace_is_bound_to_the_token() -> None:
    """Moving to `dev` moves this token alone, and a new login begins in production."""
    async with raw() as client:
        status, body = await client.call("PATCH", "session", json={"workspace_id": "dev"})
        assert (status, body["workspace_id"]) == (200, "dev")
        assert (await client.get("session"))["workspace_id"] == "dev"
        assert (await client.call("PATCH", "session", json={"workspace_id": "attic"}))[0] == 422
        await client.log_in()
        assert (await client.get("session"))["workspace_id"] == "production"


@pytest.mark.parametrize("path", ["lookml_models/x", "lookml_models/thelook/explores/x", "projects/x/git_branch"])
async def test_an_unknown_model_or_explore_is_404(path: str) -> None:
    """What the project does not have is "Not found"."""
    async with raw() as client:
        assert (await client.call("GET", path))[0] == 404
