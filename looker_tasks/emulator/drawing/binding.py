"""From PDFs of one page to one PDF, the same bytes for the same pages.

vl-convert writes the fonts of a page in an order that differs from run to run. pdfium, when it imports a page, numbers
everything anew in the order of names; what it adds itself, a date and a random id, is overwritten here in place.
"""

import hashlib
import io
import re

import pypdfium2  # type: ignore[import-untyped]  # the library ships no types

_DATE = re.compile(rb"(?<=/CreationDate\(D:)\d{14}")
_ID = re.compile(rb"/ID\[<[0-9A-F]{32}><[0-9A-F]{32}>\]\s*>>\s*startxref\s")
_SOME_DATE = b"20200101000000"


def bound(pages: list[bytes]) -> bytes:
    """Bind *pages*, PDFs of one page each, in this order."""
    with pypdfium2.PdfDocument.new() as whole:
        for page in pages:
            with pypdfium2.PdfDocument(page) as part:
                whole.import_pages(part)
        out = io.BytesIO()
        whole.save(out)
    dated = _DATE.sub(_SOME_DATE, out.getvalue(), count=1)
    return _ID.sub(_named, dated)


def _named(found: re.Match[bytes]) -> bytes:
    before = found.string[: found.start()]
    name = hashlib.md5(before, usedforsecurity=False).hexdigest().upper().encode()
    return re.sub(rb"[0-9A-F]{32}", name, found[0])
