"""Whole words in a PDF, where vl-convert has written letter after letter, each at its place.

A reader of text guesses from the places of single letters which belong together, and on a page of columns pdfium
guesses wrong: "A L o o k". Here letters that follow each other on a line, in one font, become one text: it looks the
same, and can be found, marked and extracted. What is not written in the way that is known here is left as it is.
"""

import re
import zlib
from collections.abc import Iterator, Mapping
from functools import lru_cache

from attrs import frozen

_LETTER = (
    rb"q\nBT\n(?P<wide>\S+) 0 0 (?P<high>\S+) (?P<x>\S+) (?P<y>\S+) Tm\n"
    rb"/(?P<font>\S+) (?P<size>\S+) Tf\n(?P<code><[0-9A-Fa-f]*>|\((?:\\.|[^\\()])*\)) Tj\nET\nQ\n"
)
_ONE = re.compile(_LETTER, re.DOTALL)
_LINE = re.compile(rb"(?:" + re.sub(rb"\?P<\w+>", rb"?:", _LETTER) + rb"){2,}", re.DOTALL)
_CONTENT = re.compile(rb"\d+ 0 obj\n<<\n  /Length (\d+)\n  /Filter /FlateDecode\n>>\nstream\n")
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_SEEN = 1.0  # thousandths of an em: a smaller gap is not worth a number
_NEXT_TO = 2000.0  # thousandths of an em: a letter farther off begins a text of its own

Widths = Mapping[str, Mapping[int, float]]
"""The width of each glyph of each font, in thousandths of an em."""


@frozen
class _Letter:
    style: tuple[bytes, ...]  # how wide and high, at which height of the page, in which font and size
    x: float
    em: float  # a thousandth of an em, in pixels
    font: str
    code: int


def joined(pdf: bytes) -> bytes:
    """Join the letters of *pdf*, one page as vl-convert writes it, into words."""
    table = int(pdf.rsplit(b"startxref\n", 1)[1].split()[0])
    offsets = [int(entry[:10]) for entry in pdf[table:].split(b"trailer", 1)[0].splitlines()[2:]]
    page = re.search(rb"/Contents (\d+) 0 R", pdf)
    content = _CONTENT.match(pdf, offsets[int(page[1])]) if page else None
    if content is None:
        return pdf
    end = content.end() + int(content[1])
    widths = _widths(pdf, offsets)
    drawing = _LINE.sub(
        lambda line: b"".join(_texts(line[0], widths)), zlib.decompress(pdf[content.end() : end]) + b"\n"
    )
    shorter = zlib.compress(drawing)
    head = content[0].replace(b"/Length " + content[1], b"/Length %d" % len(shorter))
    moved = len(head) + len(shorter) - (end - content.start())
    body = pdf[: content.start()] + head + shorter + pdf[end:table]
    places = (offset + moved if offset > content.start() else offset for offset in offsets[1:])
    entries = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = pdf[pdf.index(b"trailer", table) : pdf.rindex(b"startxref")]
    first = b"xref\n0 %d\n0000000000 65535 f \n" % len(offsets)
    return body + first + entries + trailer + b"startxref\n%d\n%%%%EOF" % len(body)


def _texts(line: bytes, widths: Widths) -> Iterator[bytes]:
    """Write the letters of *line* as texts, each as long as it can be."""
    text: list[_Letter] = []
    pieces: list[bytes] = []
    pen = 0.0
    for letter in _letters(line):
        gap = (letter.x - pen) / letter.em if text else 0.0
        if text and (letter.style != text[0].style or abs(gap) > _NEXT_TO):
            yield _text(text[0], pieces)
            text, pieces, gap = [], [], 0.0
        if not text:
            pen = letter.x
        if abs(gap) >= _SEEN:
            pieces.append(b"%d" % -round(gap))
            pen += round(gap) * letter.em
        pieces.append(b"<%04x>" % letter.code)
        pen += widths[letter.font].get(letter.code, 0.0) * letter.em
        text.append(letter)
    yield _text(text[0], pieces)


def _text(first: _Letter, pieces: list[bytes]) -> bytes:
    wide, high, y, font, size = first.style
    shown = b" ".join(pieces).replace(b"> <", b"")
    return b"q\nBT\n%s 0 0 %s %.3f %s Tm\n/%s %s Tf\n[%s] TJ\nET\nQ\n" % (wide, high, first.x, y, font, size, shown)


def _letters(line: bytes) -> Iterator[_Letter]:
    for found in _ONE.finditer(line):
        wide, high, x, y, font, size, code = found.groups()
        em = float(wide) * float(size) / 1000
        yield _Letter((wide, high, y, font, size), float(x), em, font.decode(), _number(code))


@lru_cache(maxsize=1024)
def _number(code: bytes) -> int:
    """Read the two bytes of a glyph, written as a PDF string."""
    if code.startswith(b"<"):
        return int(code[1:-1], 16)
    return int.from_bytes(_ESCAPE.sub(_unescaped, code[1:-1]))


def _unescaped(escape: re.Match[bytes]) -> bytes:
    return bytes([int(escape[1], 8)]) if escape[1].isdigit() else _ESCAPED.get(escape[1], escape[1])


def _widths(pdf: bytes, offsets: list[int]) -> Widths:
    """Read how wide the fonts of *pdf* say that their glyphs are."""

    def item(number: bytes) -> bytes:
        start = offsets[int(number)]
        return pdf[start : pdf.index(b"endobj", start)]

    fonts = {}
    for name, number in re.findall(rb"/(fo\d+) (\d+) 0 R", pdf):
        descendant = re.search(rb"/DescendantFonts \[(\d+) 0 R\]", item(number))
        array = re.search(rb"/W \[([^\[\]]*)\]", item(descendant[1])) if descendant else None
        numbers = [float(number) for number in array[1].split()] if array else []
        same = zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True)  # from, to, width
        fonts[name.decode()] = {code: width for first, last, width in same for code in range(int(first), int(last) + 1)}
    return fonts
