"""What driver and workers say to each other: values that pickle, sent in bundles, for a call of Ray's costs 1 ms."""

from collections.abc import Mapping
from typing import TypeAlias

from attrs import field, frozen

from looker_tasks import Assignment, Concurrency, ConfigurationError, Policy, Report, Settings


@frozen
class Setup:
    """Opens a Looker at a worker, under a number: who we are to it, and where its files go."""

    looker: int
    settings: Settings
    policy: Policy | None
    concurrency: Concurrency
    out: str
    storage: Mapping[str, str] | None = field(repr=False)  # it may hold credentials


@frozen
class Run:
    """Runs an assignment, under a number of its own."""

    number: int
    looker: int
    assignment: Assignment


@frozen
class Grant:
    """Answers `SlotNeeded`: the slot is held, or the run is asked to stop."""

    number: int
    is_held: bool


@frozen
class Cancel:
    """Cuts an assignment off."""

    number: int


@frozen
class Stop:
    """Asks all assignments of a Looker to stop."""

    looker: int


Command: TypeAlias = Setup | Run | Grant | Cancel | Stop


@frozen
class Reported:
    """What happened to an assignment."""

    number: int
    report: Report


@frozen
class SlotNeeded:
    """An assignment whose task has to be created again waits for a `Grant`."""

    number: int


@frozen
class Unfit:
    """The worker cannot write to the destination of a Looker."""

    error: ConfigurationError


Message: TypeAlias = Reported | SlotNeeded | Unfit
