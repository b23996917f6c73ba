"""What a query that failed answers with, in the formats that can say so."""

from typing import Any

import pytest

from tests.emulator.raw import STEADY, Raw, raw
from tests.emulator.small_catalogue import QUERY

pytestmark = pytest.mark.virtual_time


async def failed(client: Raw, result_format: str) -> tuple[int, Any]:
    """Run a query that names no field, and fetch its result."""
    wrong = await client.post("queries", QUERY | {"fields": ["orders.nothing"]})
    task_id = await client.query(result_format, wrong["id"])
    await client.until_ended(task_id)
    return await client.call("GET", f"query_tasks/{task_id}/results")


async def test_json_bi_has_the_error_for_its_row() -> None:
    """json_bi answers 200, with all its metadata and one row that is the error."""
    async with raw(STEADY) as client:
        status, answer = await failed(client, "json_bi")
    assert status == 200
    assert answer["rows"] == [{"looker_error": 'Unknown field "orders.nothing".'}]
    assert len(answer["metadata"]) == 9
    assert answer["metadata"]["fields"] == {"dimensions": [], "measures": [], "pivots": [], "table_calculations": []}


async def test_other_formats_are_a_bad_request() -> None:
    """A format that has no room for an error answers 400 with it."""
    async with raw(STEADY) as client:
        status, answer = await failed(client, "csv")
    assert (status, "orders.nothing" in answer["message"]) == (400, True)
