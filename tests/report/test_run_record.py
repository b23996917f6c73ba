"""run.json and the lines of ``--json``: one shape, by the published schema."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from looker_tasks import (
    Cancelled,
    ConfigurationError,
    DashboardExport,
    ElementExport,
    InvalidExport,
    LookExport,
    QueryExport,
)
from looker_tasks.cli.outcome_json import outcome_line
from looker_tasks.outcomes import Failed
from looker_tasks.report import run_schema, write_report, write_run
from looker_tasks.sansio.outcome_record import UNKNOWN
from tests.report.recorded import FIVE_KINDS, exported, failed, record, six_hundred

SCHEMA = json.loads(run_schema())
RUN = Draft202012Validator(SCHEMA, format_checker=FormatChecker())
LINE = Draft202012Validator({**SCHEMA["$defs"]["export"], "$defs": SCHEMA["$defs"]}, format_checker=FormatChecker())


def written(folder: Path) -> Any:  # noqa: ANN401  # as JSON has it
    """Write run.json, check it by its schema, and return it."""
    path = write_run(folder)
    assert path == folder / "run.json"
    found = json.loads(path.read_text())
    RUN.validate(found)
    return found


def test_the_schema_is_one() -> None:
    """And it names every key that an export has."""
    Draft202012Validator.check_schema(SCHEMA)
    keys = set(SCHEMA["$defs"]["export"]["properties"])
    assert keys == {*UNKNOWN, "name", "format", "dashboard", "look", "query", "element"}
    assert set(SCHEMA["$defs"]["export"]["required"]) == keys - {"dashboard", "look", "query", "element"}


@pytest.mark.parametrize(
    "outcome",
    [
        exported(DashboardExport("42", name="a.pdf"), 0, 9).outcome,
        *(failed(LookExport("7", "png", name="a.png"), 0, error).outcome for error in FIVE_KINDS),
        Failed(ElementExport("1", name="../a"), InvalidExport("it is wrong", field="name")),
        Cancelled(QueryExport("17", "csv", name="a.csv")),
    ],
)
def test_a_line_of_json_is_an_export_of_the_schema(outcome: Any) -> None:  # noqa: ANN401  # each of the three
    """Whatever the outcome."""
    line = json.loads(outcome_line(outcome))
    LINE.validate(line)
    assert (line["outcome"] == "failed") == (line["error"] is not None)


def test_a_run_is_written_whole(tmp_path: Path) -> None:
    """Six hundred exports, each with what is known of it."""
    six_hundred(tmp_path)
    found = written(tmp_path)
    assert found["counts"] == {"exported": 580, "failed": 20, "cancelled": 0, "unfinished": 0}
    assert (found["host"], found["expected"], found["concurrency"], found["ended"]) == (
        "company.looker.com",
        600,
        16,
        True,
    )
    good = next(each for each in found["exports"] if each["outcome"] == "exported")
    assert Path(good["path"]) == tmp_path / good["file"]
    assert Path(good["path"]).stat().st_size == good["size"]
    assert good["started"] < good["finished"]
    bad = [each for each in found["exports"] if each["outcome"] == "failed"]
    assert len({each["error"] for each in bad}) == 5
    assert all(each["message"] and each["advice"] and each["file"] is None for each in bad)


def test_an_entry_is_what_the_line_was(tmp_path: Path) -> None:
    """The same keys and values as ``--json`` had for the outcome, but for the moment at which it was written."""
    step = exported(DashboardExport("42", name="a.pdf"), 0, 9)
    record(tmp_path, [step, failed(DashboardExport("7", name="b.pdf"), 0, FIVE_KINDS[1])])
    entries = written(tmp_path)["exports"]
    line = json.loads(outcome_line(step.outcome))
    assert list(entries[0]) == list(line)
    same = line.keys() - {"started", "finished", "path"}
    assert {key: entries[0][key] for key in same} == {key: line[key] for key in same}
    assert entries[1]["phase"] == "enqueued_for_render"


def test_a_killed_run_has_exports_without_an_end(tmp_path: Path) -> None:
    """What was under way when it died is unfinished, and the run has not ended."""
    record(tmp_path, [exported(DashboardExport("1", name=f"{n}.pdf"), n * 2.0, 9) for n in range(8)], until=9.0)
    found = written(tmp_path)
    assert found["ended"] is False
    assert found["counts"] == {"exported": 2, "failed": 0, "cancelled": 0, "unfinished": 3}
    assert found["expected"] == 8


def test_the_files_of_a_bucket_are_named_by_their_address(tmp_path: Path) -> None:
    """The records are in a folder of their own, the files are not, and both reports are beside the records."""
    record(tmp_path, [exported(DashboardExport("1", name="x/a.pdf"), 0, 9)], out="s3://bucket/prefix")
    state = tmp_path / ".looker-tasks"
    path = write_run("s3://bucket/prefix", state=state)
    assert path == state / "run.json"
    found = json.loads(path.read_text())
    RUN.validate(found)
    assert found["exports"][0]["path"] == "s3://bucket/prefix/x/a.pdf"
    page = write_report("s3://bucket/prefix", state=state)
    assert page == state / "report.html"
    assert "no longer there" not in page.read_text()
    with pytest.raises(ConfigurationError, match="give their folder"):
        write_run("s3://bucket/prefix")


def test_an_empty_folder_has_a_run_json_too(tmp_path: Path) -> None:
    """Nothing was recorded, and nothing is made up."""
    found = written(tmp_path)
    assert (found["started"], found["exports"]) == (None, [])
