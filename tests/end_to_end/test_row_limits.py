"""Rows that end where their query's limit does are reported: by the outcome, the summary, --json and run.json."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from looker_tasks import Exported, LookerTasks, LookExport, QueryExport
from looker_tasks.emulator import Emulator
from tests.cli.program import emulator, looker_tasks

NOTICE = "10 rows, as the query's limit says; limit: -1 for all"
BODY = {"model": "thelook", "view": "orders", "fields": ["orders.id", "customers.company"]}


@pytest.fixture
async def looker() -> AsyncIterator[tuple[Emulator, LookerTasks]]:
    """Give an emulator whose tasks take no time, and a client of it."""
    async with (
        Emulator(renderer="fake", query_seconds=0) as server,
        LookerTasks(server.url, server.client_id, server.client_secret) as client,
    ):
        yield server, client


@pytest.mark.parametrize("form", ["csv", "json", "json_detail", "json_bi", "json_fe", "parquet"])
async def test_rows_that_end_at_the_limit(form: str, looker: tuple[Emulator, LookerTasks], tmp_path: Path) -> None:
    """The outcome says so; not where the export has a limit of its own, or there are fewer rows."""
    server, client = looker
    query = await client.api.create_query({**BODY, "limit": "10"})
    cut = await client.export(QueryExport(query.id, form), tmp_path / "a")
    assert isinstance(cut, Exported)
    assert (cut.artifact.rows, cut.notice) == (10, NOTICE)
    own = await client.export(QueryExport(query.id, form, limit=5), tmp_path / "b")
    assert isinstance(own, Exported)
    assert (own.artifact.rows, own.notice) == (5, "")
    months = await client.api.create_query({**BODY, "fields": ["orders.created_month"], "limit": "5000"})
    whole = await client.export(QueryExport(months.id, form), tmp_path / "c")
    assert isinstance(whole, Exported)
    assert whole.notice == ""
    assert server.statistics.calls["query"] <= 2


async def test_a_look_and_a_query_that_nobody_shows(looker: tuple[Emulator, LookerTasks], tmp_path: Path) -> None:
    """A look's query is asked for its limit once, in a batch as well; of pictures nothing is asked."""
    server, client = looker
    exports = [LookExport("22", "csv", name=f"{number}.csv") for number in range(3)]
    async with client.export_all([*exports, LookExport("22", "png")], tmp_path) as outcomes:
        done = [outcome async for outcome in outcomes]
    assert all(isinstance(outcome, Exported) for outcome in done)
    rows = {outcome.artifact.rows for outcome in done if isinstance(outcome, Exported)}
    assert len(rows) == 2
    assert server.statistics.calls["query"] <= 1


def test_the_program_reports_it(tmp_path: Path) -> None:
    """In its summary, a line a file, in --json and in run.json."""
    with emulator("--renderer", "fake", "--query-seconds", "0") as (settings, _):
        (tmp_path / "m.yaml").write_text("exports: [{look: 22, format: csv, name: a.csv}, {look: 1, format: csv}]")
        ended = looker_tasks("export", "m.yaml", "--out", "o", "--json", cwd=tmp_path, settings=settings)
    line = next(line for line in map(json.loads, ended.out.splitlines()) if line["name"] == "a.csv")
    entries = {entry["name"]: entry for entry in json.loads((tmp_path / "o/run.json").read_text())["exports"]}
    assert line["notice"] == entries["a.csv"]["notice"] is not None
    assert entries["look-1.csv"]["notice"] is None
    assert f"a.csv: {line['notice']}" in ended.err.splitlines()
