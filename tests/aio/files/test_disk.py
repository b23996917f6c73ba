"""Work for the disk goes to threads, what waits together in one group, and comes back to whoever asked for it."""

import asyncio
import os
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from looker_tasks.aio.files.disk import Disk


@pytest.fixture
def disk() -> Iterator[Disk]:
    """Give a disk, closed at the end."""
    with closing(Disk()) as opened:
        yield opened


async def test_each_gets_its_own_result_from_another_thread(disk: Disk) -> None:
    """A hundred jobs at once, none of them on the event loop."""
    here = threading.get_ident()

    def job(number: int) -> tuple[int, bool]:
        return number, threading.get_ident() == here

    results = await asyncio.gather(*(disk.run(lambda number=number: job(number)) for number in range(100)))  # type: ignore[misc]  # mypy infers no type for a default
    assert results == [(number, False) for number in range(100)]


async def test_one_that_fails_fails_alone(disk: Disk) -> None:
    """Those of its group do not notice."""

    def job(number: int) -> int:
        if number % 3 == 0:
            raise OSError("no space left")
        return number

    jobs = [disk.run(lambda number=number: job(number)) for number in range(30)]  # type: ignore[misc]  # mypy infers no type for a default
    results = await asyncio.gather(*jobs, return_exceptions=True)
    assert [isinstance(each, OSError) for each in results] == [number % 3 == 0 for number in range(30)]


async def test_a_folder_is_synced_once_for_all_who_rename_in_it(
    disk: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many small files come together: the folder is as safe after one sync."""
    synced: list[str] = []
    sync = os.fsync

    def watched(file: int) -> None:
        synced.append(str(Path(f"/proc/self/fd/{file}").readlink()))
        sync(file)

    monkeypatch.setattr(os, "fsync", watched)
    await asyncio.gather(*(disk.keep(lambda: None, lambda _: None, tmp_path, at_once=False) for _ in range(100)))
    assert 1 <= len(synced) < 30
    assert set(synced) == {str(tmp_path)}


async def test_files_that_are_kept_together_are_all_written_before_the_first_is_synced(
    disk: Disk, tmp_path: Path
) -> None:
    """One commit of the file system serves them all then."""
    order: list[str] = []
    await asyncio.gather(
        *(
            disk.keep(lambda: order.append("written"), lambda _: order.append("synced"), tmp_path, at_once=False)
            for _ in range(20)
        )
    )
    assert order == ["written"] * 20 + ["synced"] * 20


async def test_one_that_cannot_be_written_is_not_synced(disk: Disk, tmp_path: Path) -> None:
    """It fails by what went wrong first."""

    def refuse() -> str:
        raise OSError("no space left")

    synced: list[str] = []
    kept = [
        disk.keep(refuse, synced.append, tmp_path, at_once=False),
        disk.keep(lambda: "whole", synced.append, tmp_path, at_once=False),
    ]
    results = await asyncio.gather(*kept, return_exceptions=True)
    assert isinstance(results[0], OSError)
    assert synced == ["whole"]


@pytest.mark.virtual_time
async def test_files_wait_for_each_other_a_moment_and_other_work_does_not(disk: Disk, tmp_path: Path) -> None:
    """A group of files has just begun: the next one begins when its time has come, with all that came meanwhile."""
    loop = asyncio.get_running_loop()

    async def kept() -> float:
        await disk.keep(lambda: None, lambda _: None, tmp_path, at_once=False)
        return loop.time()

    assert await kept() == 0.0
    following = asyncio.create_task(kept())
    await asyncio.sleep(0.01)
    assert await asyncio.gather(following, *(kept() for _ in range(9))) == [0.02] * 10
    await disk.run(lambda: None)
    assert loop.time() == 0.02
    await asyncio.sleep(1)
    assert await kept() == 1.02


async def test_work_that_comes_together_is_done_side_by_side(disk: Disk, tmp_path: Path) -> None:
    """Blocks of several large files, and the ends of others: the disk takes more at a time than one thread gives."""
    together = threading.Barrier(3, timeout=10)
    await asyncio.gather(
        disk.run(together.wait),
        disk.run(together.wait),
        disk.keep(together.wait, lambda _: None, tmp_path, at_once=True),
    )
    assert not together.broken


async def test_a_slow_trip_does_not_keep_the_next_ones_from_departing(disk: Disk, tmp_path: Path) -> None:
    """A large file takes its time to reach the disk: small ones pass it."""
    begun, may_end = threading.Event(), threading.Event()

    def write() -> None:
        begun.set()
        may_end.wait()

    slow = asyncio.create_task(disk.keep(write, lambda _: None, tmp_path, at_once=False))
    await asyncio.to_thread(begun.wait)
    await asyncio.gather(*(disk.keep(lambda: None, lambda _: None, tmp_path, at_once=False) for _ in range(3)))
    assert not slow.done()
    may_end.set()
    await slow


async def test_a_folder_that_cannot_be_synced_fails_those_who_need_it(disk: Disk, tmp_path: Path) -> None:
    """A file is done when its name is safe."""
    gone = disk.keep(lambda: "re", lambda written: f"{written}named", tmp_path / "gone", at_once=False)
    there = disk.keep(lambda: "re", lambda written: f"{written}named", tmp_path, at_once=False)
    results = await asyncio.gather(gone, there, return_exceptions=True)
    assert isinstance(results[0], FileNotFoundError)
    assert results[1] == "renamed"


async def test_a_job_that_began_is_waited_for(disk: Disk) -> None:
    """Whoever is cancelled meanwhile goes on when nothing works on their file any more."""
    begun, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def job() -> None:
        begun.set()
        may_end.wait()
        ended.set()

    task = asyncio.create_task(disk.run(job))
    await asyncio.to_thread(begun.wait)
    task.cancel()
    asyncio.get_running_loop().call_later(0.01, may_end.set)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()


async def test_it_can_be_used_again_after_it_was_closed(disk: Disk) -> None:
    """A client may be entered twice."""
    assert await disk.run(lambda: 1) == 1
    disk.close()
    assert await disk.run(lambda: 2) == 2


async def test_the_loop_goes_on_while_the_disk_is_slow(disk: Disk) -> None:
    """That is what it is for."""
    may_end = threading.Event()
    slow = asyncio.create_task(disk.run(may_end.wait))
    for _ in range(10):
        await asyncio.sleep(0)
    assert not slow.done()
    may_end.set()
    assert await slow
