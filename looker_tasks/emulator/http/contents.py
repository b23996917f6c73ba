"""What exporting needs beside tasks: queries, looks, dashboards, folders."""

from typing import TypeVar

from looker_tasks.emulator.catalogue import InvalidQuery
from looker_tasks.emulator.content import Dashboard, Folder
from looker_tasks.emulator.http.call import Call
from looker_tasks.emulator.http.content_bodies import dashboard_body, folder_body, look_body, query_body
from looker_tasks.emulator.http.errors import Detail, invalid, not_found
from looker_tasks.emulator.http.reply import Reply

T = TypeVar("T")


async def create_query(call: Call) -> Reply:
    """Store a query; the same one again gives the one that is there."""
    try:
        query = call.looker.catalogue.add_query(await call.body(required=True))
    except InvalidQuery as wrong:
        raise invalid(Detail(wrong.field, wrong.code, wrong.message)) from wrong
    return call.respond("Query", query_body(query))


async def query(call: Call) -> Reply:
    """Give a query by its id."""
    return call.respond("Query", query_body(_there(call.looker.catalogue.query(call.target_id))))


async def query_for_slug(call: Call) -> Reply:
    """Give a query by its slug."""
    return call.respond("Query", query_body(_there(call.looker.catalogue.query_by_slug(call.target_id))))


async def look(call: Call) -> Reply:
    """Give a look with its query."""
    catalogue = call.looker.catalogue
    return call.respond("Look", look_body(_there(catalogue.look(call.target_id)), catalogue))


async def dashboard(call: Call) -> Reply:
    """Give a dashboard, by id or slug, with its elements."""
    catalogue = call.looker.catalogue
    return call.respond("Dashboard", dashboard_body(_there(catalogue.dashboard(call.target_id)), catalogue))


async def search_dashboards(call: Call) -> Reply:
    """List the dashboards that match; by page and per_page, or by limit and offset."""
    parameters, asked = call.query(), call.request.query
    limit, offset = parameters.integer("limit"), parameters.integer("offset")
    page, per_page = parameters.integer("page"), parameters.integer("per_page")
    parameters.check()
    if page is not None and per_page is not None:
        limit, offset = per_page, (page - 1) * per_page
    catalogue = call.looker.catalogue
    found = [
        each
        for each in catalogue.search_dashboards(title=asked.get("title"), folder_id=asked.get("folder_id"))
        if _matches(each, asked.get("id"), asked.get("slug"))
    ]
    start = max(offset or 0, 0)
    chosen = found[start:] if limit is None else found[start : start + max(limit, 0)]
    return call.respond("Dashboard", [dashboard_body(each, catalogue) for each in chosen])


async def folder(call: Call) -> Reply:
    """Give a folder."""
    return call.respond("Folder", folder_body(_folder(call)))


async def folder_dashboards(call: Call) -> Reply:
    """List the dashboards of a folder."""
    catalogue, found = call.looker.catalogue, _folder(call)
    return call.respond("Dashboard", [dashboard_body(each, catalogue) for each in catalogue.dashboards_in(found.id)])


async def folder_looks(call: Call) -> Reply:
    """List the looks of a folder."""
    catalogue, found = call.looker.catalogue, _folder(call)
    return call.respond("Look", [look_body(each, catalogue) for each in catalogue.looks_in(found.id)])


def _folder(call: Call) -> Folder:
    return _there(call.looker.catalogue.folder(call.target_id))


def _matches(found: Dashboard, dashboard_id: str | None, slug: str | None) -> bool:
    return dashboard_id in {None, found.id} and slug in {None, found.slug}


def _there(found: T | None) -> T:
    if found is None:
        raise not_found()
    return found
