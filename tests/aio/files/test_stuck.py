"""A disk that does not answer, threads that cannot be started, too many open files: told, and nobody else waits."""

import asyncio
import os
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from looker_tasks.aio.files import disk as disk_module
from looker_tasks.aio.files.disk import Disk
from looker_tasks.aio.files.folder import Folder
from tests.aio.files.file_system import held_up
from tests.aio.saving import PDF, everything_in


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    """Give a disk that loses patience soon, closed at the end."""
    monkeypatch.setattr(disk_module, "_STUCK", 0.2)
    monkeypatch.setattr(disk_module, "_GRACE", 0.1)
    with closing(Disk()) as opened:
        yield opened


async def save(disk: Disk, root: Path, name: str) -> None:
    """Save a file by an upload of its own."""
    upload = Folder(root, disk).open(name, content_type="", metadata={})
    await upload.commit(lambda: [PDF], str)


async def test_a_write_that_does_not_return_is_given_up_and_told(
    tmp_path: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who waits no longer is let go soon, and what was waited for is told; when it returns, nothing is left."""
    upload = Folder(tmp_path, disk).open("file.pdf", content_type="", metadata={})
    with held_up("fsync", monkeypatch, lambda path: path.endswith(".part")) as may_go_on:
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await upload.commit(lambda: [PDF], str)
        await upload.abort()
        assert time.monotonic() - began < 3
        assert upload.overdue is not None
        assert str(upload.overdue).startswith(f"{tmp_path / 'file.pdf'}: the disk has not answered for ")
        may_go_on.set()
        while everything_in(tmp_path):  # noqa: ASYNC110  # a thread that was given up tells nobody of its end
            await asyncio.sleep(0.01)
    assert upload.committed is None


async def test_files_that_share_a_trip_with_one_that_is_stuck_go_on(
    tmp_path: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty small files travel together; one of them leads to a server that is gone."""
    names = [f"{number}.pdf" for number in range(20)]
    (tmp_path / "gone").mkdir()
    with held_up("fsync", monkeypatch, lambda path: "/gone/" in path and path.endswith(".part")):
        stuck = asyncio.create_task(save(disk, tmp_path / "gone", "x.pdf"))
        async with asyncio.timeout(20):
            await asyncio.gather(*(save(disk, tmp_path, name) for name in names))
        assert not stuck.done()
        assert {path.removeprefix(f"{tmp_path}/") for path in everything_in(tmp_path) if "gone" not in path} == {*names}
        for number in range(8):  # more than there are threads at a time
            asyncio.get_running_loop().create_task(save(disk, tmp_path / "gone", f"{number}.pdf"))
        async with asyncio.timeout(20):
            await save(disk, tmp_path, "last.pdf")
    await stuck


async def test_a_folder_whose_sync_does_not_return_holds_up_its_own_files_alone(
    tmp_path: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files of other folders are done meanwhile; one that has its name is told as kept."""
    (tmp_path / "gone").mkdir()
    upload = Folder(tmp_path / "gone", disk).open("x.pdf", content_type="", metadata={})
    with held_up("fsync", monkeypatch, lambda path: path == str(tmp_path / "gone")):
        waiting = asyncio.create_task(upload.commit(lambda: [PDF], str))
        async with asyncio.timeout(20):
            await asyncio.gather(*(save(disk, tmp_path, f"{number}.pdf") for number in range(5)))
        assert not waiting.done()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert upload.committed is not None
        assert upload.overdue is None
    assert (tmp_path / "gone" / "x.pdf").read_bytes() == PDF


async def test_where_no_thread_can_be_started_the_work_is_done_on_the_loop(
    tmp_path: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A container's limit of processes is no reason to wait for ever."""

    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    async with asyncio.timeout(10):
        await asyncio.gather(*(save(disk, tmp_path, f"{number}.pdf") for number in range(100)))
    assert set(everything_in(tmp_path).values()) == {PDF}
    assert len(everything_in(tmp_path)) == 100


STUCK_PROCESS = """
    import asyncio, os, sys, threading
    from looker_tasks.aio.files.disk import Disk
    from looker_tasks.aio.files.folder import Folder
    from pathlib import Path

    os.fsync = lambda descriptor: threading.Event().wait()

    async def main():
        upload = Folder(Path(sys.argv[1]), Disk()).open("file.pdf", content_type="", metadata={})
        try:
            async with asyncio.timeout(0.2):
                await upload.commit(lambda: [b"%PDF"], str)
        except TimeoutError:
            await upload.abort()
            print(upload.overdue)

    asyncio.run(main())
"""


def test_a_process_ends_though_a_thread_of_it_is_stuck(tmp_path: Path) -> None:
    """What the disk does not answer to is left behind."""
    ended = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(STUCK_PROCESS), str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "file.pdf: the disk has not answered for " in ended.stdout


FEW_FILES = """
    import asyncio, os, resource, sys
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    from looker_tasks.aio.files.disk import Disk
    from looker_tasks.aio.files.folder import Folder
    from pathlib import Path

    async def main():
        folder = Folder(Path(sys.argv[1]), Disk())
        async def save(number):
            upload = folder.open(f"{number}.pdf", content_type="", metadata={})
            await upload.write(lambda: [b"%PDF"])
            await upload.commit(lambda: [b"%%EOF"], str)
        async with asyncio.timeout(60):
            await asyncio.gather(*(save(number) for number in range(300)))
        print(len(os.listdir(sys.argv[1])))

    asyncio.run(main())
"""


def test_files_wait_for_each_other_where_few_may_be_open(tmp_path: Path) -> None:
    """Three hundred at once, each with a part file, where sixty-four may be open: all of them are whole."""
    ended = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(FEW_FILES), str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=80,
        check=False,
        env=os.environ | {"PYTHONASYNCIODEBUG": ""},
    )
    assert (ended.stdout, ended.stderr) == ("300\n", "")
    assert set(everything_in(tmp_path).values()) == {b"%PDF%%EOF"}
