"""Values as JSON has them, of what Python code gives for them: members of an Enum, numbers of numpy, subclasses of str.

``class Region(str, Enum)`` is a text that some write as "Region.WEST" and others as "West": the value counts.
"""

from collections.abc import Callable, Mapping
from enum import Enum
from operator import index
from typing import Any

from attrs import Attribute
from attrs.converters import pipe

_PLAIN = (str, bool, int, float, type(None))
_SUBCLASSES: tuple[tuple[type, Callable[[Any], object]], ...] = ((str, str.__str__), (int, int), (float, float))


def plain(value: object) -> object:
    """Return *value* as JSON has it; what JSON has nothing for is returned as it is, for whoever checks it."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, Mapping):
        return {plain(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return tuple(plain(each) for each in value)
    for kind, as_plain in _SUBCLASSES:
        if isinstance(value, kind):
            return as_plain(value)
    return _plain_number(value)


def _plain_number(value: Any) -> object:  # noqa: ANN401  # anything
    """Return a number or a truth value of another library's own types, such as numpy's, as Python's."""
    if hasattr(value, "dtype") and hasattr(value, "item") and not getattr(value, "ndim", 0):
        return value.item()
    try:
        return index(value)
    except TypeError:
        return value


def plain_fields(_: type, fields: "list[Attribute[Any]]") -> "list[Attribute[Any]]":
    """Return *fields* of an attrs class that take plain values: a `field_transformer`."""
    return [each.evolve(converter=plain if each.converter is None else pipe(plain, each.converter)) for each in fields]
