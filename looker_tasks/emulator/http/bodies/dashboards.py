"""Dashboards as bodies, with their elements, filters and layouts. Pure."""

import json
from collections.abc import Iterable, Iterator, Mapping

from looker_tasks.emulator.catalogue import Catalogue
from looker_tasks.emulator.content import Dashboard, DashboardFilter, Element, Look, Query
from looker_tasks.emulator.http.bodies.content import Json, folder_body, look_body, query_body


def dashboard_body(dashboard: Dashboard, catalogue: Catalogue) -> Json:
    """Write a Dashboard with its elements, filters and layouts."""
    return dashboard_base_body(dashboard, catalogue) | {
        "slug": dashboard.slug or None,
        "deleted": dashboard.deleted,
        "folder_id": dashboard.folder_id,
        "dashboard_elements": element_bodies(dashboard, catalogue),
        "dashboard_filters": filter_bodies(dashboard),
        "dashboard_layouts": layout_bodies(dashboard),
        "url": f"/dashboards/{dashboard.id}",
    }


def dashboard_base_body(dashboard: Dashboard, catalogue: Catalogue) -> Json:
    """Write a DashboardBase, without what is on the dashboard."""
    folder = catalogue.folder(dashboard.folder_id)
    child_count = len(catalogue.children_of(dashboard.folder_id))
    return {
        "can": {},
        "id": dashboard.id,
        "title": dashboard.title,
        "description": dashboard.description,
        "hidden": False,
        "readonly": dashboard.is_lookml,
        "user_id": None if dashboard.is_lookml else dashboard.user_id,
        "folder": None if folder is None else folder_body(folder, child_count),
    }


def element_bodies(dashboard: Dashboard, catalogue: Catalogue) -> list[Json]:
    """Write the elements of *dashboard*, each with what it shows and what it listens to."""
    return [element_body(each, dashboard, catalogue) for each in dashboard.elements]


def element_body(element: Element, dashboard: Dashboard, catalogue: Catalogue) -> Json:
    """Write a DashboardElement."""
    look = None if element.look_id is None else catalogue.look(element.look_id)
    query = None if element.query_id is None else catalogue.query(element.query_id)
    maker = _result_maker_body(element, look, query, catalogue)
    is_text = element.kind == "text" or (element.kind == "vis" and maker is None)
    return {
        "can": {},
        "id": element.id,
        "dashboard_id": dashboard.id,
        "dashboard_layout_id": _layout_id(dashboard, element.tab_id),
        "title": element.title,
        "title_hidden": False,
        "type": "text" if is_text else element.kind,
        "title_text": element.title if is_text else None,
        "body_text": (element.text or None) if is_text else None,
        "note_text": element.note or None,
        "note_display": "below" if element.note else None,
        "note_state": "expanded" if element.note else None,
        "query_id": element.query_id,
        "query": None if query is None else query_body(query),
        "look_id": element.look_id,
        "look": None if look is None else look_body(look, catalogue),
        "merge_result_id": _merge_id(element),
        "result_maker": maker,
        "result_maker_id": None if maker is None else maker["id"],
        "extension_id": element.extension_id,
        "rich_content_json": _button(element) if element.kind == "button" else None,
        "lookml_link_id": element.id.rpartition("::")[2] if dashboard.is_lookml else None,
    }


def _result_maker_body(element: Element, look: Look | None, query: Query | None, catalogue: Catalogue) -> Json | None:
    """Write what gives an element its rows; None where it has none (a text, a button, an extension)."""
    if look is not None:
        query = catalogue.query(look.query_id)
    filterables = [
        _filterable(source.name, catalogue.query(source.query_id), source.listens) for source in element.merge
    ]
    if query is not None:
        filterables = [_filterable("", query, element.listens)]
    if query is None and not element.merge and element.sql is None:
        return None
    dynamic_fields = query.raw.get("dynamic_fields") if query else None
    return {
        "id": element.id if query is None else query.id,
        "query_id": None if query is None else query.id,
        "query": None if query is None else query_body(query),
        "merge_result_id": _merge_id(element),
        "sql_query_id": None if element.sql is None else f"sql-{element.id}",
        "dynamic_fields": dynamic_fields if isinstance(dynamic_fields, str) else None,
        "sorts": list(query.sorts) if query else [],
        "total": query.total if query else False,
        "vis_config": {"type": element.visualization},
        "filterables": filterables,
    }


def _filterable(name: str, query: Query | None, listens: Mapping[str, str]) -> Json:
    return {
        "model": query.model if query else None,
        "view": query.view if query else None,
        "name": name,
        "listen": [{"dashboard_filter_name": heard, "field": field} for heard, field in listens.items()],
    }


def _merge_id(element: Element) -> str | None:
    return f"merge-{element.id}" if element.merge else None


def _button(element: Element) -> str:
    """Write the rich content of a button: its text and where it leads."""
    return json.dumps({"text": element.title, "description": element.text, "newTab": True, "href": element.link})


def filter_bodies(dashboard: Dashboard) -> list[Json]:
    """Write the filters of *dashboard*, in their order."""
    return [_filter_body(each, dashboard, number) for number, each in enumerate(dashboard.filters)]


def _filter_body(each: DashboardFilter, dashboard: Dashboard, number: int) -> Json:
    is_field = each.type == "field"
    return {
        "can": {},
        "id": f"{dashboard.id}-{number}",
        "dashboard_id": dashboard.id,
        "name": each.name,
        "title": each.title,
        "type": each.type,
        "default_value": each.default_value,
        "model": each.model if is_field else None,
        "explore": each.explore if is_field else None,
        "dimension": each.dimension if is_field else None,
        "field": _field_body(each) if is_field else None,
        "row": number,
        "listens_to_filters": list(each.listens_to_filters),
        "allow_multiple_values": each.allow_multiple_values,
        "required": each.required,
        "ui_config": dict(each.ui_config),
    }


def _field_body(each: DashboardFilter) -> Json:
    return {
        "name": each.dimension,
        "type": each.field_type,
        "view": each.dimension.partition(".")[0],
        "category": "dimension",
        "is_numeric": each.field_type == "number",
    }


def layout_bodies(dashboard: Dashboard) -> list[Json]:
    """Write one layout for each tab, or the one of a dashboard without tabs."""
    tabs: Iterable[tuple[str | None, str | None]] = [(tab.id, tab.label) for tab in dashboard.tabs] or [(None, None)]
    return [
        {
            "can": {},
            "id": _layout_id(dashboard, tab_id),
            "dashboard_id": dashboard.id,
            "type": "newspaper",
            "active": order == 0,
            "deleted": False,
            "label": label,
            "order": order,
            "dashboard_layout_components": list(_components(dashboard, tab_id)),
        }
        for order, (tab_id, label) in enumerate(tabs)
    ]


def _components(dashboard: Dashboard, tab_id: str | None) -> Iterator[Json]:
    for each in dashboard.elements:
        if each.tab_id == tab_id:
            yield {
                "can": {},
                "id": f"{_layout_id(dashboard, tab_id)}-{each.id}",
                "dashboard_layout_id": _layout_id(dashboard, tab_id),
                "dashboard_element_id": each.id,
                "row": each.row,
                "column": each.column,
                "width": each.width,
                "height": each.height,
                "deleted": False,
                "element_title": each.title,
            }


def _layout_id(dashboard: Dashboard, tab_id: str | None) -> str:
    return f"{dashboard.id}-{tab_id}" if tab_id else dashboard.id
