"""`looker-tasks export` as a program: files, outcomes, summary, statuses, signals."""

import json
import re
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.cli.program import emulator, line_of, looker_tasks, rest_of, started, wait_for

SLOW = ("--renderer", "fake", "--render-slots", "2", "--render-seconds", "0.3", "--query-seconds", "0", "--spread", "0")


@pytest.fixture(scope="module")
def quick() -> Iterator[Mapping[str, str]]:
    """Run an emulator whose tasks take no time."""
    with emulator("--renderer", "fake", "--render-seconds", "0", "--query-seconds", "0") as (settings, _):
        yield settings


@pytest.fixture(scope="module")
def slow() -> Iterator[Mapping[str, str]]:
    """Run an emulator that renders two dashboards in 0.3 s each."""
    with emulator(*SLOW) as (settings, _):
        yield settings


def write_manifest(folder: Path, rows: int) -> Path:
    """Write a manifest of *rows* dashboards."""
    path = folder / "m.jsonl"
    lines = (json.dumps({"dashboard": 1 + row % 40, "format": "pdf", "name": f"{row}.pdf"}) for row in range(rows))
    path.write_text("\n".join(lines))
    return path


def files(folder: Path) -> set[str]:
    """Name what lies in *folder*, below it too, less the journal and the report."""
    ours = {"report.html", "run.json"}
    return {path.name for path in folder.rglob("*") if path.is_file() and ".looker-tasks" not in path.parts} - ours


def test_outcomes_are_lines_and_failures_are_told(quick: Mapping[str, str], tmp_path: Path) -> None:
    """Of four rows one cannot be had: four lines of JSON, three files, status 1, and a summary that says why."""
    (tmp_path / "m.yaml").write_text(
        "exports:\n"
        "- {dashboard: 1, format: pdf, filters: {Region: West}, name: west.pdf}\n"
        "- {dashboard: 99999, format: png, name: none.png}\n"
        "- {look: 1, format: csv, name: look.csv}\n"
        "- {element: 1, format: jpg, name: element.jpg}\n"
    )
    ended = looker_tasks("export", "m.yaml", "--out", "o", "--json", cwd=tmp_path, settings=quick)
    asked = f"{quick['LOOKERSDK_BASE_URL']} as {quick['LOOKERSDK_CLIENT_ID']}"
    assert ended.err.splitlines()[0] == f"4 exports of {asked} into o"
    lines = {line["name"]: line for line in map(json.loads, ended.out.splitlines())}
    assert ended.status == 1
    assert {name: line["outcome"] for name, line in lines.items()} == {
        "west.pdf": "exported",
        "none.png": "failed",
        "look.csv": "exported",
        "element.jpg": "exported",
    }
    assert files(tmp_path / "o") == {"west.pdf", "look.csv", "element.jpg"}
    assert lines["west.pdf"]["size"] == (tmp_path / "o/west.pdf").stat().st_size
    assert lines["none.png"]["error"] == "NotFound"
    told = ended.err.splitlines()
    assert "3 of 4 exported, 1 failed" in told
    assert (
        told.count("failed: none.png: create_dashboard_render_task: 404 Not found") == 2
    )  # at once, and in the summary
    assert told[-2].startswith("    Check the id, and that the API user may see it")


def test_the_same_command_goes_on_where_the_last_ended(quick: Mapping[str, str], tmp_path: Path) -> None:
    """What is done is not done again, unless `--fresh` forgets it; what was lost since is."""
    manifest = write_manifest(tmp_path, 3)
    ended = [looker_tasks("export", manifest, "--out", "o", cwd=tmp_path, settings=quick)]
    (tmp_path / "o/1.pdf").unlink()
    ended.append(looker_tasks("export", manifest, "--out", "o", cwd=tmp_path, settings=quick))
    ended.append(looker_tasks("export", manifest, "--out", "o", "--fresh", cwd=tmp_path, settings=quick))
    assert [each.status for each in ended] == [0, 0, 0]
    assert [re.sub(r"\d+ s ago", "0 s ago", each.err.splitlines()[1]) for each in ended] == [
        "3 of 3 exported",
        "3 of 3 exported, 2 of them by an earlier run, the oldest 0 s ago",
        "3 of 3 exported",
    ]


