"""An asyncio client for Looker's asynchronous tasks: every file, whole, once, as fast as the server can.

The path of an export: what to make (`exports`) is a value; `client.LookerTasks` wires the parts together; a batch is
fanned out by `aio.run.scheduler`, a single one is made by `aio.run.singles`; both drive the one machine of an export,
`sansio.machine`, which decides and is obeyed; the bytes go to a destination (`aio.files`) or to whoever reads them.
What came of it is an outcome (`outcomes`), always one for each export, and on the way observers see `events`.

Where a change goes: what an export can say, into `exports` and `formats`; what goes over the wire, into
`sansio.protocol`; when something is tried again, into `sansio.retrying`; when a task is polled, into `sansio.polling`;
how many at a time, into `sansio.limit` and `sansio.admission`; what happens when, into `sansio.machine`; sockets, disks
and tasks of the event loop, into `aio`. Typed tables are made in `tables`, combined files in `combining`; manifests are
read in `manifest` and planned in `planning`; events are consumed in `observers`; `report` reads what a run left;
`integrations` uses the public names alone; `cli` is the command line, `emulator` a Looker of our own.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from looker_tasks.homes import HOMES

if TYPE_CHECKING:
    from looker_tasks.aio.http.api import LookerApi
    from looker_tasks.aio.http.result import (
        PendingResult,
        Result,
    )
    from looker_tasks.aio.run.remote import (
        Assignment,
        Executor,
        RemoteExport,
        Report,
        Worker,
    )
    from looker_tasks.aio.run.scheduler import (
        Exports,
        Run,
    )
    from looker_tasks.client import (
        Concurrency,
        LookerTasks,
    )
    from looker_tasks.config import Overrides, Settings
    from looker_tasks.errors import (
        ApiError,
        ConfigurationError,
        ConnectionBroken,
        CredentialsRefused,
        DeadlineExceeded,
        FileNotWritten,
        FolderInUse,
        HostUnreachable,
        InvalidExport,
        JournalRefused,
        LookerTasksError,
        NotFound,
        NotReady,
        PartRejected,
        RequestRefused,
        ResultRejected,
        ResultTooLarge,
        ServerBroken,
        TaskFailed,
        Throttled,
        UnexpectedResponse,
        UserRefused,
    )
    from looker_tasks.events import (
        BackedOff,
        CallEnded,
        ContentNamed,
        DownloadStarted,
        Event,
        ExportFinished,
        ExportStarted,
        LimitChanged,
        LoopStalled,
        Observer,
        Paused,
        Polled,
        RunFinished,
        RunStarted,
        TaskCreated,
    )
    from looker_tasks.exports import (
        DashboardExport,
        ElementExport,
        Export,
        FilterValue,
        LookExport,
        QueryExport,
    )
    from looker_tasks.models import (
        Board,
        BoardItem,
        BoardSection,
        Dashboard,
        DashboardElement,
        DashboardFilter,
        Filterable,
        Folder,
        Listen,
        Look,
        LookWithQuery,
        Query,
        QueryTask,
        RenderTask,
        ResultMaker,
        ScheduledPlan,
        ScheduledPlanDestination,
        TaskKind,
        TaskStatus,
    )
    from looker_tasks.outcomes import (
        Artifact,
        Cancelled,
        Exported,
        Failed,
        History,
        Outcome,
        Started,
    )
    from looker_tasks.policy import (
        Backoff,
        Cadence,
        Deadlines,
        Limits,
        Policy,
        Retry,
    )
    from looker_tasks.sansio.protocol.filter_expressions import literal
    from looker_tasks.sansio.protocol.operations import (
        AccessToken,
        ApiVersion,
    )

__all__ = [
    "AccessToken",
    "ApiError",
    "ApiVersion",
    "Artifact",
    "Assignment",
    "BackedOff",
    "Backoff",
    "Board",
    "BoardItem",
    "BoardSection",
    "Cadence",
    "CallEnded",
    "Cancelled",
    "Concurrency",
    "ConfigurationError",
    "ConnectionBroken",
    "ContentNamed",
    "CredentialsRefused",
    "Dashboard",
    "DashboardElement",
    "DashboardExport",
    "DashboardFilter",
    "DeadlineExceeded",
    "Deadlines",
    "DownloadStarted",
    "ElementExport",
    "Event",
    "Executor",
    "Export",
    "ExportFinished",
    "ExportStarted",
    "Exported",
    "Exports",
    "Failed",
    "FileNotWritten",
    "FilterValue",
    "Filterable",
    "Folder",
    "FolderInUse",
    "History",
    "HostUnreachable",
    "InvalidExport",
    "JournalRefused",
    "LimitChanged",
    "Limits",
    "Listen",
    "Look",
    "LookExport",
    "LookWithQuery",
    "LookerApi",
    "LookerTasks",
    "LookerTasksError",
    "LoopStalled",
    "NotFound",
    "NotReady",
    "Observer",
    "Outcome",
    "Overrides",
    "PartRejected",
    "Paused",
    "PendingResult",
    "Policy",
    "Polled",
    "Query",
    "QueryExport",
    "QueryTask",
    "RemoteExport",
    "RenderTask",
    "Report",
    "RequestRefused",
    "Result",
    "ResultMaker",
    "ResultRejected",
    "ResultTooLarge",
    "Retry",
    "Run",
    "RunFinished",
    "RunStarted",
    "ScheduledPlan",
    "ScheduledPlanDestination",
    "ServerBroken",
    "Settings",
    "Started",
    "TaskCreated",
    "TaskFailed",
    "TaskKind",
    "TaskStatus",
    "Throttled",
    "UnexpectedResponse",
    "UserRefused",
    "Worker",
    "literal",
]


def __getattr__(name: str) -> object:
    """Import a public name when it is asked for: the command line asks for none of them, and must be quick."""
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return globals().setdefault(name, getattr(import_module(f"{__name__}.{HOMES[name]}"), name))


def __dir__() -> list[str]:
    return __all__
