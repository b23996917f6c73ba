"""Stopped politely: what is ready is fetched, queries are killed on the server, and the same command goes on later."""

import json
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from looker_tasks.emulator import Emulator, Fault, Scenario
from looker_tasks.emulator.threaded import in_thread
from looker_tasks.sansio.naming import OWN_FOLDER
from tests.cli.program import PATIENCE, line_of, looker_tasks, started, wait_for

SLOW_DOWNLOAD = Fault("slow", operation="render_task_results", size=100, seconds=0.4)
ENDLESS_QUERY = Fault("stuck", operation="create_query_task")
MANIFEST = "\n".join(
    (
        *(f'{{"query": "1", "format": "csv", "name": "{number}.csv"}}' for number in range(3)),
        '{"dashboard": "1", "format": "pdf", "name": "slow.pdf"}',
        *(f'{{"dashboard": "1", "format": "pdf", "name": "{number}.pdf"}}' for number in range(20)),
    )
)


@contextmanager
def looker() -> Iterator[tuple[Emulator, Mapping[str, str]]]:
    """Run an emulator whose queries never end and whose results take two seconds; give what leads to it."""
    scenario = Scenario((SLOW_DOWNLOAD, ENDLESS_QUERY))
    with in_thread(Emulator(scenario=scenario, renderer="fake", render_seconds=0, query_seconds=0)) as emulator:
        yield (
            emulator,
            {
                "LOOKERSDK_BASE_URL": emulator.url,
                "LOOKERSDK_CLIENT_ID": emulator.client_id,
                "LOOKERSDK_CLIENT_SECRET": emulator.client_secret,
            },
        )


@pytest.mark.parametrize("signal_", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.long)])
def test_what_is_ready_is_fetched_and_queries_are_killed(tmp_path: Path, signal_: signal.Signals) -> None:
    """The signal ends creates at once, the download under way becomes a file, and nothing of ours runs on."""
    (tmp_path / "m.jsonl").write_text(MANIFEST)
    command = ("export", "m.jsonl", "--out", "o", "--concurrency", "4")
    with looker() as (emulator, settings):
        counted = emulator.statistics
        with started(*command, cwd=tmp_path, settings=settings) as run:
            wait_for(lambda: counted.calls["render_task_results"] > 0 and counted.calls["create_query_task"] == 3)
            run.send_signal(signal_)
            line_of(run.stderr)  # which Looker is asked
            assert line_of(run.stderr).startswith("stopping: ")
            created = counted.created.total()
            rest = run.stderr.read() if run.stderr else ""
            assert run.wait(timeout=PATIENCE) == 128 + signal_
        assert counted.created.total() == created
        assert (counted.calls["kill_query"], counted.ended["killed"]) == (3, 3)
        assert "Traceback" not in rest
        assert "1 of 24 exported" in rest or "2 of 24 exported" in rest, rest
        assert rest.endswith("report: o/report.html\n")
        report = (tmp_path / "o" / "report.html").read_text()
        assert "This run ended before all was done." in report
        assert json.loads((tmp_path / "o" / "run.json").read_text())["counts"]["exported"] in {1, 2}
        made = list((tmp_path / "o").glob("*.pdf"))
        assert made, rest
        assert all(path.read_bytes().endswith(b"%%EOF\n") for path in made)
        assert list((tmp_path / "o").glob(".*.part")) == []
        assert {path.name for path in (tmp_path / "o" / OWN_FOLDER).iterdir()} == {
            "began",
            "journal.sqlite3",
            "lock",
            "timeline.jsonl",
        }

        emulator.play(Scenario())
        again = looker_tasks(*command, cwd=tmp_path, settings=settings)
        assert again.status == 0, again.err
        assert "24 of 24 exported" in again.err
        assert counted.created["create_dashboard_render_task"] == 21
        assert counted.created["create_query_task"] == 6  # each of the killed ones again


def test_a_second_signal_leaves_what_can_be_gone_on_with(tmp_path: Path) -> None:
    """It cuts the download off, leaves no part of it, and the next run fetches the result of the same task."""
    (tmp_path / "m.jsonl").write_text('{"dashboard": "1", "format": "pdf", "name": "slow.pdf"}')
    command = ("export", "m.jsonl", "--out", "o")
    with looker() as (emulator, settings):
        with started(*command, cwd=tmp_path, settings=settings) as run:
            wait_for(lambda: emulator.statistics.calls["render_task_results"] > 0)
            run.send_signal(signal.SIGTERM)
            while not line_of(run.stderr).startswith("stopping: "):
                assert run.poll() is None
            run.send_signal(signal.SIGTERM)
            began = time.monotonic()
            assert run.wait(timeout=PATIENCE) == 143
            assert time.monotonic() - began < 5
            rest = run.stderr.read() if run.stderr else ""
            assert rest.endswith("no report: looker-tasks report o makes it\n")
        assert [path.name for path in (tmp_path / "o").iterdir()] == [OWN_FOLDER]
        assert {path.name for path in (tmp_path / "o" / OWN_FOLDER).iterdir()} == {
            "began",
            "journal.sqlite3",
            "lock",
            "timeline.jsonl",
        }
        assert looker_tasks(*command, cwd=tmp_path, settings=settings).status == 0
        assert emulator.statistics.created.total() == 1


@pytest.mark.parametrize("signal_", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_plan_is_stopped_as_a_run_is(tmp_path: Path, signal_: signal.Signals) -> None:
    """While Looker is asked for values, too: that query is killed, the token given back, the status is the signal's."""
    (tmp_path / "m.yaml").write_text(
        "exports: [{for_each: {c: {query: 1, field: x}}, dashboard: 1, format: pdf, name: '{c}.pdf'}]"
    )
    with looker() as (emulator, settings):
        with started("export", "m.yaml", "--out", "o", cwd=tmp_path, settings=settings) as run:
            wait_for(lambda: emulator.statistics.calls["query_task"] > 0)
            run.send_signal(signal_)
            said = run.stderr.read() if run.stderr else ""
            assert run.wait(timeout=PATIENCE) == 128 + signal_
        assert said == f"stopped by {signal_.name}; the same command goes on\n"
        assert emulator.statistics.calls["kill_query"] == 1
        assert emulator.statistics.calls["logout"] == 1
    assert not (tmp_path / "o").exists()
