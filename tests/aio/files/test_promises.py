"""What a file's safety rests on: every sync, close and rename is there, in its order; and what file systems refuse."""

import errno
import logging
import os
import re
import secrets
import stat
from contextlib import closing
from pathlib import Path

import pytest

from looker_tasks.aio.files import job_group
from looker_tasks.aio.files.disk import Disk
from looker_tasks.aio.files.folder import Folder
from looker_tasks.aio.files.sink import BLOCK
from looker_tasks.errors import FileNotWritten
from looker_tasks.sansio.naming import PART_FILE
from tests.aio.files.file_system import FINAL, FOLDER_SYNC_REFUSALS, PASSING, path_of, recorded, refusing
from tests.aio.saving import PDF, everything_in, refused, saved


@pytest.fixture(autouse=True)
def _nothing_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what cannot be promised be logged anew in each test."""
    monkeypatch.setattr(job_group, "_noted", set())


@pytest.mark.parametrize("size", [0, 3 * BLOCK])
async def test_a_file_is_synced_then_renamed_then_closed_then_its_folder_is_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """In this order alone a power cut leaves the former file or the new one, whole, whenever it comes."""
    with recorded(tmp_path, monkeypatch) as recorder:
        await saved(tmp_path / "file.pdf", [PDF[:10], bytes(size), PDF[10:]])
    order = [re.sub(PART_FILE, "PART", call) for call in recorder.calls]
    last_write = max(index for index, call in enumerate(order) if call == "write PART")
    assert order[last_write + 1 :] == [
        "fsync PART",
        "rename file.pdf",
        "close file.pdf",
        "close .",
        "fsync .",
        "close .",
    ]
    assert order.count("fsync PART") == 1


async def test_new_folders_are_synced_into_those_above(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file in a new folder is safe only when the folder's own name is, and so on up."""
    with recorded(tmp_path, monkeypatch) as recorder:
        await saved(tmp_path / "out" / "file.pdf", [PDF])
    assert "fsync ." in recorder.calls
    assert recorder.calls.index("fsync .") < recorder.calls.index("rename out/file.pdf")


