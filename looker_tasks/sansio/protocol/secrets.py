"""Secrets: texts that no repr shows, and how they are taken out of what a server sends back.

Some servers, proxies and gateways repeat what they were sent, and errors quote them. A secret is found by its value, as
it is and in the forms in which it travels: percent-encoded (RFC 3986), in a form, in the escapes of JSON and HTML, and
in base64 (RFC 7617 sends ``user:password`` so). It is taken out of decoded text alone: taken out of a body before that
is parsed, a secret that is a common word would break the body.
"""

import re
from base64 import b64encode
from collections.abc import Iterator
from html import unescape

from attrs import field, fields, frozen, has

from looker_tasks.errors import LookerTasksError

#: What stands where a secret was.
REDACTED = "[redacted]"

_RECOGNIZABLE = 8  # characters; a shorter secret is taken out where it is a whole word: "s" is in most texts
_CUT = re.compile(r"""(?:%(?:25)*\w?|u\w{0,3}|x\w?|\\+|&\#?\w{0,7})?(?:\Z|['"])""")  # after a quotation cut to a length

#: One character in another form: %2B and %252B, \u002b, \x2b, \/ and \+, &#43; and &amp;
_ESCAPE = re.compile(
    r"(?P<bytes>(?:%(?:25)*[0-9A-Fa-f]{2})+)|\\+u(?P<unit>[0-9A-Fa-f]{4})|\\+x(?P<byte>[0-9A-Fa-f]{2})"
    r"|(?P<entity>&#?\w{1,8};)|\\+(?P<escaped>[^\\])",
    re.DOTALL,
)
_PERCENT = re.compile(r"%(?:25)*([0-9A-Fa-f]{2})")
_FORM = str.maketrans("+", " ")
_BASE64 = str.maketrans("-_", "+/")  # the alphabet for addresses, as the plain one


class Secret(str):
    """A text whose repr does not show it: no traceback with its local variables does either."""

    __slots__ = ()

    def __repr__(self) -> str:
        return repr(REDACTED)


@frozen
class Secrets:
    """The secrets that are known."""

    _values: frozenset[str] = field(default=frozenset(), repr=False)

    def and_also(self, *values: str | None) -> "Secrets":
        """Return these and *values*; what is empty is no secret."""
        return Secrets(self._values | {str(value) for value in values if value})

    def redact(self, text: str) -> str:
        """Return *text* with `REDACTED` in place of each secret, whatever its form."""
        if not text or not self._values:
            return text
        decoded, spans = _decoded(text)
        found = [(spans[first][0], spans[last][1]) for value in self._values for first, last in _found(value, decoded)]
        if decoded != text:  # a secret may look like an escape
            found += [(first, last + 1) for value in self._values for first, last in _found(value, text)]
        parts, end = [], 0
        for start, stop in sorted(found):
            if start >= end:
                parts += [text[end:start], REDACTED]
            end = max(end, stop)
        return "".join([*parts, text[end:]])

    def redact_error(self, error: LookerTasksError) -> None:
        """Take the secrets out of the facts of *error*, in place."""
        kind = type(error)
        for fact in fields(kind) if has(kind) else ():
            setattr(error, fact.name, self._redacted(getattr(error, fact.name)))
        error.args = tuple(self._redacted(each) for each in error.args)  # where attrs keeps them once more

    def _redacted(self, value: object) -> object:
        if isinstance(value, str):
            return self.redact(value)
        return tuple(map(self._redacted, value)) if isinstance(value, tuple) else value


def _decoded(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return *text* without escapes, and for each of its characters where it stands in *text*."""
    characters: list[str] = []
    spans: list[tuple[int, int]] = []
    end = 0
    for match in _ESCAPE.finditer(text):
        characters += text[end : match.start()]
        spans += [(at, at + 1) for at in range(end, match.start())]
        end = match.end()
        for character, span in _unescaped(match):
            characters.append(character)
            spans.append(span)
    characters += text[end:]
    spans += [(at, at + 1) for at in range(end, len(text))]
    return "".join(characters), spans


def _unescaped(match: re.Match[str]) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield the characters that an escape stands for, each with its span."""
    if match["bytes"]:
        codes = [
            (int(code[1], 16), match.start() + code.start(), match.start() + code.end())
            for code in _PERCENT.finditer(match["bytes"])
        ]
        at = 0
        for character in bytes(code for code, _, _ in codes).decode("utf-8", "surrogateescape"):
            length = len(character.encode("utf-8", "surrogateescape"))
            yield character, (codes[at][1], codes[at + length - 1][2])
            at += length
        return
    code = match["unit"] or match["byte"]
    character = chr(int(code, 16)) if code else match["escaped"] or unescape(match["entity"])
    if len(character) == 1:
        yield character, match.span()
    else:  # no entity after all
        yield from ((each, (at, at + 1)) for at, each in enumerate(match[0], match.start()))


def _found(value: str, decoded: str) -> Iterator[tuple[int, int]]:
    """Yield where *value* is in *decoded*, by first and last character."""
    yield from _matches(value.translate(_FORM), decoded.translate(_FORM))
    haystack = decoded.translate(_BASE64)
    for needle in _in_base64(value):
        yield from _matches(needle, haystack)


def _matches(needle: str, haystack: str) -> Iterator[tuple[int, int]]:
    if len(needle) < _RECOGNIZABLE:
        for match in re.finditer(rf"(?<!\w){re.escape(needle)}(?!\w)", haystack):
            yield match.start(), match.end() - 1
        return
    at = haystack.find(needle[:_RECOGNIZABLE])
    while at >= 0:
        length = _RECOGNIZABLE
        while haystack[at + length : at + length + 1] == needle[length : length + 1] != "":
            length += 1
        if length == len(needle) or _CUT.match(haystack, at + length):
            yield at, at + length - 1
        at = haystack.find(needle[:_RECOGNIZABLE], at + 1)


def _in_base64(value: str) -> Iterator[str]:
    """Yield what *value* is in base64, wherever in the encoded text it begins: the characters that are its alone."""
    for encoding in ("utf-8", "latin-1"):  # aiohttp and most others send Basic credentials in one of them
        encoded = value.encode(encoding, "ignore")
        for before in range(3):
            alone = b64encode(bytes(before) + encoded).decode()[-(-before * 8 // 6) : (before + len(encoded)) * 8 // 6]
            if len(alone) >= _RECOGNIZABLE:
                yield alone
