"""What a contender is asked to do, and what it tells about it: values that pass between processes as JSON."""

from collections.abc import Iterator
from itertools import cycle, islice
from typing import Literal

from attrs import frozen
from cattrs.preconf.json import make_converter

WIDTH, HEIGHT = 1200, 800  # pixels of every render
converter = make_converter()


@frozen
class Workload:
    """Where to export what from, and to where: *exports* PDFs of *dashboards*, one dashboard after the other."""

    base_url: str
    client_id: str
    client_secret: str
    dashboards: tuple[str, ...]  # their ids
    exports: int
    concurrency: int | Literal["auto"]  # tasks in flight; only ours knows "auto"
    poll_seconds: float  # of the contenders that poll by the clock
    folder: str
    receipts: str  # path of the file in which each task is noted whose file has come

    def wanted(self) -> Iterator[tuple[int, str]]:
        """Give the number and the dashboard of each export, without holding them all."""
        return enumerate(islice(cycle(self.dashboards), self.exports))


@frozen
class Told:
    """What a contender tells of itself."""

    failures: int
    longest_stall: float | None = None  # seconds for which its event loop did nothing else; None: it has none
    peak_memory: int | None = None  # bytes, of the process that worked for it; None: it worked itself


@frozen
class Measured:
    """What exporting cost: of the times the imports are left out, of the memory they are not."""

    told: Told
    started: float  # seconds since the epoch
    seconds: float
    cpu_seconds: float
    peak_memory: int  # bytes
