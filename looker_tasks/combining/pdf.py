"""Parts → one PDF: every page as it is, and a bookmark for each part.

pikepdf (qpdf) rather than pypdfium2, which cannot write bookmarks, or pypdf, which is pure Python: 300 parts of 3 MB
each pass in 41 MB of memory, where pypdf takes 1,764 MB. qpdf's own job is what bounds it: `Pdf.pages.extend` copies
every stream into memory first, a job leaves them in their files until they are written.
"""

import logging
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import img2pdf
import pikepdf
from PIL import Image

from looker_tasks.combining.parts import Part
from looker_tasks.errors import PartRejected

logging.getLogger("img2pdf").setLevel(logging.ERROR)  # it warns of every picture with an alpha channel, and keeps it


def write_pdf(parts: Sequence[Part], file: BinaryIO, folder: Path) -> None:
    """Write the pages of *parts* to *file*, with a bookmark each; pictures wait as pages in *folder*."""
    files: list[Path] = []
    starts: list[int] = []
    pages = 0
    for number, part in enumerate(parts):
        path = part.path if part.result_format == "pdf" else _page_of(part, folder / f"{number}.pdf")
        files.append(path)
        starts.append(pages)
        pages += _page_count(part, path)
    sources = [argument for path in files for argument in ("--file=" + str(path.absolute()), "--range=1-z")]
    job = pikepdf.Job(
        ["qpdf", "--no-warn", "--suppress-recovery", "--empty", "--pages", *sources, "--", str(folder / "unused")]
    )
    try:
        combined = job.create_pdf()
    except (pikepdf.PdfError, RuntimeError, OSError) as error:
        raise _changed(error, parts, files) from error
    try:
        with combined:
            with combined.open_outline() as outline:
                outline.root.extend(
                    pikepdf.OutlineItem(part.title, start) for part, start in zip(parts, starts, strict=True)
                )
            combined.save(file, deterministic_id=True)
    except (pikepdf.PdfError, RuntimeError) as error:  # an OSError here is that of *file*
        raise _changed(error, parts, files) from error


def _page_count(part: Part, path: Path) -> int:
    """Return how many pages the file has; raise `PartRejected` where it is no whole PDF.

    qpdf reads an object that it cannot parse as nothing, with a warning: a page would come out blank.
    """
    try:
        with pikepdf.open(path, attempt_recovery=False) as pdf:
            pages = len(pdf.pages)
            deque(pdf.objects, maxlen=0)  # parses each
            trouble = pdf.get_warnings()
    except (pikepdf.PdfError, pikepdf.PasswordError, OSError) as error:
        raise part.rejection(_reason(error)) from error
    if trouble:
        raise part.rejection(str(trouble[0]))
    if pages == 0:
        raise part.rejection("it has no page")
    return pages


def _page_of(part: Part, path: Path) -> Path:
    """Make a page of the picture, as large as it is at one point a pixel, without loss; return *path*."""
    try:
        with Image.open(part.path) as picture:
            picture.load()  # img2pdf copies what is compressed as it is, cut short or not
        with path.open("wb") as page:
            img2pdf.convert(part.path, outputstream=page, layout_fun=_page_size, nodate=True)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise part.rejection(_reason(error)) from error
    return path


def _page_size(width: int, height: int, _: tuple[float, float]) -> tuple[float, float, float, float]:
    """Return the sizes of page and picture in points, as Looker makes pages of a dashboard's pixels."""
    return width, height, width, height


def _changed(error: Exception, parts: Sequence[Part], files: Sequence[Path]) -> PartRejected:
    """Return the error for a file that is not what it was when its pages were counted; qpdf's message names it."""
    named = (part for part, path in zip(parts, files, strict=True) if str(path.absolute()) in str(error))
    return next(named, parts[0]).rejection(f"it has changed meanwhile: {_reason(error)}")


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or repr(error)
