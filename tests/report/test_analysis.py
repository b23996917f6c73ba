"""What the items have in common: reasons, slow contents, calls and changes."""

from pathlib import Path

from looker_tasks import DashboardExport, ServerBroken, TaskFailed
from looker_tasks.events import BackedOff, CallEnded
from looker_tasks.observers.timeline import Timeline
from looker_tasks.report.analysis import changes, contents, operations, reasons, shares
from looker_tasks.report.folder import Place, read_runs
from looker_tasks.report.overview import Item, overview
from tests.report.recorded import START, exported, failed, record


def item(name: str, **phases: float) -> Item:
    """Return an export of a run that was in *phases* for so many seconds."""
    dashboard = name.partition("/")[0]
    return Item(
        name=name, kind="dashboard", id=dashboard, state="exported", is_of_last_run=True, phases=phases,
        seconds=sum(phases.values()),
    )  # fmt: skip


def test_failures_with_one_advice_are_one_reason() -> None:
    """The most frequent first, each with its exports."""
    items = [
        Item(name=str(number), state="failed", error=error, advice=advice)
        for number, (error, advice) in enumerate([("NotFound", "a"), ("TaskFailed", "b"), ("TaskFailed", "b")])
    ]
    found = reasons([*items, Item(name="well", state="exported")])
    assert [(reason.advice, len(reason.items)) for reason in found] == [("b", 2), ("a", 1)]
    assert found[0].title == "Looker could not make it"


def test_the_slowest_is_the_one_that_works_longest() -> None:
    """A minute in a queue makes no dashboard slow; ten seconds of rendering do."""
    queued = item("1/a", enqueued_for_render=60.0, rendering=2.0)
    drawn = item("2/a", enqueued_for_render=1.0, rendering=10.0)
    found = contents([queued, drawn])
    assert [(each.id, each.own, each.typical) for each in found] == [("2", 10.0, 11.0), ("1", 2.0, 62.0)]
    assert [each.most and each.most.phases.name for each in found] == ["rendering", "queued-render"]


def test_the_queries_of_one_tile_are_one_content() -> None:
    """A tile has another query under each filter; dashboards of one title stay apart."""
    pairs = [("query", "7"), ("query", "8"), ("dashboard", "1"), ("dashboard", "2")]
    items = [
        Item(name=each, kind=kind, id=each, title="Orders", seconds=1.0, phases={"running": 1.0}, is_of_last_run=True)
        for kind, each in pairs
    ]
    found = {content.name: content.count for content in contents(items)}
    assert found == {"Orders": 2, "Orders · dashboard 1": 1, "Orders · dashboard 2": 1}


def test_where_nothing_stands_out_nothing_is_named() -> None:
    """Three phases of one length."""
    (even,) = contents([item("1/a", querying=3.0, rendering=3.0, downloading=3.0)])
    assert even.most is None


def test_shares_are_of_the_whole() -> None:
    """In the order of the phases; a status that nobody knows is `other`."""
    found = shares([item("1/a", rendering=1.0, enqueued_for_query=2.0), item("2/a", novel=1.0)])
    assert [(part.phases.name, part.share) for part in found] == [("queued", 0.5), ("rendering", 0.25), ("other", 0.25)]
    assert shares([]) == ()


def test_calls_are_counted_by_operation(tmp_path: Path) -> None:
    """How many, how many in vain, how long they took, and what was sent again after which error."""
    export = DashboardExport("1", name="a.pdf")
    error = ServerBroken(operation="render_task", status=502)
    with Timeline(tmp_path) as timeline:
        timeline.observe(CallEnded("login", 200, 0.5, at=START))
        timeline.observe(BackedOff(export, 1.0, error, at=START, key="k", name="a.pdf"))
        for status, seconds in ((200, 0.1), (502, 0.2), (None, 0.3), (204, 0.4)):
            timeline.observe(CallEnded("render_task", status, seconds, at=START))
    (run,) = read_runs(Place.of(tmp_path))
    found = [(each.name, each.count, each.failed, round(each.mean, 3), each.again) for each in operations(run)]
    assert found == [("render_task", 4, 2, 0.25, 1), ("login", 1, 0, 0.5, 0)]
    assert operations(run)[0].reasons == {"502 ServerBroken": 1}


def test_changes_are_those_of_the_digest(tmp_path: Path) -> None:
    """The largest change of size first; the same bytes are no change; a tenth of the size is suspicious."""
    names = {"same": (100, "ab"), "other": (100, "cd"), "tiny": (1000, "cd")}
    record(
        tmp_path, [exported(DashboardExport("1", name=name), 0, size, digest=by) for name, (size, by) in names.items()]
    )
    record(tmp_path, [exported(DashboardExport("1", name=name), 0, 100) for name in names])
    found = changes(overview(read_runs(Place.of(tmp_path)), []).items)
    assert [(each.item.name, each.factor, each.is_suspicious) for each in found] == [
        ("tiny", 0.1, True),
        ("other", 1.0, False),
    ]


def test_a_failure_is_of_the_content_that_failed(tmp_path: Path) -> None:
    """The table of contents counts it."""
    error = TaskFailed(task_id="t", status="failure")
    record(tmp_path, [failed(DashboardExport("1", name="a"), 0, error), exported(DashboardExport("1", name="b"), 0, 9)])
    (content,) = contents(overview(read_runs(Place.of(tmp_path)), []).items)
    assert (content.count, content.failed) == (2, 1)
