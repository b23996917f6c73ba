"""Queries, looks and dashboards: one by its id, or those that a search finds."""

from collections.abc import Mapping
from typing import TypeVar

from looker_tasks.emulator.catalogue import Catalogue, InvalidQuery
from looker_tasks.emulator.content import Dashboard, Look
from looker_tasks.emulator.http.bodies.content import look_base_body, look_body, query_body
from looker_tasks.emulator.http.bodies.dashboards import (
    dashboard_base_body,
    dashboard_body,
    element_bodies,
    element_body,
    filter_bodies,
    layout_bodies,
)
from looker_tasks.emulator.http.call import Call
from looker_tasks.emulator.http.errors import Detail, invalid, not_found
from looker_tasks.emulator.http.operations.searches import read_search
from looker_tasks.emulator.reply import Reply
from looker_tasks.emulator.searching import Attribute, FieldKind

T = TypeVar("T")
_DASHBOARD_SEARCH: Mapping[str, FieldKind] = {
    "id": "ids",
    "slug": "text",
    "title": "text",
    "description": "text",
    "content_favorite_id": "ids",
    "folder_id": "ids",
    "deleted": "flag",
    "user_id": "ids",
    "view_count": "ids",
    "content_metadata_id": "ids",
    "last_viewed_at": "text",
}
_LOOK_SEARCH: Mapping[str, FieldKind] = {**_DASHBOARD_SEARCH, "query_id": "ids"}
_ELEMENT_SEARCH: Mapping[str, FieldKind] = {"dashboard_id": "ids", "look_id": "ids", "title": "text", "deleted": "flag"}


async def create_query(call: Call) -> Reply:
    """Store a query; the same one again gives the one that is there."""
    try:
        query = call.looker.catalogue.add_query(await call.body(required=True))
    except InvalidQuery as wrong:
        raise invalid(Detail(wrong.field, wrong.code, wrong.message)) from wrong
    return call.respond("Query", query_body(query))


async def query(call: Call) -> Reply:
    """Answer a query by its id."""
    return call.respond("Query", query_body(existing(call.looker.catalogue.query(call.target_id))))


async def query_for_slug(call: Call) -> Reply:
    """Answer a query by its slug."""
    return call.respond("Query", query_body(existing(call.looker.catalogue.query_by_slug(call.target_id))))


async def look(call: Call) -> Reply:
    """Answer a look with its query."""
    catalogue = call.looker.catalogue
    return call.respond("Look", look_body(existing(catalogue.look(call.target_id)), catalogue))


async def all_looks(call: Call) -> Reply:
    """List the looks that are not deleted."""
    catalogue = call.looker.catalogue
    return call.respond("Look", [look_base_body(each, catalogue) for each in catalogue.looks() if not each.deleted])


async def search_looks(call: Call) -> Reply:
    """List the looks that match; without `deleted`, of those that are not."""
    catalogue, search = call.looker.catalogue, read_search(call, _LOOK_SEARCH)
    there = [each for each in catalogue.looks() if "deleted" in call.request.query or not each.deleted]
    return call.respond("Look", [look_base_body(each, catalogue) for each in search.among(there, _look_attributes)])


async def dashboard(call: Call) -> Reply:
    """Answer a dashboard, by id or slug, with its elements."""
    return call.respond("Dashboard", dashboard_body(_dashboard(call), call.looker.catalogue))


async def all_dashboards(call: Call) -> Reply:
    """List the dashboards that are not deleted, without what is on them."""
    catalogue = call.looker.catalogue
    there = [each for each in catalogue.dashboards() if not each.deleted]
    return call.respond("Dashboard", [dashboard_base_body(each, catalogue) for each in there])


async def search_dashboards(call: Call) -> Reply:
    """List the dashboards that match; without `deleted`, of those that are not."""
    catalogue, search = call.looker.catalogue, read_search(call, _DASHBOARD_SEARCH)
    there = [each for each in catalogue.dashboards() if "deleted" in call.request.query or not each.deleted]
    if call.query().boolean("not_owned_by", default=False):
        there = [each for each in there if each.user_id != call.user_id]
    chosen = search.among(there, _dashboard_attributes)
    return call.respond("Dashboard", [dashboard_body(each, catalogue) for each in chosen])


async def dashboard_dashboard_elements(call: Call) -> Reply:
    """List the elements of a dashboard."""
    return call.respond("DashboardElement", element_bodies(_dashboard(call), call.looker.catalogue))


async def dashboard_dashboard_filters(call: Call) -> Reply:
    """List the filters of a dashboard."""
    return call.respond("DashboardFilter", filter_bodies(_dashboard(call)))


async def dashboard_dashboard_layouts(call: Call) -> Reply:
    """List the layouts of a dashboard."""
    return call.respond("DashboardLayout", layout_bodies(_dashboard(call)))


async def dashboard_element(call: Call) -> Reply:
    """Answer a dashboard element."""
    catalogue = call.looker.catalogue
    element = existing(catalogue.element(call.target_id))
    its_dashboard = existing(catalogue.dashboard(element.dashboard_id))
    return call.respond("DashboardElement", element_body(element, its_dashboard, catalogue))


async def search_dashboard_elements(call: Call) -> Reply:
    """List the dashboard elements that match."""
    catalogue, search = call.looker.catalogue, read_search(call, _ELEMENT_SEARCH)
    pairs = [(each, one) for one in catalogue.dashboards() if not one.deleted for each in one.elements]
    chosen = search.among(
        pairs,
        lambda pair: {
            "id": pair[0].id,
            "dashboard_id": pair[1].id,
            "look_id": pair[0].look_id,
            "title": pair[0].title,
            "deleted": False,
        },
    )
    return call.respond("DashboardElement", [element_body(each, one, catalogue) for each, one in chosen])


def existing(thing: T | None) -> T:
    """Answer with *thing*, or raise the 404 of what is not there."""
    if thing is None:
        raise not_found()
    return thing


def _dashboard(call: Call) -> Dashboard:
    return existing(call.looker.catalogue.dashboard(call.target_id))


def _dashboard_attributes(each: Dashboard) -> Mapping[str, Attribute]:
    return _attributes(each) | {"slug": each.slug or None}


def _look_attributes(each: Look) -> Mapping[str, Attribute]:
    return _attributes(each) | {"query_id": each.query_id}


def _attributes(each: Dashboard | Look) -> dict[str, Attribute]:
    return {
        "id": each.id,
        "title": each.title,
        "description": each.description or None,
        "folder_id": each.folder_id,
        "deleted": each.deleted,
        "user_id": each.user_id,
        "view_count": 0,
    }


def in_folder(catalogue: Catalogue, folder_id: str) -> tuple[list[Dashboard], list[Look]]:
    """Answer with what lies in a folder itself and is not deleted."""
    dashboards = [each for each in catalogue.dashboards_in(folder_id) if not each.deleted]
    return dashboards, [each for each in catalogue.looks_in(folder_id) if not each.deleted]
