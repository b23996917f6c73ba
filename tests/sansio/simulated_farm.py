"""A farm that is arithmetic alone, and the client's own decisions run against it: no event loop, no socket, no wait.

An export's Lifecycle is obeyed as the runner obeys it; a call takes a moment, a task its time in the queue and then
its time in a slot. A hundred exports take some milliseconds, so that a test can look at many farms.
"""

import heapq
import random
from collections import deque
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from statistics import fmean

from attrs import define, field, frozen

from looker_tasks.errors import NotReady, Throttled
from looker_tasks.exports import DashboardExport
from looker_tasks.outcomes import Artifact
from looker_tasks.policy import Cadence, Policy
from looker_tasks.sansio.admission import Admission, Hold, Slot, Source
from looker_tasks.sansio.export_requests import TaskState
from looker_tasks.sansio.limit import Limit
from looker_tasks.sansio.machine.directives import Answered, Call, CallFailed, Done, Event, Save, Saved, Wait, Woke
from looker_tasks.sansio.machine.lifecycle import Lifecycle
from looker_tasks.sansio.machine.states import Creating
from looker_tasks.sansio.polling.pacing import ByAge, Pacing

POLICY = Policy()
_TRIP = 0.001  # seconds, there and back again
_RETRY_AFTER = 1.0  # seconds, with a result that is not there yet
_ARTIFACT = Artifact(Path("file.pdf"), 1, "", "application/pdf", "pdf")


def every(seconds: float) -> Pacing:
    """Return what everybody writes first: a call for the status every so many seconds."""
    return ByAge(Cadence(share=1e-9), floor=seconds)


@frozen(kw_only=True)
class Farm:
    """What the server is: how many slots, for how long a task needs one, and which it takes next."""

    slots: int
    run_seconds: Callable[[random.Random], float]
    query_seconds: Callable[[random.Random], float] = lambda _: 0.0  # before it waits for a slot
    later_slots: tuple[float, int] | None = None  # from when on, and how many
    is_in_order: bool = True  # or any of those that wait is next
    most: int | None = None  # tasks at once; a create beyond them is refused by a 429
    stuck: float = 0.0  # share of the tasks that are never taken
    expected: Callable[[random.Random], float] | None = None  # how long a task took before, as a share of its time now


@frozen
class Report:
    """What came of a run."""

    seconds: float
    best_seconds: float  # of a farm whose slots never idle, in the same order
    calls: int
    delays: Sequence[float]  # between an end and the file
    waiting: int  # at most, in the farm's queue
    refused: int  # creates
    ends: Sequence[float]  # of the exports, in seconds from the beginning
    in_flight: Sequence[tuple[float, int, int]]  # over time: how many, and how many might have been

    @property
    def delay(self) -> float:
        """The mean of the delays."""
        return fmean(self.delays)

    @property
    def over_best(self) -> float:
        """How many times the best time it took."""
        return self.seconds / self.best_seconds

    @property
    def calls_a_file(self) -> float:
        """What one file cost."""
        return self.calls / len(self.delays)


@define
class _Task:
    lengths: random.Random  # of its own: the same work, whoever does it when
    run_seconds: float
    status: str = "enqueued_for_query"
    ended: float | None = None


@define
class _Export:
    flow: Lifecycle
    task: _Task
    slot: Slot
    sleeps: int = 0


