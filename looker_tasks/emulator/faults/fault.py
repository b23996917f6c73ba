"""One fault as a value: what goes wrong, and for which calls. Decides nothing."""

from collections.abc import Iterable, Mapping
from typing import get_args

from attrs import field, frozen, validators

from looker_tasks.emulator.faults.kinds import KINDS, OWN_FIELDS, FaultKind, Stage


def _ordinals(value: int | Iterable[int]) -> tuple[int, ...]:
    return (value,) if isinstance(value, int) else tuple(value)


@frozen
class Fault:
    """One thing that goes wrong.

    *operation* and *target* are shell patterns: the one over Looker's names of operations, the other over the id of
    what is exported, and over the ids in the address. Of the calls that match, *nth* chooses some (1 is the first) and
    *probability* a share; at most *times* are struck. The other fields are read by some kinds only, as `kinds` lists;
    raises ValueError when one is given that the kind does not read.
    """

    kind: FaultKind = field(validator=validators.in_(get_args(FaultKind)))
    operation: str = "*"
    target: str = "*"
    nth: tuple[int, ...] = field(default=(), converter=_ordinals)
    probability: float = field(default=1.0, validator=[validators.ge(0.0), validators.le(1.0)])
    times: int | None = field(default=None, validator=validators.optional(validators.ge(1)))
    status: int | None = None
    retry_after: float | None = None  # seconds; None: no such header
    as_date: bool | None = None  # whether Retry-After is written as a date
    seconds: float | None = None
    size: int | None = None  # bytes
    detail: str | None = None
    body: str | None = None
    headers: Mapping[str, str] | None = None

    def __attrs_post_init__(self) -> None:
        unread = sorted(name for name in OWN_FIELDS - KINDS[self.kind].reads if getattr(self, name) is not None)
        if unread:
            raise ValueError(f"a fault of kind {self.kind!r} has no {', '.join(unread)}")

    @property
    def stage(self) -> Stage:
        """When it strikes."""
        return KINDS[self.kind].stage
