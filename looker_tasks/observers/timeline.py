"""The timeline of a run: what became of each export and when, kept beside the journal as it happens.

    with Timeline("exports", host="company.looker.com", expected=600) as timeline:
        async with LookerTasks.from_env(observers=[timeline.observe]) as looker: ...

A run is one file of JSON lines, ``.looker-tasks/timeline.jsonl``; the runs before it are ``timeline.1.jsonl`` and so
on, `KEPT` of them. The first line is the run's header, an object. The others are arrays: a letter, the seconds since
the header's ``started``, and

    ["i", t, n, key, name, kind, id, format]   export n of this run, before anything else of it
    ["n", t, kind, id, title]                  what Looker calls content that is exported, where that is known
    ["p", t, n, phase]                         it entered a phase: creating, one of Looker's statuses, downloading
    ["t", t, n, task_id]                       Looker gave it a task
    ["b", t, n, seconds, operation, status, error]   a call failed (HTTP status, or null) and is sent again
    ["f", t, n, polls, {…}]                    it ended; what of `outcome_record` the line of its "i" does not have
    ["l", t, kind, limit]   ["w", t, operation, seconds]   ["x", t, seconds]   the limit, a pause, a stalled event loop
    ["c", t, {operation: [calls, failed, seconds]}]   the calls so far: how many, without a response or with an error
                                               status, and the seconds until all their responses began
    ["e", t]                                   the run ended by itself

A phase is written once, not at each poll; what an export can add is bounded, whatever its server answers. Lines reach
the file within a quarter of a second, from a thread; the death of the process costs no more than that, and may cut the
last line short.
"""

import asyncio
import json
import os
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self, TypeAlias

from attrs import define, field

from looker_tasks.events import (
    BackedOff,
    CallEnded,
    ContentNamed,
    DownloadStarted,
    Event,
    ExportFinished,
    ExportStarted,
    LimitChanged,
    LoopStalled,
    Paused,
    Polled,
    RunFinished,
    RunStarted,
    TaskCreated,
)
from looker_tasks.exports import Export
from looker_tasks.observers.timeline_file import TimelineFile
from looker_tasks.outcomes import Outcome
from looker_tasks.sansio.naming import OWN_FOLDER, kind_and_id
from looker_tasks.sansio.outcome_record import result_record
from looker_tasks.version import VERSION

FORMAT = 1

_json = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
_FLUSH_AFTER = 0.25  # seconds
_MOST_LINES = 48  # of one export, of phases and tasks, and of retries: what a server may add
_LONGEST = 600  # characters of a server's text
_LONGEST_STATUS = 40  # characters
_MOST_PHASES = 16
_MOST_TITLES = 20_000  # of a run
_NO_TITLES: Mapping[tuple[str, str], str] = MappingProxyType({})
_ERROR = 400  # and statuses above
_MORE = 1.1

_OF_NO_RUN = (CallEnded, ContentNamed, LimitChanged, LoopStalled, Paused)
_Step: TypeAlias = ExportStarted | TaskCreated | Polled | BackedOff | DownloadStarted


@define
class _Seen:
    """What was written of an export that has not ended."""

    number: int
    phase: str = ""
    polls: int = 0
    lines: int = 0
    retries: int = 0


@define
class _Calls:
    """The calls so far. They are news when there are a tenth more of them than were written last: a few lines a run."""

    by_operation: dict[str, list[float]] = field(factory=dict)
    _count: int = 0
    _written: int = 0

    def add(self, event: CallEnded) -> None:
        """Count a call."""
        counted = self.by_operation.setdefault(event.operation, [0, 0, 0.0])
        counted[0] += 1
        counted[1] += event.status is None or event.status >= _ERROR
        counted[2] = round(counted[2] + event.seconds, 3)
        self._count += 1

    def are_news(self) -> bool:
        """Return whether they are to be written again, and if so hold them for written."""
        if self._count < _MORE * self._written:
            return False
        self._written = self._count
        return True


