"""A user's own catalogue: from a YAML file (its form is told in `yaml_form`) to a warehouse and what it shows.

Everything is checked on loading, every query by running it for no rows: what loads, works.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import duckdb
from attrs import evolve

from looker_tasks.emulator.catalogue.errors import CatalogueError
from looker_tasks.emulator.catalogue.layout import placed
from looker_tasks.emulator.catalogue.store import Catalogue
from looker_tasks.emulator.catalogue.yaml_form import (
    CatalogueForm,
    DashboardForm,
    ElementForm,
    FilterForm,
    MergeForm,
    QueryForm,
)
from looker_tasks.emulator.catalogue.yaml_models import Columns, build_models, check_name
from looker_tasks.emulator.catalogue.yaml_people import add_boards_and_schedules, add_users, owner
from looker_tasks.emulator.catalogue.yaml_reading import FormError, read_form
from looker_tasks.emulator.content import (
    Dashboard,
    DashboardFilter,
    Element,
    Folder,
    Look,
    MergeSource,
    Query,
    Tab,
    Visualization,
)
from looker_tasks.emulator.warehouse import Explore, Field, Model, QueryError, Source, Warehouse
from looker_tasks.emulator.warehouse.dataset import columns_of, last_day


def load_catalogue(path: Path) -> tuple[Warehouse, Catalogue]:
    """Load the YAML file *path* and the data beside it; the caller closes the warehouse. Raises CatalogueError."""
    try:
        form = read_form(path.read_text(encoding="utf-8"))
        sources = _sources(form, path.parent)
        columns = {source.name: _columns(source) for source in sources}
        models = build_models(form, columns)
        warehouse = Warehouse(models=models, sources=sources, today=_today(form, sources, columns))
    except OSError as error:
        raise CatalogueError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CatalogueError(f"{path}: expected text in UTF-8") from error
    except FormError as error:
        raise CatalogueError(f"{path}: {error}") from error
    try:
        return warehouse, _Loading(form, warehouse).catalogue()
    except FormError as error:
        warehouse.close()
        raise CatalogueError(f"{path}: {error}") from error


def _sources(form: CatalogueForm, folder: Path) -> list[Source]:
    for name in form.views:
        check_name(name, "views")
    return [Source(name, folder / view.file) for name, view in form.views.items()]


def _columns(source: Source) -> Columns:
    path = f"views['{source.name}'].file"
    if not source.path.is_file():
        raise FormError(f"{path}: expected a CSV or Parquet file, there is none at {source.path}")
    try:
        return columns_of(source)
    except duckdb.Error as error:
        raise FormError(f"{path}: {_first_line(error)}") from error


def _today(form: CatalogueForm, sources: list[Source], columns: Mapping[str, Columns]) -> date | None:
    if form.today is not None:
        try:
            return date.fromisoformat(form.today)
        except ValueError as error:
            raise FormError(f"today: expected a day such as 2026-06-30, got {form.today!r}") from error
    dated = {
        source: [name for name, type_ in columns[source.name].items() if type_.startswith(("DATE", "TIMESTAMP"))]
        for source in sources
    }
    return max((day for source, names in dated.items() if (day := last_day(source, names))), default=None)


class _Loading:
    """One loading: what is in the catalogue so far, and the numbers that are still free."""

    def __init__(self, form: CatalogueForm, warehouse: Warehouse) -> None:
        self._form = form
        self._warehouse = warehouse
        self._catalogue = Catalogue()
        taken = {element.id for dashboard in form.dashboards.values() for element in dashboard.elements}
        self._element_ids = (str(number) for number in count(1) if str(number) not in taken)
        self._used_ids: set[str] = set()
        self._tab_ids = map(str, count(1))

    def catalogue(self) -> Catalogue:
        """Build the catalogue; raises FormError."""
        for folder_id, folder in self._form.folders.items():
            self._catalogue.add_folder(Folder(folder_id, folder.name, folder.parent))
        for folder_id, folder in self._form.folders.items():
            if folder.parent is not None:
                self._require_folder(folder.parent, f"folders['{folder_id}'].parent")
        add_users(self._form, self._catalogue)
        for look_id, look in self._form.looks.items():
            path = f"looks['{look_id}']"
            self._require_folder(look.folder, f"{path}.folder")
            query = self._query(look, path, look.type)
            user_id = owner(look.user, path, self._catalogue)
            added = Look(look_id, look.title, look.folder, query.id, look.description, user_id, look.deleted)
            self._catalogue.add_look(added)
        for dashboard_id, dashboard in self._form.dashboards.items():
            self._add_dashboard(dashboard_id, dashboard)
        add_boards_and_schedules(self._form, self._catalogue)
        return self._catalogue

    def _require_folder(self, folder_id: str, path: str) -> None:
        if self._catalogue.folder(folder_id) is None:
            raise FormError(f"{path}: expected the id of a folder ({', '.join(self._form.folders)}), got {folder_id!r}")

    def _add_dashboard(self, dashboard_id: str, form: DashboardForm) -> None:
        path = f"dashboards['{dashboard_id}']"
        self._require_folder(form.folder, f"{path}.folder")
        tabs = {label: Tab(next(self._tab_ids), label) for label in form.tabs}
        self._catalogue.add_dashboard(
            Dashboard(
                id=dashboard_id,
                title=form.title,
                folder_id=form.folder,
                elements=tuple(self._elements(dashboard_id, form, tabs, path)),
                filters=tuple(self._filters(form, path)),
                tabs=tuple(tabs.values()),
                description=form.description,
                user_id=owner(form.user, path, self._catalogue),
                deleted=form.deleted,
            )
        )

    def _filters(self, form: DashboardForm, path: str) -> Iterator[DashboardFilter]:
        for title, each in form.filters.items():
            here = f"{path}.filters['{title}']"
            if (each.type == "field") != bool(each.field):
                raise FormError(f"{here}: expected either a field, or one of the types date, number and string")
            model, explore, field = self._filtered(each, here) if each.field else (None, None, None)
            yield DashboardFilter(
                each.name or title,
                title,
                model.name if model else "",
                explore.name if explore else "",
                each.field,
                each.default,
                each.type,
                field.lookml.type if field else "string",
                each.multiple,
                each.required,
                each.listens_to,
                {"type": "advanced", "display": each.display},
            )

    def _filtered(self, each: FilterForm, path: str) -> tuple[Model, Explore, Field]:
        """Find the field that a filter is on, in the first explore that has it."""
        for model in self._warehouse.models:
            for explore in model.explores:
                if each.field in explore.by_name:
                    return model, explore, explore.by_name[each.field]
        raise FormError(f"{path}.field: expected a field of an explore, got {each.field!r}")

    def _elements(
        self, dashboard_id: str, form: DashboardForm, tabs: Mapping[str, Tab], path: str
    ) -> Iterator[Element]:
        by_tab: dict[str | None, list[tuple[int, ElementForm]]] = {}
        for index, each in enumerate(form.elements):
            if tabs and each.tab not in tabs:
                raise FormError(f"{path}.elements[{index}].tab: expected one of {', '.join(tabs)}, got {each.tab!r}")
            by_tab.setdefault(each.tab if tabs else None, []).append((index, each))
        for tab, elements in by_tab.items():
            for (index, each), place in zip(elements, placed(each for _, each in elements), strict=True):
                here = f"{path}.elements[{index}]"
                yield evolve(
                    self._shown(each, form, here),
                    id=self._element_id(each, dashboard_id, here),
                    dashboard_id=dashboard_id,
                    note=each.note,
                    row=place.row,
                    column=place.column,
                    width=place.width,
                    height=place.height,
                    tab_id=tabs[tab].id if tab is not None else None,
                )

    def _shown(self, each: ElementForm, form: DashboardForm, path: str) -> Element:
        """Make an element of what it shows, without a place; raises FormError where that is not one thing."""
        chosen = {
            "look": each.look,
            "merge": each.merge,
            "sql": each.sql,
            "link": each.link,
            "extension": each.extension,
        }
        named = [key for key, value in chosen.items() if value]
        if len(named) + bool(each.explore) > 1:
            raise FormError(f"{path}: expected one of {', '.join(repr(key) for key in ('explore', *chosen))}")
        text = Element("", "", each.title, "text", None, each.text)
        if each.look is not None:
            look = self._catalogue.look(each.look)
            if look is None:
                raise FormError(f"{path}.look: expected the id of a look, got {each.look!r}")
            query = self._catalogue.query(look.query_id)
            listens = self._listens(query, each.listens, form, path) if query else {}
            return evolve(text, visualization=each.type, look_id=each.look, listens=listens)
        if each.merge:
            sources = (self._source(one, form, f"{path}.merge[{at}]") for at, one in enumerate(each.merge))
            return evolve(text, visualization=each.type, merge=tuple(sources))
        if each.type == "text" or named:
            return evolve(text, **_textual(each))
        query = self._query(each, path, each.type)
        listens = self._listens(query, each.listens, form, path)
        return evolve(text, visualization=each.type, query_id=query.id, listens=listens)

    def _source(self, each: MergeForm, form: DashboardForm, path: str) -> MergeSource:
        query = self._query(each, path, "looker_grid")
        return MergeSource(each.name, query.id, self._listens(query, each.listens, form, path))

    def _element_id(self, form: ElementForm, dashboard_id: str, path: str) -> str:
        lookml = "::" in dashboard_id
        name = form.id or (re.sub(r"\W+", "_", form.title.lower()).strip("_") if lookml else next(self._element_ids))
        found = f"{dashboard_id}::{name}" if lookml else name
        if found in self._used_ids:
            raise FormError(f"{path}.id: expected an id of its own, {found!r} is taken")
        self._used_ids.add(found)
        return found

    def _listens(
        self, query: Query, listens: Mapping[str, str] | None, dashboard: DashboardForm, path: str
    ) -> dict[str, str]:
        """Return the field for each filter, by its name, that the query hears; *listens* has their titles."""
        fields, filters = self._fields(query), dashboard.filters
        if listens is None:
            return {each.name or title: each.field for title, each in filters.items() if each.field in fields}
        for title, name in listens.items():
            if title not in filters:
                raise FormError(f"{path}.listens: expected filters of the dashboard, got {title!r}")
            if name not in fields:
                raise FormError(f"{path}.listens['{title}']: expected a field of its explore, got {name!r}")
        return {filters[title].name or title: name for title, name in listens.items()}

    def _fields(self, query: Query) -> Mapping[str, object]:
        model = next(each for each in self._warehouse.models if each.name == query.model)
        explore = model.explore(query.view)
        return explore.by_name if explore else {}

    def _query(self, form: QueryForm, path: str, visualization: Visualization) -> Query:
        models = [model.name for model in self._warehouse.models]
        model = form.model or (models[0] if len(models) == 1 else None)
        if model is None:
            raise FormError(f"{path}.model: expected one of the models ({', '.join(models)})")
        if form.explore is None:
            raise FormError(f"{path}: expected the key 'explore'")
        query = Query(
            "",
            model,
            form.explore,
            form.fields,
            form.filters,
            form.sorts,
            form.limit,
            form.pivots,
            form.total,
            visualization,
        )
        try:
            self._warehouse.run(query, limit=0)
        except QueryError as error:
            raise FormError(f"{path}: {_first_line(error)}") from error
        return self._catalogue.keep(query)


def _textual(each: ElementForm) -> dict[str, Any]:
    """Return the fields of an element that has no rows."""
    if each.sql is not None:
        return {"sql": each.sql, "text": each.sql}
    if each.link is not None:
        return {"kind": "button", "link": each.link}
    if each.extension is not None:
        return {"kind": "extension", "extension_id": each.extension}
    return {"kind": "text"}


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
