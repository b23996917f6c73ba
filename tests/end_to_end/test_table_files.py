"""`parquet` and `arrow` as result formats: typed files of looks, queries and tiles."""

from pathlib import Path

import duckdb
import pyarrow.ipc
import pyarrow.parquet
import pytest

from looker_tasks import DashboardExport, Exported, Failed, LookerTasks, LookExport, TaskFailed
from looker_tasks.emulator import Emulator, Fault, Scenario
from looker_tasks.emulator.settings import Settings


def client(emulator: Emulator) -> LookerTasks:
    """Return a client of *emulator*."""
    return LookerTasks(emulator.url, emulator.client_id, emulator.client_secret)


async def test_a_look_becomes_parquet_and_arrow_alike(tmp_path: Path) -> None:
    """Both hold the rows that `looker.table` gives, with types, and DuckDB reads the Parquet."""
    settings = Settings(renderer="fake", render_seconds=0, query_seconds=0)
    async with Emulator(settings) as emulator, client(emulator) as looker:
        outcomes = [
            await looker.export(LookExport("1", form), tmp_path / f"look.{form}") for form in ("parquet", "arrow")
        ]
        table = await looker.table(LookExport("1", "json_bi"))
    assert all(isinstance(outcome, Exported) for outcome in outcomes), outcomes
    first = outcomes[0]
    assert isinstance(first, Exported)
    assert first.artifact.content_type == "application/vnd.apache.parquet"
    assert first.artifact.size == (tmp_path / "look.parquet").stat().st_size
    parquet = pyarrow.parquet.read_table(tmp_path / "look.parquet")
    with pyarrow.ipc.open_file(tmp_path / "look.arrow") as file:
        assert file.read_all().to_pylist() == parquet.to_pylist() == table.to_pylist()
    assert parquet.num_rows > 0
    with duckdb.connect() as own:  # the module's own connection is shared with whatever runs beside
        found = own.read_parquet(str(tmp_path / "look.parquet")).fetchall()
    assert [tuple(row.values()) for row in parquet.to_pylist()] == found


async def test_a_failed_query_is_no_file(tmp_path: Path) -> None:
    """Looker's own error, in a 200, is the error of the export."""
    scenario = Scenario((Fault("looker_error", operation="query_task_results"),))
    settings = Settings(renderer="fake", render_seconds=0, query_seconds=0)
    async with Emulator(settings, scenario=scenario) as emulator, client(emulator) as looker:
        outcome = await looker.export(LookExport("1", "parquet"), tmp_path / "look.parquet")
    assert isinstance(outcome, Failed)
    assert isinstance(outcome.error, TaskFailed)
    assert not (tmp_path / "look.parquet").exists()  # a test may block


async def test_tiles_become_parquet(tmp_path: Path) -> None:
    """Each tile of a dashboard that has rows, under the dashboard's filters."""
    settings = Settings(renderer="fake", render_seconds=0, query_seconds=0)
    async with Emulator(settings) as emulator, client(emulator) as looker:
        tiles = await looker.tiles(DashboardExport("42", filters={"Region": "West"}), "parquet")
        async with looker.export_all(tiles, tmp_path) as outcomes:
            ended = [outcome async for outcome in outcomes]
    assert len(ended) == len(tiles) > 0
    assert all(isinstance(outcome, Exported) for outcome in ended), ended
    locations = [outcome.artifact.location for outcome in ended if isinstance(outcome, Exported)]
    assert all(pyarrow.parquet.read_table(location).num_columns > 0 for location in locations)


async def test_a_missing_library_is_told_before_anything_is_created(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without pyarrow the export fails with the line that installs it, and creates no task."""
    monkeypatch.setattr("looker_tasks.extras.find_spec", lambda _: None)
    settings = Settings(renderer="fake", render_seconds=0, query_seconds=0)
    async with Emulator(settings) as emulator, client(emulator) as looker:
        outcome = await looker.export(LookExport("1", "parquet"), tmp_path / "look.parquet")
        assert emulator.statistics.created.total() == 0
    assert isinstance(outcome, Failed)
    assert str(outcome.error) == "pyarrow is not installed; run pip install 'looker-tasks[tables]'"
