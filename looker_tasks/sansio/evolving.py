"""`attrs.evolve` for values that change at every step of every export: a copy, without another call of `__init__`.

A step of a lifecycle makes several; by attrs' own they were a tenth of all the time that a run of small tasks takes.
Only for classes without slots, validators and converters. Types see attrs' own, whose fields mypy checks.
"""

from typing import TYPE_CHECKING, Any, TypeVar

T = TypeVar("T")

if TYPE_CHECKING:
    from attrs import evolve as evolve  # noqa: PLC0414  # exported
else:

    def evolve(value: T, **changes: Any) -> T:  # noqa: ANN401  # as the fields are
        """Return *value* with other values for the fields named."""
        new = object.__new__(value.__class__)
        object.__setattr__(new, "__dict__", value.__dict__ | changes)
        return new
