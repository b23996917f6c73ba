"""How a batch on Ray grows with its workers and its Lookers: a simulation, the same each time, in a process of its own.

The decisions are the client's own, wherever they are made on a cluster: the driver has an `Admission` and an
`AdaptiveLimit` for each Looker, a worker has a `LearnedPacing` for each, every export a `Lifecycle`. What they decide
about is arithmetic: a Looker has render slots, first come, first served; a call takes a trip; a worker's network takes
its results one after the other; the driver and the workers need so much CPU for an export as on a real Ray (two
workers, 1,500 renders of 0.1 s, two cores).

python -m benchmarks.cluster
"""

import heapq
import random
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import count

from attrs import define, evolve, field, frozen

from benchmarks.results import write_results
from looker_tasks import Artifact, DashboardExport, Policy
from looker_tasks.errors import NotReady
from looker_tasks.sansio.admission import Admission, Hold, Slot, Source
from looker_tasks.sansio.bounds import most_alive
from looker_tasks.sansio.export_requests import TaskState
from looker_tasks.sansio.limit import AdaptiveLimit
from looker_tasks.sansio.machine.directives import Answered, Call, CallFailed, Done, Event, Save, Saved, Wait, Woke
from looker_tasks.sansio.machine.lifecycle import Lifecycle
from looker_tasks.sansio.machine.states import Creating
from looker_tasks.sansio.polling.learned import LearnedPacing

POLICY = Policy()
_EXPORT = DashboardExport("1", "pdf")
_ARTIFACT = Artifact("file.pdf", 1, "", "application/pdf", "pdf")
_TRIP = 0.03  # seconds, to a Looker and back
_RETRY_AFTER = 1.0  # seconds, with a result that is not there yet


@frozen(kw_only=True)
class Cluster:
    """What is simulated. Times are seconds, sizes bytes."""

    workers: int
    lookers: int
    exports: int = 600  # of each Looker
    slots: int = 32  # of each Looker
    render_seconds: float = 10.0  # median
    spread: float = 0.5  # sigma of the log-normal around it
    result_bytes: int = 40_000_000
    network: float = 125e6  # bytes a second of one worker: 1 Gbit/s
    worker_cpu: float = 0.0056  # for an export, on one core
    driver_cpu: float = 0.0016


@frozen
class Growth:
    """What came of it."""

    workers: int
    lookers: int
    files: int
    files_per_second: float
    megabytes_per_second: float
    over_best: float  # times the time that the slots of the busiest Looker take, if they never idle
    calls_per_file: float
    most_in_flight: int  # at one Looker
    most_let: int  # the highest limit that one of them had
    network_busy: float  # share of the time, of all workers
    worker_cpu_busy: float
    driver_cpu_busy: float


@define
class Line:
    """What does one thing after the other."""

    free_at: float = 0.0
    busy: float = 0.0

    def take(self, now: float, seconds: float) -> float:
        """Return when it will have done what takes it so long."""
        self.free_at = max(self.free_at, now) + seconds
        self.busy += seconds
        return self.free_at


@define(eq=False)
class Worker:
    """An actor: its network, its one core, and what it has learnt of each Looker."""

    pacings: list[LearnedPacing]
    network: Line = field(factory=Line)
    cpu: Line = field(factory=Line)
    load: int = 0
    waiting: dict[int, dict["Export", None]] = field(factory=dict)  # by Looker, those that wait to poll, in turn


@define(eq=False)
class Task:
    """What a Looker does for an export."""

    seconds: float
    status: str = "enqueued_for_render"


@define(eq=False)
class Looker:
    """A Looker, and what the driver knows of it."""

    number: int
    limit: AdaptiveLimit
    admission: Admission[Slot]
    source: Source
    left: int  # exports that have not begun
    queue: deque[Task] = field(factory=deque)
    rendering: int = 0
    render_seconds: float = 0.0  # of all its tasks
    let: int = 0
    in_flight: int = 0
    most_in_flight: int = 0


@define(eq=False)
class Export:
    """One export under way."""

    flow: Lifecycle
    task: Task
    slot: Slot
    looker: Looker
    worker: Worker
    sleeps: int = 0


