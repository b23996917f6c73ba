"""Parts → one PDF, read back by pypdfium2."""

import io
import re
import shutil
import subprocess
import sys
import zlib
from pathlib import Path

import pikepdf
import pypdfium2  # type: ignore[import-untyped]  # the library ships no types
import pytest
from PIL import Image

from looker_tasks.combining import Part, combine
from looker_tasks.errors import PartRejected
from tests.combining.artifacts import Artifacts


def bookmarks(pdf: pypdfium2.PdfDocument) -> list[tuple[str, int]]:
    """Read the bookmarks: title and index of the page."""
    found = []
    for each in pdf.get_toc():
        destination = each.get_dest()
        assert destination is not None
        found.append((each.get_title(), destination.get_index()))
    return found


def text_of(pdf: pypdfium2.PdfDocument, index: int) -> str:
    """Read the text of a page."""
    return str(pdf[index].get_textpage().get_text_range())


def pages_of(path: Path) -> int:
    """Count the pages of a file."""
    with pypdfium2.PdfDocument(path) as pdf:
        return len(pdf)


def blank_pdf(path: Path, pages: int, width: int = 200) -> Path:
    """Write a PDF of empty pages."""
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page(page_size=(width, 100))
        pdf.save(path)
    return path


def test_pages_stay_whole_and_each_part_has_its_bookmark(artifacts: Artifacts, tmp_path: Path) -> None:
    """Pages come in the parts' sequence, in their sizes, with their texts, and bookmarks lead to each part's first."""
    several = Part(blank_pdf(tmp_path / "@several, ü 1-2.pdf", 3), "Ümläut, 売上 (three)", "pdf")
    parts = [artifacts.dashboard(3), several, artifacts.dashboard(1), artifacts.dashboard(2, "Again"), several]
    combine(parts, tmp_path / "all.pdf", "pdf")
    first = pages_of(artifacts.dashboard(3).path)
    starts = [0, first, first + 3, first + 4, first + 5]
    with pypdfium2.PdfDocument(tmp_path / "all.pdf") as pdf:
        assert bookmarks(pdf) == list(zip([part.title for part in parts], starts, strict=True))
        assert len(pdf) == first + 3 + 1 + 1 + 3
        for part, start in zip(parts, starts, strict=True):
            with pypdfium2.PdfDocument(part.path) as alone:
                for index in range(len(alone)):
                    assert pdf[start + index].get_size() == alone[index].get_size()
                    assert text_of(pdf, start + index) == text_of(alone, index)
                    assert bytes(pdf[start + index].render().buffer) == bytes(alone[index].render().buffer)


