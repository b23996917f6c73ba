"""The demo's catalogue: as large as promised, every query of it runs, and charts have something to show."""

from collections import Counter
from functools import cache
from time import perf_counter

import pytest

from looker_tasks.emulator.catalogue import Catalogue, demo_catalogue, filter_values, listening
from looker_tasks.emulator.content import Dashboard, Query
from looker_tasks.emulator.results import Rows
from tests.emulator.shop import shop


@cache
def _demo() -> Catalogue:
    return demo_catalogue()


def _query(query_id: str) -> Query:
    query = _demo().query(query_id)
    assert query is not None
    return query


def test_it_is_built_in_a_moment() -> None:
    """An emulator that draws nothing starts at once."""
    started = perf_counter()
    demo_catalogue()
    assert perf_counter() - started < 0.2  # 6 ms on an idle core


def test_it_is_the_same_each_time() -> None:
    """Ids and slugs do not change from one emulator to the next."""
    assert demo_catalogue().dashboards() == _demo().dashboards()
    assert demo_catalogue().queries() == _demo().queries()


def test_it_has_dashboards_looks_and_folders_enough() -> None:
    """Forty dashboards, six or more of them LookML, some with tabs, and twenty looks, spread over folders."""
    dashboards = _demo().dashboards()
    assert len(dashboards) >= 40
    assert sum(dashboard.is_lookml for dashboard in dashboards) >= 6
    assert sum(len(dashboard.tabs) == 2 for dashboard in dashboards) >= 4
    assert len(_demo().looks()) >= 20
    assert len({dashboard.folder_id for dashboard in dashboards}) >= 6
    assert {look.folder_id for look in _demo().looks()} <= {folder.id for folder in _demo().folders()}
    assert _demo().dashboard("thelook::business_pulse") is not None


def test_titles_are_their_own() -> None:
    """No two dashboards and no two looks share a title, so that files named after them do not clash."""
    for titles in ([each.title for each in _demo().dashboards()], [each.title for each in _demo().looks()]):
        assert [title for title, count in Counter(titles).items() if count > 1] == []


def test_dashboard_42_hears_region() -> None:
    """The dashboard of the README exists, and its Region filter changes its numbers."""
    dashboard = _demo().dashboard("42")
    assert dashboard is not None
    assert "Region" in [each.title for each in dashboard.filters]
    (revenue,) = (element for element in dashboard.elements if element.title == "Revenue")
    assert revenue.query_id is not None
    west, everywhere = (
        shop().run(listening(_query(revenue.query_id), revenue, filter_values(dashboard, given))).values[0][0]
        for given in ({"Region": "West"}, {})
    )
    assert 0 < float(str(west)) < float(str(everywhere))


def _shown(dashboard: Dashboard) -> dict[str, Rows]:
    values = filter_values(dashboard, {})
    return {
        element.id: shop().run(listening(_query(element.query_id), element, values))
        for element in dashboard.elements
        if element.query_id is not None
    }


@pytest.mark.parametrize("dashboard", _demo().dashboards(), ids=lambda dashboard: dashboard.id)
def test_every_element_has_something_to_show(dashboard: Dashboard) -> None:
    """Under its default filters each query gives rows, charts more than one and few enough to be drawn."""
    kinds = {element.id: element.visualization for element in dashboard.elements}
    for element_id, rows in _shown(dashboard).items():
        least = 1 if kinds[element_id] == "single_value" else 2
        assert least <= len(rows.values) <= 150, element_id
        assert any(value is not None for row in rows.values for value in row), element_id


@pytest.mark.parametrize("dashboard", _demo().dashboards(), ids=lambda dashboard: dashboard.id)
def test_every_dashboard_is_whole(dashboard: Dashboard) -> None:
    """It has four elements or more of several kinds, each found by its id, on a tab of its own dashboard."""
    assert 4 <= len(dashboard.elements) <= 15
    assert len({element.visualization for element in dashboard.elements}) >= 2
    tabs: set[str | None] = {tab.id for tab in dashboard.tabs} or {None}
    for element in dashboard.elements:
        assert _demo().element(element.id) is element
        assert element.dashboard_id == dashboard.id
        assert element.tab_id in tabs
        assert set(element.listens) <= {each.name for each in dashboard.filters}


def test_every_filter_is_heard() -> None:
    """No dashboard has a filter that nothing on it listens to."""
    for dashboard in _demo().dashboards():
        heard = {name for element in dashboard.elements for name in element.listens}
        assert [each.name for each in dashboard.filters if each.name not in heard] == [], dashboard.title


def test_every_look_gives_rows() -> None:
    """The query of each look runs."""
    for look in _demo().looks():
        assert shop().run(_query(look.query_id)).values, look.title


def test_elements_have_ids_of_looker_s_form() -> None:
    """Numbers for user-defined dashboards, model::dashboard::name for LookML ones."""
    for dashboard in _demo().dashboards():
        for element in dashboard.elements:
            assert element.id.startswith(f"{dashboard.id}::") if dashboard.is_lookml else element.id.isdecimal()
