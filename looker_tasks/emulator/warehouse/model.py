"""A model in the manner of LookML: explores over joined tables, and their fields. Values alone."""

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Literal

from attrs import define, evolve, field, frozen

from looker_tasks.emulator.results import Column, FieldKind, FieldType, Lookml

Timeframe = str  # "time", "date", "week", "month", "year", "month_name", "day_of_week"
MeasureType = Literal["count", "count_distinct", "sum", "average", "min", "max", "number"]

_TIMEFRAMES: Mapping[Timeframe, tuple[FieldType, str]] = {
    "time": ("date", "strftime({}, '%Y-%m-%d %H:%M:%S')"),
    "date": ("date", "strftime({}, '%Y-%m-%d')"),
    "week": ("date", "strftime(date_trunc('week', {}), '%Y-%m-%d')"),
    "month": ("date", "strftime({}, '%Y-%m')"),
    "year": ("number", "year({})"),
    "month_name": ("string", "monthname({})"),
    "day_of_week": ("string", "dayname({})"),
}
_AGGREGATES: Mapping[MeasureType, str] = {
    "count_distinct": "COUNT(DISTINCT {})",
    "sum": "SUM({})",
    "average": "AVG({})",
    "min": "MIN({})",
    "max": "MAX({})",
}
_TIMEFRAME_ORDER: Mapping[Timeframe, str] = {"month_name": "month({})", "day_of_week": "isodow({})"}


@frozen
class Field:
    """A dimension or a measure of an explore."""

    name: str  # "orders.total_revenue"
    label: str  # "Orders Total Revenue"
    kind: FieldKind
    type: FieldType
    sql: str  # over the views of the explore: "orders.sale_price", "SUM(orders.sale_price)"
    value_format: str | None = None  # as in a spreadsheet: "$#,##0.00"
    day: str | None = None  # of a timeframe: the date itself, which filters look at
    order: str | None = None  # what it is sorted by, where not by itself
    is_key: bool = False  # whether no two rows of its view share a value of it
    lookml: Lookml = field(factory=Lookml)

    @property
    def view(self) -> str:
        """The view that it belongs to."""
        return self.name.partition(".")[0]

    def described(self, description: str, *, hidden: bool = False) -> "Field":
        """Make the same field with a *description*, *hidden* from the field picker or not."""
        return evolve(self, lookml=evolve(self.lookml, description=description, hidden=hidden))

    def as_column(self) -> Column:
        """Describe the column that it makes in a result."""
        return Column(self.name, self.label, self.kind, self.type, self.value_format, lookml=self.lookml)


@define(slots=False, frozen=True)  # a cached property needs the dictionary
class Explore:
    """Fields of a base view and of the views joined to it, each row of the base at most once."""

    name: str
    label: str
    fields: tuple[Field, ...]
    joins: Mapping[str, str] = field(factory=dict)  # view → condition, in the order of the joins
    view_name: str | None = None  # the base view; None: that of its own name

    @property
    def base(self) -> str:
        """The view that its rows are of."""
        return self.view_name or self.name

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """The fields by their names."""
        return {each.name: each for each in self.fields}


@frozen
class Model:
    """The explores that a client names as `model` and `view`."""

    name: str
    label: str
    explores: tuple[Explore, ...]

    def explore(self, name: str) -> Explore | None:
        """Find an explore by its name."""
        return next((each for each in self.explores if each.name == name), None)


