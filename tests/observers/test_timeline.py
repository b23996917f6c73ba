"""The timeline: one line a change of phase, within a quarter of a second, bounded, and never in the run's way."""

import asyncio
import json
import logging
from pathlib import Path
from typing import Any

import pytest

from looker_tasks import DashboardExport, LookerTasks, LookExport, Polled, QueryExport
from looker_tasks.emulator import Emulator
from looker_tasks.errors import ServerBroken, TaskFailed
from looker_tasks.events import (
    BackedOff,
    CallEnded,
    ContentNamed,
    ExportFinished,
    ExportStarted,
    LimitChanged,
    LoopStalled,
    RunStarted,
)
from looker_tasks.observers.timeline import _FLUSH_AFTER, Timeline
from looker_tasks.observers.timeline_file import FILE, KEPT, earlier
from looker_tasks.outcomes import Failed, History
from looker_tasks.report.folder import Place, read_runs
from tests.report.recorded import START, exported, record

EXPORT = DashboardExport("42", name="a.pdf")
OWN = ".looker-tasks"


def lines_of(folder: Path, name: str = FILE) -> list[Any]:
    """Return the lines of a timeline, read."""
    return [json.loads(line) for line in (folder / OWN / name).read_text().splitlines()]


async def test_a_run_is_recorded_as_it_was(tmp_path: Path) -> None:
    """Of two exports of the emulator: their phases in order, their tasks, their outcomes, the run's end."""
    async with Emulator(renderer="fake", render_seconds=0.1, query_seconds=0.1) as emulator:
        with Timeline(tmp_path, host="here", expected=2, concurrency=4) as timeline:
            async with (
                LookerTasks(
                    emulator.url, emulator.client_id, emulator.client_secret, observers=[timeline.observe]
                ) as looker,
                looker.export_all([EXPORT, QueryExport("999", "csv", name="b.csv")], tmp_path) as outcomes,
            ):
                assert len([outcome async for outcome in outcomes]) == 2
    (run,) = read_runs(Place.of(tmp_path))
    good, bad = sorted(run.traces, key=lambda trace: trace.name)
    assert (run.host, run.expected, run.concurrency, run.is_ended) == ("here", 2, "4", True)
    assert (good.kind, good.id, good.format, len(good.tasks)) == ("dashboard", "42", "pdf", 1)
    phases = [phase for _, phase in good.phases]
    assert (phases[0], phases[-1]) == ("creating", "downloading")
    assert len(phases) == len(set(phases))
    assert good.ending is not None
    assert good.ending.size == (tmp_path / "a.pdf").stat().st_size
    assert len(good.ending.sha256) == 64
    assert good.ending.phases.keys() >= {"creating", "downloading"}
    assert bad.ending is not None
    assert (bad.ending.outcome, bad.ending.error) == ("failed", "NotFound")
    assert bad.ending.advice


def test_a_phase_is_written_once_and_not_at_each_poll(tmp_path: Path) -> None:
    """A thousand polls in one phase are one line, and their number is in the line of the end."""
    with Timeline(tmp_path) as timeline:
        for number in range(1000):
            timeline.observe(Polled(EXPORT, "t1", "rendering", at=START + number, key="k", name="a.pdf"))
        timeline.observe(ExportFinished(Failed(EXPORT, TaskFailed(task_id="t1", status="failure")), at=START, key="k"))
    _, identity, phase, end, _, over = lines_of(tmp_path)
    assert identity == ["i", 0.0, 1, "k", "a.pdf", "dashboard", "42", "pdf"]
    assert phase == ["p", 0.0, 1, "rendering"]
    assert end[:4] == ["f", 0.0, 1, 1000]
    assert over[0] == "e"


