"""From a row to its Export: what the row says, what the defaults add, and which keys its kind has. Pure.

Null is the same as absent, and in a row it takes a default away; under `filters` it is refused.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from looker_tasks.errors import InvalidExport
from looker_tasks.exports import QUERY_TASK_OPTIONS, Export, FilterValue
from looker_tasks.formats import DATA_FORMATS, FORMAT_OPTIONS, IMAGE_FORMATS
from looker_tasks.manifest.addresses import without_address
from looker_tasks.manifest.keys import ATTRIBUTES, EXPORTS, KEYS, key_of
from looker_tasks.manifest.readers import REMOVED, Exact, RawFilter
from looker_tasks.manifest.rows import is_null, shown
from looker_tasks.sansio.protocol.filter_expressions import FilterType, literal

_SOME_KEYS = "expected one such as dashboard, format, name, filters"


def to_export(
    row: Mapping[str, object], defaults: Mapping[str, Any], filter_types: Mapping[str, FilterType] | None = None
) -> Export:
    """Make the Export that *row* asks for, with *defaults* (as `read_defaults` gives them) where it says nothing.

    *filter_types* has the types of the dashboard's filters by title, where they are known: literals depend on them.
    Raises `InvalidExport` naming the row's key.
    """
    own = read_values(without_address(row))
    kind = kind_of(own) or kind_of(defaults)
    if kind is None:
        raise InvalidExport("one of them must be there", field="dashboard, look, query or element")
    values = checked_values(own, defaults, kind)
    if "filters" in values:
        values["filters"] = expressions(values["filters"], filter_types or {})
    return make_export(kind, values, own)


def checked_values(own: Mapping[str, Any], defaults: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """Return what a row says, over what *defaults* add, for an export of *kind*.

    Raises `InvalidExport` where the kind has no such key, or no format is there.
    """
    values = merged(own, defaults, kind)
    for key in values:
        if key not in ATTRIBUTES[kind]:
            having = " and ".join(other for other in EXPORTS if key in ATTRIBUTES[other])
            raise InvalidExport(f"no {kind} has one{f'; only {having}' if having else ''}", field=key)
    if "format" not in values:
        raise InvalidExport("it is missing; expected one such as pdf, png, csv", field="format")
    return values


def make_export(kind: str, values: Mapping[str, Any], own: Mapping[str, Any]) -> Export:
    """Make the export that *values* stand for, saying of a wrong one whether the row's *own* was wrong."""
    try:
        return EXPORTS[kind](**{ATTRIBUTES[kind][key].name: value for key, value in values.items()})
    except InvalidExport as wrong:
        origin = "" if key_of(wrong.field) in own else " (from the defaults)"
        hint = _hint(kind, wrong.field, values)
        raise InvalidExport(f"{wrong.message}{hint}{origin}", field=wrong.field) from None


def merged(own: Mapping[str, Any], defaults: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """Return a row's values over those defaults that an export of *kind* can have; filters one by one."""
    result_format = own.get("format") or defaults.get("format")
    values = {key: value for key, value in defaults.items() if _has(kind, key, result_format)}
    values.update(own)
    if "filters" in own and "filters" in defaults:
        if own["filters"] is None:
            raise InvalidExport("there is nothing; expected {} or a mapping of titles to values", field="filters")
        values["filters"] = {**defaults["filters"], **own["filters"]}
    return {key: value for key, value in values.items() if value is not None}


def expressions(filters: Mapping[str, RawFilter], filter_types: Mapping[str, FilterType]) -> dict[str, FilterValue]:
    """Return the filter expressions of *filters*; texts that are to be matched exactly are quoted by type."""
    return {
        title: _quoted(title, value, filter_types) if isinstance(value, Exact) else value
        for title, value in filters.items()
        if value is not REMOVED
    }


def _quoted(title: str, exact: Exact, filter_types: Mapping[str, FilterType]) -> str:
    try:
        return literal(exact.text, filter_types.get(title, "string"))
    except InvalidExport as wrong:
        raise InvalidExport(f"{shown(title)}: {wrong.message}", field="filters") from None


def read_defaults(defaults: Mapping[str, object]) -> Mapping[str, Any]:
    """Check what all rows have in common. Raises `InvalidExport` naming the key."""
    values = {key: value for key, value in read_values(without_address(defaults)).items() if value is not None}
    kind_of(values)
    return values


def kind_of(values: Mapping[str, Any]) -> str | None:
    """Return which of dashboard, look, query and element stands there. Raises `InvalidExport` for two of them."""
    named = [kind for kind in EXPORTS if values.get(kind) is not None]
    if len(named) > 1:
        raise InvalidExport("only one of them may be there", field=" and ".join(named))
    return named[0] if named else None


def read_values(row: Mapping[str, object]) -> dict[str, Any]:
    """Read what is under each key as what the key's exports have there; null becomes None."""
    values: dict[str, Any] = {}
    for key, value in row.items():
        found = KEYS.get(key) if isinstance(key, str) else None
        if found is None:
            raise InvalidExport(unknown(key), field=shown(key))
        try:
            is_absent = value is None or (is_null(value) and key != "filters")  # `filters:` alone was meant otherwise
            values[key] = None if is_absent else found.read(value)
        except ValueError as wrong:
            raise InvalidExport(str(wrong), field=key) from None
    return values


def unknown(key: object) -> str:
    """Return what to say of a *key* that no row has; it may be the title of a filter."""
    meant = get_close_matches(str(key).lower(), KEYS, n=1, cutoff=0.7)
    if meant:
        return f"unknown key; did you mean {meant[0]!r}?"
    column = f"; a filter stands under filters, in CSV as filters.{key}" if isinstance(key, str) and key else ""
    return f"unknown key; {_SOME_KEYS}{column[:80]}"


def _has(kind: str, key: str, result_format: object) -> bool:
    """Tell whether a default under *key* is for an export of *kind* in *result_format*."""
    if result_format not in FORMAT_OPTIONS.get(key, (result_format,)):
        return False
    if key in QUERY_TASK_OPTIONS and result_format in IMAGE_FORMATS:
        return False
    return key in ATTRIBUTES[kind]


def _hint(kind: str, field: str, values: Mapping[str, Any]) -> str:
    """Return what makes data where a dashboard was asked for some: people look for it there."""
    wanted = values.get("format")
    if kind in {"dashboard", "element"} and field == "result_format" and wanted in DATA_FORMATS:
        return f"; for rows, export a look or a query, or the dashboard's tiles with `tiles: {wanted}`"
    return ""
