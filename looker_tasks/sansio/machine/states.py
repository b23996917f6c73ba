"""The states of an export, and what is valid in each.

    state      directive           task           slot  own fields             goes on to
    ─────────  ──────────────────  ─────────────  ────  ─────────────────────  ───────────────────────────────────
    Resolving  Call look · Wait    none           held                         Creating, Ended
    Creating   Call create · Wait  none           held                         Watching, Asking, Fetching, …
    Watching   Call poll · Wait    may run        held  may_rethink            Asking, Fetching, Creating, …
    Asking     Save · Wait         may run        held  may_rethink, asked_at  Watching, Fetching, …
    Fetching   Save · Wait         has finished   free                         Watching, Asking, Creating, Ended
    Killing    Call kill           a query, runs  held  outcome                Ended
    Ended      Done                any or none    free

    … Killing where a query may run, and else Ended; a look whose task an earlier run created is resolved where it
    has to be created again.

    Resolving ──▶ Creating ──▶ Watching ◀──▶ Asking ──▶ Fetching ──▶ Ended
    (a look's      ▲             │  └───────────────────▲ │
     query)        └─────────────┴──── created again ─────┘       whatever ends it while a query may run: Killing

Watching asks for the task's status; Asking asks for its result although nobody has said that it is there, which costs
no more where it is likely, and saves a call. `Asking` becomes `Fetching` where there was a result that could not be
kept, and ends by itself where it could.
"""

from typing import ClassVar, TypeAlias

from attrs import frozen

from looker_tasks.outcomes import Outcome


@frozen
class Resolving:
    """The look is asked for its query."""

    holds_slot: ClassVar[bool] = True


@frozen
class Creating:
    """The task is created."""

    holds_slot: ClassVar[bool] = True


@frozen
class Watching:
    """The task is asked for its status, now or after a wait; one that *may_rethink* ends early when more is known."""

    may_rethink: bool = False
    holds_slot: ClassVar[bool] = True


@frozen
class Asking:
    """The task is asked for its result, at *asked_at* or after a wait, though it may run still."""

    may_rethink: bool = False
    asked_at: float = 0.0
    holds_slot: ClassVar[bool] = True


@frozen
class Fetching:
    """The task has finished: its result is fetched."""

    holds_slot: ClassVar[bool] = False


@frozen
class Killing:
    """The query is stopped on the server; then the export ends in *outcome*."""

    outcome: Outcome
    holds_slot: ClassVar[bool] = True


@frozen
class Ended:
    """The directive holds the outcome."""

    holds_slot: ClassVar[bool] = False


State: TypeAlias = Resolving | Creating | Watching | Asking | Fetching | Killing | Ended
