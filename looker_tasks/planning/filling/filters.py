"""The filters of a row: those that are the same for all its exports, and those with fields. Pure.

A filter that is nothing but one field is a literal: it matches exactly what the field stands for.
"""

from collections.abc import Callable, Mapping

from looker_tasks.errors import InvalidExport
from looker_tasks.exports import FilterValue
from looker_tasks.manifest.columns import expressions
from looker_tasks.manifest.readers import REMOVED, Exact, RawFilter, read_filters
from looker_tasks.manifest.rows import shown
from looker_tasks.planning.filling.templates import Combination, Getter, Template, has_braces, parse_template
from looker_tasks.sansio.protocol.filter_expressions import FilterType, literal


class Filters:
    """The filters of a row over those of the defaults, by title. Raises `InvalidExport`."""

    def __init__(self, own: object, inherited: object) -> None:
        own_filters = _read(own)
        inherited_filters = _read(inherited)
        both = {**inherited_filters, **own_filters}
        kept = {title: value for title, value in both.items() if value is not REMOVED}
        self.titles = tuple(kept)
        self.own_titles = tuple(title for title in own_filters if title in kept)
        self._constant: dict[str, RawFilter] = {}
        self._templates: dict[str, tuple[Template, bool]] = {}
        self._varying: dict[str, tuple[Getter, bool]] = {}
        self._types: dict[str, Mapping[str, FilterType]] = {}
        for title, value in kept.items():
            self._sort(title, value)

    def _sort(self, title: str, value: RawFilter) -> None:
        text = value.text if isinstance(value, Exact) else value
        if not isinstance(text, str) or not has_braces(text):
            self._constant[title] = value
            return
        try:
            template = parse_template(text)
        except ValueError as wrong:
            raise InvalidExport(f"{shown(title)}: {wrong}", field="filters") from None
        lone = template.lone_field
        is_exact = isinstance(value, Exact) or (lone is not None and not lone.is_expression)
        if template.fields:
            self._templates[title] = (template, is_exact)
        else:
            self._constant[title] = Exact(str(template)) if isinstance(value, Exact) else str(template)

    @property
    def has_literals(self) -> bool:
        """Whether the types of the dashboard's filters matter."""
        return any(is_exact for _, is_exact in self._templates.values()) or any(
            isinstance(value, Exact) for value in self._constant.values()
        )

    @property
    def has_varying(self) -> bool:
        """Whether a filter has fields."""
        return bool(self._templates)

    def compile(self, compiled: Callable[[Template], Getter]) -> None:
        """Look the fields up. Raises what *compiled* raises."""
        for title, (template, is_exact) in self._templates.items():
            try:
                self._varying[title] = (compiled(template), is_exact)
            except InvalidExport as wrong:
                raise InvalidExport(f"{shown(title)}: {wrong.message}", field="filters") from None

    def set_types(self, dashboard_id: str, types: Mapping[str, FilterType]) -> None:
        """Keep the types of a dashboard's filters, by title."""
        self._types[dashboard_id] = types

    def constants(self, dashboard_id: str) -> dict[str, FilterValue]:
        """Return the expressions that are the same for all exports of a dashboard."""
        return expressions(self._constant, self._types[dashboard_id])

    def varying(self, combination: Combination, dashboard_id: str) -> dict[str, FilterValue]:
        """Return the expressions of one combination that have fields in them."""
        types = self._types[dashboard_id]
        filters: dict[str, FilterValue] = {}
        for title, (getter, is_exact) in self._varying.items():
            text = getter(combination)
            if not text.strip():
                raise InvalidExport(
                    f"{shown(title)}: {{{self._templates[title][0].fields[0].name}}} is empty,"
                    " and an empty filter would match everything",
                    field="filters",
                )
            filters[title] = _literal(title, text, types.get(title, "string")) if is_exact else text
        return filters

    def texts(self, combination: Combination) -> dict[str, str]:
        """Return what each filter says, as it stands in names: a literal without its quotes."""
        constant = {
            title: value.text if isinstance(value, Exact) else str(value) for title, value in self._constant.items()
        }
        return constant | {title: getter(combination) for title, (getter, _) in self._varying.items()}


def _literal(title: str, text: str, filter_type: FilterType) -> str:
    try:
        return literal(text, filter_type)
    except InvalidExport as wrong:
        raise InvalidExport(f"{shown(title)}: {wrong.message}", field="filters") from None


def _read(raw: object) -> dict[str, RawFilter]:
    if raw is None:
        raise InvalidExport("there is nothing; expected {} or a mapping of titles to values", field="filters")
    try:
        return read_filters(raw)
    except ValueError as wrong:
        raise InvalidExport(str(wrong), field="filters") from None
