"""Queries, looks and folders as bodies. Pure."""

from looker_tasks.emulator.catalogue import Catalogue
from looker_tasks.emulator.content import Folder, Look, Query

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
        "has_table_calculations": "table_calculation" in str(query.raw.get("dynamic_fields") or ""),
    }


def folder_body(folder: Folder, child_count: int = 0) -> Json:
    """Write a FolderBase, as looks and dashboards embed it; *child_count* is how many folders are in it."""
    is_shared_root = folder.parent_id is None and folder.name == "Shared"
    return {
        "can": {},
        "id": folder.id,
        "name": folder.name,
        "parent_id": folder.parent_id,
        "creator_id": folder.creator_id,
        "child_count": child_count,
        "is_personal": False,
        "is_personal_descendant": False,
        "is_embed": False,
        "is_shared_root": is_shared_root,
        "is_users_root": False,
    }


def look_body(look: Look, catalogue: Catalogue) -> Json:
    """Write a LookWithQuery."""
    query = catalogue.query(look.query_id)
    return look_base_body(look, catalogue) | {"query": None if query is None else query_body(query)}


def look_base_body(look: Look, catalogue: Catalogue) -> Json:
    """Write a Look, whose query is an id alone."""
    folder, query = catalogue.folder(look.folder_id), catalogue.query(look.query_id)
    child_count = len(catalogue.children_of(look.folder_id))
    model = None if query is None else {"id": query.model, "label": query.model}
    return {
        "can": {},
        "id": look.id,
        "title": look.title,
        "description": look.description,
        "deleted": look.deleted,
        "public": False,
        "user_id": look.user_id,
        "query_id": look.query_id,
        "model": model,
        "folder_id": look.folder_id,
        "folder": None if folder is None else folder_body(folder, child_count),
        "short_url": f"/looks/{look.id}",
    }
