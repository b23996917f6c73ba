"""The door of the room: what goes in, what is refused before anything is written, what is left."""

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from looker_tasks.combining import PART_FORMATS, Form, Part, combine, form_of
from looker_tasks.errors import PartRejected
from looker_tasks.formats import FORMATS


@pytest.mark.parametrize(
    ("name", "form"),
    [("a/b.pdf", "pdf"), ("B.XLSX", "xlsx"), ("x.zip", "zip"), ("x.csv", None), ("pdf", None), ("x.pdf/y", None)],
)
def test_the_extension_names_the_form(name: str, form: Form | None) -> None:
    """A combined file's name says what it is."""
    assert form_of(name) == form


def test_what_a_form_takes_is_known_by_the_formats_own_names() -> None:
    """No form takes a format that there is not."""
    assert all(formats is None or formats <= FORMATS.keys() for formats in PART_FORMATS.values())


@pytest.mark.parametrize(("form", "result_format"), [("pdf", "csv"), ("xlsx", "pdf"), ("xlsx", "html")])
def test_a_format_that_a_form_does_not_take_is_told(tmp_path: Path, form: Form, result_format: str) -> None:
    """Before the file is touched, with the part and what would be taken."""
    whole = tmp_path / f"all.{form}"
    whole.write_text("of yesterday")
    with pytest.raises(PartRejected, match=f"'West' .*{form} takes no part in {result_format}, only "):
        combine([Part(tmp_path / "x", "West", result_format)], whole, form)
    assert whole.read_text() == "of yesterday"


def test_no_parts_make_no_file(tmp_path: Path) -> None:
    """An empty combination is a mistake of the caller's."""
    with pytest.raises(ValueError, match="no parts"):
        combine([], tmp_path / "all.zip", "zip")
    assert not (tmp_path / "all.zip").exists()


@pytest.mark.parametrize("form", ["pdf", "xlsx", "zip"])
def test_an_open_file_is_written_from_where_it_stands_and_left_open(tmp_path: Path, form: Form) -> None:
    """What is combined is in the file when the call returns, and nothing waits in the folder for temporary files."""
    part = Part(tmp_path / "a.csv", "West", "csv")
    part.path.write_text("a\n1\n")
    if form == "pdf":
        combine([Part(_picture(tmp_path / "p.png"), "West", "png")], tmp_path / "page.pdf", "pdf")
        part = Part(tmp_path / "page.pdf", "West", "pdf")
    with (tmp_path / "all").open("wb") as file:
        combine([part], file, form)
        assert not file.closed
        assert (tmp_path / "all").stat().st_size == file.tell() > 0


def _picture(path: Path) -> Path:
    Image.new("RGB", (30, 20), "navy").save(path)
    return path


FULL = """
import errno, sys, tempfile
from pathlib import Path
from looker_tasks.combining import Part, combine
tempfile.tempdir = sys.argv[3]
try:
    with open("/dev/full", "wb", buffering=0) as file:
        combine([Part(sys.argv[1], "West", Path(sys.argv[1]).suffix[1:])], file, sys.argv[2])
except OSError as error:
    print(errno.errorcode[error.errno])
"""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a full device")
@pytest.mark.parametrize(("form", "source"), [("pdf", "p.png"), ("xlsx", "a.csv"), ("zip", "a.csv")])
def test_a_full_disk_is_an_oserror_and_leaves_nothing(tmp_path: Path, form: Form, source: str) -> None:
    """The caller learns that the disk is full, not that a part is wrong; the folder for temporary files is clean."""
    (tmp_path / "a.csv").write_text("a\n1\n")
    _picture(tmp_path / "p.png")
    (tmp_path / "temporary").mkdir()
    ended = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path / source), form, str(tmp_path / "temporary")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert (ended.stdout.strip(), ended.stderr) == ("ENOSPC", "")
    assert list((tmp_path / "temporary").iterdir()) == []


def test_the_room_is_known_without_its_libraries() -> None:
    """A planner asks what a form takes, and no library of the extra is imported."""
    code = (
        "import sys\nfrom looker_tasks.combining import PART_FORMATS, Part, combine\n"
        "print(sorted({'pikepdf', 'openpyxl', 'xlsxwriter', 'ijson', 'img2pdf', 'PIL'} & sys.modules.keys()))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"
