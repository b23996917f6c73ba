"""Previews that are made while the run goes on."""

from pathlib import Path

import pytest

from looker_tasks import DashboardExport
from looker_tasks.events import ExportFinished, ExportStarted
from looker_tasks.report import BackgroundPreviews, write_report
from looker_tasks.report.previews import background
from looker_tasks.report.previews.pool import make_previews
from looker_tasks.report.previews.values import Amount, Preview, Request
from tests.report.recorded import START, Step, draw, exported, record


def drawn(folder: Path, number: int, *, resumed: bool = False) -> Step:
    """Draw a picture and return its export."""
    name = f"{number}.png"
    size = draw(folder / name, number)
    return exported(DashboardExport("1", "png", name=name), 0, size, digest=f"{number:02}", resumed=resumed)


def see(previews: BackgroundPreviews, step: Step) -> None:
    """Let *previews* see the end of an export."""
    previews.observe(ExportFinished(step.outcome, at=START, name=step.export.name or ""))


def wait_for(previews: BackgroundPreviews) -> None:
    """Wait until all that was seen is looked into."""
    previews._files.put(None)
    if previews._thread is not None:
        previews._thread.join()


def test_files_are_looked_into_as_they_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the end they are known by their digests, and the report looks only into the others."""
    steps = [drawn(tmp_path, number) for number in range(6)]
    record(tmp_path, steps)
    with BackgroundPreviews(tmp_path, expected=6) as previews:
        for step in steps[:5]:
            see(previews, step)
        wait_for(previews)
    assert previews.found.keys() == {f"{number:02}" * 32 for number in range(5)}
    asked: list[Request] = []

    def count(requests: list[Request]) -> list[Preview]:
        asked.extend(requests)
        return make_previews(requests)

    monkeypatch.setattr("looker_tasks.report.writing.make_previews", count)
    text = write_report(tmp_path, previews=previews.found).read_text()
    assert [Path(each.path).name for each in asked] == ["5.png"]
    assert text.count("data:image/webp") == 6


def test_leaving_waits_for_no_file(tmp_path: Path) -> None:
    """A run that is over is over: what is still to be looked into is left."""
    with BackgroundPreviews(tmp_path) as previews:
        for number in range(40):
            see(previews, drawn(tmp_path, number))
    assert len(previews.found) < 40


def test_leaving_waits_for_the_last_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few are looked into by the process that there is: a run's last file has always just come."""
    monkeypatch.setattr(background, "_SOON", 60.0)
    with BackgroundPreviews(tmp_path) as previews:
        for number in range(3):
            see(previews, drawn(tmp_path, number))
    assert len(previews.found) == 3


def test_only_what_this_run_made_is_looked_into(tmp_path: Path) -> None:
    """Not what an earlier run had made, nor what lies elsewhere."""
    out = tmp_path / "out"
    out.mkdir()
    with BackgroundPreviews(out) as previews:
        see(previews, drawn(out, 1, resumed=True))
        previews.observe(ExportStarted(DashboardExport("1"), at=START))
        assert previews._thread is None
        see(previews, drawn(tmp_path, 2))
        wait_for(previews)
    assert previews.found == {}


@pytest.mark.parametrize(("files", "fits"), [(10, True), (10_000, False)])
def test_what_is_too_large_for_a_page_of_so_many_is_made_again(files: int, fits: bool) -> None:
    """Where nobody knew how many there would be."""
    assert Amount.of(files).holds(Preview("x" * 4000)) == fits
