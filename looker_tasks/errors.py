"""What can go wrong, as one tree grouped by who must act. Errors carry facts as attributes; their text is one line.

LookerTasksError
├── ConfigurationError        you: a setting, a folder or a manifest is wrong; nothing was created
│   ├── InvalidExport         … this field of this export is
│   ├── HostUnreachable       … the base_url leads to no Looker
│   ├── FolderInUse           … another run is at work in the output folder
│   └── JournalRefused        … what lies in the journal's place is broken, or no journal
├── ApiError                  Looker answered, and it was not what was asked for
│   ├── CredentialsRefused    you: client_id and client_secret, or the user's permissions
│   ├── NotFound              you: no such thing, no permission, or a result that Looker no longer keeps
│   ├── RequestRefused        you: Looker read the request and refuses it (400, 409, 422 …)
│   ├── Throttled             nobody: asked too fast (429); it is tried again
│   ├── ServerBroken          Looker's administrators: 5xx, from Looker or from a gateway before it
│   ├── NotReady              nobody: the result is not there yet (202, 204)
│   └── UnexpectedResponse      the body is not what the operation promises
├── ConnectionBroken          the network
├── TaskFailed                Looker ran the task and it ended badly
├── ResultRejected            the result came and is not a whole, right file
├── PartRejected              an artifact cannot become part of a combined file
├── DeadlineExceeded          nothing, or not enough, happened in time
└── FileNotWritten            you: the disk, the folder or the name
"""

from collections.abc import Mapping
from typing import Any

from attrs import define, field, fields, has

#: The longest piece of a server's answer that an error quotes, in characters.
EXCERPT = 300


def _rebuilt(kind: type["LookerTasksError"], facts: Mapping[str, Any]) -> "LookerTasksError":
    return kind(**facts)


class LookerTasksError(Exception):
    """The root of everything that this package raises on purpose."""

    advice: str = ""
    """What to do next, in one sentence; empty when the text says it all."""

    def __reduce__(self) -> Any:  # noqa: ANN401  # as pickle wants it
        """Go from process to process with all facts."""
        kind = type(self)
        facts = {fact.name: getattr(self, fact.name) for fact in fields(kind)} if has(kind) else {}
        return _rebuilt, (kind, facts)


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
    """No Looker answered at the configured address, from the first call on."""

    advice = "Check base_url (no /api path; self-hosted Lookers often listen on port 19999), the network and TLS."


@define(eq=False)
class FolderInUse(ConfigurationError):
    """Another run is at work in the output folder; the message tells which."""


@define(eq=False)
class JournalRefused(ConfigurationError):
    """What lies in the journal's place in the output folder is broken, or no journal. It was not touched."""

    advice = "Give another folder, or begin anew with --fresh: it forgets what was done, and keeps the files."


@define(eq=False, kw_only=True)
class ApiError(LookerTasksError):
    """Looker, or something before it, answered *operation* with *status*."""

    operation: str
    status: int
    message: str = ""
    errors: tuple[str, ...] = ()  # the single complaints of a 422: "field: message"
    documentation_url: str = ""
    retry_after: float | None = None  # seconds
    request_id: str = ""

    def __str__(self) -> str:
        said = "; ".join(filter(None, (self.message, *self.errors)))
        return f"{self.operation}: {self.status}{f' {said}' if said else ''}"


@define(eq=False, kw_only=True)
class CredentialsRefused(ApiError):
    """Looker does not let this client in: login refused, or 401 with a token that was just renewed."""

    advice = "Check client_id and client_secret, and that the API user is enabled (Looker answers 404 to wrong ones)."


@define(eq=False, kw_only=True)
class NotFound(ApiError):
    """404: no such thing, no permission to see it, or a cached result that Looker no longer keeps."""

    advice = "Check the id, and that the API user may see it: Looker says 404, never 403, for lack of permission."


@define(eq=False, kw_only=True)
class RequestRefused(ApiError):
    """Looker read the request and refuses it: 400, 403, 405, 409, 422 and their like."""

    advice = "Check the export's format, filters and sizes against what the server said."


@define(eq=False, kw_only=True)
class Throttled(ApiError):
    """429: the server asks everybody to slow down."""

    advice = "Run with a lower concurrency, or raise the deadline."


@define(eq=False, kw_only=True)
class ServerBroken(ApiError):
    """5xx, from Looker or from a gateway before it."""

    advice = "Run the same command again once the server is well: what is done is not done again."


@define(eq=False, kw_only=True)
class NotReady(ApiError):
    """202 or 204 on results: the task has not finished."""


@define(eq=False, kw_only=True)
class UnexpectedResponse(ApiError):
    """The body is not what the operation promises; *message* says where, by its path."""

    advice = "Check that base_url is Looker's API and no proxy or login page stands before it."


@define(eq=False, kw_only=True)
class ConnectionBroken(LookerTasksError):
    """The network failed *operation*.

    *sent* is False where the server cannot have seen the request: no connection was made.
    """

    operation: str
    message: str
    sent: bool

    advice = "Check the network; run the same command again to go on where this run ended."

    def __str__(self) -> str:
        return f"{self.operation}: {self.message}"


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
        for words, advice in _ADVICE_BY_DETAIL:
            if words in self.detail:
                return advice
        return "Open it in Looker's own UI: what fails there fails here."


_ADVICE_BY_DETAIL = (
    ("Script timed out", "The dashboard takes too long in Looker's renderer: fewer tiles, or faster queries."),
    ("RendererTimeout", "The dashboard takes too long in Looker's renderer: fewer tiles, or faster queries."),
    ("JavaScript error", "A custom visualization fails in Looker's renderer: open the dashboard and look for it."),
    ("NoRenderFinishedEvent", "A tile never says that it is done: look for a custom visualization or an extension."),
    ("no outfile", "Looker's renderer broke down: run the same command again, or ask Looker's administrators."),
    ("Unexpected document content", "Looker's renderer could not load the dashboard: can the API user see it?"),
    ("merge result", "A tile merges results under a filter that not all of its queries have."),
)


@define(eq=False, kw_only=True)
class ResultRejected(LookerTasksError):
    """The result came, and is not a whole file of the right format. Nothing was saved."""

    task_id: str
    reason: str

    advice = "Open it in Looker's own UI: an error page or an empty result there is one here."

    def __str__(self) -> str:
        return f"the result of task {self.task_id} was not kept: {self.reason}"


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
        if self.phase == "enqueued_for_render":
            return (
                "Looker's renderer never took it: too few render slots, or a tile (an extension, a custom "
                "visualization) that cannot be rendered; a higher deadline or a lower concurrency may help."
            )
        if self.phase.startswith("enqueued"):
            return "Looker's queue is longer than the deadline: a higher deadline or a lower concurrency helps."
        return "Raise the deadline, or make the dashboard or query faster."

    def __str__(self) -> str:
        detail = f" ({self.detail})" if self.detail else ""
        cause = f"; last: {self.cause}" if self.cause else ""
        return f"not done after {self.seconds:.0f} s ({self.waited}), in phase {self.phase}{detail}{cause}"


@define(eq=False, kw_only=True)
class FileNotWritten(LookerTasksError):
    """The file at *path* could not be written. No part of it is left."""

    path: str
    reason: str

    advice = "Check the folder's permissions and the space on its disk; then run the same command again."

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"
