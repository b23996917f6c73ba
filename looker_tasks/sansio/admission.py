"""Which of the exports that wait is begun next. Knows neither clock nor server: only who has room, and what was seen.

Fair between kinds: of those for which there is room, the one that was begun the longest ago. Within a kind, as they
came, until it is known that no more will come: from then on the longest known first (the LPT rule: Graham, 1969), so
that no straggler begins last. One of which nobody knows counts as usual.
"""

from collections import deque
from collections.abc import Callable
from statistics import fmean
from typing import Generic, TypeAlias, TypeVar

from attrs import define, field

from looker_tasks.models import TaskKind

T = TypeVar("T")

#: The kind of task that an export needs; None: none, as far as is known.
Lane: TypeAlias = TaskKind | None


@define(eq=False)
class Admission(Generic[T]):
    """Those that wait, *most* of them at a time."""

    most: int
    is_closed: bool = field(default=False, init=False)
    _lanes: dict[Lane, deque[tuple[float, T]]] = field(factory=dict, init=False)  # the next to begin first
    _size: int = field(default=0, init=False)

    @property
    def is_full(self) -> bool:
        """Whether no more can wait."""
        return self._size >= self.most

    @property
    def is_over(self) -> bool:
        """Whether nobody waits, and nobody will."""
        return self.is_closed and not self._size

    def add(self, item: T, lane: Lane, seconds: float) -> None:
        """Let *item* wait; its task took *seconds* the last time, 0 if that is not known."""
        self._lanes.setdefault(lane, deque()).append((seconds, item))
        self._size += 1

    def close(self) -> None:
        """Take note that no more will come."""
        self.is_closed = True
        for lane, waiting in self._lanes.items():
            known = [seconds for seconds, _ in waiting if seconds]
            usual = fmean(known) if known else 0.0
            self._lanes[lane] = deque(sorted(waiting, key=lambda each: -(each[0] or usual)))  # called here

    def take(self, has_room: Callable[[TaskKind], bool]) -> tuple[T, Lane] | None:
        """Return who is next, and in which lane; None where nobody is for whom there is room."""
        for lane, waiting in self._lanes.items():
            if waiting and (lane is None or has_room(lane)):
                _, item = waiting.popleft()
                self._size -= 1
                self._lanes[lane] = self._lanes.pop(lane)  # it is the last now of those to be looked at
                return item, lane
        return None
