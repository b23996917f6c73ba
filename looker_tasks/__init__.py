"""An asyncio client for Looker's asynchronous tasks: every file, whole, once, as fast as the server can."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from looker_tasks.client import LookerTasks
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
        DownloadStarted,
        Event,
        ExportFinished,
        ExportStarted,
        LimitChanged,
        LoopStalled,
        Observer,
        Paused,
        Polled,
        TaskCreated,
    )
    from looker_tasks.exports import DashboardExport, ElementExport, Export, LookExport, QueryExport
    from looker_tasks.models import Dashboard, Look, Query, QueryTask, RenderTask
    from looker_tasks.outcomes import Artifact, Cancelled, Exported, Failed, History, Outcome
    from looker_tasks.policy import Backoff, Cadence, Deadlines, Limits, Policy, Retry

__all__ = [
    "ApiError",
    "Artifact",
    "BackedOff",
    "Backoff",
    "Cadence",
    "Cancelled",
    "ConfigurationError",
    "ConnectionBroken",
    "CredentialsRefused",
    "Dashboard",
    "DashboardExport",
    "DeadlineExceeded",
    "Deadlines",
    "DownloadStarted",
    "ElementExport",
    "Event",
    "Export",
    "ExportFinished",
    "ExportStarted",
    "Exported",
    "Failed",
    "FileNotWritten",
    "FolderInUse",
    "History",
    "HostUnreachable",
    "InvalidExport",
    "JournalRefused",
    "LimitChanged",
    "Limits",
    "Look",
    "LookExport",
    "LookerTasks",
    "LookerTasksError",
    "LoopStalled",
    "NotFound",
    "NotReady",
    "Observer",
    "Outcome",
    "Paused",
    "Policy",
    "Polled",
    "Query",
    "QueryExport",
    "QueryTask",
    "RenderTask",
    "RequestRefused",
    "ResultRejected",
    "ResultTooLarge",
    "Retry",
    "ServerBroken",
    "TaskCreated",
    "TaskFailed",
    "Throttled",
    "UnexpectedResponse",
    "UserRefused",
]

#: Where they live, the quick to import first.
_HOMES = ("errors", "exports", "models", "outcomes", "policy", "events", "client")


def __getattr__(name: str) -> object:
    """Import a public name when it is asked for: the command line asks for none of them, and must be quick."""
    if name in __all__:
        for home in _HOMES:
            module = import_module(f"{__name__}.{home}")
            if name in vars(module):
                return globals().setdefault(name, vars(module)[name])
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
