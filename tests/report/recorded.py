"""Folders as a run leaves them: recorded by the timeline's own observer, from events at times of our own."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from attrs import frozen
from PIL import Image, ImageDraw

from looker_tasks.errors import (
    DeadlineExceeded,
    LookerTasksError,
    NotFound,
    RequestRefused,
    ResultRejected,
    TaskFailed,
)
from looker_tasks.events import DownloadStarted, Event, ExportFinished, ExportStarted, Polled, RunStarted, TaskCreated
from looker_tasks.exports import DashboardExport, Export, LookExport, QueryExport
from looker_tasks.observers.timeline import Timeline
from looker_tasks.outcomes import Artifact, Exported, Failed, History, Outcome

START = 1_700_000_000.0  # seconds since 1970
FIVE_KINDS: tuple[LookerTasksError, ...] = (
    TaskFailed(task_id="t", status="failure", detail="Render job 5f[9] failed [Script timed out. - retried]"),
    DeadlineExceeded(seconds=90, phase="enqueued_for_render"),
    RequestRefused(operation="create_query_render_task", status=422, message="Validation Failed"),
    NotFound(operation="create_look_render_task", status=404, message="Not found"),
    ResultRejected(task_id="t", reason="it is a page of HTML"),
)


@frozen
class Step:
    """One export: when it began, and for how many seconds it was in each phase."""

    export: Export
    begin: float
    phases: tuple[tuple[str, float], ...]
    outcome: Outcome

    @property
    def end(self) -> float:
        """When it ended, in seconds since the run's start."""
        return self.begin + sum(seconds for _, seconds in self.phases)


RENDERING = (
    ("creating", 0.2),
    ("enqueued_for_query", 1.0),
    ("querying", 2.0),
    ("rendering", 3.0),
    ("downloading", 0.3),
)


def exported(export: Export, begin: float, size: int, *, digest: str = "ab", resumed: bool = False) -> Step:
    """Return an export that went well."""
    artifact = Artifact(export.name or "", size, digest * 32, "application/pdf", export.result_format)
    history = History(seconds=6.5, task_id="t1", phases=dict(RENDERING), calls=5, creates=1)
    return Step(export, begin, RENDERING, Exported(export, artifact, history, resumed=resumed))


def failed(export: Export, begin: float, error: LookerTasksError) -> Step:
    """Return an export that failed with *error*, while it was rendered."""
    phases = RENDERING[:-1]
    history = History(seconds=6.2, task_id="t2", phases=dict(phases), calls=4, retries=1, creates=1)
    return Step(export, begin, phases, Failed(export, error, history))


def events(step: Step) -> Iterable[tuple[float, Event]]:
    """Yield what an observer sees of *step*, and when."""
    at, export = step.begin, step.export
    name = export.name or ""
    known = {"key": f"key of {name}", "name": name}
    yield at, ExportStarted(export, at=START + at, **known)
    for number, (phase, seconds) in enumerate(step.phases):
        if number == 1:
            yield at, TaskCreated(export, "t1", at=START + at, **known)
        if phase == "downloading":
            yield at, DownloadStarted(export, "t1", at=START + at, **known)
        elif number:
            yield at, Polled(export, "t1", phase, at=START + at, **known)
        at += seconds
    yield at, ExportFinished(step.outcome, at=START + at, **known)


def record(
    folder: Path,
    steps: Sequence[Step],
    *,
    until: float | None = None,
    out: str = "",
    titles: Mapping[tuple[str, str], str] | None = None,
) -> None:
    """Record a run of *steps* below *folder*; with *until*, one that was killed then."""
    timeline = Timeline(
        folder, host="company.looker.com", out=out, expected=len(steps), concurrency=16, titles=titles or {}
    )
    whole = sorted((each for step in steps for each in events(step)), key=lambda each: each[0])
    timeline.observe(RunStarted(out, 16, at=START))
    for at, event in whole:
        if until is None or at <= until:
            timeline.observe(event)
    timeline.close()
    if until is not None:
        path = folder / ".looker-tasks" / "timeline.jsonl"
        lines = path.read_text().splitlines(keepends=True)
        path.write_text("".join(lines[:-1]) + '["p",9')  # no end, and a line that was cut


def with_failures(folder: Path, number: int) -> list[Step]:
    """Make a folder of *number* exports, each picture another; every 31st failed, for one of five reasons in turn."""
    steps = []
    for each in range(number):
        region = ("North", "South", "East")[each % 3]
        kind = ("pdf", "png", "jpg")[each % 3]
        name = f"{region}/report {each:03}.{kind}"
        export: Export = DashboardExport(str(each % 12), kind, name=name)
        if each % 7 == 1:
            export = LookExport(str(each % 5), "png", name=f"{region}/look {each:03}.png")
        begin = each // 16 * 6.5 + each % 16 * 0.1
        if each % 31 == 5:
            steps.append(failed(export, begin, FIVE_KINDS[each // 31 % 5]))
        else:
            steps.append(exported(export, begin, draw(folder / (export.name or ""), each)))
    record(folder, steps)
    return steps


def six_hundred(folder: Path) -> list[Step]:
    """Make a folder of 600 exports, of which 20 failed, four of each of five kinds."""
    return with_failures(folder, 600)


def draw(path: Path, number: int) -> int:
    """Draw a picture that shows *number*, in the format that the name of *path* says; return its size."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.new("RGB", (240, 160), (number * 7 % 256, 120, 200 - number * 3 % 200))
    ImageDraw.Draw(image).text((20, 20), str(number), fill="white")
    image.save(path)
    return path.stat().st_size


def csv_export(folder: Path, name: str, text: str) -> Step:
    """Make a file of data, and its export."""
    (folder / name).write_text(text)
    return exported(QueryExport("5", "csv", name=name), 0.0, (folder / name).stat().st_size)
