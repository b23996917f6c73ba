"""Fresh exports: the queries behind a render run anew first, past Looker's cache.

The render takes what they left there. Queries that export rows need none of it: their own task is
told to take nothing from the cache.
"""

from collections.abc import Callable, Sequence

import anyio

from looker_tasks.aio.http.api import LookerApi
from looker_tasks.aio.http.tiles import tile_exports
from looker_tasks.aio.run.context import ExportContext, RunContext
from looker_tasks.aio.run.effects import Opening
from looker_tasks.aio.run.runner import run_export
from looker_tasks.errors import LookerTasksError
from looker_tasks.events import ExportFinished
from looker_tasks.exports import DashboardExport, ElementExport, Export, LookExport, QueryExport
from looker_tasks.outcomes import Artifact, Cancelled, Failed, Outcome
from looker_tasks.sansio.export_requests import task_kind
from looker_tasks.sansio.machine.directives import Done

_FORMAT = "json"  # the result is not kept


class _Discard:
    """Lets a result go: what counts is that its query ran."""

    late: Artifact | LookerTasksError | None = None

    async def receive(self, opening: Opening, task_id: str, begun: Callable[[], None]) -> Artifact:  # noqa: ARG002  # a receiver's
        """Open the result, and no more."""
        async with opening() as result:
            begun()
            return Artifact("", 0, "", result.content_type, _FORMAT)


def needs_fresh_queries(export: Export) -> bool:
    """Return whether queries have to run before *export* is rendered."""
    return not isinstance(export, ElementExport) and export.fresh and task_kind(export) == "render"


async def run_queries_anew(export: Export, run: RunContext) -> Done | None:
    """Run the queries behind *export*, where it is a fresh render, each within the limit.

    A query that fails is no reason not to render: its tile says so. Return the end of the export where nothing can be
    rendered: it is not known which queries those are, or nobody is let in.
    """
    if isinstance(export, ElementExport) or not needs_fresh_queries(export):
        return None
    try:
        queries = await _queries(export, LookerApi(run.session_of(export).insistent()))
    except LookerTasksError as error:
        return Done(Failed(export, error))
    ended: list[Done] = []
    async with anyio.create_task_group() as group:
        for query in queries:
            group.start_soon(_run_one, query, run, ended)
    stopping = [done.outcome.error for done in ended if done.stops_run and isinstance(done.outcome, Failed)]
    return Done(Failed(export, stopping[0]), stops_run=True) if stopping else None


async def _queries(export: DashboardExport | LookExport | QueryExport, api: LookerApi) -> Sequence[QueryExport]:
    match export:
        case DashboardExport():
            return (await tile_exports(api, export, _FORMAT, {"fresh": False, "cache": False})).exports
        case LookExport():
            look = await api.look(export.look_id, fields="id,query_id")
            ids = [look.query_id] if look.query_id else []
            return [QueryExport(each, _FORMAT, cache=False, as_user=export.as_user) for each in ids]
        case QueryExport():
            return [QueryExport(export.query_id, _FORMAT, cache=False, as_user=export.as_user)]


async def _run_one(query: QueryExport, run: RunContext, ended: list[Done]) -> None:
    aside, subject = run.aside(), run.subject(query, "")
    outcome: Outcome = Cancelled(query)
    try:
        with aside.slot(task_kind(query)) as slot:
            done = await run_export(ExportContext(aside, subject, slot, _Discard()))
        ended.append(done)
        outcome = done.outcome
    finally:
        run.notifier.notify(ExportFinished, outcome, subject=subject)
