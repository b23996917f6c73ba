"""The output folder, looked at before anything is created."""

from pathlib import Path

import pytest

from looker_tasks.aio.files.folder import prepare_file, prepare_folder
from looker_tasks.errors import ConfigurationError


async def test_a_folder_is_made_and_left_empty(tmp_path: Path) -> None:
    """What is not there is made, with all that leads there; the look leaves nothing behind."""
    folder = tmp_path / "a" / "b"
    await prepare_folder(folder)
    assert list(folder.iterdir()) == []  # a local folder, after all is done


async def test_what_is_in_the_folder_stays(tmp_path: Path) -> None:
    """A folder of an earlier run is taken as it is."""
    former = tmp_path / "former.pdf"
    former.write_bytes(b"former")
    await prepare_folder(tmp_path)
    assert former.read_bytes() == b"former"


@pytest.mark.parametrize("below", ["", "more"])
async def test_a_file_in_the_folders_place_is_told(tmp_path: Path, below: str) -> None:
    """A file where the folder should be, or on the way to it, is told with its path."""
    taken = tmp_path / "taken"
    taken.write_bytes(b"a file")
    with pytest.raises(ConfigurationError, match=r"taken.*: no file can be written there"):
        await prepare_folder(taken / below)


async def test_a_folder_that_takes_no_files_is_told() -> None:
    """Where the system lets nobody write, not even root, that is told before anything is created."""
    with pytest.raises(ConfigurationError, match="/proc/self: no file can be written there"):
        await prepare_folder(Path("/proc/self"))


async def test_a_folder_in_the_files_place_is_told_before_anything_is_created(tmp_path: Path) -> None:
    """One file is asked for, and its name is a folder's: that shows at once, and not after the render."""
    with pytest.raises(ConfigurationError, match="it is a folder"):
        await prepare_file(tmp_path)
    await prepare_file(tmp_path / "new" / "file.pdf")
    assert (tmp_path / "new").is_dir()  # a local folder, after all is done
