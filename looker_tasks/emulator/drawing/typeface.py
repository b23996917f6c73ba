"""The typeface of every page, and how much room a text takes in it.

vl-convert carries Liberation Sans inside itself, in memory; a font registered from a file is opened again for every
letter that is drawn, ten times slower. So pages are set in Liberation Sans, and symbols, of which it lacks most, in
the font of `fonts/`: a letter that no font has is dropped or drawn as an empty box. Widths are those of Liberation Sans
(the widths of Arial), without kerning.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

FONT = "Liberation Sans"
SYMBOL_FONT = "Looker Emulator Symbols"
FOLDER = Path(__file__).parent / "fonts"
"""The folder of fonts to register, once in a process, before the first text."""

_ELLIPSIS = "…"
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_SYMBOLS = re.compile("([\u20b6-\u20cf\u2100-\u2bff]+)")
_THOUSANDTHS_OF_AN_EM = {
    False: (
        "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 "
        "278 278 584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 "
        "611 722 667 944 667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 "
        "556 556 556 556 333 500 278 556 500 722 500 500 500 334 260 334 584"
    ),
    True: (
        "278 333 474 556 556 889 722 238 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 "
        "333 333 584 584 584 611 975 722 722 722 722 667 611 778 722 278 556 722 611 833 722 778 667 778 722 667 "
        "611 722 667 944 667 667 611 333 278 333 584 556 333 556 611 556 611 556 333 611 611 278 278 556 278 889 "
        "611 611 611 611 389 556 333 611 556 778 556 556 500 389 280 389 584"
    ),
}
_ASCII = {
    bold: {chr(32 + place): int(width) / 1000 for place, width in enumerate(widths.split())}
    for bold, widths in _THOUSANDTHS_OF_AN_EM.items()
}


def printable(text: str) -> str:
    """Return *text* with a space for each control character and lone surrogate: XML and V8 refuse them."""
    return _UNPRINTABLE.sub(" ", text)


def runs(text: str) -> Iterator[tuple[str, str]]:
    """Split *text* where its font changes: each part with its font."""
    for place, part in enumerate(_SYMBOLS.split(text)):
        if part:
            yield part, SYMBOL_FONT if place % 2 else FONT


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """Return how many pixels wide *text* is at *size* pixels."""
    known = _ASCII[bold]
    return size * sum(known.get(character) or _advance(character, bold) for character in text)


@cache
def _advance(character: str, bold: bool) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    if unicodedata.combining(character):
        return 0.0
    base = unicodedata.normalize("NFD", character)[0]
    # wide enough for Greek, Cyrillic and most symbols; a text is cut too early rather than run over its neighbour
    return _ASCII[bold].get(base, 0.7 if base.isalnum() else 1.0)


@lru_cache(maxsize=50_000)
def fitted(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """Cut *text* with an ellipsis where it is wider than *room* pixels."""
    if width_of(text, size, bold=bold) <= room:
        return text
    room -= width_of(_ELLIPSIS, size, bold=bold)
    kept = 0
    for character in text:
        room -= width_of(character, size, bold=bold)
        if room < 0:
            break
        kept += 1
    return text[:kept].rstrip() + _ELLIPSIS if kept else ""


def wrapped(text: str, room: float, size: float, lines: int, *, bold: bool = False) -> tuple[str, ...]:
    """Break *text* between words into at most *lines* lines of *room* pixels; the last is cut where more follows."""
    broken: list[str] = []
    words = text.split()
    while words and len(broken) < lines - 1:
        taken = 1
        while taken < len(words) and width_of(" ".join(words[: taken + 1]), size, bold=bold) <= room:
            taken += 1
        broken.append(fitted(" ".join(words[:taken]), room, size, bold=bold))
        words = words[taken:]
    if words:
        broken.append(fitted(" ".join(words), room, size, bold=bold))
    return tuple(broken)
