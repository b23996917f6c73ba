"""Every public method, with its arguments and results spelled by public names alone. Type-checked, never run."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp

from looker_tasks import (
    AccessToken,
    ApiVersion,
    Artifact,
    Board,
    Cancelled,
    Concurrency,
    Dashboard,
    DashboardElement,
    DashboardExport,
    DashboardFilter,
    ElementExport,
    Event,
    Export,
    Exported,
    Exports,
    Failed,
    FilterValue,
    Folder,
    History,
    Limits,
    Look,
    LookerApi,
    LookerTasks,
    LookerTasksError,
    LookExport,
    Observer,
    Outcome,
    PendingResult,
    Policy,
    Query,
    QueryExport,
    QueryTask,
    RenderTask,
    Result,
    Run,
    ScheduledPlan,
    Settings,
    Started,
    TaskStatus,
    literal,
)


def observe(event: Event) -> None:
    """See every event."""
    print(event.at, event.key, event.name)  # noqa: T201  # an observer's own


async def set_up(session: aiohttp.ClientSession, settings: Settings) -> AsyncIterator[LookerTasks]:
    """Make clients, each way."""
    version: ApiVersion = "4.0"
    concurrency: Concurrency = 8
    observer: Observer = observe
    policy = Policy(limits=Limits(read_bytes=2**20))
    yield LookerTasks(
        "https://looker.example.com",
        "id",
        "secret",
        api_version=version,
        concurrency=concurrency,
        session=session,
        policy=policy,
        verify_ssl=True,
        observers=(observer,),
    )
    yield LookerTasks.from_settings(settings, concurrency="auto", session=session, policy=policy, observers=[observe])
    yield LookerTasks.from_env(ini=Path("looker.ini"), section="Looker", concurrency="auto", base_url="https://x")


async def export(looker: LookerTasks, outcome: Outcome) -> tuple[Artifact | LookerTasksError | None, History]:
    """Export, each way."""
    filters: dict[str, FilterValue] = {"Customer": literal("Smith, Jones & Co"), "Active": True}
    wanted: list[Export] = [
        DashboardExport("42", "pdf", filters=filters),
        LookExport("7", "png"),
        QueryExport("17", "json"),
        ElementExport("9"),
    ]
    outcome = await looker.export(wanted[0], Path("west.pdf"))
    exports: Exports = iter(wanted)
    async with looker.export_all(exports, "exports/", concurrency=4, journal=False) as run:
        await consume(run)
    match outcome:
        case Exported(artifact=artifact):
            return artifact, outcome.history
        case Failed(error=error):
            return error, outcome.history
        case Cancelled():
            return None, outcome.history


async def consume(run: Run) -> list[Outcome]:
    """Take the outcomes of a run."""
    run.stop()
    return [outcome async for outcome in run]


async def serve(looker: LookerTasks) -> TaskStatus:
    """Serve results and tasks."""
    async with looker.open(DashboardExport("42")) as result:
        await pass_on(result)
    data: bytes = await looker.read(LookExport("7", "png"))
    started: Started = await looker.as_user("12").start(DashboardExport("42", name=str(len(data))))
    outcome: Outcome = await looker.finish(started.token, "west.pdf")
    killed: bool = await looker.kill(started.token)
    tiles: list[QueryExport] = await looker.tiles(DashboardExport("42"), "csv")
    print(outcome, killed, tiles, await looker.table(tiles[0]))  # noqa: T201  # a program's own
    await looker.aclose()
    return await looker.poll(started.token)


async def pass_on(result: Result) -> tuple[str, int | None, list[bytes]]:
    """Stream a result on."""
    return result.content_type, result.content_length, [chunk async for chunk in result.chunks]


async def call(api: LookerApi) -> tuple[AccessToken, Board, Folder, ScheduledPlan]:
    """Call operations."""
    task: RenderTask = await api.create_dashboard_render_task("42", "pdf", width=1200, height=800)
    pending: PendingResult = api.render_task_results(task.id)
    async with pending as result:
        await pass_on(result)
    look: Look = await api.look("7")
    query: Query = await api.query(look.query_id or "")
    rows: QueryTask = await api.create_query_task(query.id, "json")
    dashboard: Dashboard = await api.dashboard("42")
    filters: tuple[DashboardFilter, ...] | None = dashboard.dashboard_filters
    elements: tuple[DashboardElement, ...] | None = dashboard.dashboard_elements
    print(rows, filters, elements)  # noqa: T201  # a program's own
    return await api.login_user("12"), await api.board("1"), await api.folder("1"), (await api.all_scheduled_plans())[0]
