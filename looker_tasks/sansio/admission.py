"""Who may have a task on the server, and who is next. Knows neither clock nor server: only limits, and who waits.

All that want to begin wait in one queue, and a slot belongs to whoever holds it until it is given back. Fair between
lanes (a kind of task of one batch): of those for which there is room, the one that was served the longest ago; one
whose task has to be created again comes before all. Within a lane, as they came, until it is known that no more will
come: from then on the longest known first (the LPT rule: Graham, 1969), so that no straggler begins last. One whose
time is not known counts as usual.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from enum import Enum, auto
from itertools import count
from statistics import fmean
from typing import Generic, TypeAlias, TypeVar

from attrs import define, field

from looker_tasks.models import TaskKind
from looker_tasks.sansio.limit import Limit
from looker_tasks.sansio.machine.notes import Note, Polled, Refused

#: The kind of task that an export needs; None: none, as far as is known.
Lane: TypeAlias = TaskKind | None


class Hold(Enum):
    """How a slot stands."""

    FREE = auto()
    WAITING = auto()
    HELD = auto()


@define(eq=False)
class Source:
    """Where exports come from: a batch, or all that are exported one by one. It has bounds of its own."""

    most_in_flight: int | None = None  # within the client's limit
    most_alive: int | None = None  # begun, and the outcome not yet taken
    in_flight: int = field(default=0, init=False)
    alive: int = field(default=0, init=False)
    waiting: int = field(default=0, init=False)

    def has_room(self, lane: Lane) -> bool:
        """Whether its own bounds let one more begin."""
        if self.most_alive is not None and self.alive >= self.most_alive:
            return False
        return lane is None or self.has_room_again

    @property
    def has_room_again(self) -> bool:
        """Whether its own bounds let one that has begun have another task."""
        return self.most_in_flight is None or self.in_flight < self.most_in_flight


@define(eq=False)
class Slot:
    """What one export has, or waits for: room for a task on the server."""

    source: Source
    lane: Lane
    seconds: float = 0.0  # that its task took in an earlier run; 0: nobody knows
    state: Hold = field(default=Hold.FREE, init=False)
    has_begun: bool = field(default=False, init=False)
    ticket: int = field(default=-1, init=False)  # rises from slot to slot


@define(eq=False)
class _Room:
    """A limit and those inside."""

    limit: Limit
    inside: int = 0

    @property
    def is_free(self) -> bool:
        return self.inside < self.limit.slots


S = TypeVar("S", bound=Slot)


class Admission(Generic[S]):
    """The slots of one client. *limits* bounds each kind of tasks; two kinds may share one limit."""

    def __init__(self, limits: Mapping[TaskKind, Limit]) -> None:
        rooms = {id(limit): _Room(limit) for limit in limits.values()}
        self._rooms = {kind: rooms[id(limit)] for kind, limit in limits.items()}
        self._named = {"task": next(iter(rooms.values()))} if len(rooms) == 1 else dict(self._rooms)
        self._lanes: dict[tuple[Source, Lane], deque[S]] = {}  # the next to be served first
        self._again: deque[S] = deque()
        self._tickets = count()

    def limits(self) -> Iterator[tuple[str, int]]:
        """Give how many tasks of each kind may be in flight now; "task" where the kinds share one limit."""
        for name, room in self._named.items():
            yield name, room.limit.slots

    def ask(self, slot: S) -> None:
        """Let *slot* wait; one that has begun already comes before those that have not."""
        slot.state = Hold.WAITING
        if slot.has_begun:
            self._again.append(slot)
            return
        slot.source.waiting += 1
        self._lanes.setdefault((slot.source, slot.lane), deque()).append(slot)

    def close(self, source: Source) -> None:
        """Take note that no more will come from *source*."""
        for (of, lane), waiting in self._lanes.items():
            if of is source:
                known = [slot.seconds for slot in waiting if slot.seconds]
                usual = fmean(known) if known else 0.0
                ordered = sorted(waiting, key=lambda slot: -(slot.seconds or usual))  # called here
                self._lanes[of, lane] = deque(ordered)

    def admit(self) -> Iterator[S]:
        """Give each slot that there is room for, from now on held by who waited for it."""
        while (slot := self._next()) is not None:
            slot.state = Hold.HELD
            if not slot.has_begun:
                slot.has_begun = True
                slot.source.alive += 1
            if slot.lane is not None:
                room = self._rooms[slot.lane]
                slot.ticket = next(self._tickets)
                slot.source.in_flight += 1
                room.inside += 1
                room.limit.entered(slot.ticket)
            yield slot

    def release(self, slot: S) -> None:
        """Take back what *slot* holds, or its turn."""
        if slot.state is Hold.WAITING:
            self._withdraw(slot)
        elif slot.state is Hold.HELD and slot.lane is not None:
            room = self._rooms[slot.lane]
            slot.source.in_flight -= 1
            room.inside -= 1
            room.limit.left(slot.ticket)
        slot.state = Hold.FREE

    def waiting(self, source: Source) -> list[S]:
        """Return all that wait, of *source*."""
        lanes = [*(slots for (of, _), slots in self._lanes.items() if of is source), self._again]
        return [slot for slots in lanes for slot in slots if slot.source is source]

    def learn(self, slot: S, note: Note, now: float) -> bool:
        """Let the limits learn from what happened to the task of *slot* at *now*; return whether it concerns them."""
        match note:
            case Polled(stage=stage) if slot.state is Hold.HELD and slot.lane is not None:
                self._rooms[slot.lane].limit.seen(slot.ticket, stage)
            case Refused(kind=kind, pause=pause):
                self._rooms[kind].limit.refused(now, pause)
            case _:
                return False
        return True

    def _next(self) -> S | None:
        for slot in self._again:
            if slot.source.has_room_again and self._is_free(slot.lane):
                self._again.remove(slot)
                return slot
        for (source, lane), waiting in self._lanes.items():
            if source.has_room(lane) and self._is_free(lane):
                slot = waiting.popleft()
                source.waiting -= 1
                del self._lanes[source, lane]
                if waiting:
                    self._lanes[source, lane] = waiting  # it is the last now of those to be looked at
                return slot
        return None

    def _is_free(self, lane: Lane) -> bool:
        return lane is None or self._rooms[lane].is_free

    def _withdraw(self, slot: S) -> None:
        if slot.has_begun:
            self._again.remove(slot)
            return
        waiting = self._lanes[slot.source, slot.lane]
        waiting.remove(slot)
        slot.source.waiting -= 1
        if not waiting:
            del self._lanes[slot.source, slot.lane]
