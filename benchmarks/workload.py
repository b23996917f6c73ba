"""What a contender is asked to do, and what it tells about it: values that pass between processes as JSON."""

from collections.abc import Mapping

from attrs import field, frozen
from cattrs.preconf.json import make_converter

WIDTH, HEIGHT = 1200, 800  # pixels of every render
converter = make_converter()


@frozen
class Dashboard:
    """One export: a dashboard in one format."""

    id: str
    result_format: str


@frozen
class Workload:
    """Where to export what from, and to where."""

    base_url: str
    client_id: str
    client_secret: str
    exports: tuple[Dashboard, ...]
    folder: str
    concurrency: int  # tasks in flight
    poll_seconds: float = 1.0  # of the contenders that poll by the clock


@frozen
class Told:
    """What a contender tells: when it had the file of each task (seconds since the epoch), and how many it has not."""

    received: Mapping[str, float] = field(factory=dict)  # by task id
    failures: int = 0


@frozen
class Measured:
    """What exporting cost one process, imports left out of the times and not of the memory."""

    told: Told
    seconds: float
    cpu_seconds: float
    peak_memory: int  # bytes, of the whole process
