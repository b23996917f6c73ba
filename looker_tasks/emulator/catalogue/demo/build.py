"""The demo's catalogue, built from its charts and plans."""

from collections.abc import Iterator, Mapping
from itertools import count

from looker_tasks.emulator.catalogue.demo.chart import Chart
from looker_tasks.emulator.catalogue.demo.dashboards import DASHBOARDS
from looker_tasks.emulator.catalogue.demo.lookml_dashboards import LOOKML_DASHBOARDS
from looker_tasks.emulator.catalogue.demo.looks import FOLDERS, LOOKS
from looker_tasks.emulator.catalogue.demo.order_charts import ORDER_CHARTS
from looker_tasks.emulator.catalogue.demo.other_charts import CUSTOMER_CHARTS, EVENT_CHARTS, PRODUCT_CHARTS
from looker_tasks.emulator.catalogue.demo.plan import FILTERS, Plan
from looker_tasks.emulator.catalogue.layout import placed
from looker_tasks.emulator.catalogue.query_body import slug_of
from looker_tasks.emulator.catalogue.store import Catalogue
from looker_tasks.emulator.content import Dashboard, DashboardFilter, Element, Look, Query, Tab

MODEL = "thelook"
CHARTS: Mapping[str, Chart] = {**ORDER_CHARTS, **CUSTOMER_CHARTS, **PRODUCT_CHARTS, **EVENT_CHARTS}


def demo_catalogue() -> Catalogue:
    """Build the shop's catalogue: some fifty dashboards and two dozen looks in folders, over the model `thelook`."""
    catalogue = Catalogue()
    for folder in FOLDERS:
        catalogue.add_folder(folder)
    element_ids = map(str, count(1))
    tab_ids = map(str, count(1))
    for number, plan in enumerate(DASHBOARDS, start=1):
        catalogue.add_dashboard(_dashboard(plan, str(number), catalogue, element_ids, tab_ids))
    for plan in LOOKML_DASHBOARDS:
        dashboard_id = f"{MODEL}::{plan.name}"
        names = (f"{dashboard_id}::{name}" for name in _chart_names(plan))
        catalogue.add_dashboard(_dashboard(plan, dashboard_id, catalogue, names, tab_ids))
    for number, look in enumerate(LOOKS, start=1):
        query = catalogue.keep(_query(CHARTS[look.chart], look.filters))
        catalogue.add_look(Look(str(number), look.title, _folder_id(look.folder), query.id))
    return catalogue


def _dashboard(
    plan: Plan, dashboard_id: str, catalogue: Catalogue, element_ids: Iterator[str], tab_ids: Iterator[str]
) -> Dashboard:
    tabs = tuple(Tab(next(tab_ids), label) for label in plan.tabs)
    pages: list[tuple[Tab | None, str]] = [(None, plan.charts)]
    if tabs:
        pages = list(zip(tabs, plan.tabs.values(), strict=True))
    elements = tuple(
        element for tab, names in pages for element in _elements(names, tab, plan, dashboard_id, catalogue, element_ids)
    )
    return Dashboard(
        id=dashboard_id,
        title=plan.title,
        folder_id=_folder_id(plan.folder),
        elements=elements,
        filters=tuple(_filter(title, default) for title, default in plan.filters.items()),
        tabs=tabs,
        description=plan.description,
        slug=slug_of(f"dashboard {dashboard_id}"),
    )


def _elements(
    names: str, tab: Tab | None, plan: Plan, dashboard_id: str, catalogue: Catalogue, element_ids: Iterator[str]
) -> Iterator[Element]:
    charts = [CHARTS[name] for name in names.split()]
    for chart, place in zip(charts, placed(charts), strict=True):
        yield Element(
            id=next(element_ids),
            dashboard_id=dashboard_id,
            title=chart.title,
            visualization=chart.visualization,
            query_id=catalogue.keep(_query(chart)).id if chart.fields else None,
            text=chart.text,
            listens=_listens(chart, plan),
            row=place.row,
            column=place.column,
            width=place.width,
            height=place.height,
            tab_id=tab.id if tab else None,
        )


def _listens(chart: Chart, plan: Plan) -> dict[str, str]:
    if not chart.fields:
        return {}
    return {title: FILTERS[title].fields[chart.view] for title in plan.filters if chart.view in FILTERS[title].fields}


def _filter(title: str, default: str) -> DashboardFilter:
    heard = FILTERS[title]
    return DashboardFilter(title, title, MODEL, heard.explore, heard.fields[heard.explore], default)


def _query(chart: Chart, filters: Mapping[str, str] | None = None) -> Query:
    return Query(
        id="",
        model=MODEL,
        view=chart.view,
        fields=chart.fields,
        filters=filters or {},
        sorts=chart.sorts,
        limit=chart.limit,
        pivots=chart.pivots,
        total=chart.total,
        visualization=chart.visualization,
    )


def _chart_names(plan: Plan) -> list[str]:
    return " ".join((plan.charts, *plan.tabs.values())).split()


def _folder_id(name: str) -> str:
    return next(folder.id for folder in FOLDERS if folder.name == name)