@define(eq=False)
class Simulation:
    """One run over all exports of all Lookers."""

    cluster: Cluster
    _now: float = field(default=0.0, init=False)
    _agenda: list[tuple[float, int, Callable[[], None]]] = field(factory=list, init=False)
    _order: "count[int]" = field(factory=count, init=False)
    _chance: random.Random = field(init=False)
    _driver: Line = field(factory=Line, init=False)
    _workers: list[Worker] = field(init=False)
    _lookers: list[Looker] = field(factory=list, init=False)
    _calls: int = field(default=0, init=False)
    _files: int = field(default=0, init=False)

    def run(self) -> Growth:
        """Run to the end."""
        cluster = self.cluster
        self._chance = random.Random(1)  # noqa: S311  # a simulation
        self._workers = [
            Worker([LearnedPacing(POLICY.cadence, watches=True) for _ in range(cluster.lookers)])
            for _ in range(cluster.workers)
        ]
        bounds = evolve(POLICY.limits, downloads=POLICY.limits.downloads * cluster.workers)
        for number in range(cluster.lookers):
            limit, source = AdaptiveLimit(bounds.in_flight), Source(None, most_alive(bounds, None))
            admission: Admission[Slot] = Admission({"render": limit, "query": limit})
            self._lookers.append(Looker(number, limit, admission, source, cluster.exports))
        for looker in self._lookers:
            self._begin(looker)
        while self._files < cluster.exports * cluster.lookers:
            self._now, _, act = heapq.heappop(self._agenda)
            act()
        return self._growth()

    def _growth(self) -> Growth:
        cluster, seconds = self.cluster, self._now
        best = max(looker.render_seconds for looker in self._lookers) / cluster.slots
        return Growth(
            workers=cluster.workers,
            lookers=cluster.lookers,
            files=self._files,
            files_per_second=self._files / seconds,
            megabytes_per_second=self._files * cluster.result_bytes / seconds / 1e6,
            over_best=seconds / best,
            calls_per_file=self._calls / self._files,
            most_in_flight=max(looker.most_in_flight for looker in self._lookers),
            most_let=max(looker.let for looker in self._lookers),
            network_busy=sum(worker.network.busy for worker in self._workers) / (seconds * cluster.workers),
            worker_cpu_busy=sum(worker.cpu.busy for worker in self._workers) / (seconds * cluster.workers),
            driver_cpu_busy=self._driver.busy / seconds,
        )

    def _at(self, when: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._agenda, (max(when, self._now), next(self._order), act))

    # The driver.

    def _begin(self, looker: Looker) -> None:
        """Hand exports to the least loaded worker, as far as the limit of their Looker lets."""
        while True:
            if looker.left and not looker.source.waiting:
                looker.admission.ask(Slot(looker.source, "render"))
                looker.left -= 1
            if (slot := next(looker.admission.admit(), None)) is None:
                break
            worker = min(self._workers, key=lambda worker: worker.load)
            worker.load += 1
            arrives = self._driver.take(self._now, self.cluster.driver_cpu / 2)
            self._at(arrives, partial(self._hand, looker, slot, worker))
        looker.let = max(looker.let, looker.limit.slots)

    def _hand(self, looker: Looker, slot: Slot, worker: Worker) -> None:
        seconds = self.cluster.render_seconds * self._chance.lognormvariate(0.0, self.cluster.spread)
        looker.render_seconds += seconds
        flow = Lifecycle.begin(_EXPORT, POLICY, "4.0", now=self._now)
        self._obey(Export(flow, Task(seconds), slot, looker, worker))

    # The workers.

    def _obey(self, export: Export) -> None:
        match export.flow.directive:
            case Wait(until=until):
                export.sleeps += 1
                export.worker.waiting.setdefault(export.looker.number, {})[export] = None
                self._at(until, partial(self._wake, export, export.sleeps))
            case Call() | Save():
                self._calls += 1
                self._at(self._now + _TRIP, partial(self._answer, export))
            case Done():
                export.worker.load -= 1
                done = self._driver.take(self._now, self.cluster.driver_cpu / 2)
                self._at(done, partial(self._count, export.looker))

    def _count(self, looker: Looker) -> None:
        self._files += 1
        looker.source.alive -= 1
        self._begin(looker)

    def _wake(self, export: Export, sleep: int) -> None:
        """End a wait, unless another has begun meanwhile."""
        waiting = export.worker.waiting[export.looker.number]
        if export.sleeps == sleep and export in waiting:
            del waiting[export]
            self._advance(export, Woke())

    def _answer(self, export: Export) -> None:
        is_ready = export.task.status == "success"
        if isinstance(export.flow.state, Creating):
            self._create(export)
        if not isinstance(export.flow.directive, Save):
            self._advance(export, Answered(TaskState("1", export.task.status)))
        elif not is_ready:
            self._advance(export, CallFailed(NotReady(operation="results", status=202, retry_after=_RETRY_AFTER)))
        else:
            self._release(export)
            received = export.worker.network.take(self._now, self.cluster.result_bytes / self.cluster.network)
            written = export.worker.cpu.take(received, self.cluster.worker_cpu)
            self._at(written, partial(self._advance, export, Saved(_ARTIFACT)))

    def _advance(self, export: Export, event: Event) -> None:
        looker, worker = export.looker, export.worker
        pacing = worker.pacings[looker.number]
        flow = export.flow = export.flow.advance(event, now=self._now, rand=self._chance.random(), pacing=pacing)
        for note in flow.notes:
            if pacing.learn(note, self._chance.random()):
                for each in worker.waiting.get(looker.number, ()):
                    self._at(self._now, partial(self._wake, each, each.sleeps))
            looker.admission.learn(export.slot, note, self._now)
        if not flow.holds_slot:
            self._release(export)
        self._obey(export)
        self._begin(looker)

    def _release(self, export: Export) -> None:
        if export.slot.state is Hold.HELD:
            export.looker.admission.release(export.slot)
            self._begin(export.looker)

    # The Lookers.

    def _create(self, export: Export) -> None:
        looker = export.looker
        looker.in_flight += 1
        looker.most_in_flight = max(looker.most_in_flight, looker.in_flight)
        looker.queue.append(export.task)
        self._render(looker)

    def _render(self, looker: Looker) -> None:
        while looker.queue and looker.rendering < self.cluster.slots:
            task = looker.queue.popleft()
            task.status = "rendering"
            looker.rendering += 1
            self._at(self._now + task.seconds, partial(self._finish, looker, task))

    def _finish(self, looker: Looker, task: Task) -> None:
        task.status = "success"
        looker.rendering -= 1
        looker.in_flight -= 1
        self._render(looker)


