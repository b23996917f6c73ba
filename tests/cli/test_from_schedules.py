"""`looker-tasks from-schedules` as a program: its manifest is one that `export` takes."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml

from tests.cli.program import emulator, looker_tasks


@pytest.fixture(scope="module")
def server() -> Iterator[Mapping[str, str]]:
    """Run one emulator for all tests of this module."""
    with emulator("--renderer", "fake", "--render-seconds", "0", "--query-seconds", "0") as (settings, _):
        yield settings


def test_the_manifest_exports_what_the_schedules_send(server: Mapping[str, str], tmp_path: Path) -> None:
    """What is printed goes through `export`, and every row's file is there; a dashboard's tiles have their folder."""
    printed = looker_tasks("from-schedules", cwd=tmp_path, settings=server)
    assert printed.status == 0
    assert printed.err == "7 schedules; what a manifest cannot say is a comment\n"
    (tmp_path / "m.yaml").write_text(printed.out)
    rows = yaml.safe_load(printed.out)["exports"]
    assert {
        "dashboard": "42",
        "format": "png",
        "filters": {"Region": "West", "Order Date": "12 months"},
    }.items() <= next(row.items() for row in rows if row["name"] == "Regional Customer Report.png")
    assert "# - look: '2'" in printed.out.splitlines()  # a disabled schedule
    made = looker_tasks("export", "m.yaml", "--out", "o", "--quiet", cwd=tmp_path, settings=server)
    assert made.status == 0, made.err
    assert {row["name"] for row in rows if "format" in row} <= {path.name for path in (tmp_path / "o").iterdir()}
    tiles = sorted(path.name for path in (tmp_path / "o" / "Weekly Business Review").iterdir())
    assert tiles[:2] == ["1 Revenue.csv", "2 Orders.csv"]
