"""Two hours in half a minute: fifteen hundred exports, hourly tokens, weather never good; nothing piles up."""

import asyncio
import gc
import os
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import frozen

from looker_tasks import (
    Cadence,
    DashboardExport,
    DeadlineExceeded,
    Deadlines,
    Export,
    Exported,
    Failed,
    LookerTasks,
    LookExport,
    NotFound,
    Outcome,
    Policy,
    QueryExport,
    TaskFailed,
)
from looker_tasks.emulator import Emulator, Fault, Scenario
from looker_tasks.emulator.faults.kinds import KINDS
from looker_tasks.sansio.naming import OWN_FOLDER

EXPORTS = 1_500
HOURS = 2
SLOTS = 40
A_FOLDER = 100  # files
#: A stuck task holds a slot for an hour; the others can strike few calls.
RARE = {"stuck": 0.003, "short_token": 0.5, "vanished": 0.02}
WEATHER = Scenario(tuple(Fault(kind, probability=RARE.get(kind, 0.002)) for kind in KINDS))
POLICY = Policy(
    cadence=Cadence(ceiling=120),  # fewer polls: what the test costs
    deadlines=Deadlines(export=7200, progress=3600),
)


def exports() -> Iterator[Export]:
    """Give eight renders of ten minutes or so for each two quick ones."""
    for number in range(EXPORTS):
        name = f"{number // A_FOLDER}/{number}"
        match number % 10:
            case 4:
                yield QueryExport("1", "csv", name=f"{name}.csv")
            case 9:
                yield LookExport("1", "json", name=f"{name}.json")
            case _:
                yield DashboardExport("1", "pdf", name=f"{name}.pdf")


@frozen
class Size:
    """How large this process is: what a run that leaks would let grow."""

    resident: int  # KiB
    objects: int
    descriptors: int
    tasks: int
    threads: int

    @classmethod
    def now(cls) -> "Size":
        """Measure it."""
        gc.collect()
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return cls(
            resident=pages * os.sysconf("SC_PAGE_SIZE") // 1024,
            objects=len(gc.get_objects()),
            descriptors=sum(1 for _ in Path("/proc/self/fd").iterdir()),
            tasks=len(asyncio.all_tasks()),
            threads=threading.active_count(),
        )


def records(folder: Path) -> Counter[str]:
    """Return how many exports the journal of *folder* has in each state."""
    database = sqlite3.connect(folder / OWN_FOLDER / "journal.sqlite3")
    found = Counter(dict(database.execute("SELECT state, count(*) FROM record GROUP BY state")))
    database.close()
    return found


def files_in(folder: Path) -> int:
    """Count the files in *folder*, part files too, but for what is ours."""
    return sum(1 for path in folder.glob("*/*") if path.parent.name != OWN_FOLDER)


@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="only Linux tells the size of a process so")
@pytest.mark.virtual_time
@pytest.mark.timeout(400)
async def test_many_exports_over_hours(tmp_path: Path) -> None:
    """Each is accounted for exactly once, all that can be had are files, and the process is as large as it was."""
    await asyncio.to_thread(gc.collect)  # the thread that all blocking work has is there from now on
    before = Size.now()
    sizes: list[Size] = []
    ends: Counter[str] = Counter()
    failures: Counter[type[Exception]] = Counter()
    exported = 0

    def take(outcome: Outcome) -> None:
        nonlocal exported
        ends[outcome.export.name or ""] += 1
        exported += isinstance(outcome, Exported)
        if isinstance(outcome, Failed):
            failures[type(outcome.error)] += 1
        if ends.total() % (EXPORTS // 9) == 0:
            sizes.append(Size.now())

    async with Emulator(
        scenario=WEATHER,
        renderer="fake",
        render_slots=SLOTS,
        render_seconds=HOURS * 3600 * SLOTS / (0.8 * EXPORTS),
        query_seconds=5,
        spread=0.1,
        task_ttl=900,
        retry_after=60,
    ) as emulator:
        looker = LookerTasks(emulator.url, emulator.client_id, emulator.client_secret, policy=POLICY)
        async with looker, looker.export_all(exports(), tmp_path, concurrency=SLOTS + 8) as run:
            async for outcome in run:
                take(outcome)
        statistics = emulator.statistics
    hours = asyncio.get_running_loop().time() / 3600

    assert ends == Counter({export.name: 1 for export in exports()})
    assert files_in(tmp_path) == exported
    assert exported == EXPORTS - failures.total()
    assert set(failures) <= {NotFound, TaskFailed, DeadlineExceeded}
    assert failures.total() < EXPORTS / 100
    assert records(tmp_path) == Counter(exported=exported, failed=failures.total())
    assert HOURS < hours < HOURS * 1.25  # a stuck task holds a slot for an hour of it
    assert statistics.calls["login"] > hours
    assert set(statistics.faults) == set(KINDS)

    half = len(sizes) // 2
    early, late = sizes[1:half], sizes[half:]
    assert max(size.resident for size in late) < max(size.resident for size in early) + 8 * 1024
    assert max(size.objects for size in late) < 1.02 * max(size.objects for size in early)
    assert max(size.tasks for size in late) <= max(size.tasks for size in early) + SLOTS
    await asyncio.sleep(1)  # closed connections are let go of
    after = Size.now()
    assert (after.descriptors, after.tasks) == (before.descriptors, before.tasks)
    assert after.threads <= before.threads + 8  # those that blocking work was given, for a while
