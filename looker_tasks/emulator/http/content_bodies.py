"""How the emulator's content looks as bodies of API 4.0. Pure; `versions` makes API 3.1 of them."""

from collections.abc import Iterable

from looker_tasks.emulator.catalogue import Catalogue
from looker_tasks.emulator.content import Dashboard, Element, Folder, Look, Query

Json = dict[str, object]
_ECHOED = (  # what a stored query tells as the client wrote it
    "fill_fields",
    "filter_expression",
    "column_limit",
    "row_total",
    "subtotals",
    "vis_config",
    "filter_config",
    "visible_ui_sections",
    "dynamic_fields",
    "query_timezone",
)


def query_body(query: Query) -> Json:
    """Write a Query."""
    return {name: query.raw.get(name) for name in _ECHOED} | {
        "can": {},
        "id": query.id,
        "model": query.model,
        "view": query.view,
        "fields": list(query.fields),
        "filters": dict(query.filters) or None,
        "sorts": list(query.sorts),
        "limit": None if query.limit is None else str(query.limit),
        "pivots": list(query.pivots) or None,
        "total": query.total,
        "slug": query.slug,
        "share_url": f"/x/{query.slug}",
        "url": f"/explore/{query.model}/{query.view}?qid={query.slug}",
        "has_table_calculations": False,
    }


def folder_body(folder: Folder) -> Json:
    """Write a Folder (FolderBase, as looks and dashboards embed it)."""
    return {
        "can": {},
        "id": folder.id,
        "name": folder.name,
        "parent_id": folder.parent_id,
        "child_count": 0,
        "is_personal": False,
        "is_embed": False,
    }


def look_body(look: Look, catalogue: Catalogue) -> Json:
    """Write a LookWithQuery."""
    folder, query = catalogue.folder(look.folder_id), catalogue.query(look.query_id)
    model = None if query is None else {"id": query.model, "label": query.model}
    return {
        "can": {},
        "id": look.id,
        "title": look.title,
        "description": look.description,
        "deleted": False,
        "public": False,
        "user_id": "1",
        "query_id": look.query_id,
        "query": None if query is None else query_body(query),
        "model": model,
        "folder_id": look.folder_id,
        "folder": None if folder is None else folder_body(folder),
        "short_url": f"/looks/{look.id}",
    }


def dashboard_body(dashboard: Dashboard, catalogue: Catalogue) -> Json:
    """Write a Dashboard with its elements, filters and layouts."""
    folder = catalogue.folder(dashboard.folder_id)
    return {
        "can": {},
        "id": dashboard.id,
        "title": dashboard.title,
        "description": dashboard.description,
        "slug": dashboard.slug or None,
        "deleted": False,
        "hidden": False,
        "readonly": dashboard.is_lookml,
        "user_id": None if dashboard.is_lookml else "1",
        "folder_id": dashboard.folder_id,
        "folder": None if folder is None else folder_body(folder),
        "dashboard_elements": [_element_body(each, dashboard, catalogue) for each in dashboard.elements],
        "dashboard_filters": _filter_bodies(dashboard),
        "dashboard_layouts": _layout_bodies(dashboard),
        "url": f"/dashboards/{dashboard.id}",
    }


def _element_body(element: Element, dashboard: Dashboard, catalogue: Catalogue) -> Json:
    query = None if element.query_id is None else catalogue.query(element.query_id)
    return {
        "can": {},
        "id": element.id,
        "dashboard_id": dashboard.id,
        "dashboard_layout_id": _layout_id(dashboard, element.tab_id),
        "title": element.title,
        "title_hidden": False,
        "type": "text" if query is None else "vis",
        "body_text": element.text or None,
        "query_id": element.query_id,
        "query": None if query is None else query_body(query),
        "result_maker": None if query is None else _result_maker_body(element, query),
        "lookml_link_id": element.id.rpartition("::")[2] if dashboard.is_lookml else None,
    }


def _result_maker_body(element: Element, query: Query) -> Json:
    listen = [{"dashboard_filter_name": name, "field": field} for name, field in element.listens.items()]
    return {
        "id": query.id,
        "query_id": query.id,
        "query": query_body(query),
        "sorts": list(query.sorts),
        "total": query.total,
        "filterables": [{"model": query.model, "view": query.view, "name": "", "listen": listen}],
    }


def _filter_bodies(dashboard: Dashboard) -> list[Json]:
    return [
        {
            "can": {},
            "id": f"{dashboard.id}-{number}",
            "dashboard_id": dashboard.id,
            "name": each.name,
            "title": each.title,
            "type": "field_filter",
            "default_value": each.default_value,
            "model": each.model,
            "explore": each.explore,
            "dimension": each.dimension,
            "row": number,
            "allow_multiple_values": True,
            "required": False,
        }
        for number, each in enumerate(dashboard.filters)
    ]


def _layout_id(dashboard: Dashboard, tab_id: str | None) -> str:
    return f"{dashboard.id}-{tab_id}" if tab_id else dashboard.id


def _layout_bodies(dashboard: Dashboard) -> list[Json]:
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
            "dashboard_layout_components": [
                {
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
                for each in dashboard.elements
                if each.tab_id == tab_id
            ],
        }
        for order, (tab_id, label) in enumerate(tabs)
    ]
