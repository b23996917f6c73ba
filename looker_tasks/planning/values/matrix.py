"""Every combination of some values: lazy, gone through as often as wanted, counted without going through. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import TypeAlias

from attrs import field, frozen

from looker_tasks.sansio.naming import distinct_parts, safe_part


@frozen
class Record:
    """A row of a source: *columns* are the names of all its rows with their indices."""

    columns: Mapping[str, int] = field(repr=False, eq=False)
    cells: tuple[str, ...]


Value: TypeAlias = str | Record


@frozen(eq=False)
class Axis:
    """A variable and its values, each there once: texts, or records where a source binds whole rows."""

    name: str
    values: Sequence[Value]
    columns: Mapping[str, int] | None = None  # None: the values are texts
    origin: str = ""  # where the values come from, for complaints
    _parts: dict[str | None, Mapping[str, str]] = field(factory=dict, init=False, repr=False)

    def parts(self, column: str | None = None) -> Mapping[str, str]:
        """Return each value (of *column*) as it stands in file names: no two of them share theirs."""
        if column not in self._parts:
            texts = dict.fromkeys(self._texts(column))
            distinct = distinct_parts(texts)
            self._parts[column] = {text: distinct.get(text) or safe_part(text) for text in texts}
        return self._parts[column]

    def _texts(self, column: str | None) -> Iterator[str]:
        index = 0 if column is None or self.columns is None else self.columns[column]
        return (value if isinstance(value, str) else value.cells[index] for value in self.values)


@frozen(eq=False)
class Matrix:
    """Every combination of the values of *axes*; the last axis turns fastest. Without axes there is one, empty."""

    axes: Sequence[Axis] = ()

    def __len__(self) -> int:
        return prod(len(axis.values) for axis in self.axes)

    def __iter__(self) -> Iterator[tuple[Value, ...]]:
        return product(*(axis.values for axis in self.axes))
