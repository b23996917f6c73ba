"""From the views and models of a user's YAML, and the columns of their files, to models. Pure."""

import re
from collections.abc import Mapping

from looker_tasks.emulator.catalogue.yaml_form import CatalogueForm, ExploreForm, MeasureForm, ModelForm, ViewForm
from looker_tasks.emulator.catalogue.yaml_reading import FormError
from looker_tasks.emulator.warehouse.model import Explore, Field, MeasureType, Model, View, field_name

_NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_WORDS = re.compile(r"(sum|average|min|max|count|distinct count) of (.+)")
_AGGREGATES: Mapping[str, tuple[MeasureType, str]] = {
    "sum": ("sum", "SUM({})"),
    "average": ("average", "AVG({})"),
    "min": ("min", "MIN({})"),
    "max": ("max", "MAX({})"),
    "count": ("count", "COUNT({})"),
    "distinct count": ("count_distinct", "COUNT(DISTINCT {})"),
}

Columns = Mapping[str, str]  # name → DuckDB's type


def build_models(form: CatalogueForm, columns: Mapping[str, Columns]) -> tuple[Model, ...]:
    """Build the models of *form* over the *columns* of each view; raises FormError."""
    fields = {name: _fields(name, view, columns[name]) for name, view in form.views.items()}
    return tuple(_model(name, model, fields) for name, model in form.models.items())


def check_name(name: str, path: str) -> None:
    """Refuse, as FormError, what cannot stand in a field's name and in SQL as it is."""
    if not _NAME.fullmatch(name):
        raise FormError(f"{path}: expected a name of small letters, digits and _, got {name!r}")


def _fields(name: str, form: ViewForm, columns: Columns) -> tuple[Field, ...]:
    path = f"views['{name}']"
    view = View(name)
    fields = {field.name: field for column, type_ in columns.items() for field in view.column(column, type_)}
    for key, dimension in form.dimensions.items():
        check_name(key, f"{path}.dimensions")
        made = view.dimension(key, dimension.type, sql=dimension.sql, value_format=dimension.format)
        fields[made.name] = made
    for key, measure in {"count": MeasureForm(), **form.measures}.items():
        check_name(key, f"{path}.measures")
        type_, sql = _aggregate(name, measure, columns, f"{path}.measures['{key}']")
        made = view.measure(key, sql, measure.format or "#,##0", type_=type_)
        fields[made.name] = made
    return tuple(fields.values())


def _aggregate(view: str, form: MeasureForm, columns: Columns, path: str) -> tuple[MeasureType, str]:
    words = form.words
    if form.sql:
        return "number", form.sql
    if words == "count":
        return "count", "COUNT(*)"
    match = _WORDS.fullmatch(words)
    if match is None:
        kinds = ", ".join(f'"{kind} of …"' for kind in _AGGREGATES)
        raise FormError(f'{path}: expected "count" or one of {kinds}, got {words!r}')
    column = next((each for each in columns if match[2] in {each, field_name(each)}), None)
    if column is None:
        raise FormError(f"{path}: expected a column of the file ({', '.join(columns)}), got {match[2]!r}")
    type_, sql = _AGGREGATES[match[1]]
    return type_, sql.format(f'{view}."{column}"')


def _model(name: str, form: ModelForm, fields: Mapping[str, tuple[Field, ...]]) -> Model:
    explores = tuple(
        _explore(key, explore, fields, f"models['{name}'].explores['{key}']") for key, explore in form.explores.items()
    )
    return Model(name, form.label or _label(name), explores)


def _explore(name: str, form: ExploreForm, fields: Mapping[str, tuple[Field, ...]], path: str) -> Explore:
    base = form.view or name
    for view in (base, *form.joins):
        if view not in fields:
            raise FormError(f"{path}: expected one of the views ({', '.join(fields)}), got {view!r}")
    joined = tuple(field for view in (base, *form.joins) for field in fields[view])
    return Explore(name, form.label or _label(name), joined, form.joins, base)


def _label(name: str) -> str:
    return name.replace("_", " ").title()