def test_what_a_server_answers_cannot_make_it_grow(tmp_path: Path) -> None:
    """Another long status at each poll, retries without end and an endless message: a few kilobytes for the export."""
    error = ServerBroken(operation="render_task", status=502, message="x" * 100_000)
    with Timeline(tmp_path) as timeline:
        for number in range(5000):
            at = START + number
            timeline.observe(Polled(EXPORT, "t", f"{number} {'s' * 1000}", at=at, key="k", name="a.pdf"))
            timeline.observe(BackedOff(EXPORT, 1.0, error, at=at, key="k", name="a.pdf"))
        history = History(phases={f"{number} {'s' * 1000}": 1.0 for number in range(5000)})
        timeline.observe(ExportFinished(Failed(EXPORT, error, history), at=START, key="k", name="a.pdf"))
    assert (tmp_path / OWN / FILE).stat().st_size < 10_000
    (run,) = read_runs(Place.of(tmp_path))
    assert run.traces[0].ending is not None
    assert run.traces[0].ending.message.endswith("…")


def test_a_thousand_exports_are_less_than_a_megabyte(tmp_path: Path) -> None:
    """With names and digests of the usual length."""
    record(
        tmp_path,
        [
            exported(
                DashboardExport("42", name=f"North America/2026-11/revenue by customer {number:05}.pdf"), number, 9
            )
            for number in range(1000)
        ],
    )
    assert (tmp_path / OWN / FILE).stat().st_size < 1_000_000


def test_the_last_runs_are_kept(tmp_path: Path) -> None:
    """However often a folder is run into, the runs that are kept are so many, the newest under the first name."""
    for number in range(KEPT + 4):
        record(tmp_path, [exported(DashboardExport("1", name=f"{number}.pdf"), 0.0, 9)])
    assert {path.name for path in (tmp_path / OWN).iterdir()} == {FILE, *(earlier(each + 1) for each in range(KEPT))}
    assert [run.traces[0].name for run in read_runs(Place.of(tmp_path))] == [
        f"{KEPT + 3 - each}.pdf" for each in range(KEPT + 1)
    ]


def test_nothing_is_touched_before_the_run_begins(tmp_path: Path) -> None:
    """Who plans, logs in, and finds the folder in use leaves the other run's timeline alone."""
    record(tmp_path, [exported(EXPORT, 0.0, 9)])
    before = (tmp_path / OWN / FILE).read_bytes()
    with Timeline(tmp_path) as timeline:
        timeline.observe(CallEnded("search_dashboards", 200, 0.1, at=START))
        timeline.observe(LoopStalled(0.1, at=START))
    assert (tmp_path / OWN / FILE).read_bytes() == before


async def test_titles_come_with_what_is_asked_anyway(tmp_path: Path) -> None:
    """Of a dashboard whose filters are checked, without a call more; of others where somebody knew before."""
    exports = [DashboardExport("42", filters={"Region": "West"}, name=f"{number}.pdf") for number in range(3)]
    async with Emulator(renderer="fake", render_seconds=0.0, query_seconds=0.0) as emulator:
        with Timeline(tmp_path, titles={("look", "7"): "Best Sellers"}) as timeline:
            async with (
                LookerTasks(
                    emulator.url, emulator.client_id, emulator.client_secret, observers=[timeline.observe]
                ) as looker,
                looker.export_all([*exports, LookExport("7", "csv"), LookExport("8", "csv")], tmp_path) as outcomes,
            ):
                assert len([outcome async for outcome in outcomes]) == 5
        assert emulator.statistics.calls["dashboard"] == 1
    (run,) = read_runs(Place.of(tmp_path))
    assert run.titles == {("dashboard", "42"): "Regional Customer Report", ("look", "7"): "Best Sellers"}
    assert sum(line[0] == "n" for line in lines_of(tmp_path)[1:]) == 2


