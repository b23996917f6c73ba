"""Admission: who is next, and who holds what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from looker_tasks.sansio.admission import Admission, Hold, Lane, Slot, Source
from looker_tasks.sansio.limit import AdaptiveLimit, FixedLimit
from looker_tasks.sansio.machine.notes import Polled, Refused
from looker_tasks.sansio.protocol.statuses import Stage


def admission(render: int = 100, query: int = 100) -> Admission[Slot]:
    """Return an admission with so much room for each kind."""
    return Admission({"render": FixedLimit(render), "query": FixedLimit(query)})


def waiting(order: Admission[Slot], *rows: tuple[str, Lane, float], source: Source | None = None) -> dict[int, str]:
    """Let these wait, of one source, and return their names by their slots."""
    source = source or Source()
    names = {}
    for name, lane, seconds in rows:
        slot = Slot(source, lane, seconds)
        names[id(slot)] = name
        order.ask(slot)
        _KEPT.append(slot)  # so that no id serves twice
    return names


_KEPT: list[Slot] = []


def admitted(order: Admission[Slot], names: dict[int, str]) -> list[str]:
    """Return the names of all that there is room for now, in turn."""
    return [names[id(slot)] for slot in order.admit()]


def test_as_long_as_more_come_it_is_first_come_first_served() -> None:
    """Whatever is known of how long they take: the longest may be yet to come."""
    order = admission()
    names = waiting(order, ("a", "render", 1.0), ("b", "render", 9.0), ("c", "render", 5.0))
    assert admitted(order, names) == ["a", "b", "c"]


def test_where_no_more_come_the_longest_known_is_first() -> None:
    """No straggler starts last; one whose time is not known is as long as usual, and equals keep their turn."""
    order, source = admission(), Source()
    rows = [("a", 1.0), ("b", 0.0), ("c", 9.0), ("d", 0.0), ("e", 2.0)]
    names = waiting(order, *((name, "render", seconds) for name, seconds in rows), source=source)
    others = waiting(order, ("x", "query", 1.0), ("y", "query", 2.0))
    order.close(source)
    assert [name for name in admitted(order, names | others) if name not in "xy"] == ["c", "b", "d", "e", "a"]


def test_where_nothing_is_known_they_keep_their_turn() -> None:
    """As a manifest has them."""
    order, source = admission(), Source()
    names = waiting(order, *((str(number), "query", 0.0) for number in range(9)), source=source)
    order.close(source)
    assert admitted(order, names) == [str(number) for number in range(9)]


def test_kinds_and_sources_take_turns() -> None:
    """A long batch of queries keeps neither the renderer waiting nor whoever asks for a single export."""
    order = admission()
    names = waiting(order, *((f"q{number}", "query", 0.0) for number in range(3)))
    names |= waiting(order, ("r0", "render", 0.0), ("r1", "render", 0.0))
    names |= waiting(order, ("single", "query", 0.0))
    assert admitted(order, names) == ["q0", "r0", "single", "q1", "r1", "q2"]


def test_only_who_finds_room_is_admitted() -> None:
    """A full renderer does not hold queries back."""
    order = admission(render=1)
    names = waiting(order, ("r0", "render", 0.0), ("r1", "render", 0.0), ("q", "query", 0.0))
    assert admitted(order, names) == ["r0", "q"]


def test_what_needs_no_task_needs_no_room() -> None:
    """What an earlier run has made is told at once, as long as somebody takes outcomes."""
    order = admission(render=1)
    source = Source(most_alive=3)
    names = waiting(order, ("r0", "render", 0.0), ("r1", "render", 0.0), source=source)
    names |= waiting(order, *((f"done{number}", None, 0.0) for number in range(5)), source=source)
    assert admitted(order, names) == ["r0", "done0", "done1"]
    source.alive -= 1
    assert admitted(order, names) == ["done2"]


def test_a_source_has_its_own_bound_within_the_limit() -> None:
    """A batch leaves to others what it may not have."""
    order = admission(render=3)
    names = waiting(order, *((f"a{number}", "render", 0.0) for number in range(5)), source=Source(most_in_flight=1))
    names |= waiting(order, *((f"b{number}", "render", 0.0) for number in range(5)))
    assert admitted(order, names) == ["a0", "b0", "b1"]


def test_one_whose_task_is_created_again_comes_before_all() -> None:
    """It has waited for its turn already; one that has begun needs room for a task and nothing else."""
    order = admission(render=1)
    source = Source(most_alive=1)
    first = Slot(source, "render")
    order.ask(first)
    names = waiting(order, ("next", "render", 0.0)) | {id(first): "first"}
    assert admitted(order, names) == ["first"]
    order.release(first)
    order.ask(first)
    assert admitted(order, names) == ["first"]
    assert source.alive == 1


def test_one_that_waits_again_for_the_other_kind_holds_nobody_up() -> None:
    """It is first where there is room for it, and only there."""
    order = admission(render=1, query=1)
    query, render = Slot(Source(), "query"), Slot(Source(), "render")
    order.ask(query)
    order.ask(render)
    assert len(list(order.admit())) == 2
    order.release(query)
    names = waiting(order, ("q", "query", 0.0)) | {id(query): "again"}
    assert admitted(order, names) == ["q"]
    order.ask(query)
    order.release(render)
    names |= waiting(order, ("r", "render", 0.0))
    assert admitted(order, names) == ["r"]


def test_who_stops_waiting_is_not_admitted() -> None:
    """Of several, as the only one of its lane, and as one whose task was to be created again."""
    order, source = admission(render=1), Source()
    first, second, third = (Slot(source, "render") for _ in range(3))
    for slot in (first, second, third):
        order.ask(slot)
    order.release(second)
    assert list(order.admit()) == [first]
    order.release(third)
    assert (source.waiting, list(order.admit())) == (0, [])
    order.release(first)
    order.ask(first)
    order.release(first)
    assert (first.state, source.in_flight, list(order.admit())) == (Hold.FREE, 0, [])
    order.release(first)
    assert first.state is Hold.FREE


def test_limits_are_named_by_kind_or_together() -> None:
    """Where one limit serves both kinds it is the tasks' own."""
    assert dict(admission(3, 4).limits()) == {"render": 3, "query": 4}
    both = FixedLimit(7)
    assert dict(Admission[Slot]({"render": both, "query": both}).limits()) == {"task": 7}