SIZES = ((1, 1), (1, 4), (4, 4), (4, 16), (16, 16), (64, 16))
_TITLES = (
    *("workers", "Lookers", "files/s", "MB/s", "x best", "calls/file"),
    *("in flight", "limit", "network", "CPU", "driver"),
)


def grown(sizes: Iterable[tuple[int, int]]) -> Iterator[Growth]:
    """Simulate clusters of so many workers and Lookers."""
    for workers, lookers in sizes:
        yield Simulation(Cluster(workers=workers, lookers=lookers)).run()


def line(growth: Growth) -> str:
    """Write the figures of *growth* below their titles."""
    figures = (
        str(growth.workers),
        str(growth.lookers),
        f"{growth.files_per_second:.1f}",
        f"{growth.megabytes_per_second:.0f}",
        f"{growth.over_best:.2f}",
        f"{growth.calls_per_file:.1f}",
        str(growth.most_in_flight),
        str(growth.most_let),
        f"{growth.network_busy:.0%}",
        f"{growth.worker_cpu_busy:.0%}",
        f"{growth.driver_cpu_busy:.0%}",
    )
    return "  ".join(figure.rjust(len(title)) for figure, title in zip(figures, _TITLES, strict=True))


def main() -> None:
    """Print the table, and write its figures beside those that are measured."""
    sys.stdout.write("  ".join(_TITLES) + "\n")
    results = []
    for growth in grown(SIZES):
        results.append(growth)
        sys.stdout.write(line(growth) + "\n")
        sys.stdout.flush()
    write_results({"cluster": results})


if __name__ == "__main__":
    main()
