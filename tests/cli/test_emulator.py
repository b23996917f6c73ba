"""`looker-tasks emulator` as a program: one line of JSON that any client can use, until a signal."""

import json
import signal
from pathlib import Path

import pytest

from looker_tasks import Exported, LookerTasks, QueryExport
from tests.cli.program import emulator, line_of, rest_of, started


async def test_the_examples_of_its_line_work(tmp_path: Path) -> None:
    """With nothing but what the line tells, one of each kind can be looked at and a new query made."""
    with emulator("--renderer", "fake", "--seed", "7") as (settings, examples):
        looker = LookerTasks(*settings.values())
        async with looker:
            for dashboard in (examples["dashboard"], examples["lookml_dashboard"]):
                assert (await looker.api.dashboard(dashboard)).id == dashboard
            assert (await looker.api.look(examples["look"])).id == examples["look"]
            assert (await looker.api.query(examples["query"])).id == examples["query"]
            assert await looker.api.folder_dashboards(examples["folder"])
            body = {name: examples[name] for name in ("model", "view", "fields")}
            assert (await looker.api.create_query(body)).view == examples["view"]
            task = await looker.api.create_dashboard_element_render_task(
                examples["element"], "png", width=64, height=48
            )
            assert task.dashboard_element_id == examples["element"]


@pytest.mark.parametrize("signal_", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_well(signal_: signal.Signals, tmp_path: Path) -> None:
    """One line on stdout, nothing else anywhere, and status 0 when it is told to end."""
    with started("emulator", "--renderer", "fake", cwd=tmp_path) as program:
        assert set(json.loads(line_of(program.stdout))) == {"url", "client_id", "client_secret", "examples"}
        program.send_signal(signal_)
        assert rest_of(program, within=20) == ("", "")
    assert program.returncode == 0


async def test_its_options_are_the_settings(tmp_path: Path) -> None:
    """An option reaches the emulator: a token that it makes lives as long as it is told to."""
    (tmp_path / "s.yaml").write_text("faults: []")
    with emulator("--token-ttl", "77", "--client-id", "me", "--scenario", str(tmp_path / "s.yaml")) as (settings, _):
        assert settings["LOOKERSDK_CLIENT_ID"] == "me"
        async with LookerTasks(*settings.values()) as looker:
            assert 0 < (await looker.api.login_user("1")).expires_in <= 77


CATALOGUE = """
views:
  sales: {file: sales.csv, measures: {revenue: {is: sum of amount}}}
models:
  shop: {explores: {sales: {}}}
folders: {"1": Shared}
dashboards:
  "4711":
    title: Ours
    folder: "1"
    elements: [{title: Revenue, explore: sales, fields: [sales.revenue]}]
"""


async def test_it_can_hold_a_catalogue_of_ones_own(tmp_path: Path) -> None:
    """With `--catalogue` the ids are the team's own, and the rows those of its files."""
    (tmp_path / "sales.csv").write_text("id,amount\n1,20\n2,22\n")
    (tmp_path / "ours.yaml").write_text(CATALOGUE)
    with emulator("--catalogue", str(tmp_path / "ours.yaml"), "--query-seconds", "0") as (settings, examples):
        assert examples["dashboard"] == "4711"
        async with LookerTasks(*settings.values()) as looker:
            outcome = await looker.export(QueryExport(examples["query"], "csv"), tmp_path / "out.csv")
    assert isinstance(outcome, Exported)
    assert (tmp_path / "out.csv").read_text().splitlines()[1:] == ["42"]
