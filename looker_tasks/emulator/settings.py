"""Every number of the emulator in one place; the defaults are Looker's own where Looker publishes one."""

from typing import Any, Literal

from attrs import field, frozen, validators

LEDGER_ROWS = 1_000_000


def _setting(default: object, told: str, *checks: Any, shown: bool = True) -> Any:  # noqa: ANN401  # as attrs.field
    """Make a field that tells what it is: `looker-tasks emulator --help` reads it there."""
    return field(default=default, validator=list(checks), repr=shown, metadata={"help": told})


_NOT_NEGATIVE = validators.ge(0)
_AT_LEAST_ONE = validators.ge(1)
_MORE_THAN_NOTHING = validators.gt(0)
_OR_NONE = validators.optional(_NOT_NEGATIVE)


@frozen
class Settings:
    """How the emulator behaves. Times are seconds."""

    client_id: str = _setting("emulator-client-id", "The id that logs in.")
    client_secret: str = _setting("emulator-client-secret", "The secret that logs in.", shown=False)
    ledger_rows: int = _setting(
        LEDGER_ROWS, "Rows of the demo's explore `ledger`, made as they are read.", _NOT_NEGATIVE
    )
    seed: int = _setting(0, "Of the data, of how long tasks take, of faults that have a probability.")
    host: str = _setting("127.0.0.1", "Where to listen.")
    port: int = _setting(0, "Where to listen; 0: any free port.", _NOT_NEGATIVE, validators.le(65535))
    renderer: Literal["real", "fake"] = _setting("real", "fake: valid tiny files of the right format at once.")
    render_slots: int = _setting(2, "Renders at once (Looker's --concurrent-render-jobs).", _NOT_NEGATIVE)
    caching_slots: int = _setting(3, "Queries of renders at once (--concurrent-render-caching-jobs).", _AT_LEAST_ONE)
    query_slots: int = _setting(15, "Queries of one user at once.", _AT_LEAST_ONE)
    query_seconds: float = _setting(0.2, "Median of a query's simulated run time.", _NOT_NEGATIVE)
    render_seconds: float = _setting(1.0, "Median of a render's simulated run time.", _NOT_NEGATIVE)
    spread: float = _setting(0.5, "Sigma of the log-normal around those; 0: constant.", _NOT_NEGATIVE)
    queue_timeout: float = _setting(600.0, "A query that waited longer for its slot is killed.", _MORE_THAN_NOTHING)
    retry_after: float | None = _setting(1.0, "Told with a 202; none: no such header.", _OR_NONE)
    results_ttl: float = _setting(300.0, "How long results are kept (--async-results-cache-time).", _MORE_THAN_NOTHING)
    task_ttl: float = _setting(
        21600.0, "How long tasks are known (--query-task-persistence-duration-minutes).", _MORE_THAN_NOTHING
    )
    cache_ttl: float = _setting(
        3600.0, "How long the rows of a query serve other tasks; `cache=false` runs it again.", _NOT_NEGATIVE
    )
    token_ttl: float = _setting(3600.0, "How long a token is good for.", _MORE_THAN_NOTHING)
    abandoned_after: float = _setting(
        300.0, "A query task that nobody asked about for so long is dropped.", _MORE_THAN_NOTHING
    )
    unfinished_status: Literal[202, 204] | None = _setting(
        None, "Of results that are not there yet; by default 202 in API 4.0, 204 in API 3.1."
    )