def test_learn_takes_stages_of_those_inside_and_refusals_of_their_kind() -> None:
    """A task seen started lets others in; a refused create halves the limit of its kind alone."""
    order: Admission[Slot] = Admission({"render": AdaptiveLimit(100), "query": AdaptiveLimit(100)})
    slot = Slot(Source(), "render")
    first = dict(order.limits())
    assert not order.learn(slot, Polled("t", "rendering", Stage.STARTED), 1.0)
    assert dict(order.limits()) == first
    order.ask(slot)
    list(order.admit())
    assert order.learn(slot, Polled("t", "rendering", Stage.STARTED), 1.0)
    grown = dict(order.limits())
    assert grown["render"] > first["render"]
    assert grown["query"] == first["query"]
    assert order.learn(slot, Refused("render", 1.0), 2.0)
    assert order_limits(order) == {"render": 1, "query": first["query"]}


def order_limits(order: Admission[Slot]) -> dict[str, int]:
    """Return the limits by kind."""
    return dict(order.limits())


class AnyUse(RuleBasedStateMachine):
    """Slots of several sources that ask, are admitted, give back and give up in any sequence."""

    @initialize(render=st.integers(1, 3), query=st.integers(1, 3), bound=st.none() | st.integers(1, 2))
    def begin(self, render: int, query: int, bound: int | None) -> None:
        """Begin with an empty admission."""
        self.room = {"render": render, "query": query}
        self.order = admission(render, query)
        self.sources = [Source(bound, 3), Source()]
        self.slots: list[Slot] = []

    @rule(source=st.integers(0, 1), lane=st.sampled_from(["render", "query", None]), seconds=st.floats(0, 9))
    def ask(self, source: int, lane: Lane, seconds: float) -> None:
        """Let one more wait."""
        slot = Slot(self.sources[source], lane, seconds)
        self.slots.append(slot)
        self.order.ask(slot)

    @rule()
    def admit(self) -> None:
        """Admit all that there is room for."""
        for slot in self.order.admit():
            assert slot.state is Hold.HELD

    @precondition(lambda self: self.slots)
    @rule(which=st.integers(0, 99), again=st.booleans())
    def release(self, which: int, again: bool) -> None:
        """Give one back, held or waiting; it may ask again."""
        slot = self.slots[which % len(self.slots)]
        self.order.release(slot)
        if again and slot.has_begun:
            self.order.ask(slot)

    @rule(source=st.integers(0, 1))
    def close(self, source: int) -> None:
        """Sort what waits."""
        self.order.close(self.sources[source])

    @precondition(lambda self: self.sources[0].alive > 0)
    @rule()
    def take(self) -> None:
        """Take an outcome."""
        self.sources[0].alive -= 1

    @invariant()
    def nobody_is_lost_and_no_bound_is_passed(self) -> None:
        """See that what is held, waits and is free adds up, for each source and each kind."""
        for source in getattr(self, "sources", []):
            mine = [slot for slot in self.slots if slot.source is source]
            held = [slot for slot in mine if slot.state is Hold.HELD and slot.lane is not None]
            assert source.in_flight == len(held)
            assert source.most_in_flight is None or source.in_flight <= source.most_in_flight
            queued = [slot for slot in mine if slot.state is Hold.WAITING]
            assert set(map(id, self.order.waiting(source))) == set(map(id, queued))
            assert source.waiting == sum(not slot.has_begun for slot in queued)
        for kind, room in getattr(self, "room", {}).items():
            assert sum(slot.state is Hold.HELD and slot.lane == kind for slot in self.slots) <= room


TestAnyUse = AnyUse.TestCase


def test_those_that_wait_are_known_by_their_source() -> None:
    """Whatever their lane; those of another source are not among them."""
    order, mine, other = admission(), Source(), Source()
    slots = [Slot(mine, "render", 1.0), Slot(other, "render", 2.0), Slot(mine, "query", 3.0)]
    for slot in slots:
        order.ask(slot)
    assert [slots.index(slot) for slot in order.waiting(mine)] == [0, 2]


@pytest.mark.parametrize("closes", [True, False])
@given(rows=st.lists(st.tuples(st.sampled_from(["render", "query", None]), st.floats(0, 1e6)), max_size=40))
def test_each_is_admitted_once(closes: bool, rows: list[tuple[Lane, float]]) -> None:
    """Whatever waits, in whatever sequence it comes."""
    order, source = admission(), Source()
    names = waiting(order, *((str(number), lane, secs) for number, (lane, secs) in enumerate(rows)), source=source)
    if closes:
        order.close(source)
    assert sorted(admitted(order, names)) == sorted(names.values())
    assert order.waiting(source) == []
