"""Every knob of a run, in frozen values that check themselves. Times are seconds, sizes bytes."""

from typing import Any

from attrs import Attribute, field, frozen

from looker_tasks.errors import ConfigurationError


def _refusal(instance: object, attribute: "Attribute[Any]", value: object, expected: str) -> ConfigurationError:
    return ConfigurationError(f"{type(instance).__name__}.{attribute.name} is {value!r}; it must be {expected}")


def _positive(instance: object, attribute: "Attribute[Any]", value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:  # nor is NaN
        raise _refusal(instance, attribute, value, "more than 0")


def _natural(instance: object, attribute: "Attribute[Any]", value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise _refusal(instance, attribute, value, "a whole number, at least 1")


@frozen(kw_only=True)
class Backoff:
    """How long to wait after a failure: see `sansio.retrying.backoff`."""

    base: float = field(default=0.5, validator=_positive)
    cap: float = field(default=30.0, validator=_positive)


@frozen(kw_only=True)
class Cadence:
    """When to ask about a task: see `sansio.polling.learned`; its defaults are held by tests of `test_numbers.py`."""

    share: float = field(default=0.6, validator=_positive)  # of the task's age, before anything is known
    price: float = field(default=0.07, validator=_positive)  # of a call: so much delay, of a usual run time
    ceiling: float = field(default=15.0, validator=_positive)  # Looker abandons query tasks that nobody asks about


@frozen(kw_only=True)
class Retry:
    """How often one call and one task are tried (`sansio.retrying.retry`); the third budget is the deadline."""

    call_attempts: int = field(default=30, validator=_natural)  # of one call, unless it was only throttled
    task_attempts: int = field(default=2, validator=_natural)  # tasks created for one export


@frozen(kw_only=True)
class Deadlines:
    """How long things may take."""

    export: float = field(default=3600.0, validator=_positive)  # from an export's create to its file
    progress: float = field(default=1800.0, validator=_positive)  # without a change of the task's status
    expired: float = field(default=60.0, validator=_positive)  # a task that is only `expired` may yet run on
    call: float = field(default=120.0, validator=_positive)  # one call; of a download, the wait for its next bytes
    connect: float = field(default=15.0, validator=_positive)  # one connection
    stop: float = field(default=20.0, validator=_positive)  # for what still runs when the run is asked to stop


@frozen(kw_only=True)
class Limits:
    """How much at a time."""

    downloads: int = field(default=8, validator=_natural)  # large results on their way to disk at once
    download_rate: int = field(default=32 * 2**10, validator=_natural)  # bytes a second; what comes slower makes room
    in_flight: int = field(default=400, validator=_natural)  # tasks of one kind, where the limit adapts
    read_bytes: int = field(default=64 * 2**20, validator=_natural)  # a result that `read` returns; stream a larger one
    result_bytes: int = field(default=8 * 2**30, validator=_natural)  # a larger result is refused


@frozen(kw_only=True)
class Policy:
    """How a client behaves: each part has defaults that suit most."""

    backoff: Backoff = field(factory=Backoff)
    cadence: Cadence = field(factory=Cadence)
    retry: Retry = field(factory=Retry)
    deadlines: Deadlines = field(factory=Deadlines)
    limits: Limits = field(factory=Limits)
