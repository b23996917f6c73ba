"""Folders are entered by descriptor, one after the other, and nothing of that stays open."""

from pathlib import Path

import pytest

from looker_tasks.aio.files.folders import open_folder
from looker_tasks.aio.files.part_file import PartFile
from tests.aio.files.file_system import open_descriptors


def test_files_lie_in_folders_of_their_own(tmp_path: Path) -> None:
    """Each where its name leads, the folders made on the way, all descriptors closed."""
    before = open_descriptors()
    names = {"west/a.pdf", "east/a.pdf", "west/deep/a.pdf", "a.pdf", "west/b.pdf"}
    for part in [PartFile(tmp_path, name) for name in names]:
        part.append([b"whole"])
        part.keep()
    assert {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()} == names
    assert open_descriptors() == before


def test_what_cannot_be_entered_leaves_nothing_open(tmp_path: Path) -> None:
    """A file in a folder's place is an error each time, and costs no descriptor."""
    (tmp_path / "west").write_bytes(b"")
    before = open_descriptors()
    for _ in range(3):
        with pytest.raises(NotADirectoryError), open_folder(tmp_path, ["west"], create=True):
            raise AssertionError("a file was entered")
    assert open_descriptors() == before
