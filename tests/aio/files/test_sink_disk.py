"""The sink and the disk: what it refuses is told, and it is never touched on the event loop."""

import asyncio
import errno
import os
import resource
import shutil
import sys
import textwrap
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from looker_tasks.aio.files.part_file import PUSH
from looker_tasks.aio.files.sink import BLOCK
from looker_tasks.errors import FileNotWritten, ResultRejected
from tests.aio.saving import PDF, refused, saved


async def test_a_folder_in_the_files_place_is_told(tmp_path: Path) -> None:
    """A name that a folder has is refused by the disk, clearly."""
    path = tmp_path / "file.pdf"
    (path / "inside").mkdir(parents=True)
    error = await refused(path, [PDF])
    assert isinstance(error, FileNotWritten)
    assert error.path == str(path)
    assert "a folder has this name" in error.reason


async def test_a_file_in_a_folders_place_is_told(tmp_path: Path) -> None:
    """A name that leads through a file is refused by the disk, clearly."""
    (tmp_path / "west").write_bytes(b"no folder")
    error = await refused(tmp_path / "west" / "file.pdf", [PDF])
    assert isinstance(error, FileNotWritten)


async def test_a_name_that_the_disk_finds_too_long_is_told(tmp_path: Path) -> None:
    """The disk's own limits are met with one clear error."""
    error = await refused(tmp_path / ("x" * 300), [PDF])
    assert isinstance(error, FileNotWritten)
    assert "too long" in error.reason


async def test_a_folder_that_vanishes_meanwhile_is_told(tmp_path: Path) -> None:
    """Somebody may clear the folder up while a result comes: an error, not a crash."""
    folder = tmp_path / "west"

    async def vanishing() -> AsyncIterator[bytes]:
        yield PDF[:10] + bytes(2 * BLOCK)
        shutil.rmtree(folder)
        folder.write_bytes(b"a file now")
        yield PDF[10:]

    with pytest.raises(FileNotWritten):
        await saved(folder / "file.pdf", vanishing())


@pytest.mark.parametrize("size", [0, 3 * PUSH])
async def test_a_file_system_that_takes_no_hints_is_good_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """What the disk is asked for in advance is a matter of speed alone."""

    def refuse(*_: int) -> None:
        raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr(os, "posix_fadvise", refuse, raising=False)
    body = PDF[:10] + bytes(size) + PDF[10:]
    artifact = await saved(tmp_path / "file.pdf", [body[:BLOCK], body[BLOCK:]])
    assert artifact.path.read_bytes() == body


FULL_DISK = """
    import asyncio, os, resource, sys
    from pathlib import Path
    from looker_tasks.errors import FileNotWritten
    from tests.aio.saving import PDF, saved

    resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, 3_000_000))
    try:
        asyncio.run(saved(Path(sys.argv[1]) / "file.pdf", [PDF[:10], *[bytes(2**20)] * 5, PDF[10:]]))
    except FileNotWritten as error:
        print(error)
    print(os.listdir(sys.argv[1]))
"""


async def test_a_disk_without_room_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    """Where the system refuses to write on, the error says so and the part file gives its room back."""
    full = await asyncio.create_subprocess_exec(
        sys.executable, "-c", textwrap.dedent(FULL_DISK), str(tmp_path), stdout=-1, stderr=-1
    )
    said, complaint = await full.communicate()
    assert complaint == b""
    assert said.decode().splitlines() == [f"{tmp_path / 'file.pdf'}: File too large", "[]"]


_watched: list[tuple[str, int]] | None = None


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    """Note each touch of the disk; a hook of this kind can never be taken off again."""
    if _watched is not None and event in {"open", "os.remove", "os.rename", "os.mkdir", "os.truncate"}:
        _watched.append((f"{event} {arguments[0]!r}", threading.get_ident()))


@contextmanager
def disk_watched() -> Iterator[Callable[[], list[str]]]:
    """Watch the disk; what is given tells what the present thread did to it so far."""
    global _watched  # noqa: PLW0603  # an audit hook has no other way to be told
    sys.addaudithook(_watch)
    touches: list[tuple[str, int]] = []
    _watched = touches
    try:
        yield lambda: [what for what, thread in touches if thread == threading.get_ident()]
        assert touches, "the hook saw nothing at all"
    finally:
        _watched = None


@pytest.mark.parametrize("body", [[PDF], [PDF[:10], bytes(3 * BLOCK), PDF[10:]], [PDF[:10], bytes(3 * BLOCK)]])
async def test_the_disk_is_never_touched_on_the_loops_thread(tmp_path: Path, body: list[bytes]) -> None:
    """A slow disk holds no other export up, whether the file is kept or thrown away."""
    with disk_watched() as touched_here:
        with suppress(ResultRejected):
            await saved(tmp_path / "file.pdf", body)
        assert [touch for touch in touched_here() if str(tmp_path) in touch] == []


async def test_a_large_result_is_not_held_in_memory(tmp_path: Path) -> None:
    """256 MiB go to disk in less than 32."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    block = bytes(2**18)

    async def large() -> AsyncIterator[bytes]:
        yield PDF[:10]
        for _ in range(1024):
            yield block
        yield PDF[10:]

    assert (await saved(tmp_path / "file.pdf", large())).size == 2**28 + len(PDF)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 32 * 1024
