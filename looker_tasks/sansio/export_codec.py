"""An Export as plain JSON values and back: for the journal, for a task's token, for another process.

``{"dashboard": "42", "result_format": "pdf", "filters": {"Region": "West"}}``: the key of the id says what it is, and
fields that have their default are left out, so that a later release reads what an earlier one wrote.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import NOTHING, Attribute, Factory, fields

from looker_tasks.errors import InvalidExport
from looker_tasks.exports import DashboardExport, ElementExport, Export, LookExport, QueryExport
from looker_tasks.sansio.naming import kind_and_id

_CLASSES: Mapping[str, type[Export]] = {
    "dashboard": DashboardExport,
    "look": LookExport,
    "query": QueryExport,
    "element": ElementExport,
}


def _default(field: "Attribute[Any]") -> object:
    default = field.default
    if isinstance(default, Factory):  # type: ignore[arg-type]  # a class at run time, a function to mypy
        return default.factory()  # type: ignore[union-attr]  # the same
    return None if default is NOTHING else default


#: By class, the fields beside the id, each with its default.
_OPTIONS: Mapping[type[Export], Sequence[tuple[str, object]]] = {
    made_of: [(field.name, _default(field)) for field in fields(made_of) if field.name != f"{content}_id"]
    for content, made_of in _CLASSES.items()
}


def encode(export: Export) -> dict[str, Any]:
    """Return *export* as JSON values."""
    content, content_id = kind_and_id(export)
    encoded: dict[str, Any] = {content: content_id}
    for name, default in _OPTIONS[type(export)]:
        value = getattr(export, name)
        if value != default:
            encoded[name] = list(value) if isinstance(value, tuple) else value
    return encoded


def decode(encoded: Mapping[str, Any]) -> Export:
    """Return the export that *encoded* stands for. Raises `InvalidExport` for what no `encode` has made."""
    for content, made_of in _CLASSES.items():
        if content in encoded:
            names = {field.name for field in fields(made_of)}
            if unknown := encoded.keys() - names - {content}:
                raise InvalidExport(f"{made_of.__name__} has no such field", field=min(unknown))
            rest = {name: value for name, value in encoded.items() if name != content}
            return made_of(**{f"{content}_id": encoded[content]}, **rest)
    raise InvalidExport(f"expected one of {', '.join(_CLASSES)}", field="export")