@frozen
class View:
    """Makes the fields of one table, labelled as Looker labels them: "Orders Total Revenue"."""

    name: str

    def dimension(
        self,
        name: str,
        type_: FieldType = "string",
        *,
        sql: str | None = None,
        value_format: str | None = None,
        is_key: bool = False,
    ) -> Field:
        """Make a dimension; without *sql* it is the column of its name."""
        expression = sql or f"{self.name}.{name}"
        label, day = self._label(name), None
        lookml = Lookml(type_, expression, variant=_words(name))
        if type_ == "date":
            day = f"CAST({expression} AS DATE)"
            expression = _TIMEFRAMES["date"][1].format(day)
            lookml = evolve(lookml, type="date_date")
        if type_ == "yesno":
            expression = f"CASE WHEN {expression} THEN 'Yes' ELSE 'No' END"
            label = f"{label} (Yes / No)"
        full_name = f"{self.name}.{name}"
        return Field(
            full_name, label, "dimension", type_, expression, value_format, day=day, is_key=is_key, lookml=lookml
        )

    def timeframes(self, group: str, *timeframes: Timeframe, sql: str | None = None) -> tuple[Field, ...]:
        """Make a dimension group: one dimension a timeframe of the date *sql*."""
        day = sql or f"{self.name}.{group}"
        return tuple(self._timeframe(group, timeframe, day) for timeframe in timeframes)

    def column(self, column: str, database_type: str) -> tuple[Field, ...]:
        """Make the dimensions of a table's column from its type: timeframes of a date, else one of its name."""
        name = field_name(column)
        sql = f'{self.name}."{column}"'
        if database_type == "DATE" or database_type.startswith("TIMESTAMP"):
            group = name.removesuffix("_at").removesuffix("_on").removesuffix("_date")
            if database_type == "TIMESTAMP WITH TIME ZONE":
                sql = f"make_timestamp(epoch_us({sql}))"  # in UTC, whatever the zone of the session
            days = self.timeframes(group, "date", "week", "month", "year", sql=f"CAST({sql} AS DATE)")
            return days if database_type == "DATE" else (*self.timeframes(group, "time", sql=sql), *days)
        if database_type == "BOOLEAN":
            return (self.dimension(name, "yesno", sql=sql),)
        if database_type.startswith("DECIMAL") or database_type in {"FLOAT", "DOUBLE"} or "INT" in database_type:
            return (self.dimension(name, "number", sql=sql),)
        return (self.dimension(name, sql=f"CAST({sql} AS VARCHAR)" if database_type != "VARCHAR" else sql),)

    def aggregate(self, type_: MeasureType, name: str, of: str, value_format: str | None = "#,##0") -> Field:
        """Make a measure of a type that says how the expression *of* a row is aggregated."""
        return self.measure(name, _AGGREGATES[type_].format(of), value_format, type_=type_)

    def measure(
        self, name: str, sql: str, value_format: str | None = "#,##0", *, type_: MeasureType = "number"
    ) -> Field:
        """Make a measure from an aggregate expression."""
        lookml = Lookml(type_, sql, variant=_words(name))
        return Field(f"{self.name}.{name}", self._label(name), "measure", "number", sql, value_format, lookml=lookml)

    def _timeframe(self, group: str, timeframe: Timeframe, day: str) -> Field:
        type_, template = _TIMEFRAMES[timeframe]
        name = f"{group}_{timeframe}"
        order = _TIMEFRAME_ORDER.get(timeframe)
        return Field(
            f"{self.name}.{name}",
            self._label(name),
            "dimension",
            type_,
            template.format(day),
            day=None if order else f"CAST({day} AS DATE)" if timeframe == "time" else day,
            order=order.format(day) if order else None,
            lookml=Lookml(
                f"date_{timeframe}",
                day,
                group=f"{self.name}.{group}",
                group_label=f"{_words(group)} Date",
                variant=_words(timeframe),
            ),
        )

    def _label(self, name: str) -> str:
        return _words(f"{self.name}_{name}")


def _words(name: str) -> str:
    return " ".join(word.upper() if word == "id" else word.capitalize() for word in name.split("_"))


def field_name(column: str) -> str:
    """Make a field's name of a column's: "Sale Price ($)" is sale_price."""
    return re.sub(r"\W+", "_", column.lower()).strip("_")


def flat(*fields: Field | Sequence[Field]) -> tuple[Field, ...]:
    """Put fields and groups of fields into one tuple, in their order."""
    return tuple(one for each in fields for one in ((each,) if isinstance(each, Field) else each))