async def test_the_folders_of_a_name_are_synced_into_those_above(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Below the output folder too, each before the file has its name."""
    with recorded(tmp_path, monkeypatch) as recorder, closing(Disk()) as disk:
        upload = Folder(tmp_path, disk).open("west/deep/file.pdf", content_type="", metadata={})
        await upload.commit(lambda: [PDF], str)
    before = recorder.calls[: recorder.calls.index("rename west/deep/file.pdf")]
    assert "fsync ." in before
    assert "fsync west" in before


async def test_what_is_thrown_away_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A result that is no file leaves no open descriptor behind."""
    with recorded(tmp_path, monkeypatch) as recorder:
        await refused(tmp_path / "file.pdf", [PDF[:10], bytes(2 * BLOCK)])
    assert [re.sub(PART_FILE, "PART", call) for call in recorder.calls].count("close PART") == 1
    assert not [call for call in recorder.calls if call.startswith(("rename", "fsync"))]


@pytest.mark.parametrize("number", FOLDER_SYNC_REFUSALS)
async def test_a_folder_that_cannot_be_synced_costs_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, number: int
) -> None:
    """CIFS, VirtualBox and FUSE refuse it: the file is there, and what it cannot promise is said once."""
    sync = os.fsync

    def refuse(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(number, os.strerror(number))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", refuse)
    with caplog.at_level(logging.WARNING):
        for name in ("a.pdf", "b.pdf", "c/d.pdf"):
            await saved(tmp_path / name, [PDF])
    assert set(everything_in(tmp_path).values()) == {PDF}
    assert [record.getMessage() for record in caplog.records] == [
        f"{tmp_path}: its file system syncs no folders: a power cut may undo the latest names in it"
    ]


async def test_a_file_that_cannot_be_synced_is_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Some file systems in user space sync nothing at all; that is said once, and no reason to lose the file."""
    with refusing("fsync", errno.EINVAL, monkeypatch), caplog.at_level(logging.WARNING):
        await saved(tmp_path / "a.pdf", [PDF])
        await saved(tmp_path / "b.pdf", [PDF])
    assert set(everything_in(tmp_path).values()) == {PDF}
    assert len(caplog.records) == 1


async def test_a_disk_that_breaks_at_the_sync_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An input/output error at the sync is a file that is lost, and not kept under its name."""
    with refusing("fsync", errno.EIO, monkeypatch):
        error = await refused(tmp_path / "file.pdf", [PDF])
    assert isinstance(error, FileNotWritten)
    assert "Input/output error" in str(error)


@pytest.mark.parametrize("number", [errno.EBUSY, errno.ETXTBSY, errno.EACCES, errno.EPERM])
async def test_where_no_open_file_can_be_renamed_it_is_closed_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """As on gcsfuse and network shares."""
    rename = os.rename

    def refuse_open(source: str, target: str, *, src_dir_fd: int, dst_dir_fd: int) -> None:
        opened = {str(each.resolve()) for each in Path("/proc/self/fd").iterdir()}
        if f"{path_of(src_dir_fd)}/{source}" in opened:
            raise OSError(number, os.strerror(number))
        rename(source, target, src_dir_fd=src_dir_fd, dst_dir_fd=dst_dir_fd)

    monkeypatch.setattr(os, "rename", refuse_open)
    await saved(tmp_path / "file.pdf", [PDF])
    assert everything_in(tmp_path) == {str(tmp_path / "file.pdf"): PDF}


@pytest.mark.parametrize("call", ["open", "write", "fsync"])
@pytest.mark.parametrize("number", PASSING)
async def test_what_passes_by_itself_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    """Too many open files, an interrupted call, no buffers: the same again a moment later, and no byte twice."""
    body = PDF[:10] + bytes(2 * BLOCK) + PDF[10:]
    with refusing(call, number, monkeypatch, times=2):
        await saved(tmp_path / "file.pdf", [body[: BLOCK + 5], body[BLOCK + 5 :]])
    assert everything_in(tmp_path) == {str(tmp_path / "file.pdf"): body}


@pytest.mark.parametrize("call", ["open", "write", "fsync"])
@pytest.mark.parametrize("number", FINAL)
async def test_what_does_not_pass_is_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    """A full disk, one that may only be read, one that is broken: an error, and nothing is left."""
    with refusing(call, number, monkeypatch):
        error = await refused(tmp_path / "file.pdf", [PDF])
    assert isinstance(error, FileNotWritten)
    assert os.strerror(number) in str(error)


async def test_planted_names_are_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who knew the part file's name and made a link of it would gain nothing: another name is not taken, it fails."""
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    (tmp_path / "out").mkdir()
    monkeypatch.setattr(secrets, "token_hex", lambda _: "0123456789abcdef")
    (tmp_path / "out" / ".looker-tasks-0123456789abcdef.part").symlink_to(victim)
    error = await refused(tmp_path / "out" / "file.pdf", [PDF])
    assert isinstance(error, FileNotWritten)
    assert victim.read_bytes() == b"precious"


async def test_the_former_names_of_part_files_are_nothing_to_us(tmp_path: Path) -> None:
    """Somebody's own `.x.pdf.part`, or one that a manifest names, is a file like any other."""
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    (tmp_path / ".b.pdf.part").symlink_to(victim)
    (tmp_path / ".x.pdf.part").write_bytes(b"theirs")
    await saved(tmp_path / "b.pdf", [PDF])
    await saved(tmp_path / "x.pdf", [PDF])
    assert victim.read_bytes() == b"precious"
    assert (tmp_path / ".x.pdf.part").read_bytes() == b"theirs"
    assert (tmp_path / ".b.pdf.part").is_symlink()
