"""The runs and the journal of a folder → what the report shows: one item for each file. Pure.

What the last run recorded counts first, then the runs before it, then the journal, which has what no timeline has.
"""

from collections.abc import Iterable, Mapping, Sequence

from attrs import evolve, field, frozen

from looker_tasks.report.folder import JournalRow
from looker_tasks.report.records import Ending, Run, Trace

STATES = ("failed", "unfinished", "cancelled", "exported", "earlier")


_SHORTEST = 0.001  # seconds; the last status of a task that failed is no phase of it


@frozen(kw_only=True)
class Item:
    """One export. Times are seconds since 1970, lengths seconds, sizes bytes; None: nobody knows."""

    name: str  # of its file, below the folder
    kind: str = ""  # dashboard, look, query or element
    id: str = ""
    title: str = ""  # that Looker has for it, where some run knew
    format: str = ""
    state: str = "unfinished"  # one of STATES; ``earlier``: exported, by a run before the last
    is_of_last_run: bool = False
    size: int | None = None
    sha256: str = ""
    content_type: str = ""
    notice: str = ""
    error: str = ""
    message: str = ""
    phase: str = ""  # in which it failed
    advice: str = ""
    task_id: str = ""
    began: float | None = None
    ended: float | None = None
    seconds: float | None = None
    phases: Mapping[str, float] = field(factory=dict)
    spans: tuple[tuple[str, float, float], ...] = ()  # phase, from, to: seconds since the start of the last run
    calls: int | None = None
    retries: int | None = None
    creates: int | None = None
    size_before: int | None = None  # in the run before the one that made it
    sha256_before: str = ""

    @property
    def content(self) -> str:
        """What it is an export of, apart from all else; "" where nobody knows.

        The query of a tile is another one under each filter: its title says more than its id.
        """
        own = f"{self.kind} {self.id}" if self.kind else ""
        if not self.title:
            return own
        return self.title if self.kind == "query" else f"{self.title} · {own}"


@frozen
class Overview:
    """The last run, if one was recorded, and all that lies in its folder."""

    run: Run | None
    items: tuple[Item, ...]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many items are in each state."""
        return {state: sum(each.state == state for each in self.items) for state in STATES}


def overview(runs: Sequence[Run], journal: Iterable[JournalRow]) -> Overview:
    """Return what *runs*, the last one first, and the *journal* of a folder tell."""
    rows = {row.key: row for row in journal}
    last, earlier = (runs[0], runs[1:]) if runs else (None, ())
    made = _made(earlier)
    items = [] if last is None else [_of_last(last, trace, rows.get(trace.key), made) for trace in last.traces]
    names = {each.name for each in items}
    for run in earlier:
        for trace in run.traces:
            if trace.name not in names and trace.ending is not None and _is_current(trace.ending, rows.get(trace.key)):
                names.add(trace.name)
                items.append(_settled(_item(run, trace)))
    for row in sorted(rows.values(), key=lambda row: row.modified, reverse=True):
        if row.name not in names and (item := _of_journal(row, last)) is not None:
            names.add(row.name)
            items.append(item)
    titles = {content: title for run in reversed(runs) for content, title in run.titles.items()}
    return Overview(last, tuple(evolve(item, title=titles.get((item.kind, item.id), "")) for item in items))


def _made(runs: Iterable[Run]) -> Mapping[str, tuple[Run, Trace]]:
    """Return who made each file last, of *runs*."""
    found: dict[str, tuple[Run, Trace]] = {}
    for run in runs:
        for trace in run.traces:
            if trace.ending is not None and trace.ending.outcome == "exported" and not trace.ending.resumed:
                found.setdefault(trace.name, (run, trace))
    return found


def _is_current(ending: Ending, row: JournalRow | None) -> bool:
    """Return whether no run without a timeline has made the file again since."""
    return row is None or not row.sha256 or row.sha256 == ending.sha256


def _of_last(run: Run, trace: Trace, row: JournalRow | None, made: Mapping[str, tuple[Run, Trace]]) -> Item:
    item = evolve(_item(run, trace), is_of_last_run=True, spans=_spans(run, trace))
    before = made.get(trace.name)
    if trace.ending is None and trace.tasks and row is not None and row.state in {"exported", "failed"}:
        item = _with_row(item, row)  # the run was killed just then
    if item.state == "exported" and before is not None and before[1].ending is not None:
        return evolve(item, size_before=before[1].ending.size, sha256_before=before[1].ending.sha256)
    if item.state == "earlier":
        return _as_made(item, row, before)
    return item


def _as_made(item: Item, row: JournalRow | None, before: tuple[Run, Trace] | None) -> Item:
    """Return *item*, which the last run only found, with the times of the run that made it, where they are known."""
    if before is not None and before[1].ending is not None and before[1].ending.sha256 == item.sha256:
        then = _item(*before)
        return evolve(item, began=then.began, ended=then.ended, seconds=then.seconds, phases=then.phases)
    modified = row.modified / 1e9 if row is not None and row.sha256 == item.sha256 else None
    return evolve(item, began=None, ended=modified or None, seconds=None, phases={})


def _settled(item: Item) -> Item:
    return evolve(item, state="earlier") if item.state == "exported" else item


def _of_journal(row: JournalRow, last: Run | None) -> Item | None:
    item = Item(name=row.name, format=row.name.rpartition(".")[2].lower())
    match row.state:
        case "failed" | "exported":
            item = _with_row(item, row)
            return item if last is None else _settled(item)
        case "created":
            return evolve(item, task_id=row.task_id or "")
        case _ if row.sha256:  # forgotten by --fresh, and not made again yet
            return _settled(_with_row(item, evolve(row, state="exported")))
        case _:
            return None


def _with_row(item: Item, row: JournalRow) -> Item:
    item = evolve(item, state=row.state, task_id=row.task_id or item.task_id)
    if row.state == "failed":
        return evolve(item, message=row.error)
    ended = row.modified / 1e9 or None
    return evolve(item, size=row.size, sha256=row.sha256, content_type=row.content_type, ended=ended)


def _item(run: Run, trace: Trace) -> Item:
    began = run.started + trace.phases[0][0] if trace.phases else None
    item = Item(name=trace.name, kind=trace.kind, id=trace.id, format=trace.format, began=began)
    ending = trace.ending
    if ending is None:
        return evolve(item, task_id=trace.tasks[-1] if trace.tasks else "", retries=len(trace.retries))
    return evolve(
        item,
        state="earlier" if ending.resumed else ending.outcome,
        size=ending.size,
        sha256=ending.sha256,
        content_type=ending.content_type,
        notice=ending.notice,
        error=ending.error,
        message=ending.message,
        phase=ending.phase,
        advice=ending.advice,
        task_id=ending.task_id,
        ended=run.started + ending.at,
        seconds=ending.seconds,
        phases=ending.phases,
        calls=ending.calls,
        retries=ending.retries,
        creates=ending.creates,
    )


def _spans(run: Run, trace: Trace) -> tuple[tuple[str, float, float], ...]:
    """Return the phases of *trace* with their begin and end; the last one of an export without an end is open."""
    end = run.last if trace.ending is None else trace.ending.at
    ends = [*(at for at, _ in trace.phases[1:]), end]
    spans = ((phase, at, max(at, to)) for (at, phase), to in zip(trace.phases, ends, strict=False))
    return tuple(span for span in spans if span[2] - span[1] >= _SHORTEST or span[0] == "creating")
