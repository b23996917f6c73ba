"""Every number of the emulator in one place; the defaults are Looker's own where Looker publishes one."""

from typing import Literal

from attrs import field, frozen, validators


@frozen
class Settings:
    """How the emulator behaves. Times are seconds."""

    client_id: str = "emulator-client-id"
    client_secret: str = field(default="emulator-client-secret", repr=False)
    seed: int = 0  # of the data, of how long tasks take, of faults that have a probability
    host: str = "127.0.0.1"
    port: int = 0  # 0: any free one
    renderer: Literal["real", "fake"] = "real"  # fake: valid tiny files of the right format at once
    render_slots: int = field(default=2, validator=validators.ge(0))  # --concurrent-render-jobs
    caching_slots: int = field(default=3, validator=validators.ge(1))  # --concurrent-render-caching-jobs
    query_slots: int = field(default=15, validator=validators.ge(1))  # concurrent queries of one user
    query_seconds: float = field(default=0.2, validator=validators.ge(0))  # median of a query's simulated run time
    render_seconds: float = field(default=1.0, validator=validators.ge(0))  # median of a render's simulated run time
    spread: float = field(default=0.5, validator=validators.ge(0))  # sigma of the log-normal around those; 0: constant
    queue_timeout: float = 600.0  # a query that waited longer for its slot is killed
    retry_after: float | None = 1.0  # told with a 202; None: no such header
    results_ttl: float = 300.0  # --async-results-cache-time
    task_ttl: float = 21600.0  # --query-task-persistence-duration-minutes
    token_ttl: float = 3600.0
    abandoned_after: float = 300.0  # a query task nobody asked about for so long is dropped
    unfinished_status: Literal[202, 204] | None = None  # None: 202 in API 4.0, 204 in API 3.1