class Timeline:
    """Records a run into *folder*, beside its journal: there, or in *state*. `observe` is the observer.

    *titles* has what Looker calls content, by kind and id, as far as that is known when an export of it is first seen.
    Nothing is written before the run has begun, by `RunStarted` or an export's first event: until then another run may
    be at work in the folder. Where the disk refuses, that is logged once, and the run goes on without.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str],
        *,
        state: str | os.PathLike[str] | None = None,
        host: str = "",
        out: str = "",
        expected: int | None = None,
        concurrency: int | str = "auto",
        titles: Mapping[tuple[str, str], str] = _NO_TITLES,
    ) -> None:
        self._folder = Path(folder) / OWN_FOLDER if state is None else Path(state)
        self._header = {
            "looker_tasks_timeline": FORMAT,
            "version": VERSION,
            "host": host,
            "out": out,
            "expected": expected,
            "concurrency": concurrency,
        }
        self._started: float | None = None
        self._last = 0.0  # when the last event was
        self._count = 0
        self._seen: dict[str, _Seen] = {}  # by key
        self._calls = _Calls()
        self._titles = titles
        self._named: dict[tuple[str, str], str] = {}  # as it was written
        self._lines: list[str] = []
        self._is_due = False
        self._is_closed = False
        self._file = TimelineFile(self._folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def observe(self, event: Event) -> None:
        """See an event of the run, and write what it adds; one that comes after `close` adds nothing."""
        if self._is_closed:
            return
        if isinstance(event, CallEnded):
            self._calls.add(event)
        if self._started is None:
            if isinstance(event, _OF_NO_RUN):
                return
            self._started = event.at
            self._lines.append(_json({**self._header, "started": round(event.at, 3)}))
        at = round(event.at - self._started, 3)
        self._last = max(self._last, at)
        self._lines.extend(map(_json, self._news(event, at)))
        if self._lines and not self._is_due:
            self._flush_soon()

    def close(self) -> None:
        """Write that the run ended, and what is left; waits for the disk."""
        if self._started is not None:
            self._lines += [_json(["c", self._last, self._calls.by_operation]), _json(["e", self._last])]
        self._flush()
        self._is_closed = True
        self._file.close()

    def _news(self, event: Event, at: float) -> Iterator[list[object]]:
        match event:
            case LimitChanged(kind=kind, limit=limit):
                yield ["l", at, kind, limit]
            case Paused(operation=operation, seconds=seconds):
                yield ["w", at, operation, round(seconds, 3)]
            case LoopStalled(seconds=seconds):
                yield ["x", at, round(seconds, 3)]
            case ContentNamed(content=kind, content_id=found, title=title):
                yield from self._title(kind, found, title, at)
            case ExportFinished(outcome=outcome):
                yield from self._identity(event.key, event.name, outcome.export, at)
                yield self._end(self._seen.pop(event.key), outcome, at)
            case CallEnded():
                if self._calls.are_news():
                    yield ["c", at, self._calls.by_operation]
            case RunStarted() | RunFinished():  # the header and the last line say as much
                pass
            case _:
                yield from self._identity(event.key, event.name, event.export, at)
                yield from self._step(self._seen[event.key], event, at)

    def _identity(self, key: str, name: str, export: Export, at: float) -> Iterator[list[object]]:
        if key not in self._seen:
            self._count += 1
            self._seen[key] = _Seen(self._count)
            kind, found = kind_and_id(export)
            yield ["i", at, self._count, key, name or f"{kind} {found}", kind, found, export.result_format]
            yield from self._title(kind, found, self._titles.get((kind, found), ""), at)

    def _title(self, kind: str, found: str, title: str, at: float) -> Iterator[list[object]]:
        if title and self._named.get((kind, found)) != title and len(self._named) < _MOST_TITLES:
            self._named[kind, found] = title
            yield ["n", at, kind, found, title[:_LONGEST]]

    def _step(self, seen: _Seen, event: _Step, at: float) -> Iterator[list[object]]:
        match event:
            case Polled(phase=phase):
                seen.polls += 1
                yield from self._phase(seen, phase, at)
            case ExportStarted():
                yield from self._phase(seen, "creating", at)
            case DownloadStarted():
                yield from self._phase(seen, "downloading", at)
            case TaskCreated(task_id=task_id) if seen.lines < _MOST_LINES:
                seen.lines += 1
                yield ["t", at, seen.number, task_id[:_LONGEST]]
            case BackedOff(seconds=seconds, error=error) if seen.retries < _MOST_LINES:
                seen.retries += 1
                operation, status = getattr(error, "operation", None), getattr(error, "status", None)
                yield ["b", at, seen.number, round(seconds, 3), operation, status, type(error).__name__]

    def _phase(self, seen: _Seen, phase: str, at: float) -> Iterator[list[object]]:
        phase = phase[:_LONGEST_STATUS]
        if phase != seen.phase and seen.lines < _MOST_LINES:
            seen.phase = phase
            seen.lines += 1
            yield ["p", at, seen.number, phase]

    def _end(self, seen: _Seen, outcome: Outcome, at: float) -> list[object]:
        kept = {field: _bounded(value) for field, value in result_record(outcome).items() if value and field != "path"}
        return ["f", at, seen.number, seen.polls, kept]

    def _flush_soon(self) -> None:
        try:
            asyncio.get_running_loop().call_later(_FLUSH_AFTER, self._flush)
        except RuntimeError:  # outside of a loop there is no later
            self._flush()
        else:
            self._is_due = True

    def _flush(self) -> None:
        self._is_due = False
        lines, self._lines = self._lines, []
        if lines:
            self._file.write("\n".join([*lines, ""]))


def _bounded(value: object) -> object:
    """Return *value*, shortened where a server made it longer than anybody reads."""
    match value:
        case str() if len(value) > _LONGEST:
            return f"{value[: _LONGEST - 1]}…"
        case dict() if value:
            return {phase[:_LONGEST_STATUS]: seconds for phase, seconds in islice(value.items(), _MOST_PHASES)}
        case _:
            return value
