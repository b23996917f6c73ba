"""What a query gives: columns and rows, in memory or read once. Values alone."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Literal, Protocol

from attrs import field, frozen

FieldKind = Literal["dimension", "measure"]
FieldType = Literal["string", "number", "date", "yesno"]
Value = str | int | float | Decimal | bool | None
Row = tuple[Value, ...]
CellStyle = Literal["plain", "formatted", "detailed"]  # 12.5, "$12.50", {"value": 12.5, "rendered": "$12.50"}
BATCH = 2_000  # rows that are in memory at once, of a result that need not be in memory


@frozen
class Lookml:
    """What a model says of a field beside its name: the words under which Looker's answers describe it."""

    type: str = ""  # "date_month", "count_distinct", "sum"; "": the same as the field's plain type
    sql: str | None = None
    description: str | None = None
    hidden: bool = False
    group: str | None = None  # of a timeframe: its dimension group, "orders.created"
    group_label: str | None = None  # "Created Date"
    variant: str = ""  # "Month"; of a field without a group its short label, "Total Revenue"
    calculation: str | None = None  # of a table calculation: its expression
    is_of_measures: bool = False  # of a table calculation: whether it has measures in it


@frozen
class Column:
    """One column of a result: a field of the explore, or a measure for one value of the pivots."""

    name: str  # "orders.total_revenue"; pivoted "West - orders.total_revenue", as Looker names a series
    label: (
        str  # "Orders Total Revenue"; pivoted "West - Orders Total Revenue", or "West" where one measure stands alone
    )
    kind: FieldKind
    type: FieldType
    value_format: str | None = None  # "$#,##0.00"
    measure: "Column | None" = None  # of a pivoted column: the measure itself
    pivots: tuple[Value, ...] = ()  # of a pivoted column: the value of each pivot dimension
    lookml: Lookml = field(factory=Lookml)


@frozen
class TextStyle:
    """How a row becomes text: an object of JSON, or a line of cells with a *delimiter* between them."""

    cells: CellStyle
    delimiter: Literal[",", "\t"] | None = None


class Table(Protocol):
    """The result of a query: its columns, and its rows in batches, in memory or as the database gives them."""

    @property
    def columns(self) -> tuple[Column, ...]:
        """One for each value of a row."""
        ...

    @property
    def sql(self) -> str:
        """What was run, for reading."""
        ...

    @property
    def seconds(self) -> float:
        """How long the database took."""
        ...

    @property
    def pivots(self) -> tuple[Column, ...]:
        """The dimensions that became columns."""
        ...

    @property
    def totals(self) -> Row | None:
        """A value a column (None under dimensions), if the query asks for totals."""
        ...

    @property
    def columns_truncated(self) -> bool:
        """Whether pivoted columns beyond the limit were left out."""
        ...

    def batches(self) -> Iterator[Sequence[Row]]:
        """Yield the rows, some at a time."""
        ...

    def texts(self, style: TextStyle) -> Iterator[Sequence[str]] | None:
        """Yield the rows as texts, where whoever has them can write them in *style*; else None."""
        ...


@frozen
class Rows:
    """A result in memory.

    A value is as Looker writes it: a date "2026-06-30", a moment "2026-06-30 18:05:09", a month "2026-06", a yesno
    "Yes" or "No", a number exact (an integer of any size, a decimal with all its digits).
    """

    columns: tuple[Column, ...]
    values: tuple[Row, ...]
    sql: str
    seconds: float
    pivots: tuple[Column, ...] = ()
    totals: Row | None = None
    columns_truncated: bool = False

    def batches(self) -> Iterator[Sequence[Row]]:
        """Yield the rows, some at a time."""
        return (self.values[at : at + BATCH] for at in range(0, len(self.values), BATCH))

    def texts(self, style: TextStyle) -> None:
        """Leave the writing to the reader."""