def test_a_title_that_grows_is_written_again(tmp_path: Path) -> None:
    """A query may be the rows of several tiles; as many titles as a server likes stay bounded."""
    titles = {("query", "1"): "Orders"}
    with Timeline(tmp_path, titles=titles) as timeline:
        timeline.observe(Polled(QueryExport("1", "csv"), "t", "running", at=START, key="a", name="a.csv"))
        titles["query", "1"] = "Orders; Sales"
        for key in "bcd":
            timeline.observe(Polled(QueryExport("1", "csv"), "t", "running", at=START, key=key, name=f"{key}.csv"))
        timeline.observe(ContentNamed("dashboard", "1", "x" * 100_000, at=START))
    named = [line[2:] for line in lines_of(tmp_path)[1:] if line[0] == "n"]
    assert [name[2][:13] for name in named] == ["Orders", "Orders; Sales", "x" * 13]
    assert len(named[2][2]) == 600


async def test_what_comes_after_the_end_is_left(tmp_path: Path) -> None:
    """A loop that was held up when the run ended hears of it later, and nothing is raised there."""
    raised: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: raised.append(context))
    with Timeline(tmp_path) as timeline:
        timeline.observe(RunStarted("out", 1, at=START))
    before = lines_of(tmp_path)
    timeline.observe(LoopStalled(0.5, at=START + 1))
    await asyncio.sleep(2 * _FLUSH_AFTER)
    assert (raised, lines_of(tmp_path)) == ([], before)


async def test_lines_reach_the_file_while_the_run_goes_on(tmp_path: Path) -> None:
    """Who is killed leaves what happened up to a quarter of a second before."""
    timeline = Timeline(tmp_path)
    timeline.observe(ExportStarted(EXPORT, at=START, key="k", name="a.pdf"))
    due = asyncio.Event()
    asyncio.get_running_loop().call_later(_FLUSH_AFTER, due.set)  # after the timeline's own call
    await due.wait()
    await asyncio.wrap_future(timeline._file._thread.submit(int))  # its thread has come so far
    assert [line[0] for line in lines_of(tmp_path)[1:]] == ["i", "p"]
    timeline.close()


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    """Somebody's file, to which a link in the timeline's place leads, stays as it is."""
    (tmp_path / OWN).mkdir()
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / OWN / FILE).symlink_to(victim)
    record(tmp_path, [exported(EXPORT, 0.0, 9)])
    assert victim.read_text() == "mine"
    assert not (tmp_path / OWN / FILE).is_symlink()


def test_it_is_for_nobody_else_to_read(tmp_path: Path) -> None:
    """As the journal beside it: it has names, and what servers said."""
    record(tmp_path, [exported(EXPORT, 0.0, 9)])
    assert [path.stat().st_mode & 0o777 for path in (tmp_path / OWN, tmp_path / OWN / FILE)] == [0o700, 0o600]


def test_a_disk_that_refuses_is_logged_once_and_ends_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Where no folder can be made there is no timeline, one warning, and no exception."""
    (tmp_path / OWN).write_text("a file where the folder should be")
    with caplog.at_level(logging.WARNING, "looker_tasks"), Timeline(tmp_path) as timeline:
        timeline.observe(RunStarted("o", 4, at=START))
        for number in range(10):
            timeline.observe(LimitChanged("render", number, at=START))
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "the timeline is not kept" in caplog.text


def test_calls_are_counted_and_seldom_written(tmp_path: Path) -> None:
    """Of ten thousand calls there are a hundred lines or so, the last with all of them."""
    with Timeline(tmp_path) as timeline:
        timeline.observe(RunStarted("o", 4, at=START))
        for number in range(10_000):
            timeline.observe(CallEnded("render_task", 200 if number % 10 else 503, 0.1, at=START))
    counted = [line[2]["render_task"] for line in lines_of(tmp_path) if isinstance(line, list) and line[0] == "c"]
    assert counted[-1] == [10_000, 1000, 1000.0]
    assert len(counted) < 120


def test_filter_values_are_not_recorded(tmp_path: Path) -> None:
    """They are customers' names: the timeline has them only where the file's name has them."""
    export = DashboardExport("42", name="a.pdf", filters={"Customer": "Very Secret Corp"})
    record(tmp_path, [exported(export, 0.0, 9)])
    assert "Secret" not in (tmp_path / OWN / FILE).read_text()