@define(eq=False)
class Simulation:
    """One run of *exports* exports under *limit*, asked about as *pacing* says."""

    farm: Farm
    exports: int
    limit: Limit
    pacing: Pacing
    seed: int = 0
    enough: int | None = None  # exports; with so many at their end the run is over
    _now: float = field(default=0.0, init=False)
    _agenda: list[tuple[float, int, Callable[[], None]]] = field(factory=list, init=False)
    _sleepers: dict[int, _Export] = field(factory=dict, init=False)
    _order: "count[int]" = field(factory=count, init=False)
    _queue: deque[_Task] = field(factory=deque, init=False)
    _rendering: int = field(default=0, init=False)
    _tasks: list[_Task] = field(factory=list, init=False)
    _begun: int = field(default=0, init=False)
    _source: Source = field(factory=Source, init=False)
    _admission: Admission[Slot] = field(init=False)
    _again: dict[int, _Export] = field(factory=dict, init=False)  # by their slots, those that wait for another task
    _calls: int = field(default=0, init=False)
    _waiting: int = field(default=0, init=False)
    _refused: int = field(default=0, init=False)
    _ends: list[float] = field(factory=list, init=False)
    _delays: list[float] = field(factory=list, init=False)
    _chance: random.Random = field(init=False)
    _in_flight: list[tuple[float, int, int]] = field(factory=list, init=False)

    def run(self) -> Report:
        """Run to the end."""
        self._chance = random.Random(self.seed + 1)  # a simulation
        self._admission = Admission({"render": self.limit, "query": self.limit})
        if self.farm.later_slots is not None:
            self._later(self.farm.later_slots[0], self._take)
        self._begin()
        while self._agenda:
            self._now, _, act = heapq.heappop(self._agenda)
            act()
            if len(self._ends) == (self.enough or self.exports):
                break
        return Report(
            self._now,
            self._best(),
            self._calls,
            self._delays,
            self._waiting,
            self._refused,
            self._ends,
            self._in_flight,
        )

    def _later(self, seconds: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._agenda, (self._now + seconds, next(self._order), act))

    @property
    def _slots(self) -> int:
        later = self.farm.later_slots
        return self.farm.slots if later is None or self._now < later[0] else later[1]

    def _best(self) -> float:
        free_at = [0.0] * self.farm.slots
        for task in self._tasks:
            heapq.heapreplace(free_at, free_at[0] + task.run_seconds)
        return max(free_at)

    # The farm.

    def _create(self, task: _Task) -> None:
        self._tasks.append(task)
        self._later(self.farm.query_seconds(task.lengths), lambda: self._enqueue(task))

    def _enqueue(self, task: _Task) -> None:
        task.status = "enqueued_for_render"
        if task.lengths.random() < self.farm.stuck:
            return
        self._queue.append(task)
        self._take()
        self._waiting = max(self._waiting, len(self._queue))

    def _take(self) -> None:
        while self._queue and self._rendering < self._slots:
            if not self.farm.is_in_order:
                self._queue.rotate(self._chance.randrange(len(self._queue)))
            task = self._queue.popleft()
            task.status = "rendering"
            self._rendering += 1
            self._later(task.run_seconds, lambda task=task: self._finish(task))  # type: ignore[misc]  # mypy infers no type for a default

    def _finish(self, task: _Task) -> None:
        task.status, task.ended = "success", self._now
        self._rendering -= 1
        self._take()

    # The client.

    def _begin(self) -> None:
        """Begin exports as far as there is room: one always waits, as long as there are more."""
        while True:
            if self._begun < self.exports and not self._source.waiting:
                self._admission.ask(Slot(self._source, "render"))
            slot = next(self._admission.admit(), None)
            if slot is None:
                break
            if id(slot) in self._again:
                self._obey(self._again.pop(id(slot)))
            else:
                self._obey(self._new_export(slot))
        self._in_flight.append((self._now, self._source.in_flight, self.limit.slots))

    def _new_export(self, slot: Slot) -> _Export:
        self._begun += 1
        lengths = random.Random(self.seed * 1_000_003 + self._begun)
        run_seconds = self.farm.run_seconds(lengths)
        expected = run_seconds * self.farm.expected(lengths) if self.farm.expected else 0.0
        flow = Lifecycle.begin(DashboardExport("1", "pdf"), POLICY, "4.0", now=self._now, expected=expected)
        return _Export(flow, _Task(lengths, run_seconds), slot)

    def _obey(self, export: _Export) -> None:
        match export.flow.directive:
            case Wait(until=until):
                export.sleeps += 1
                sleep = export.sleeps
                self._sleepers[id(export)] = export
                self._later(max(0.0, until - self._now), lambda: self._wake(export, sleep))
            case Call() | Save():
                self._calls += 1
                self._later(_TRIP, lambda: self._answer(export))
            case Done():
                self._delays.append(self._now - (export.task.ended or self._now))
                self._ends.append(self._now)

    def _rethink(self) -> None:
        """Wake all who wait."""
        for each in self._sleepers.values():
            self._later(0.0, lambda each=each, sleep=each.sleeps: self._wake(each, sleep))  # type: ignore[misc]  # mypy infers no type for a default

    def _wake(self, export: _Export, sleep: int) -> None:
        """End a sleep, unless another has begun meanwhile."""
        if export.sleeps == sleep and id(export) in self._sleepers:
            del self._sleepers[id(export)]
            self._advance(export, Woke())

    def _answer(self, export: _Export) -> None:
        self._advance(export, self._said(export))

    def _said(self, export: _Export) -> Event:
        task = export.task
        if isinstance(export.flow.state, Creating):
            if self.farm.most is not None and sum(task.ended is None for task in self._tasks) >= self.farm.most:
                self._refused += 1
                return CallFailed(Throttled(operation="create", status=429, retry_after=_RETRY_AFTER))
            self._create(task)
        if isinstance(export.flow.directive, Save):
            if task.status == "success":
                self._admission.release(export.slot)
                return Saved(_ARTIFACT)
            return CallFailed(NotReady(operation="results", status=202, retry_after=_RETRY_AFTER))
        return Answered(TaskState("1", task.status))

    def _advance(self, export: _Export, event: Event) -> None:
        flow = export.flow = export.flow.advance(event, now=self._now, rand=self._chance.random(), pacing=self.pacing)
        for note in flow.notes:
            if self.pacing.learn(note, self._chance.random()):
                self._rethink()
            self._admission.learn(export.slot, note, self._now)
        if flow.holds_slot and export.slot.state is Hold.FREE:
            self._again[id(export.slot)] = export
            self._admission.ask(export.slot)
        else:
            if not flow.holds_slot:
                self._admission.release(export.slot)
            self._obey(export)
        self._begin()
