"""The grammar of Looker's filter expressions on strings: terms, in time proportional to the text. Pure.

A comma parts terms; `-` before a term excludes it; `%` and `_` are wildcards; NULL and EMPTY are keywords. `^` takes
the meaning from what follows (`%`, `_`, `,`, `-`, `^`, a blank at either end), and so does a backslash. In double
quotes `%`, `_`, `,`, `-` and blanks mean themselves, and so does a `^` before any other letter. Blanks around a term do
not count, unless they are quoted or escaped.
Source: https://cloud.google.com/looker/docs/filter-expressions, and the grammar that Looker publishes as
@looker/filter-expressions.
"""

from collections.abc import Container, Iterator
from typing import Literal

from attrs import define, field, frozen

_CARET_ESCAPES = frozenset("%_,-^ ")
_BACKSLASH_ESCAPES = {each: each for each in '%_,-^"\\/'} | {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_UNICODE_DIGITS = 4


@frozen
class Letter:
    """One letter of a term: itself, or a wildcard."""

    text: str
    is_wild: bool = False
    is_kept: bool = False  # a blank that counts at either end: it was escaped or quoted


@frozen
class StringTerm:
    """One term: what it is, and whether it is excluded."""

    kind: Literal["match", "null", "empty"]
    letters: tuple[Letter, ...]
    is_excluded: bool

    @property
    def literal(self) -> str | None:
        """The text that it means; None where it has a wildcard."""
        return None if any(each.is_wild for each in self.letters) else "".join(each.text for each in self.letters)


@define
class _Scan:
    """A text, and how much of it has been read."""

    text: str
    at: int = 0
    last_quote: int = field(init=False)  # beyond it no quotation ends

    def __attrs_post_init__(self) -> None:
        self.last_quote = self.text.rfind('"')

    @property
    def next(self) -> str:
        return self.text[self.at : self.at + 1]


def string_terms(expression: str) -> list[StringTerm]:
    """Read the terms of *expression*; empty ones are left out."""
    scan = _Scan(expression)
    terms: list[StringTerm] = []
    while scan.at < len(expression):
        term = _term(scan)
        if term is not None:
            terms.append(term)
        scan.at += 1  # the comma
    return terms


def _term(scan: _Scan) -> StringTerm | None:
    while scan.next.isspace():
        scan.at += 1
    start = scan.at
    is_excluded = scan.next == "-"
    if is_excluded:
        scan.at += 1
    letters = _trimmed(list(_letters(scan)))
    is_plain = not any(each.is_wild or each.is_kept for each in letters)
    word = "".join(each.text for each in letters).upper() if is_plain else ""
    if word in {"NULL", "EMPTY"}:
        return StringTerm("null" if word == "NULL" else "empty", (), is_excluded)
    if not letters:
        if is_excluded:
            return StringTerm("match", (Letter("-"),), is_excluded=False)  # a hyphen alone
        return StringTerm("match", (), is_excluded=False) if '"' in scan.text[start : scan.at] else None
    return StringTerm("match", tuple(letters), is_excluded)


def _letters(scan: _Scan) -> Iterator[Letter]:
    """Read letters up to the comma that ends the term."""
    if scan.next == '"':
        closing = _closing_quote(scan)
        if closing is not None:
            scan.at += 1
            while scan.at < closing:
                yield Letter(_escaped(scan, _CARET_ESCAPES) or _taken(scan), is_kept=True)
            scan.at = closing + 1
    while scan.at < len(scan.text) and scan.next != ",":
        escaped = _escaped(scan)
        if escaped is not None:
            yield Letter(escaped, is_kept=True)
        else:
            letter = _taken(scan)
            yield Letter(letter, is_wild=letter in "%_")


def _closing_quote(scan: _Scan) -> int | None:
    """Find where the quotation that begins here ends; None where nothing ends it."""
    at = scan.at + 1
    while at <= scan.last_quote:
        if scan.text[at] == "\\":
            at += 1
        elif scan.text[at] == '"':
            return at
        at += 1
    scan.last_quote = scan.at  # no other quotation ends either
    return None


def _taken(scan: _Scan) -> str:
    scan.at += 1
    return scan.text[scan.at - 1]


def _escaped(scan: _Scan, by_caret: Container[str] | None = None) -> str | None:
    """Read what an escape stands for; None where none begins here. A caret escapes *by_caret*, or any letter."""
    text, at = scan.text, scan.at
    following = text[at + 1 : at + 2]
    if text[at] == "^" and following and (by_caret is None or following in by_caret):
        # one blank at the end of a term is written as two, each escaped
        is_pair = following == " " and text[at + 2 : at + 4] == "^ " and text[at + 4 : at + 5] in {"", ","}
        scan.at += 4 if is_pair else 2
        return following
    if text[at] != "\\" or not following:
        return None
    if following == "u":
        digits = text[at + 2 : at + 2 + _UNICODE_DIGITS]
        if len(digits) == _UNICODE_DIGITS and all(each in "0123456789abcdefABCDEF" for each in digits):
            scan.at += 2 + _UNICODE_DIGITS
            return chr(int(digits, 16))
    meant = _BACKSLASH_ESCAPES.get(following)
    if meant is not None:
        scan.at += 2
    return meant


def _trimmed(letters: list[Letter]) -> list[Letter]:
    while letters and letters[-1].text.isspace() and not letters[-1].is_kept:
        letters.pop()
    return letters
