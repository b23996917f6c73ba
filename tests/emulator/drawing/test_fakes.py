"""Fakes: files that are tiny, whole and valid."""

import subprocess
import sys

import pytest

from looker_tasks.emulator.drawing.fakes import fake
from looker_tasks.emulator.drawing.page import RenderFormat
from tests.emulator.drawing.samples import page_sizes, picture, texts


@pytest.mark.parametrize("size", [(1, 1), (7, 9), (8, 8), (300, 201), (1680, 2400)])
@pytest.mark.parametrize(("result_format", "kind"), [("png", "PNG"), ("jpg", "JPEG")])
def test_pictures_decode(result_format: RenderFormat, kind: str, size: tuple[int, int]) -> None:
    """A fake picture has the format and size asked for, and one colour."""
    image = picture(fake("Any", result_format, *size))
    assert (image.format, image.size) == (kind, size)
    assert image.getcolors() is not None
    assert len(image.getcolors() or ()) == 1


def test_a_jpg_is_no_larger_than_a_jpg_can_be() -> None:
    """A JPG's sides end at what readers accept."""
    assert picture(fake("Any", "jpg", 70_000, 1)).size == (65_500, 1)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Business Pulse", "Business Pulse"),
        (r"Sales (West) \ more)", r"Sales (West) \ more)"),
        ("Ünï €5 日本", "Ünï €5 ??"),
        ("a\nb\x00c\ud800", "a b c  "),
        ("", ""),
    ],
)
def test_a_pdf_has_its_title(title: str, text: str) -> None:
    """A fake PDF has one page of the size asked for, and its title as text."""
    file = fake(title, "pdf", 800, 600)
    assert page_sizes(file) == [(800, 600)]
    assert [page.replace(" ", "") for page in texts(file)] == [text.replace(" ", "")]


def test_a_pdf_tells_where_its_objects_are() -> None:
    """Each offset of the table of objects points at its object."""
    file = fake("Title", "pdf", 800, 600)
    start = int(file.rsplit(b"startxref\n", 1)[1].split()[0])
    entries = file[start:].split(b"\n")[3:8]
    assert file[start:].startswith(b"xref\n0 6\n")
    for number, entry in enumerate(entries, start=1):
        assert file[int(entry[:10]) :].startswith(b"%d 0 obj" % number)


def test_fakes_need_nothing_that_draws() -> None:
    """Faking imports no drawing library."""
    script = (
        "import sys, looker_tasks.emulator.drawing.fakes;"
        "sys.exit(bool({'vl_convert', 'PIL', 'pypdfium2'} & set(sys.modules)))"
    )
    assert subprocess.run((sys.executable, "-c", script), check=False).returncode == 0
