"""What a field of a template stands for: variables, what is exported, the filters, the date, the number. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from functools import lru_cache

from attrs import frozen

from looker_tasks.formats import FORMATS
from looker_tasks.planning.filling.templates import Combination, Field, Getter
from looker_tasks.planning.values.matrix import Axis, Record
from looker_tasks.sansio.naming import safe_part

_NUMBER_FORMAT = re.compile(r"0?\d{0,2}")
_DAY = "%Y-%m-%d"

_OF_CONTENT: Mapping[str, Callable[[Combination], str]] = {
    "id": lambda combination: combination.content_id,
    "title": lambda combination: combination.content_title,
}
_OTHERS: Mapping[str, Callable[[Combination], str]] = {
    "folder.title": lambda combination: combination.folder_title,
    "tile.id": lambda combination: combination.tile_id,
    "tile.title": lambda combination: combination.tile_title,
    "format": lambda combination: combination.result_format,
    "extension": lambda combination: FORMATS[combination.result_format].extension,
}
_TITLED = {"dashboard", "look"}


_part = lru_cache(maxsize=256)(safe_part)  # titles are the same for very many exports


class NoSuchField(Exception):
    """A field that stands for nothing here; its text says which there are."""


@frozen
class Scope:
    """What fields of one row may stand for. *kinds* are what it may export; *filters* the titles of its filters."""

    axes: Sequence[Axis]
    variables: Mapping[str, str]
    kinds: AbstractSet[str]
    has_tiles: bool
    filters: AbstractSet[str]
    now: datetime

    def in_name(self, field: Field) -> Getter:
        """Return what fills *field* into the name of a file: values are made safe there, no two into one."""
        return self._getter(field, is_name=True)

    def in_text(self, field: Field) -> Getter:
        """Return what fills *field* into any other text: values are put in as they are."""
        return self._getter(field, is_name=False)

    def _getter(self, field: Field, *, is_name: bool) -> Getter:
        if field.name == "date":
            return self._date(field.spec or _DAY)
        if field.name == "n":
            return _number(field)
        if field.spec is not None:
            raise NoSuchField(
                f"{{{field.name}:{field.spec}}}: only date and n have a format; expected {{{field.name}}}"
            )
        found = (
            self._of_axis(field, is_name=is_name)
            or self._fixed(field, is_name=is_name)
            or self._built_in(field, is_name)
        )
        if found is None:
            raise NoSuchField(f"{{{field.name}}}: no such field; there are {', '.join(self._names())}")
        return found

    def _date(self, spec: str) -> Getter:
        text = self.now.strftime(spec)
        return lambda _: text

    def _fixed(self, field: Field, *, is_name: bool) -> Getter | None:
        text = self.variables.get(field.name)
        if text is None:
            return None
        part = safe_part(text) if is_name else text
        return lambda _: part

    def _of_axis(self, field: Field, *, is_name: bool) -> Getter | None:
        for index, axis in enumerate(self.axes):
            name, dot, column = field.name.partition(".")
            if axis.name == field.name and axis.columns is None:
                return _text_value(index, axis, is_name=is_name)
            if axis.name == name and axis.columns is not None:
                if not dot or column not in axis.columns:
                    there = ", ".join(f"{{{axis.name}.{each}}}" for each in axis.columns)
                    raise NoSuchField(f"{{{field.name}}}: it is a row of {axis.origin}; expected one of {there}")
                return _cell_value(index, axis, column, is_name=is_name)
        return None

    def _built_in(self, field: Field, is_name: bool) -> Getter | None:
        head, _, rest = field.name.partition(".")
        if head == "filters" and is_name and rest in self.filters:
            return lambda combination: _part(combination.filters[rest])
        found = _OF_CONTENT.get(rest) if head in (self.kinds & _TITLED if rest == "title" else self.kinds) else None
        found = found or (_OTHERS.get(field.name) if self.has_tiles or head != "tile" else None)
        if found is None or not is_name:
            return found
        return lambda combination: _part(found(combination))

    def _names(self) -> list[str]:
        columns = [f"{axis.name}.{column}" for axis in self.axes for column in axis.columns or ()]
        names = [axis.name for axis in self.axes if axis.columns is None] + columns + list(self.variables)
        names += [f"{kind}.id" for kind in sorted(self.kinds)]
        names += [f"{kind}.title" for kind in sorted(self.kinds & _TITLED)]
        names += [f"filters.{title}" for title in sorted(self.filters)]
        names += [name for name in _OTHERS if self.has_tiles or not name.startswith("tile.")]
        return [f"{{{name}}}" for name in dict.fromkeys([*names, "date:%Y-%m-%d", "n"])]


def _number(field: Field) -> Getter:
    spec = field.spec or ""
    if not _NUMBER_FORMAT.fullmatch(spec):
        raise NoSuchField(f"{{n:{spec}}}: expected a width such as {{n:03}}")
    return lambda combination: format(combination.n, f"{spec}d")


def _text_value(index: int, axis: Axis, *, is_name: bool) -> Getter:
    if not is_name:
        return lambda combination: str(combination.values[index])
    parts = axis.parts()
    return lambda combination: parts[combination.values[index]]  # type: ignore[index]  # the axis has texts


def _cell_value(index: int, axis: Axis, column: str, *, is_name: bool) -> Getter:
    cell = (axis.columns or {})[column]

    def text(combination: Combination) -> str:
        record = combination.values[index]
        return record.cells[cell] if isinstance(record, Record) else ""

    if not is_name:
        return text
    parts = axis.parts(column)
    return lambda combination: parts[text(combination)]
