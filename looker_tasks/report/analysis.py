"""What a run's items have in common: why exports failed, which contents are slow and why, what was called. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import median

from attrs import frozen

from looker_tasks.report.overview import Item
from looker_tasks.report.phases import CLASSES, PhaseClass, phase_class
from looker_tasks.report.records import Run

_MOSTLY = 0.4  # of the time: then it is what one would name first


@frozen
class Reason:
    """Failures that have their advice in common."""

    title: str
    advice: str
    items: tuple[Item, ...]


_TITLES = {
    "TaskFailed": "Looker could not make it",
    "DeadlineExceeded": "Not done in time",
    "NotFound": "Not there, or not visible to the API user",
    "RequestRefused": "Looker refused the request",
    "ResultRejected": "The result was no whole file",
    "ServerBroken": "Looker, or a gateway before it, was broken",
    "Throttled": "Looker was asked too fast",
    "ConnectionBroken": "The network failed",
    "FileNotWritten": "The file could not be written",
    "InvalidExport": "What was asked for is wrong",
    "UnexpectedResponse": "Looker answered something else than it promises",
    "CredentialsRefused": "Looker refused the credentials",
}


def reasons(items: Iterable[Item]) -> list[Reason]:
    """Return why the failed of *items* failed, the most frequent reason first."""
    groups: dict[tuple[str, str], list[Item]] = defaultdict(list)
    for item in items:
        if item.state == "failed":
            groups[item.error, item.advice].append(item)
    found = [
        Reason(_TITLES.get(error, error or "Failed"), advice, tuple(each)) for (error, advice), each in groups.items()
    ]
    return sorted(found, key=lambda reason: -len(reason.items))


@frozen
class Share:
    """A class of phases, and how much of the time it took."""

    phases: PhaseClass
    seconds: float
    share: float  # of the whole, 0 … 1


@frozen
class Content:
    """A dashboard, look, query or element, by what its exports took."""

    name: str  # `Item.content`
    kind: str
    id: str
    title: str  # "" where nobody knew
    example: str  # the name of one of its files
    count: int
    typical: float  # seconds of an export, the median
    longest: float  # seconds
    own: float  # seconds of an export without the waiting in queues, the mean
    shares: tuple[Share, ...]  # of the mean export; in the order of the phases
    failed: int = 0

    @property
    def most(self) -> Share | None:
        """What took most of the time, where something did."""
        most = max(self.shares, key=lambda share: share.seconds, default=None)
        return most if most is not None and most.share >= _MOSTLY else None


def contents(items: Iterable[Item]) -> list[Content]:
    """Return what was exported, the slowest by its own work first: waiting in a queue is nobody's slowness."""
    groups: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        if item.is_of_last_run and item.seconds and item.phases and item.kind:
            groups[item.content].append(item)
    found = [_content(each) for each in groups.values()]
    return sorted(found, key=lambda content: (-content.own, -content.typical))


def _content(items: Sequence[Item]) -> Content:
    first = items[0]
    seconds = [item.seconds or 0.0 for item in items]
    parts = shares(items)
    own = sum(part.seconds for part in parts if not part.phases.is_waiting) / len(items)
    mean = tuple(Share(part.phases, part.seconds / len(items), part.share) for part in parts)
    failed = sum(item.state == "failed" for item in items)
    return Content(
        name=first.content,
        kind=first.kind,
        id=first.id,
        title=first.title,
        example=first.name,
        count=len(items),
        typical=median(seconds),
        longest=max(seconds),
        own=own,
        shares=mean,
        failed=failed,
    )


def shares(items: Iterable[Item]) -> tuple[Share, ...]:
    """Return where the time of *items* went, in the order of the phases."""
    spent: Counter[str] = Counter()
    for item in items:
        for phase, seconds in item.phases.items():
            spent[phase_class(phase).name] += seconds  # type: ignore[assignment]  # a Counter counts seconds as well
    whole = sum(spent.values()) or 1.0
    return tuple(Share(each, spent[each.name], spent[each.name] / whole) for each in CLASSES if spent[each.name] > 0)


@frozen
class Operation:
    """How often an operation was called, and how often in vain."""

    name: str
    count: int
    failed: int
    mean: float  # seconds until its response began
    again: int  # calls that were sent again
    reasons: Mapping[str, int]  # what those failed with


def operations(run: Run) -> list[Operation]:
    """Return the calls of *run* by operation, the most frequent first."""
    again: dict[str, Counter[str]] = defaultdict(Counter)
    for trace in run.traces:
        for retry in trace.retries:
            again[retry.operation][f"{retry.status} {retry.error}" if retry.status else retry.error] += 1
    found = [
        Operation(
            name,
            calls.count,
            calls.failed,
            calls.seconds / calls.count if calls.count else 0.0,
            again[name].total(),
            dict(again[name].most_common()),
        )
        for name, calls in run.calls.items()
    ]
    return sorted(found, key=lambda operation: -operation.count)


@frozen
class Change:
    """A file that the last run made otherwise than the run before."""

    item: Item
    factor: float  # of its size, compared with before

    @property
    def is_suspicious(self) -> bool:
        """Whether somebody should look at it: half as large, or twice."""
        return not 0.5 <= self.factor <= 2.0  # noqa: PLR2004  # as its docstring says


def changes(items: Iterable[Item]) -> list[Change]:
    """Return which files are others than before, those whose size changed most first."""
    found = [
        Change(item, item.size / item.size_before if item.size_before else float("inf"))
        for item in items
        if item.state == "exported" and item.size and item.size_before is not None
        if item.sha256 != item.sha256_before
    ]
    return sorted(found, key=lambda change: -max(change.factor, 1 / change.factor))
