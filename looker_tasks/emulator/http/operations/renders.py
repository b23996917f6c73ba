"""The render tasks: creating them, asking about them, fetching their files."""

from typing import Literal, cast
from urllib.parse import parse_qsl

from looker_tasks.emulator.drawing.page import PaperSize, RenderFormat
from looker_tasks.emulator.farm.tasks import RenderKind, RenderOrder, RenderTask
from looker_tasks.emulator.http.bodies.tasks import render_task_body
from looker_tasks.emulator.http.call import Answering, Call
from looker_tasks.emulator.http.errors import Detail, invalid, not_found
from looker_tasks.emulator.http.parameters import Parameters
from looker_tasks.emulator.http.versions import Version
from looker_tasks.emulator.reply import Reply, not_yet

Style = Literal["tiled", "single_column"]
_IN_QUERY = ("width", "height", "pdf_paper_size", "pdf_landscape", "long_tables", "theme")
_IN_BODY = ("dashboard_filters", "dashboard_style", "tab_ids")
_DASHBOARD_FORMATS = frozenset({"pdf", "png", "jpg"})
LARGEST = 64_000_000  # pixels of a picture that is drawn: a quarter of a gigabyte
_IMAGE_FORMATS = frozenset({"png", "jpg"})


async def create_dashboard_render_task(call: Call) -> Reply:
    """Render a dashboard: in 3.1 a user-defined one, in 4.0 a LookML one too."""
    found = call.looker.catalogue.dashboard(call.target_id)
    if found is None or (found.is_lookml and call.version == "3.1"):
        raise not_found()
    return await _create_dashboard(call, "lookml_dashboard" if found.is_lookml else "dashboard", found.id)


async def create_lookml_dashboard_render_task(call: Call) -> Reply:
    """Render a LookML dashboard, as API 3.1 did."""
    found = call.looker.catalogue.dashboard(call.target_id)
    if found is None or not found.is_lookml:
        raise not_found()
    return await _create_dashboard(call, "lookml_dashboard", found.id)


def create_picture(kind: RenderKind) -> Answering:
    """Answer creates of a *kind* that has neither filters nor paper: a look, a query, a dashboard element."""

    async def create(call: Call) -> Reply:
        target_id = call.target_id
        find = {
            "look": call.looker.catalogue.look,
            "query": call.looker.catalogue.query,
            "dashboard_element": call.looker.catalogue.element,
        }[kind]
        if find(target_id) is None:
            raise not_found()
        query, body = call.query(), Parameters(await call.body())
        body.refuse_misplaced(_IN_QUERY, "the query string")
        body.check()
        order = RenderOrder(
            kind=kind,
            target_id=target_id,
            format=_format(call, query, _IMAGE_FORMATS),
            width=query.pixels("width"),
            height=query.pixels("height"),
        )
        query.check()
        return _created(call, order)

    return create


async def render_task(call: Call) -> Reply:
    """Answer how a render stands."""
    return call.respond("RenderTask", render_task_body(_found(call), call.looker.clock))


async def render_task_results(call: Call) -> Reply:
    """Send the file of a finished render; 202 while it is not finished, 404 when it failed or its file is gone."""
    task = _found(call)
    if task.finalized_at is None:
        return not_yet(202, call.looker.settings.retry_after)
    result = call.looker.farm.result(task.id)
    if result is None:
        raise not_found()
    return Reply(body=result.body, headers={"Content-Type": result.content_type})


async def _create_dashboard(call: Call, kind: RenderKind, target_id: str) -> Reply:
    query, body = call.query(), Parameters(await call.body(required=True))
    query.refuse_misplaced(_IN_BODY, "the body")
    body.refuse_misplaced(_IN_QUERY, "the query string")
    filters = body.url_query("dashboard_filters")
    order = RenderOrder(
        kind=kind,
        target_id=target_id,
        format=_format(call, query, _DASHBOARD_FORMATS),
        width=query.pixels("width"),
        height=query.pixels("height"),
        filters=dict(parse_qsl(filters or "", keep_blank_values=True)),
        filters_text=filters,
        style=cast("Style | None", body.choice("dashboard_style", Style)),
        tab_ids=body.texts("tab_ids") if _is_new(call.version) else (),
        paper_size=cast("PaperSize | None", query.choice("pdf_paper_size", PaperSize)),
        landscape=query.boolean("pdf_landscape", default=False),
        long_tables=query.boolean("long_tables", default=False) and _is_new(call.version),
        theme=query.text("theme") if _is_new(call.version) else None,
    )
    query.check()
    body.check()
    return _created(call, order)


def _is_new(version: Version) -> bool:
    """Whether *version* has what came after 3.1: tab_ids, long_tables, theme."""
    return version != "3.1"


def _format(call: Call, query: Parameters, allowed: frozenset[str]) -> RenderFormat:
    name = call.path["result_format"]
    if name not in allowed:
        query.refuse("result_format", "invalid", f"result_format must be one of {', '.join(sorted(allowed))}.")
    return cast("RenderFormat", name)


def _created(call: Call, order: RenderOrder) -> Reply:
    if order.format != "pdf" and call.looker.settings.renderer == "real" and order.width * order.height > LARGEST:
        message = f"width times height must be at most {LARGEST:,} pixels."
        raise invalid(Detail("width", "invalid", message), Detail("height", "invalid", message))
    task = call.looker.farm.render(order, call.user_id, call.injection(*order.targets))
    call.count_created()
    return call.respond("RenderTask", render_task_body(task, call.looker.clock))


def _found(call: Call) -> RenderTask:
    task = call.looker.farm.render_task(call.target_id)
    if task is None:
        raise not_found()
    return task
