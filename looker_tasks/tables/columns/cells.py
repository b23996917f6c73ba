"""One cell's value as the json module reads it, its numbers as Decimal: what sort it is, and its text. Pure."""

import json
from decimal import Decimal
from typing import Literal

Sort = Literal["bool", "list", "number", "text"]

_WRITTEN_OUT = 40  # zeros that an exponent stands for


def sort_of(value: object) -> Sort:
    """Return what sort of value, not null, this is; an object counts as a list."""
    if isinstance(value, str):
        return "text"
    if isinstance(value, bool):
        return "bool"
    return "number" if isinstance(value, Decimal) else "list"


def text_of(value: object) -> str | None:
    """Write a *value* as JSON, but text as it is; None for null."""
    return value if value is None or isinstance(value, str) else _json(value)


def _json(value: object) -> str:
    if isinstance(value, Decimal):
        exponent = value.as_tuple().exponent
        return format(value, "f") if isinstance(exponent, int) and 0 < exponent < _WRITTEN_OUT else str(value)
    if isinstance(value, dict):
        return f"{{{','.join(f'{_json(key)}:{_json(each)}' for key, each in value.items())}}}"
    if isinstance(value, list):
        return f"[{','.join(map(_json, value))}]"
    return json.dumps(value, ensure_ascii=False)
