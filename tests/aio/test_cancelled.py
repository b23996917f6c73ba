"""Within a cancelled scope every wait is cancelled anew: what must be done all the same is done, and waited for."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

import anyio
import pytest

from looker_tasks import DashboardExport, Exported, LookerTasks, QueryExport
from looker_tasks.aio.files.destination import Block, Target
from looker_tasks.aio.files.disk import Disk
from looker_tasks.aio.files.folder import FileUpload, Folder
from looker_tasks.aio.files.journal.database import FILE
from looker_tasks.aio.files.local_file import send_file
from looker_tasks.aio.files.sink import BLOCK, Expected, Sink
from looker_tasks.aio.http.result import Result
from looker_tasks.sansio.journal import Record
from looker_tasks.sansio.naming import OWN_FOLDER
from tests.aio.journals import open_journal
from tests.aio.raw_server import said
from tests.aio.saving import PDF, everything_in, stream
from tests.aio.scripted_looker import scripted_looker


async def test_a_client_that_is_left_by_a_cancel_gives_its_token_back() -> None:
    """Looker would keep it for an hour; a connection has to be made for it."""
    async with scripted_looker() as looker:
        looker.always["login"] = said({"access_token": "t", "expires_in": 3600}, 200, {"Connection": "close"})
        with anyio.CancelScope() as scope:
            async with LookerTasks(looker.url, "me", "hush-hush") as client:
                await client.login()
                scope.cancel()
        assert looker.count("logout") == 1


async def test_a_client_that_is_closed_leaves_no_thread(tmp_path: Path) -> None:
    """A service may make many, one after the other."""
    others = threading.enumerate()  # those of other tests, say
    async with scripted_looker() as looker, LookerTasks(looker.url, "me", "hush-hush") as client:
        assert isinstance(await client.export(DashboardExport("1"), tmp_path / "a.pdf"), Exported)
        ours = [each for each in threading.enumerate() if each not in others and each.name.startswith("looker-tasks")]
        assert ours
    for each in ours:
        await asyncio.to_thread(each.join, 5)
    assert not [each for each in ours if each.is_alive()]


async def test_the_last_records_are_written_though_the_run_is_cancelled(tmp_path: Path) -> None:
    """The next run would make again what was done; and the folder is let go."""
    journal = await open_journal(tmp_path, "https://looker.example.com")
    with anyio.CancelScope() as scope:
        scope.cancel()
        journal.write(Record("k", "a.pdf", "render", "failed"))
        await journal.aclose()
    await (await open_journal(tmp_path, "https://looker.example.com")).aclose()
    with closing(sqlite3.connect(tmp_path / OWN_FOLDER / FILE)) as database:
        assert database.execute("SELECT name FROM record").fetchall() == [("a.pdf",)]


async def test_a_job_that_began_is_waited_for_in_a_cancelled_scope() -> None:
    """Nothing works on a file any more when whoever wrote it goes on."""
    begun, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def job() -> None:
        begun.set()
        may_end.wait(10)
        ended.set()

    with closing(Disk()) as disk:
        async with anyio.create_task_group() as group:
            group.start_soon(disk.run, job)
            await asyncio.to_thread(begun.wait, 10)
            group.cancel_scope.cancel()
            asyncio.get_running_loop().call_later(0.01, may_end.set)
        assert ended.is_set()


async def test_one_of_a_group_that_is_cancelled_does_not_cost_the_others_their_results(tmp_path: Path) -> None:
    """They were written together, and each is told."""
    begun, may_end = threading.Event(), threading.Event()

    def write() -> str:
        begun.set()
        may_end.wait(10)
        return "written"

    with closing(Disk()) as disk:
        kept = [asyncio.create_task(disk.keep(write, lambda found: found, tmp_path, at_once=False)) for _ in range(2)]
        await asyncio.to_thread(begun.wait, 10)
        kept[0].cancel()
        await asyncio.sleep(0)
        may_end.set()
        async with asyncio.timeout(5):
            assert await kept[1] == "written"
        with pytest.raises(asyncio.CancelledError):
            await kept[0]


async def test_a_task_whose_create_is_under_way_is_killed_and_not_forgotten(tmp_path: Path) -> None:
    """Its id comes with the response, which is waited for though nobody wants the export any more."""
    arrived = asyncio.Event()

    async def create(writer: asyncio.StreamWriter) -> None:
        arrived.set()
        await asyncio.sleep(0.05)
        writer.write(said({"id": "t1", "status": "added"}))

    async with scripted_looker() as looker:
        looker.always["create"] = create
        async with LookerTasks(looker.url, "me", "hush-hush") as client:
            export = asyncio.create_task(client.export(QueryExport("7", "csv"), tmp_path / "a.csv"))
            await arrived.wait()
            export.cancel()
            with pytest.raises(asyncio.CancelledError):
                await export
            assert looker.count("kill") == 1


async def test_a_run_that_is_asked_to_stop_does_not_wait_for_more_exports(tmp_path: Path) -> None:
    """Wherever they come from: it may take for ever."""

    async def exports() -> AsyncIterator[DashboardExport]:
        yield DashboardExport("1", name="a.pdf")
        await asyncio.Event().wait()

    async with (
        scripted_looker() as looker,
        LookerTasks(looker.url, "me", "hush-hush") as client,
        client.export_all(exports(), tmp_path) as run,
        asyncio.timeout(10),
    ):
        outcomes = []
        async for outcome in run:
            outcomes.append(outcome)
            run.stop()
    assert [type(outcome) for outcome in outcomes] == [Exported]


async def test_a_run_that_is_left_begins_nothing_more() -> None:
    """Also where its slot was free at once, and nothing is waited for before the create."""
    async with scripted_looker() as looker, LookerTasks(looker.url, "me", "hush-hush") as client:
        with anyio.CancelScope() as scope:

            def exports() -> Iterator[DashboardExport]:
                yield DashboardExport("1", name="a.pdf")
                scope.cancel()

            async with client.export_all(exports(), "memory://left", journal=False) as run:
                async for _ in run:
                    pass
        assert scope.cancelled_caught
        assert looker.count("create") == 0


class _LeftUpload(FileUpload):
    """An upload whose writer is cancelled in the middle of it, and that takes a moment to be given up."""

    def __init__(self, folder: Path, name: str, disk: Disk, scope: anyio.CancelScope) -> None:
        super().__init__(folder, name, disk)
        self._scope = scope

    async def write(self, block: Block) -> None:
        """Append the bytes, and be cancelled."""
        await super().write(block)
        self._scope.cancel()

    async def abort(self) -> None:
        """Give it up after a moment."""
        await asyncio.sleep(0)
        await super().abort()


class _LeftFolder(Folder):
    """A folder with such uploads."""

    def __init__(self, folder: Path, disk: Disk, scope: anyio.CancelScope) -> None:
        super().__init__(folder, disk)
        self._arguments = (disk, scope)

    def open(self, name: str, *, content_type: str, metadata: Mapping[str, str]) -> FileUpload:
        """Return an upload of the file *name*."""
        return _LeftUpload(self._path, name, *self._arguments)


async def _save(target: Target, path: Path) -> None:
    """Save a result of the bytes in the file *path*."""
    expected = Expected(result_format="pdf", task_id="t1", largest=2**30)
    body = await anyio.Path(path).read_bytes()
    result = Result(
        "application/pdf", None, stream(body[start : start + BLOCK] for start in range(0, len(body), BLOCK))
    )
    await Sink(target, expected, "application/pdf").save(result)


async def _send(target: Target, path: Path) -> None:
    """Send the file *path*."""
    await send_file(path, target, "application/pdf")


@pytest.mark.parametrize("write", [_save, _send])
async def test_a_file_whose_writer_is_cancelled_is_given_up(
    tmp_path: Path, write: Callable[[Target, Path], Awaitable[None]]
) -> None:
    """A destination that takes a moment for it gets that moment: nothing is left of the file."""
    (tmp_path / "source.pdf").write_bytes(PDF[:10] + bytes(3 * BLOCK) + PDF[10:])
    folder = tmp_path / "out"
    with closing(Disk()) as disk, anyio.CancelScope() as scope:
        await write(Target(_LeftFolder(folder, disk, scope), "a.pdf"), tmp_path / "source.pdf")
    assert scope.cancelled_caught
    assert everything_in(folder) == {}
