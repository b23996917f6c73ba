"""The keys of a row but for its name and its filters: those that are the same for all exports, and the others. Pure."""

from collections.abc import Callable, Mapping

from looker_tasks.errors import InvalidExport
from looker_tasks.manifest.keys import KEYS
from looker_tasks.planning.filling.scope import NoSuchField
from looker_tasks.planning.filling.templates import Combination, Field, Getter, Template, has_braces, parse_template

_FILLED_APART = ("name", "filters")


class RowKeys:
    """The keys of a row, or of the defaults. Raises `InvalidExport` for a field that stands for nothing."""

    def __init__(self, raw: Mapping[str, object], compile_text: Callable[[str, Template], Getter]) -> None:
        self._constant: dict[str, object] = {}
        self._varying: dict[str, Getter] = {}
        for key, value in raw.items():
            if key in _FILLED_APART:
                continue
            if isinstance(value, str) and has_braces(value):
                try:
                    self._varying[key] = compile_text(key, parse_template(value))
                except ValueError as wrong:
                    raise InvalidExport(str(wrong), field=key) from None
            else:
                self._constant[key] = value

    def is_varying(self, key: str | None) -> bool:
        """Whether *key* is filled in anew for each combination."""
        return key in self._varying

    def varying(self, combination: Combination) -> tuple[str, ...]:
        """Return the texts of one combination that are not the same for all."""
        if not self._varying:
            return ()
        return tuple([getter(combination) for getter in self._varying.values()])

    def all(self, combination: Combination) -> dict[str, object]:
        """Return what is under each key for one combination."""
        return {**self._constant, **{key: getter(combination) for key, getter in self._varying.items()}}

    def value(self, key: str, combination: Combination) -> str:
        """Return the id under *key*; "" where there is none."""
        value = self._varying[key](combination) if key in self._varying else self._constant.get(key)
        try:
            return "" if value is None else str(KEYS[key].read(value))
        except (ValueError, KeyError):
            return ""


def compiled(key: str, template: Template, getter_of: Callable[[Field], Getter]) -> Getter:
    """Return what fills *template* in, for the row's *key*."""
    try:
        return template.compiled(getter_of)
    except NoSuchField as wrong:
        raise InvalidExport(str(wrong), field=key) from None
