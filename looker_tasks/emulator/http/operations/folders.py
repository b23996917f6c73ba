"""Folders: what lies in them, and those above and below."""

from collections.abc import Mapping

from looker_tasks.emulator.content import Folder
from looker_tasks.emulator.http.bodies.content import Json, folder_body, look_base_body, look_body
from looker_tasks.emulator.http.bodies.dashboards import dashboard_base_body, dashboard_body
from looker_tasks.emulator.http.call import Call
from looker_tasks.emulator.http.operations.contents import existing, in_folder
from looker_tasks.emulator.http.operations.searches import read_search
from looker_tasks.emulator.reply import Reply
from looker_tasks.emulator.searching import Attribute, FieldKind

_SEARCH: Mapping[str, FieldKind] = {
    "id": "ids",
    "name": "text",
    "parent_id": "ids",
    "creator_id": "ids",
    "is_shared_root": "flag",
    "is_users_root": "flag",
}


async def folder(call: Call) -> Reply:
    """Answer a folder with what lies in it."""
    return call.respond("Folder", _body(call, _folder(call)))


async def all_folders(call: Call) -> Reply:
    """List all folders, without what lies in them."""
    return call.respond("Folder", [_base(call, each) for each in call.looker.catalogue.folders()])


async def search_folders(call: Call) -> Reply:
    """List the folders that match."""
    chosen = read_search(call, _SEARCH).among(call.looker.catalogue.folders(), _attributes)
    return call.respond("Folder", [_body(call, each) for each in chosen])


async def folder_children(call: Call) -> Reply:
    """List the folders that lie in a folder itself."""
    chosen = read_search(call, {}).among(call.looker.catalogue.children_of(_folder(call).id), _attributes)
    return call.respond("Folder", [_body(call, each) for each in chosen])


async def folder_children_search(call: Call) -> Reply:
    """List the folders in a folder whose name matches."""
    chosen = read_search(call, {"name": "text"}).among(call.looker.catalogue.children_of(_folder(call).id), _attributes)
    return call.respond("Folder", [_body(call, each) for each in chosen])


async def folder_ancestors(call: Call) -> Reply:
    """List the folders above a folder, the root first."""
    catalogue, above = call.looker.catalogue, list[Folder]()
    parent_id = _folder(call).parent_id
    while parent_id is not None and (parent := catalogue.folder(parent_id)) is not None and parent not in above:
        above.insert(0, parent)
        parent_id = parent.parent_id
    return call.respond("Folder", [_body(call, each) for each in above])


async def folder_dashboards(call: Call) -> Reply:
    """List the dashboards of a folder itself."""
    catalogue = call.looker.catalogue
    dashboards, _ = in_folder(catalogue, _folder(call).id)
    return call.respond("Dashboard", [dashboard_body(each, catalogue) for each in dashboards])


async def folder_looks(call: Call) -> Reply:
    """List the looks of a folder itself."""
    catalogue = call.looker.catalogue
    _, looks = in_folder(catalogue, _folder(call).id)
    return call.respond("Look", [look_body(each, catalogue) for each in looks])


def _folder(call: Call) -> Folder:
    return existing(call.looker.catalogue.folder(call.target_id))


def _base(call: Call, each: Folder) -> Json:
    return folder_body(each, len(call.looker.catalogue.children_of(each.id)))


def _body(call: Call, each: Folder) -> Json:
    catalogue = call.looker.catalogue
    dashboards, looks = in_folder(catalogue, each.id)
    return _base(call, each) | {
        "dashboards": [dashboard_base_body(one, catalogue) for one in dashboards],
        "looks": [look_base_body(one, catalogue) for one in looks],
    }


def _attributes(each: Folder) -> Mapping[str, Attribute]:
    return {
        "id": each.id,
        "name": each.name,
        "parent_id": each.parent_id,
        "creator_id": each.creator_id,
        "is_shared_root": each.parent_id is None and each.name == "Shared",
        "is_users_root": False,
    }
