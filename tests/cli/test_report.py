"""`looker-tasks report`, and the report at the end of a run."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.cli.program import emulator, looker_tasks


@pytest.fixture(scope="module")
def server() -> Iterator[Mapping[str, str]]:
    """Run an emulator whose tasks take no time."""
    with emulator("--renderer", "fake", "--render-seconds", "0", "--query-seconds", "0") as (settings, _):
        yield settings


def test_a_run_leaves_its_report_beside_the_files(tmp_path: Path, server: Mapping[str, str]) -> None:
    """`export` writes report.html and run.json, unless told not to; `report` makes them anew without a Looker."""
    (tmp_path / "m.csv").write_text("dashboard,format,name\n42,pdf,a.pdf\n99999,pdf,none.pdf\n")
    ended = looker_tasks("export", "m.csv", "--out", "o", cwd=tmp_path, settings=server)
    assert (ended.status, ended.err.splitlines()[-1]) == (1, "report: o/report.html")
    recorded = json.loads((tmp_path / "o/run.json").read_text())
    assert {export["name"]: export["outcome"] for export in recorded["exports"]} == {
        "a.pdf": "exported",
        "none.pdf": "failed",
    }
    assert "none.pdf" in (tmp_path / "o/report.html").read_text()

    for name in ("report.html", "run.json"):
        (tmp_path / "o" / name).unlink()
    again = looker_tasks("export", "m.csv", "--out", "o", "--no-report", cwd=tmp_path, settings=server)
    assert not (tmp_path / "o/report.html").exists()
    assert "report" not in again.err
    reported = looker_tasks("report", "o", cwd=tmp_path)
    assert (reported.status, reported.err) == (0, "report: o/report.html\n")
    assert (tmp_path / "o/report.html").exists()
    assert (tmp_path / "o/run.json").exists()


def test_records_in_a_folder_of_their_own_make_the_report(tmp_path: Path, server: Mapping[str, str]) -> None:
    """With --state the records are elsewhere, the report still is beside the files; without it there is none."""
    (tmp_path / "m.csv").write_text("dashboard,format,name\n42,pdf,a.pdf\n")
    ended = looker_tasks("export", "m.csv", "--out", "o", "--state", "s", cwd=tmp_path, settings=server)
    assert (ended.status, ended.err.splitlines()[-1]) == (0, "report: o/report.html")
    assert {path.name for path in (tmp_path / "o").iterdir()} == {"a.pdf", "report.html", "run.json"}
    assert (tmp_path / "s/timeline.jsonl").exists()
    without = looker_tasks("report", "o", cwd=tmp_path)
    assert (without.status, "no run was recorded there" in without.err) == (2, True)
    again = looker_tasks("report", "o", "--state", "s", cwd=tmp_path)
    assert (again.status, again.err) == (0, "report: o/report.html\n")
    assert "1 of 1 exported" in (tmp_path / "o/report.html").read_text()


def test_report_of_a_folder_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    """A mistyped folder is named, with status 2."""
    ended = looker_tasks("report", "none", cwd=tmp_path)
    assert (ended.status, ended.err) == (2, "looker-tasks: none: there is no such folder\n")
