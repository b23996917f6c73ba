"""Timelines and journal → items: the last run counts first, and nothing that an earlier one left is lost."""

from pathlib import Path

import pytest

from looker_tasks import DashboardExport, TaskFailed
from looker_tasks.report.folder import JournalRow, Place, read_runs
from looker_tasks.report.overview import Item, Overview, overview
from tests.report.recorded import START, Step, exported, failed, record

ERROR = TaskFailed(task_id="t", status="failure")


def pdf(name: str) -> DashboardExport:
    """Return an export with the file *name*."""
    return DashboardExport("42", name=name)


def row(name: str, state: str, *, key: str = "", sha256: str = "ab" * 32, error: str = "") -> JournalRow:
    """Return what the journal has of the export with the file *name*."""
    key = key or f"key of {name}"
    return JournalRow(key, name, state, "t1", 9, int(START * 1e9), sha256, "application/pdf", error)


def of_runs(folder: Path, *runs: list[Step], journal: tuple[JournalRow, ...] = ()) -> Overview:
    """Return the overview of *runs*, one after the other."""
    for steps in runs:
        record(folder, steps)
    return overview(read_runs(Place.of(folder)), journal)


def states(found: Overview) -> dict[str, str]:
    """Return the state of each item, by its name."""
    return {item.name: item.state for item in found.items}


def test_content_has_the_title_that_some_run_knew(tmp_path: Path) -> None:
    """The last that knew one counts; who has none goes by kind and id."""
    steps = [exported(DashboardExport(each, name=f"{each}.pdf"), 0, 9) for each in ("1", "2", "3")]
    record(tmp_path, steps, titles={("dashboard", "1"): "Old", ("dashboard", "2"): "Sales"})
    record(tmp_path, steps, titles={("dashboard", "1"): "New"})
    found = overview(read_runs(Place.of(tmp_path)), [])
    assert [item.content for item in found.items] == ["New · dashboard 1", "Sales · dashboard 2", "dashboard 3"]


def test_a_later_run_of_some_keeps_what_the_earlier_made(tmp_path: Path) -> None:
    """A retry of the one that failed: it is exported now, and the other is still there."""
    first = [exported(pdf("a"), 0, 9), failed(pdf("b"), 0, ERROR)]
    found = of_runs(tmp_path, first, [exported(pdf("b"), 0, 9)])
    assert states(found) == {"a": "earlier", "b": "exported"}


def test_a_file_that_was_only_found_has_the_times_of_its_making(tmp_path: Path) -> None:
    """A resumed run shows when and how the file was made, not when it was looked at."""
    found = of_runs(tmp_path, [exported(pdf("a"), 2, 9)], [exported(pdf("a"), 60, 9, resumed=True)])
    (item,) = found.items
    assert (item.state, item.began) == ("earlier", START + 2)
    assert item.ended == pytest.approx(START + 8.5)
    assert item.phases["rendering"] == 3.0


def test_a_file_is_compared_with_what_was_made_before(tmp_path: Path) -> None:
    """Also over a run in between that only found it."""
    before, between = [exported(pdf("a"), 0, 9, digest="cd")], [exported(pdf("a"), 0, 9, digest="cd", resumed=True)]
    (item,) = of_runs(tmp_path, before, between, [exported(pdf("a"), 0, 12)]).items
    assert (item.size_before, item.sha256_before, item.size) == (9, "cd" * 32, 12)


def test_other_filters_under_one_name_are_one_file(tmp_path: Path) -> None:
    """The journal remembers the earlier export by another key; its file is gone under the new one."""
    old = row("a", "exported", key="another", sha256="ef" * 32)
    found = of_runs(tmp_path, [exported(pdf("a"), 0, 9)], journal=(old, row("a", "exported")))
    assert states(found) == {"a": "exported"}


def test_two_exports_of_one_name_are_both_shown(tmp_path: Path) -> None:
    """The second failed for its name; that is not hidden by the first."""
    second = DashboardExport("43", name="a")
    steps = [exported(pdf("a"), 0, 9), failed(second, 10, ERROR)]
    assert sorted(item.state for item in of_runs(tmp_path, steps).items) == ["exported", "failed"]


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (None, "unfinished"),
        (row("a", "created"), "unfinished"),
        (row("a", "exported"), "exported"),
        (row("a", "failed", error="no"), "failed"),
    ],
)
def test_of_a_killed_run_the_journal_may_know_more(known: JournalRow | None, expected: str, tmp_path: Path) -> None:
    """What the timeline had not yet written when the process died."""
    record(tmp_path, [exported(pdf("a"), 0, 9)], until=4.0)
    found = overview(read_runs(Place.of(tmp_path)), () if known is None else (known,))
    assert states(found) == {"a": expected}
    assert found.items[0].spans[-1][2] == 3.2  # the last phase ends where the timeline does


@pytest.mark.parametrize(
    ("known", "alone", "beside"),
    [
        (row("a", "exported"), "exported", "earlier"),
        (row("a", "failed", error="no"), "failed", "failed"),
        (row("a", "created"), "unfinished", "unfinished"),
        (row("a", "forgotten"), "earlier", "earlier"),
        (row("a", "forgotten", sha256=""), None, None),
    ],
)
def test_what_only_the_journal_knows(known: JournalRow, alone: str | None, beside: str | None, tmp_path: Path) -> None:
    """A folder of a release without timelines, and an export that the last run did not have."""
    assert states(overview([], [known])).get("a") == alone
    assert states(of_runs(tmp_path, [exported(pdf("b"), 0, 9)], journal=(known,))).get("a") == beside


def test_a_run_without_a_timeline_is_newer_than_one_with(tmp_path: Path) -> None:
    """Where the journal has another digest than an earlier timeline, the journal is right."""
    found = of_runs(
        tmp_path, [exported(pdf("a"), 0, 9)], [exported(pdf("b"), 0, 9)], journal=(row("a", "exported", sha256="ef"),)
    )
    assert {item.name: item.sha256 for item in found.items}["a"] == "ef"


def test_nothing_is_an_overview_too() -> None:
    """An empty folder."""
    assert overview([], []) == Overview(None, ())
    assert Item(name="a").state == "unfinished"
