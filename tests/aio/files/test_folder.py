"""The output folder: looked at before anything is created, and what is no file in it is never replaced."""

import asyncio
import hashlib
import os
import socket
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from looker_tasks.aio.files.disk import Disk
from looker_tasks.aio.files.folder import Folder
from looker_tasks.aio.files.locate import prepared_target
from looker_tasks.aio.files.sink import BLOCK
from looker_tasks.errors import ConfigurationError, FileNotWritten
from looker_tasks.outcomes import Artifact
from looker_tasks.sansio.journal import Fingerprint
from tests.aio.saving import PDF, everything_in, refused, saved


@pytest.fixture
def disk() -> Iterator[Disk]:
    """Give a disk, closed at the end."""
    with closing(Disk()) as opened:
        yield opened


async def test_a_folder_is_made_and_left_empty(tmp_path: Path, disk: Disk) -> None:
    """What is not there is made, with all that leads there; the look leaves nothing behind."""
    await Folder(tmp_path / "a" / "b", disk).prepare()
    assert os.listdir(tmp_path / "a" / "b") == []  # noqa: PTH208  # as good as a Path's, in a coroutine too


async def test_what_is_in_the_folder_stays(tmp_path: Path, disk: Disk) -> None:
    """A folder of an earlier run is taken as it is."""
    former = tmp_path / "former.pdf"
    former.write_bytes(b"former")
    await Folder(tmp_path, disk).prepare()
    assert former.read_bytes() == b"former"


@pytest.mark.parametrize("below", ["", "more"])
async def test_a_file_in_the_folders_place_is_told(tmp_path: Path, disk: Disk, below: str) -> None:
    """A file where the folder should be, or on the way to it, is told with its path."""
    taken = tmp_path / "taken"
    taken.write_bytes(b"a file")
    with pytest.raises(ConfigurationError, match=r"taken.*: no file can be written there"):
        await Folder(taken / below, disk).prepare()


async def test_a_folder_that_takes_no_files_is_told(disk: Disk) -> None:
    """Where the system lets nobody write, not even root, that is told before anything is created."""
    with pytest.raises(ConfigurationError, match="/proc/self: no file can be written there"):
        await Folder(Path("/proc/self"), disk).prepare()


async def test_a_folder_in_the_files_place_is_told_before_anything_is_created(tmp_path: Path, disk: Disk) -> None:
    """One file is asked for, and its name is a folder's: that shows at once, and not after the render."""
    for location in (tmp_path, f"{tmp_path}/new/", "/"):
        with pytest.raises(ConfigurationError, match="a folder"):
            await prepared_target(location, disk)
    target = await prepared_target(tmp_path / "new" / "file.pdf", disk)
    assert target.location == str(tmp_path / "new" / "file.pdf")
    assert os.listdir(tmp_path / "new") == []  # noqa: PTH208  # the same


def _make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))


_NO_FILES: dict[str, Callable[[Path], None]] = {
    "a folder": lambda path: path.mkdir(),
    "a link": lambda path: path.symlink_to("elsewhere"),
    "a FIFO": os.mkfifo,
    "a socket": _make_socket,
}


@pytest.mark.parametrize("what", _NO_FILES)
async def test_what_is_no_file_is_told_beforehand_and_never_replaced(tmp_path: Path, disk: Disk, what: str) -> None:
    """A folder, link, FIFO or socket that has the name stays as it is, whenever it came there."""
    path = tmp_path / "sub" / "file.pdf"
    path.parent.mkdir()
    _NO_FILES[what](path)
    before = path.lstat()
    for _ in range(9):  # one by one, and then by a look at the folder
        folder = Folder(tmp_path, disk)
        assert await folder.obstacle("sub/file.pdf") == f"{what} has this name, and is not replaced"
        assert await folder.obstacle("sub/other.pdf") is None
    error = await refused(path, [PDF])
    assert isinstance(error, FileNotWritten)
    assert what in str(error)
    after = path.lstat()
    assert (after.st_ino, after.st_mode) == (before.st_ino, before.st_mode)


async def test_a_device_is_never_replaced(disk: Disk) -> None:
    """``/dev/null`` stays a device."""
    assert await Folder(Path("/dev"), disk).obstacle("null") == "a device has this name, and is not replaced"


async def test_a_file_on_the_way_is_told_beforehand(tmp_path: Path, disk: Disk) -> None:
    """`r` is there as a file, and `r/w.png` is asked for."""
    (tmp_path / "r").write_bytes(b"a file")
    folder = Folder(tmp_path, disk)
    for _ in range(9):
        assert await folder.obstacle("r/w.png") == f"{tmp_path / 'r'} is no folder"
        assert await folder.obstacle("r/a/w.png") == f"{tmp_path / 'r'} is no folder"
        assert await folder.obstacle("r") is None
        assert await folder.obstacle("s/w.png") is None


