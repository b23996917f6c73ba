"""A result that is read once, as the database gives it: never all in memory."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from time import perf_counter

from looker_tasks.emulator.results import Column, Row, TextStyle
from looker_tasks.emulator.warehouse.fragments import Sql, readable
from looker_tasks.emulator.warehouse.lines import line

Read = Callable[[Sql], Iterator[list[Row]]]  # at least one batch, which may be empty


class RowStream:
    """The rows of one query without pivots. To be read in one thread."""

    pivots: tuple[Column, ...] = ()
    columns_truncated = False

    def __init__(
        self, sql: Sql, columns: tuple[Column, ...], types: Sequence[str], totals: Row | None, read: Read
    ) -> None:
        self.columns = columns
        self.totals = totals
        self.seconds = 0.0  # until the first row was there
        self._sql = sql
        self._types = types
        self._read = read

    @property
    def sql(self) -> str:
        """What is run, for reading."""
        return readable(self._sql)

    def batches(self) -> Iterator[Sequence[Row]]:
        """Run the query, and yield its rows."""
        return self._started(self._sql)

    def texts(self, style: TextStyle) -> Iterator[Sequence[str]]:
        """Run the query, and yield its rows as the database writes them."""
        names = ", ".join(f'"c{place}"' for place in range(len(self.columns)))
        written = (f"SELECT {line(self.columns, self._types, style)}\nFROM (\n", *self._sql, f"\n) AS r({names})")
        return ([str(text) for (text,) in batch] for batch in self._started(written))

    def _started(self, sql: Sql) -> Iterator[list[Row]]:
        began = perf_counter()
        batches = self._read(sql)
        first = next(batches)  # what the database refuses is raised here
        self.seconds = perf_counter() - began
        return chain([first], batches)
