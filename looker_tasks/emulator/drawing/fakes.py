"""Tiny files of the right format, at once: for tests and benchmarks that want many files and look at none.

Imports nothing that draws, so that an emulator which fakes starts in milliseconds. The files are whole and valid.
"""

import struct
import zlib
from functools import lru_cache
from math import ceil

from looker_tasks.emulator.drawing.page import RenderFormat

_PDF_TITLE_SIZE = 18
_LONGEST_JPG_SIDE = 65_500  # what libjpeg reads
_BLOCK = 8  # pixels of a JPG that are coded together, each way


def fake(page_title: str, result_format: RenderFormat, width: int, height: int) -> bytes:
    """Return a file of *result_format* within a millisecond, *width* x *height* pixels (a PDF: points) of one colour.

    A PDF has *page_title* as its text; letters that Windows-1252 lacks become question marks.
    """
    match result_format:
        case "pdf":
            return _pdf(page_title, width, height)
        case "png":
            return _png(width, height)
        case "jpg":
            return _jpg(min(width, _LONGEST_JPG_SIDE), min(height, _LONGEST_JPG_SIDE))


def _pdf(title: str, width: int, height: int) -> bytes:
    """Write one page with one line of text, and the table of where its objects begin."""
    line = "".join(character if character.isprintable() else " " for character in title).encode("cp1252", "replace")
    for special in (b"\\", b"(", b")"):
        line = line.replace(special, b"\\" + special)
    drawing = b"BT /F1 %d Tf 24 %d Td (%s) Tj ET" % (_PDF_TITLE_SIZE, max(0, height - 40), line)
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>" % (width, height),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawing), drawing),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )
    file = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    table = bytearray(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    for number, content in enumerate(objects, start=1):
        table += b"%010d 00000 n \n" % len(file)
        file += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    end = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(file))
    return bytes(file + table + end)


@lru_cache(maxsize=64)
def _png(width: int, height: int) -> bytes:
    """Write white pixels, a bit each: a row is a zero for "no filter", then its bits."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    row = b"\x00" + b"\xff" * ceil(width / 8)
    packer = zlib.compressobj(1)
    pixels = b"".join([*(packer.compress(row) for _ in range(height)), packer.flush()])
    chunks = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in chunks
    )


@lru_cache(maxsize=64)
def _jpg(width: int, height: int) -> bytes:
    """Write mid-grey pixels: both Huffman tables have one code, the bit 0, so that a block of 8 x 8 takes two bits.

    The first says that the block is as bright as the one before it, the second that it has no detail.
    """
    segments = (
        (0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"),
        (0xDB, b"\x00" + b"\x01" * 64),  # nothing is quantised
        (0xC0, struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"),  # one component: grey
        (0xC4, b"\x00\x01" + bytes(15) + b"\x00"),  # brightness: one code of one bit, for "no difference"
        (0xC4, b"\x10\x01" + bytes(15) + b"\x00"),  # detail: one code of one bit, for "end of block"
        (0xDA, b"\x01\x01\x00\x00\x3f\x00"),
    )
    bits = 2 * ceil(width / _BLOCK) * ceil(height / _BLOCK)
    whole, over = divmod(bits, 8)
    pixels = bytes(whole) + (bytes([0xFF >> over]) if over else b"")  # what is over is filled up with ones
    head = b"".join(b"\xff" + bytes([kind]) + struct.pack(">H", len(body) + 2) + body for kind, body in segments)
    return b"\xff\xd8" + head + pixels + b"\xff\xd9"
