"""From a row to its Export: which keys there are, what a value under each may be, what the defaults add. Pure.

A value may be the text that CSV and YAML have or the number, yes/no or list that JSON has; null is the same as absent,
and in a row it takes a default away.
"""

import math
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

from attrs import Attribute, fields

from looker_tasks.errors import InvalidExport
from looker_tasks.exports import (
    QUERY_TASK_OPTIONS,
    DashboardExport,
    ElementExport,
    Export,
    LookExport,
    QueryExport,
)
from looker_tasks.formats import FORMAT_OPTIONS, IMAGE_FORMATS
from looker_tasks.manifest.rows import shown

_EXPORTS: Mapping[str, type[Export]] = {
    "dashboard": DashboardExport,
    "look": LookExport,
    "query": QueryExport,
    "element": ElementExport,
}
_KEYS = {"result_format": "format", **{f"{kind}_id": kind for kind in _EXPORTS}}
_YES = ("true", "yes", "on", "1")
_NO = ("false", "no", "off", "0")
_SOME_KEYS = "expected one such as dashboard, format, name, filters"
_LONGEST_NUMBER = 18  # characters


def to_export(row: Mapping[str, object], defaults: Mapping[str, Any]) -> Export:
    """Make the Export that *row* asks for, with *defaults* (as `read_defaults` gives them) where it says nothing.

    Raises `InvalidExport` naming the row's key.
    """
    own = _values(row)
    kind = _kind(own) or _kind(defaults)
    if kind is None:
        raise InvalidExport("one of them must be there", field="dashboard, look, query or element")
    result_format = own.get("format", defaults.get("format"))
    values = {key: value for key, value in defaults.items() if _has(kind, key, result_format)} | own
    if own.get("filters"):
        values["filters"] = _without_null({**defaults.get("filters", {}), **own["filters"]})
    values = _without_null(values)
    for key in values:
        if key not in _ATTRIBUTES[kind]:
            having = " and ".join(other for other in _EXPORTS if key in _ATTRIBUTES[other])
            raise InvalidExport(f"no {kind} has one; only {having}", field=key)
    if "format" not in values:
        raise InvalidExport("it is missing; expected one such as pdf, png, csv", field="format")
    try:
        return _EXPORTS[kind](**{_ATTRIBUTES[kind][key].name: value for key, value in values.items()})
    except InvalidExport as wrong:
        origin = "" if key_of(wrong.field) in own else " (from the defaults)"
        raise InvalidExport(f"{wrong.message}{origin}", field=wrong.field) from None


def read_defaults(defaults: Mapping[str, object]) -> Mapping[str, Any]:
    """Check what all rows have in common. Raises `InvalidExport` naming the key."""
    values = _without_null(_values(defaults))
    _kind(values)
    return values | {"filters": _without_null(values["filters"])} if "filters" in values else values


def key_of(field: str) -> str:
    """Return the row's key for *field* of an Export."""
    return _KEYS.get(field, field)


def _kind(values: Mapping[str, Any]) -> str | None:
    named = [kind for kind in _EXPORTS if values.get(kind) is not None]
    if len(named) > 1:
        raise InvalidExport("only one of them may be there", field=" and ".join(named))
    return named[0] if named else None


def _has(kind: str, key: str, result_format: object) -> bool:
    """Tell whether a default under *key* is for an export of *kind* in *result_format*."""
    if result_format not in FORMAT_OPTIONS.get(key, (result_format,)):
        return False
    if key in QUERY_TASK_OPTIONS and result_format in IMAGE_FORMATS:
        return False
    return key in _ATTRIBUTES[kind]


def _without_null(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _values(row: Mapping[str, object]) -> dict[str, Any]:
    """Read what is under each key as what the key's exports have there; None stays None."""
    values = {}
    for key, value in row.items():
        read = _READERS.get(key) if isinstance(key, str) else None
        if read is None:
            meant = get_close_matches(str(key), _READERS, n=1)
            raise InvalidExport(
                f"unknown key; {f'did you mean {meant[0]!r}?' if meant else _SOME_KEYS}", field=shown(key)
            )
        try:
            values[key] = None if value is None else read(value)
        except ValueError as wrong:
            raise InvalidExport(str(wrong), field=key) from None
    return values


def _text(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not _is_unicode(value):
        raise ValueError(f"{shown(value)} is not a text")
    return value


def _is_unicode(text: str) -> bool:
    """Tell whether *text* can be sent at all: JSON can write half a character."""
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def _whole(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    digits = value.removeprefix("-") if isinstance(value, str) else ""
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= _LONGEST_NUMBER):
        raise ValueError(f"{shown(value)} is not a whole number")
    return int(str(value))


def _yes_or_no(value: object) -> bool:
    if isinstance(value, bool):
        return value
    word = value.lower() if isinstance(value, str) else ""
    if word not in _YES + _NO:
        raise ValueError(f"{shown(value)} is not one of true, false")
    return word in _YES


def _texts(value: object) -> tuple[str, ...]:
    return tuple(_text(each) for each in value) if isinstance(value, list) else (_text(value),)


def _filters(value: object) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError(f"{shown(value)} is not a mapping of filter titles to values")  # noqa: TRY004  # wrong in the file
    for title, wanted in value.items():
        if not isinstance(title, str) or not title or not _is_unicode(title):
            raise ValueError(f"{shown(title)} is not a filter's title")
        if wanted is None or isinstance(wanted, bool | int) or (isinstance(wanted, float) and math.isfinite(wanted)):
            continue
        if not isinstance(wanted, str) or not _is_unicode(wanted):
            raise ValueError(f"{shown(title)}: {shown(wanted)} is not a text, a number or a yes/no")
    return dict(value)


def _reader(attribute: "Attribute[Any]") -> Callable[[object], object]:
    """Choose by the type that the Export has there, so that a new field of an Export is a key of the manifest."""
    if attribute.type in {int, int | None}:
        return _whole
    if attribute.type in {bool, bool | None}:
        return _yes_or_no
    return {"filters": _filters, "tabs": _texts}.get(attribute.name, _text)


#: By kind, the keys of its rows and the field of its Export that each one is.
_ATTRIBUTES: Mapping[str, Mapping[str, "Attribute[Any]"]] = {
    kind: {key_of(attribute.name): attribute for attribute in fields(export)} for kind, export in _EXPORTS.items()
}
_READERS: Mapping[str, Callable[[object], object]] = {
    key: _reader(attribute) for attributes in _ATTRIBUTES.values() for key, attribute in attributes.items()
}
