"""A user's own catalogue: from a YAML file (its form is told in `yaml_form`) to a warehouse and what it shows.

Everything is checked on loading, every query by running it for no rows: what loads, works.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import count
from pathlib import Path

import duckdb

from looker_tasks.emulator.catalogue.errors import CatalogueError
from looker_tasks.emulator.catalogue.layout import placed
from looker_tasks.emulator.catalogue.store import Catalogue
from looker_tasks.emulator.catalogue.yaml_form import CatalogueForm, ChartForm, DashboardForm, ElementForm
from looker_tasks.emulator.catalogue.yaml_models import Columns, build_models, check_name
from looker_tasks.emulator.catalogue.yaml_reading import FormError, read_form
from looker_tasks.emulator.content import Dashboard, DashboardFilter, Element, Folder, Look, Query, Tab
from looker_tasks.emulator.warehouse import QueryError, Source, Warehouse
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
        for dashboard_id, dashboard in self._form.dashboards.items():
            self._add_dashboard(dashboard_id, dashboard)
        for look_id, look in self._form.looks.items():
            path = f"looks['{look_id}']"
            self._require_folder(look.folder, f"{path}.folder")
            query = self._query(look, path)
            self._catalogue.add_look(Look(look_id, look.title, look.folder, query.id, look.description))
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
            )
        )

    def _filters(self, form: DashboardForm, path: str) -> Iterator[DashboardFilter]:
        for title, each in form.filters.items():
            found = next(
                (
                    (model, explore)
                    for model in self._warehouse.models
                    for explore in model.explores
                    if each.field in explore.by_name
                ),
                None,
            )
            if found is None:
                raise FormError(f"{path}.filters['{title}'].field: expected a field of an explore, got {each.field!r}")
            model, explore = found
            yield DashboardFilter(title, title, model.name, explore.name, each.field, each.default)

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
                query = None if each.type == "text" else self._query(each, here)
                yield Element(
                    id=self._element_id(each, dashboard_id, here),
                    dashboard_id=dashboard_id,
                    title=each.title,
                    visualization=each.type,
                    query_id=query.id if query else None,
                    text=each.text,
                    listens=self._listens(query, each, form, here) if query else {},
                    row=place.row,
                    column=place.column,
                    width=place.width,
                    height=place.height,
                    tab_id=tabs[tab].id if tab is not None else None,
                )

    def _element_id(self, form: ElementForm, dashboard_id: str, path: str) -> str:
        lookml = "::" in dashboard_id
        name = form.id or (re.sub(r"\W+", "_", form.title.lower()).strip("_") if lookml else next(self._element_ids))
        found = f"{dashboard_id}::{name}" if lookml else name
        if found in self._used_ids:
            raise FormError(f"{path}.id: expected an id of its own, {found!r} is taken")
        self._used_ids.add(found)
        return found

    def _listens(self, query: Query, form: ElementForm, dashboard: DashboardForm, path: str) -> dict[str, str]:
        fields = self._fields(query)
        if form.listens is None:
            return {title: each.field for title, each in dashboard.filters.items() if each.field in fields}
        for title, name in form.listens.items():
            if title not in dashboard.filters:
                raise FormError(f"{path}.listens: expected filters of the dashboard, got {title!r}")
            if name not in fields:
                raise FormError(f"{path}.listens['{title}']: expected a field of its explore, got {name!r}")
        return dict(form.listens)

    def _fields(self, query: Query) -> Mapping[str, object]:
        model = next(each for each in self._warehouse.models if each.name == query.model)
        explore = model.explore(query.view)
        return explore.by_name if explore else {}

    def _query(self, form: ChartForm, path: str) -> Query:
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
            form.type,
        )
        try:
            self._warehouse.run(query, limit=0)
        except QueryError as error:
            raise FormError(f"{path}: {_first_line(error)}") from error
        return self._catalogue.keep(query)


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
