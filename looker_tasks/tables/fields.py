"""What the metadata of a `json_bi` result tells of its columns (JsonBiMetadata of API 4.0). Pure, and without Arrow.

A field's type is LookML's (`number`, `count`, `date_date`, `date_time`, `yesno` …); its family is what that type lets
its values be. Table calculations have no type: their family is "any", and their values decide.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from attrs import field, frozen

from looker_tasks.tables.errors import TableError

Family = Literal["any", "average", "date", "number", "text", "time", "yesno"]

_NO_VALUE = "∅"  # Looker's sign for a missing value of a pivot
_BETWEEN_KEYS = "|FIELD|"  # Looker's own between the values of several pivots
_ROW_TOTALS = "Row Totals"

_FAMILIES: Mapping[Family, str] = {  # and their types
    # Computed as doubles by databases; what else is a number may be an exact one.
    "average": (
        "average average_distinct median median_distinct percentile percentile_distinct "
        "percent_of_previous percent_of_total"
    ),
    # A month is written as 2026-06, a week as its first day: what the values are decides.
    "date": "date date_date date_week date_month date_quarter date_fiscal_quarter date_raw",
    "number": (
        "number int count count_distinct sum sum_distinct min max running_total distance period_over_period "
        "date_year date_fiscal_year date_month_num date_fiscal_month_num date_week_of_year date_day_of_year "
        "date_day_of_month date_day_of_week_index date_hour_of_day"
    ),
    "text": (
        "string zipcode tier bin location list unquoted date_month_name date_day_of_week date_time_of_day "
        "date_quarter_of_year date_fiscal_quarter_of_year"
    ),
    "time": "time datetime date_time",
    "yesno": "yesno",
}
_FAMILY_OF_TYPE: Mapping[str, Family] = {name: family for family, names in _FAMILIES.items() for name in names.split()}
_FAMILY_OF_BEGINNING: Mapping[str, Family] = {  # date_minute15, date_hour6, duration_day …
    "date_hour": "time",
    "date_minute": "time",
    "date_second": "time",
    "date_millisecond": "time",
    "date_microsecond": "time",
    "duration_": "number",
}


def family_of(type_name: str | None) -> Family:
    """Return what values of LookML's type *type_name* may be; "any" for a type that is not known."""
    if type_name is None:
        return "any"
    if family := _FAMILY_OF_TYPE.get(type_name):
        return family
    return next((family for begins, family in _FAMILY_OF_BEGINNING.items() if type_name.startswith(begins)), "any")


@frozen
class Field:
    """One field of the result: a dimension, a measure or a table calculation."""

    name: str  # "orders.total_revenue"
    type: str | None = None  # LookML's; None: a table calculation, or a field that the metadata does not have
    facts: Mapping[str, str] = field(factory=dict, eq=False)  # label, description …, as the metadata has them

    @property
    def family(self) -> Family:
        """What its values may be."""
        return family_of(self.type)


@frozen
class Pivot:
    """One value of the pivots, or one combination of their values."""

    key: str  # under which a row holds its cells
    name: str  # as Looker names a series of it: "West", "West - 2026", "∅" for a missing value


@frozen
class Metadata:
    """What the metadata tells of the rows."""

    dimensions: tuple[Field, ...] = ()
    measures: tuple[Field, ...] = ()
    calculations: tuple[Field, ...] = ()
    pivots: tuple[Pivot, ...] = ()
    has_totals: bool = False  # then the last row holds the totals
    timezone: str | None = None
    notes: tuple[str, ...] = ()  # what a reader of the table should know

    @property
    def fields(self) -> tuple[Field, ...]:
        """All fields, in the order of Looker's own downloads."""
        return (*self.dimensions, *self.measures, *self.calculations)


