"""The folder of a group of files is opened once, and made again where it has gone meanwhile."""

import os
import shutil
from pathlib import Path

import pytest

from looker_tasks.aio.files.folders import kept_open, open_folder
from looker_tasks.aio.files.part_file import PartFile
from tests.aio.files.file_system import open_descriptors


def write(root: Path, *names: str) -> None:
    """Make the files *names* below *root*, all begun before the first gets its name, as a group does it."""
    parts = [PartFile(root, name) for name in names]
    for part in parts:
        part.append([b"whole"])
    for part in parts:
        part.keep()


def test_a_group_opens_its_folder_once_and_closes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two files cost one descriptor of their folder; after the group there is none."""
    opened: list[object] = []
    real = os.open

    def counted(path: str | Path, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if flags & os.O_DIRECTORY:
            opened.append(path)
        return real(path, flags, mode, dir_fd=dir_fd)

    before = open_descriptors()
    monkeypatch.setattr(os, "open", counted)
    with kept_open():
        write(tmp_path, "a.pdf", "b.pdf")
    assert opened == [tmp_path]
    assert open_descriptors() == before
    write(tmp_path, "c.pdf", "d.pdf")
    assert opened == [tmp_path] * 5
    assert open_descriptors() == before


def test_files_of_a_group_lie_in_folders_of_their_own(tmp_path: Path) -> None:
    """What is kept open for one is not taken for another's."""
    before = open_descriptors()
    with kept_open():
        write(tmp_path, "west/a.pdf", "east/a.pdf", "west/deep/a.pdf", "a.pdf", "west/b.pdf")
    found = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert found == {"west/a.pdf", "east/a.pdf", "west/deep/a.pdf", "a.pdf", "west/b.pdf"}
    assert open_descriptors() == before


@pytest.mark.parametrize("name", ["a.pdf", "west/a.pdf"])
def test_a_folder_that_was_removed_within_a_group_is_made_again(tmp_path: Path, name: str) -> None:
    """The next file goes where its path leads, not into what is gone."""
    root = tmp_path / "out"
    with kept_open():
        write(root, name)
        shutil.rmtree(root)
        write(root, name)
    assert (root / name).read_bytes() == b"whole"


def test_what_cannot_be_entered_leaves_nothing_open(tmp_path: Path) -> None:
    """A file in a folder's place is an error each time, and costs no descriptor."""
    (tmp_path / "west").write_bytes(b"")
    before = open_descriptors()
    with kept_open():
        for _ in range(3):
            with pytest.raises(NotADirectoryError), open_folder(tmp_path, ["west"], create=True):
                raise AssertionError("a file was entered")
    assert open_descriptors() == before