def test_a_deadline_ends_what_takes_too_long(slow: Mapping[str, str], tmp_path: Path) -> None:
    """An export that is not done within `--deadline` fails with its phase and what to try."""
    ended = looker_tasks(
        "export", write_manifest(tmp_path, 2), "--out", "o", "--deadline", "0.1", cwd=tmp_path, settings=slow
    )
    assert ended.status == 1
    assert "failed: 0.pdf: not done after 0 s" in ended.err
    assert files(tmp_path / "o") == set()


@pytest.mark.long
def test_three_hundred_rows_are_three_hundred_files(quick: Mapping[str, str], tmp_path: Path) -> None:
    """A manifest of 300 rows leaves 300 whole files and no part of another."""
    ended = looker_tasks(
        "export", write_manifest(tmp_path, 300), "--out", "o", "--concurrency", "16", cwd=tmp_path, settings=quick
    )
    assert (ended.status, ended.out) == (0, "")
    assert files(tmp_path / "o") == {f"{row}.pdf" for row in range(300)}
    assert all(path.read_bytes().startswith(b"%PDF-") for path in (tmp_path / "o").glob("*.pdf"))
    assert "300 of 300 exported" in ended.err.splitlines()


@pytest.mark.parametrize("signal_", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_politely(signal_: signal.Signals, slow: Mapping[str, str], tmp_path: Path) -> None:
    """One signal: nothing new begins, no half file is left, the summary is told, the status tells the signal."""
    manifest = write_manifest(tmp_path, 40)
    with started("export", manifest, "--out", "o", "--concurrency", "4", "--json", cwd=tmp_path, settings=slow) as run:
        first = json.loads(line_of(run.stdout))
        run.send_signal(signal_)
        out, err = rest_of(run)
    outcomes = [first, *map(json.loads, out.splitlines())]
    exported = {line["name"] for line in outcomes if line["outcome"] == "exported"}
    assert run.returncode == 128 + signal_
    assert files(tmp_path / "o") == exported
    assert 1 <= len(exported) < 40
    assert err.splitlines()[1].startswith("stopping: ")
    assert f"{len(exported)} of 40 exported, {40 - len(exported)} not done" in err
    assert "Traceback" not in err


def test_a_second_signal_stops_at_once(tmp_path: Path) -> None:
    """A download that drips would be waited for; two signals cut it off, and still leave no half file."""
    (tmp_path / "s.yaml").write_text("faults: [{kind: slow, operation: render_task_results, size: 1, seconds: 1}]")
    options = ("--renderer", "fake", "--render-seconds", "0", "--query-seconds", "0", "--scenario")
    with (
        emulator(*options, str(tmp_path / "s.yaml")) as (settings, _),
        started("export", write_manifest(tmp_path, 9), "--out", "o", cwd=tmp_path, settings=settings) as run,
    ):
        wait_for_download(settings["LOOKERSDK_BASE_URL"])
        run.send_signal(signal.SIGTERM)
        line_of(run.stderr)  # which Looker is asked
        assert line_of(run.stderr).startswith("stopping: ")
        run.send_signal(signal.SIGTERM)
        rest = run.stderr.read() if run.stderr else ""
        assert run.wait(timeout=20) == 143
    assert "0 of 9 exported, 9 not done" in rest.splitlines()
    assert "Traceback" not in rest
    assert files(tmp_path / "o") == set()


def wait_for_download(url: str) -> None:
    """Wait until the emulator at *url* counts a call for results: the program itself gives no sign of it."""
    wait_for(lambda: "render_task_results" in json.loads(urlopen(f"{url}/emulator/statistics").read())["calls"])  # noqa: S310  # loopback