def read_metadata(raw: bytes) -> Metadata:
    """Read the member `metadata` of a json_bi result. Raises TableError, also where it holds the query's errors."""
    try:
        value = json.loads(raw)
        json.dumps(value, ensure_ascii=False).encode()  # names with half of a surrogate pair can be nowhere
    except (ValueError, RecursionError) as error:
        raise TableError(f"its metadata is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise TableError("its metadata is no object")
    warnings = warnings_of(value.get("errors"))
    fields = _object(value.get("fields"), "fields")
    return Metadata(
        dimensions=_fields(fields, "dimensions"),
        measures=_fields(fields, "measures"),
        calculations=_fields(fields, "table_calculations"),
        pivots=tuple(_pivots(_list(value.get("pivots"), "pivots"), _fields(fields, "pivots"))),
        has_totals=value.get("has_totals") is True,
        timezone=next(
            (zone for key in ("timezone", "query_timezone") if isinstance(zone := value.get(key), str)), None
        ),
        notes=(*warnings, *_notes(value)),
    )


def warnings_of(errors: object) -> tuple[str, ...]:
    """Return the messages of *errors* (of json_detail and json_bi) that are warnings; raises TableError for others.

    Since release 26.14 Looker puts warnings there as well, with `"fatal": false`.
    """
    if not errors:
        return ()
    entries = errors if isinstance(errors, list) else [errors]
    for entry in entries:
        if not (isinstance(entry, dict) and entry.get("fatal") is False):
            raise TableError(message_of(entry), is_query_error=True)
    return tuple(message_of(entry) for entry in entries)


def message_of(error: object) -> str:
    """Return the text of an *error* that Looker put into a result, in one line."""
    if isinstance(error, dict):
        parts = [error[key] for key in ("message", "message_details", "error") if isinstance(error.get(key), str)]
        error = " ".join(parts) or json.dumps(error)
    return " ".join(str(error or "").split()) or "the query failed, and Looker gives no reason"


def _notes(metadata: Mapping[str, Any]) -> Iterator[str]:
    if metadata.get("has_totals") is True:
        yield "the row of totals is left out: it is no row of the data"
    if metadata.get("has_subtotals") is True:
        yield "the query has subtotals: Looker does not tell their rows from others, so none is left out"
    truncated = metadata.get("columns_truncated")
    if truncated not in (None, False, "", "no", "false"):
        yield f"Looker left out columns beyond its limit (columns_truncated: {truncated})"


def _object(value: object, name: str) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise TableError(f"its metadata is not as promised: {name} is no object")
    return value


def _list(value: object, name: str) -> Sequence[Any]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise TableError(f"its metadata is not as promised: {name} is no list")
    return value


def _fields(fields: Mapping[str, Any], category: str) -> tuple[Field, ...]:
    found: dict[str, Field] = {}  # a field that is listed twice is one column: a row has one cell of that name
    for position, entry in enumerate(_list(fields.get(category), f"fields.{category}")):
        facts = _object(entry, f"fields.{category}[{position}]")
        name = facts.get("name") or facts.get("label")  # the name of a table calculation may be null
        if not isinstance(name, str):
            raise TableError(f"its metadata is not as promised: fields.{category}[{position}] has no name")
        type_name = facts.get("type")
        found.setdefault(name, Field(name, type_name if isinstance(type_name, str) else None, _facts(facts)))
    return tuple(found.values())


def _facts(entry: Mapping[str, Any]) -> dict[str, str]:
    kept = ("name", "label", "description", "type", "category", "view", "view_label", "value_format", "hidden")
    values = {key: entry[key] for key in kept if entry.get(key) is not None}
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}


def _pivots(entries: Sequence[Any], fields: Sequence[Field]) -> Iterator[Pivot]:
    for position, entry in enumerate(entries):
        facts = _object(entry, f"pivots[{position}]")
        key = facts.get("key")
        if not isinstance(key, str):
            raise TableError(f"its metadata is not as promised: pivots[{position}] has no key")
        if facts.get("is_total") is True:
            yield Pivot(key, _ROW_TOTALS)
            continue
        values = _object(facts.get("data"), f"pivots[{position}].data")
        names = [each.name for each in fields if each.name in values] or list(values)
        yield Pivot(key, " - ".join(_pivot_value(values[name]) for name in names) or pivot_name(key))


def pivot_name(key: str) -> str:
    """Return how a pivot is named of which only the *key* is known."""
    return " - ".join(key.split(_BETWEEN_KEYS))


def _pivot_value(value: object) -> str:
    if value is None:
        return _NO_VALUE
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
