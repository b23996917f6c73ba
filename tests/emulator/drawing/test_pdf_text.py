"""Words: letters of a PDF put together again."""

import io

import pypdfium2  # type: ignore[import-untyped]  # the library ships no types
import vl_convert
from PIL import ImageChops

from looker_tasks.emulator.drawing.canvas import Canvas
from looker_tasks.emulator.drawing.fakes import fake
from looker_tasks.emulator.drawing.pdf_text import joined
from tests.emulator.drawing.samples import texts

TEXT_OBJECT = 1


def columns() -> bytes:
    """Return a PDF of narrow columns with much between them, as vl-convert writes it."""
    canvas = Canvas(800, 400, "#ffffff")
    for place in range(20):
        canvas.text(10, 20 + 18 * place, f"AVATAR To (row) {place}", 12, "#000000", bold=place == 0)
        canvas.text(790, 20 + 18 * place, f"{place},000.5%", 12, "#000000", anchor="end")
    turned = '<g transform="translate(400,300) rotate(-90)"><text font-size="12">Turned Title</text></g>'
    return vl_convert.svg_to_pdf(canvas.svg(800, 400).replace("</svg>", f"{turned}</svg>"))


def text_objects(pdf: bytes) -> int:
    """Count the pieces of text on the first page."""
    with pypdfium2.PdfDocument(pdf) as document:
        return sum(1 for _ in document[0].get_objects(filter=(TEXT_OBJECT,)))


def test_letters_become_words() -> None:
    """Each line is one text, and is extracted as it was written, level or turned."""
    pdf = columns()
    assert text_objects(pdf) > 400
    assert text_objects(joined(pdf)) == 41
    [text] = texts(joined(pdf))
    for wanted in ("AVATAR To (row) 0", "AVATAR To (row) 19", "19,000.5%", "Turned Title"):
        assert wanted in text
    assert len(joined(pdf)) < len(pdf)


def test_words_look_like_their_letters() -> None:
    """No letter moves by a visible distance."""
    pictures = []
    for pdf in (columns(), joined(columns())):
        with pypdfium2.PdfDocument(io.BytesIO(pdf)) as document:
            pictures.append(document[0].render(scale=1).to_pil().convert("L"))
    moved = ImageChops.difference(*pictures)
    ink = sum(255 - level for level in pictures[0].tobytes())
    assert sum(moved.tobytes()) < 0.05 * ink


def test_what_is_written_otherwise_is_left_alone() -> None:
    """A PDF by another hand stays as it is."""
    pdf = fake("Title", "pdf", 800, 600)
    assert joined(pdf) == pdf
