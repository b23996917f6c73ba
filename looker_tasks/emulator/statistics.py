"""What the emulator counted. Counters alone: nothing here decides, and nothing reads them to behave otherwise."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from attrs import define, field


@define
class Gauge:
    """How many there are now, and the most that there ever were."""

    now: int = 0
    peak: int = 0

    def enter(self) -> None:
        """Count one more."""
        self.now += 1
        self.peak = max(self.peak, self.now)

    def leave(self) -> None:
        """Count one less."""
        self.now -= 1

    @contextmanager
    def one(self) -> Iterator[None]:
        """Count one more for as long as the block runs."""
        self.enter()
        try:
            yield
        finally:
            self.leave()


@define
class Statistics:
    """What clients did to the emulator, and how busy its farm was."""

    calls: Counter[str] = field(factory=Counter)  # by operation, refused ones too
    statuses: Counter[int] = field(factory=Counter)  # by HTTP status
    created: Counter[str] = field(factory=Counter)  # tasks, by the operation that created them
    tokens: Counter[str] = field(factory=Counter)  # given out, by the user whom they speak as
    created_by: Counter[str] = field(factory=Counter)  # tasks, by the user who created them
    results: Counter[str] = field(factory=Counter)  # of queries, by where they came from: query, cache
    ended: Counter[str] = field(factory=Counter)  # tasks, by the status that they ended in
    faults: Counter[str] = field(factory=Counter)  # injected, by kind
    in_flight: Gauge = field(factory=Gauge)  # tasks created and not yet ended
    running: defaultdict[str, Gauge] = field(
        factory=lambda: defaultdict(Gauge)
    )  # by pool: caching, rendering, querying

    def as_json(self) -> dict[str, object]:
        """Return all counts as plain JSON values; `running` holds what runs now, `peak_running` the most there was."""
        return {
            "calls": dict(self.calls),
            "total_calls": self.calls.total(),
            "statuses": {str(status): count for status, count in self.statuses.items()},
            "created": dict(self.created),
            "total_created": self.created.total(),
            "created_by": dict(self.created_by),
            "tokens": dict(self.tokens),
            "results": dict(self.results),
            "ended": dict(self.ended),
            "faults": dict(self.faults),
            "in_flight": self.in_flight.now,
            "peak_in_flight": self.in_flight.peak,
            "running": {pool: gauge.now for pool, gauge in self.running.items()},
            "peak_running": {pool: gauge.peak for pool, gauge in self.running.items()},
        }
