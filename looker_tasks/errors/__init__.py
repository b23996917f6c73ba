"""What can go wrong, as one tree grouped by who must act. Errors carry facts as attributes; their text is one line.

LookerTasksError
├── ConfigurationError        you: a setting, a folder or a manifest is wrong; nothing was created
│   ├── InvalidExport         … this field of this export is
│   ├── HostUnreachable       … the base_url leads to no Looker, or something stands before it
│   ├── FolderInUse           … another run is at work in the output folder
│   └── JournalRefused        … what lies in the journal's place is broken, or no journal
├── ApiError                  Looker answered, and it was not what was asked for
│   ├── CredentialsRefused    you: client_id and client_secret, or the user's permissions
│   ├── UserRefused           you: the user of `as_user`, whom the API user may not stand for
│   ├── NotFound              you: no such thing, no permission, or a result that Looker no longer keeps
│   ├── RequestRefused        you: Looker read the request and refuses it (400, 409, 422 …)
│   ├── Throttled             nobody: asked too fast (429); it is tried again
│   ├── ServerBroken          Looker's administrators: 5xx, from Looker or from a gateway before it
│   ├── NotReady              nobody: the result is not there yet (202, 204)
│   └── UnexpectedResponse      the body is not what the operation promises
├── ConnectionBroken          the network
├── TaskFailed                Looker ran the task and it ended badly
├── ResultTooLarge            you: more bytes than `read` takes into memory
├── ResultRejected            the result came and is not a whole, right file
├── PartRejected              an artifact cannot become part of a combined file
├── DeadlineExceeded          nothing, or not enough, happened in time
└── FileNotWritten            you: the disk, the folder or the name
"""

from attrs import define, field

from looker_tasks.errors.advice import NetworkFailure, advice_on_connection, advice_on_deadline, advice_on_task
from looker_tasks.errors.api import (
    ApiError,
    CredentialsRefused,
    NotFound,
    NotReady,
    RequestRefused,
    ServerBroken,
    Throttled,
    UnexpectedResponse,
    UserRefused,
)
from looker_tasks.errors.root import LookerTasksError

__all__ = [
    "EXCERPT",
    "ApiError",
    "ConfigurationError",
    "ConnectionBroken",
    "CredentialsRefused",
    "DeadlineExceeded",
    "FileNotWritten",
    "FolderInUse",
    "HostUnreachable",
    "InvalidExport",
    "JournalRefused",
    "LookerTasksError",
    "NotFound",
    "NotReady",
    "PartRejected",
    "RequestRefused",
    "ResultRejected",
    "ResultTooLarge",
    "ServerBroken",
    "TaskFailed",
    "Throttled",
    "UnexpectedResponse",
    "UserRefused",
]

#: The longest piece of a server's answer that an error quotes, in characters.
EXCERPT = 300


@define(eq=False)
class ConfigurationError(LookerTasksError):
    """A setting, a folder or a manifest is wrong. Raised before anything is created."""

    message: str

    def __str__(self) -> str:
        return self.message


@define(eq=False)
class InvalidExport(ConfigurationError):
    """An export that Looker could not make: *field* names the part that is wrong."""

    field: str

    def __str__(self) -> str:
        return f"{self.field}: {self.message}"


@define(eq=False)
class HostUnreachable(ConfigurationError):
    """No Looker answered at the configured address, from the first call on; *advice* by what answered instead."""

    advice: str = "Check base_url (no /api path; self-hosted Lookers often listen on port 19999), the network and TLS."


@define(eq=False)
class FolderInUse(ConfigurationError):
    """Another run is at work in the output folder; the message tells which."""


@define(eq=False)
class JournalRefused(ConfigurationError):
    """What lies in the journal's place in the output folder is broken, or no journal. It was not touched."""

    advice = "Give another folder, or begin anew with --fresh: it forgets what was done, and keeps the files."


@define(eq=False, kw_only=True)
class ConnectionBroken(LookerTasksError):
    """The network failed *operation*.

    *sent* is False where the server cannot have seen the request: no connection was made. *failure* is how it failed:
    a `timeout`, `tls`, the `proxy`, a response that is `unparsable` as HTTP, or else the `connection` itself. *proxy*
    is the proxy that the call went through, if any.
    """

    operation: str
    message: str
    sent: bool
    failure: NetworkFailure = "connection"
    proxy: str = ""

    @property
    def advice(self) -> str:  # type: ignore[override]  # the advice depends on what failed, and when
        """What to try, by what failed and what was being done."""
        return advice_on_connection(self.failure, self.operation)

    def __str__(self) -> str:
        return f"{self.operation}: {self.message}{f' (through the proxy {self.proxy})' if self.proxy else ''}"


@define(eq=False, kw_only=True)
class TaskFailed(LookerTasksError):
    """Looker ran the task and it ended in *status*; *detail* is Looker's status_detail or the query's own error."""

    task_id: str
    status: str
    detail: str = ""

    def __str__(self) -> str:
        return f"task {self.task_id} ended in {self.status}{f': {self.detail}' if self.detail else ''}"

    @property
    def advice(self) -> str:  # type: ignore[override]  # the advice depends on what Looker said
        """What to try, by the words that Looker used."""
        return advice_on_task(self.detail)


@define(eq=False, kw_only=True)
class ResultRejected(LookerTasksError):
    """The result came, and is not a whole file of the right format. Nothing was saved."""

    task_id: str
    reason: str

    advice = "Open it in Looker's own UI: an error page or an empty result there is one here."

    def __str__(self) -> str:
        return f"the result of task {self.task_id} was not kept: {self.reason}"


@define(eq=False)
class ResultTooLarge(LookerTasksError):
    """The result has more than *most* bytes, as many as are read into memory."""

    most: int

    advice = "Stream it (`async with looker.open(…)`), export it to a file, or raise `Limits.read_bytes`."

    def __str__(self) -> str:
        return f"the result has more than {self.most} bytes"


@define(eq=False, kw_only=True)
class PartRejected(LookerTasksError):
    """The artifact at *path*, titled *part*, cannot become part of a combined file. No combined file is to be kept."""

    part: str
    path: str
    reason: str

    advice = "Export that part again, or combine without it."

    def __str__(self) -> str:
        return f"part {self.part!r} ({self.path}): {self.reason}"


@define(eq=False, kw_only=True)
class DeadlineExceeded(LookerTasksError):
    """The export was not done after *seconds*; it was in *phase* then.

    *cause* is the last trouble and *detail* what Looker said of the task last, if there was any.
    """

    seconds: float
    phase: str
    cause: str = ""
    detail: str = ""
    waited: str = field(default="the export's deadline")

    @property
    def advice(self) -> str:  # type: ignore[override]  # the advice depends on the phase
        """What to try, by the phase that took too long."""
        return advice_on_deadline(self.phase)

    def __str__(self) -> str:
        detail = f" ({self.detail})" if self.detail else ""
        cause = f"; last: {self.cause}" if self.cause else ""
        return f"not done after {self.seconds:.0f} s ({self.waited}), in phase {self.phase}{detail}{cause}"


@define(eq=False, kw_only=True)
class FileNotWritten(LookerTasksError):
    """The file at *path* could not be written. No part of it is left."""

    path: str  # or the URL of an object
    reason: str

    @property
    def advice(self) -> str:  # type: ignore[override]  # the advice depends on the place
        """What to do, by where the file should go."""
        if "://" in self.path:
            return (
                "Check the bucket, the credentials' permissions there and the network; then run the same command again."
            )
        return "Check the folder's permissions and the space on its disk; then run the same command again."

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"