async def test_own_links_to_folders_are_followed(tmp_path: Path, disk: Disk) -> None:
    """Who keeps a large folder on another disk may link it."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "west").symlink_to(tmp_path / "elsewhere")
    assert await Folder(tmp_path / "out", disk).obstacle("west/file.pdf") is None
    upload = Folder(tmp_path / "out", disk).open("west/file.pdf", content_type="", metadata={})
    await upload.commit(lambda: [PDF], str)
    assert (tmp_path / "elsewhere" / "file.pdf").read_bytes() == PDF


async def test_another_users_link_is_not_followed(tmp_path: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever may write in the output folder leads nobody out of it by planting a folder's name."""
    (tmp_path / "victim").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "west").symlink_to(tmp_path / "victim")
    os.chown(tmp_path / "out" / "west", 12345, -1, follow_symlinks=False)
    monkeypatch.setattr(os, "geteuid", lambda: 54321)
    folder = Folder(tmp_path / "out", disk)
    assert await folder.obstacle("west/file.pdf") == (
        f"{tmp_path / 'out' / 'west'} is a link of another user, and is not followed"
    )
    with pytest.raises(FileNotWritten, match="a link of another user"):
        await folder.open("west/file.pdf", content_type="", metadata={}).commit(lambda: [PDF], str)
    assert everything_in(tmp_path) == {}


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
async def test_a_replaced_file_keeps_its_mode(tmp_path: Path, mode: int) -> None:
    """Whoever made a file private finds it private the next morning."""
    path = tmp_path / "file.pdf"
    path.write_bytes(b"former")
    path.chmod(mode)
    await saved(path, [PDF])
    assert path.read_bytes() == PDF
    assert stat.S_IMODE(path.stat().st_mode) == mode


async def test_a_new_file_has_the_mode_that_the_umask_leaves(tmp_path: Path) -> None:
    """As every program's files have."""
    former = os.umask(0o027)
    try:
        await saved(tmp_path / "file.pdf", [PDF])
    finally:
        os.umask(former)
    assert stat.S_IMODE((tmp_path / "file.pdf").stat().st_mode) == 0o640


async def test_a_name_that_the_locale_lacks_is_written_in_utf_8(
    tmp_path: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With ``LC_ALL=C`` a customer's name is the same on the disk as in any other locale."""

    def ascii_alone(raw: bytes) -> str:
        return raw.decode("ascii", "surrogateescape")

    monkeypatch.setattr(os, "fsdecode", ascii_alone)
    folder = Folder(tmp_path, disk)
    name = "Zürich/Ünïted „Q“ 東京.pdf"
    upload = folder.open(name, content_type="", metadata={})
    await upload.commit(lambda: [PDF], str)
    assert Path(os.fsencode(folder.location_of(name)).decode()) == tmp_path / name
    assert (tmp_path / name).read_bytes() == PDF
    assert await folder.fingerprint(name) == Fingerprint(len(PDF), (tmp_path / name).stat().st_mtime_ns)


async def test_what_a_killed_run_left_is_swept_and_nothing_else(tmp_path: Path, disk: Disk) -> None:
    """Part files that nobody works on go; one that another run writes stays, and so does everything of others."""
    (tmp_path / "a").mkdir()
    left = [tmp_path / ".looker-tasks-0123456789abcdef.part", tmp_path / "a" / ".looker-tasks-fedcba9876543210.part"]
    theirs = [tmp_path / ".x.pdf.part", tmp_path / "a" / ".looker-tasks-0123.part", tmp_path / "b.part"]
    for path in (*left, *theirs):
        path.write_bytes(b"half a file")
    (tmp_path / ".looker-tasks-1111111111111111.part").symlink_to(tmp_path / "b.part")
    folder = Folder(tmp_path, disk)
    upload = folder.open("a/file.pdf", content_type="", metadata={})
    await upload.write(lambda: [PDF[:7]])
    await folder.sweep(["a/42.pdf", "gone/43.pdf"])
    assert [path.exists() for path in left] == [False, False]
    assert [path.exists() for path in theirs] == [True, True, True]
    assert (tmp_path / ".looker-tasks-1111111111111111.part").is_symlink()
    await upload.commit(lambda: [PDF[7:]], str)
    assert (tmp_path / "a" / "file.pdf").read_bytes() == PDF


async def test_many_writers_of_one_path_each_write_a_whole_file(tmp_path: Path) -> None:
    """Six exports to one path at once: each is true to itself, and what lies there is one of them."""
    bodies = [PDF[:10] + bytes([number]) * (3 * BLOCK) + PDF[10:] for number in range(6)]

    async def one(body: bytes) -> Artifact:
        return await saved(
            tmp_path / "file.pdf", [body[start : start + 99_999] for start in range(0, len(body), 99_999)]
        )

    artifacts = await asyncio.gather(*map(one, bodies))
    assert [each.sha256 for each in artifacts] == [hashlib.sha256(body).hexdigest() for body in bodies]
    assert next(iter(everything_in(tmp_path).values())) in bodies
    assert len(everything_in(tmp_path)) == 1