@pytest.mark.parametrize("result_format", ["png", "jpg"])
def test_a_picture_is_a_page_of_its_own_size(artifacts: Artifacts, tmp_path: Path, result_format: str) -> None:
    """A picture between pages is a page of its pixels, one point each, and shows what the picture does."""
    picture = artifacts.look(2, result_format)
    combine([artifacts.dashboard(1), picture, artifacts.dashboard(2)], tmp_path / "all.pdf", "pdf")
    with pypdfium2.PdfDocument(tmp_path / "all.pdf") as pdf, Image.open(picture.path) as image:
        assert len(pdf) == 3
        assert pdf[1].get_size() == image.size
        shown = pdf[1].render().to_pil().convert("RGB")
        for at in ((5, 5), (image.width // 2, image.height // 2), (image.width // 3, image.height // 4)):
            assert shown.getpixel(at) == pytest.approx(image.convert("RGB").getpixel(at), abs=3)


def test_the_same_parts_are_the_same_bytes(artifacts: Artifacts, tmp_path: Path) -> None:
    """Two runs make one file, byte for byte, to a path as to an open file."""
    parts = [artifacts.dashboard(1), artifacts.look(2, "png")]
    combine(parts, tmp_path / "first.pdf", "pdf")
    memory = io.BytesIO()
    combine(parts, memory, "pdf")
    assert memory.getvalue() == (tmp_path / "first.pdf").read_bytes()


def test_an_object_that_cannot_be_parsed_is_no_blank_page(artifacts: Artifacts, tmp_path: Path) -> None:
    """Whichever object of a file is broken, the part is refused: none is left out without a word."""
    whole = artifacts.dashboard(1).path.read_bytes()
    begins = [found.end() for found in re.finditer(rb"\n\d+ 0 obj\s", whole)]
    assert len(begins) > 10
    broken = tmp_path / "broken.pdf"
    for begin in begins:
        broken.write_bytes(whole[:begin] + b"<<((//" + whole[begin + 6 :])
        with pytest.raises(PartRejected, match="West"):
            combine([artifacts.dashboard(2), Part(broken, "West", "pdf")], io.BytesIO(), "pdf")


def test_a_part_that_changes_while_it_is_read_is_named(
    artifacts: Artifacts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that was whole when it was counted, and is gone when its pages are taken, is told as that part."""
    monkeypatch.setattr("looker_tasks.combining.pdf._page_count", lambda *_: 1)
    with pytest.raises(PartRejected, match=r"part 'West' \(.*gone\.pdf\): it has changed meanwhile"):
        combine([artifacts.dashboard(2), Part(tmp_path / "gone.pdf", "West", "pdf")], io.BytesIO(), "pdf")


def test_a_part_that_is_no_pdf_is_named(artifacts: Artifacts, tmp_path: Path) -> None:
    """Cut short, emptied, encrypted, missing, without a page: the error names that part and its file."""
    whole = artifacts.dashboard(1).path
    cut = tmp_path / "cut.pdf"
    cut.write_bytes(whole.read_bytes()[:-5000])
    empty = tmp_path / "empty.pdf"
    empty.touch()
    locked = tmp_path / "locked.pdf"
    with pikepdf.open(whole) as pdf:
        pdf.save(locked, encryption=pikepdf.Encryption(owner="o", user="u"))
    none = blank_pdf(tmp_path / "none.pdf", 0)
    for path in (cut, empty, locked, none, tmp_path / "missing.pdf"):
        with pytest.raises(PartRejected) as caught:
            combine([artifacts.dashboard(2), Part(path, "West", "pdf"), artifacts.dashboard(3)], io.BytesIO(), "pdf")
        assert (caught.value.part, caught.value.path) == ("West", str(path)), caught.value
        assert "\n" not in str(caught.value)


def test_a_picture_cut_short_is_named(artifacts: Artifacts, tmp_path: Path) -> None:
    """A picture without its end is refused, not shown in part."""
    for result_format in ("png", "jpg"):
        whole = artifacts.look(2, result_format).path.read_bytes()
        cut = tmp_path / f"cut.{result_format}"
        cut.write_bytes(whole[: len(whole) // 2])
        with pytest.raises(PartRejected, match="West"):
            combine([Part(cut, "West", result_format)], io.BytesIO(), "pdf")


MEASURE = """
import resource, sys
from pathlib import Path
from looker_tasks.combining import Part, combine
parts = [Part(path, path.stem, "pdf") for path in sorted(Path(sys.argv[1]).glob("*.pdf"))]
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
combine(parts, sys.argv[2], "pdf")
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


@pytest.mark.long
def test_hundreds_of_parts_take_little_memory_and_few_open_files(artifacts: Artifacts, tmp_path: Path) -> None:
    """300 parts of 0.5 MB each: less than 120 MB of memory, 64 open files at most, and 300 bookmarks."""
    folder = tmp_path / "parts"
    folder.mkdir()
    with pikepdf.open(artifacts.dashboard(1).path) as pdf:
        pdf.pages[0].Ballast = pdf.make_stream(zlib.compress(bytes(2**19), level=0), Filter=pikepdf.Name.FlateDecode)
        pdf.save(folder / "000.pdf")
    for number in range(1, 300):
        shutil.copy(folder / "000.pdf", folder / f"{number:03}.pdf")
    measured = subprocess.run(
        [sys.executable, "-c", MEASURE, str(folder), str(tmp_path / "all.pdf")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(measured.stdout) < 120 * 1024  # KiB; not `ru_maxrss`, which begins with that of the parent
    with pypdfium2.PdfDocument(tmp_path / "all.pdf") as combined:
        assert bookmarks(combined) == [(f"{number:03}", number) for number in range(300)]
