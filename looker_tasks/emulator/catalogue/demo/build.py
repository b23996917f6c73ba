"""The demo's catalogue, built from its charts and plans."""

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import count

from attrs import evolve

from looker_tasks.emulator.catalogue.demo import accounts, looks, people
from looker_tasks.emulator.catalogue.demo.chart import Chart
from looker_tasks.emulator.catalogue.demo.dashboards import DASHBOARDS
from looker_tasks.emulator.catalogue.demo.ledger_charts import ACCOUNT_CHARTS
from looker_tasks.emulator.catalogue.demo.lookml_dashboards import LOOKML_DASHBOARDS
from looker_tasks.emulator.catalogue.demo.looks import LOOKS
from looker_tasks.emulator.catalogue.demo.order_charts import ORDER_CHARTS
from looker_tasks.emulator.catalogue.demo.other_charts import CUSTOMER_CHARTS, EVENT_CHARTS, PRODUCT_CHARTS
from looker_tasks.emulator.catalogue.demo.plan import FILTERS, LookPlan, Plan
from looker_tasks.emulator.catalogue.demo.review import review
from looker_tasks.emulator.catalogue.layout import placed
from looker_tasks.emulator.catalogue.query_body import slug_of
from looker_tasks.emulator.catalogue.store import Catalogue
from looker_tasks.emulator.content import Dashboard, DashboardFilter, Element, Look, Query, Tab

MODEL = "thelook"
CHARTS: Mapping[str, Chart] = {**ORDER_CHARTS, **CUSTOMER_CHARTS, **PRODUCT_CHARTS, **EVENT_CHARTS, **ACCOUNT_CHARTS}
FOLDERS = (*looks.FOLDERS, *accounts.FOLDERS)


def demo_catalogue() -> Catalogue:
    """Return the shop's catalogue: some fifty dashboards and two dozen looks in folders, over the model `thelook`.

    Each call gives one of its own, to which queries may be added.
    """
    return _built().copy()


@cache
def _built() -> Catalogue:
    catalogue = Catalogue()
    for folder in FOLDERS:
        catalogue.add_folder(folder)
    element_ids, tab_ids, dashboard_ids = (map(str, count(1)) for _ in range(3))
    for plan in DASHBOARDS:
        catalogue.add_dashboard(_dashboard(plan, next(dashboard_ids), catalogue, element_ids, tab_ids))
    for plan in LOOKML_DASHBOARDS:
        dashboard_id = f"{MODEL}::{plan.name}"
        names = (f"{dashboard_id}::{name}" for name in _chart_names(plan))
        catalogue.add_dashboard(_dashboard(plan, dashboard_id, catalogue, names, tab_ids))
    look_ids = map(str, count(1))
    for look in (*LOOKS, *accounts.LOOKS):
        _add_look(look, next(look_ids), catalogue)
    for plan in accounts.DASHBOARDS:
        catalogue.add_dashboard(_dashboard(plan, next(dashboard_ids), catalogue, element_ids, tab_ids))
    accounts_folder = _folder_id("Accounts")
    catalogue.add_dashboard(review(next(dashboard_ids), accounts.REVIEW, accounts_folder, catalogue, element_ids))
    for plan in accounts.DELETED:
        catalogue.add_dashboard(
            evolve(_dashboard(plan, next(dashboard_ids), catalogue, element_ids, tab_ids), deleted=True)
        )
    catalogue.set_users(people.USERS)
    for board in people.BOARDS:
        catalogue.add_board(board)
    for schedule in people.SCHEDULES:
        catalogue.add_scheduled_plan(schedule)
    return catalogue


def _add_look(plan: LookPlan, look_id: str, catalogue: Catalogue) -> None:
    chart = CHARTS[plan.chart]
    query = catalogue.keep(_query(chart, {**chart.filters, **plan.filters}))
    catalogue.add_look(Look(look_id, plan.title, _folder_id(plan.folder), query.id))


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
    dimension = heard.fields[heard.explore]
    return DashboardFilter(title, title, MODEL, heard.explore, dimension, default, field_type=heard.field_type)


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
