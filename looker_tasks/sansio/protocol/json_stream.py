"""JSON checked as it comes, at any size: the text in pieces in, the values near its top out. RFC 8259.

A value is parsed whole where it is short, by the standard library's own scanner. Of one that is longer the parts are
taken one by one. So memory holds no more than one piece and one short value, and the depth of the nesting.
"""

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, TypeAlias

Path: TypeAlias = tuple[str | int, ...]
Found: TypeAlias = tuple[Path, Any]

#: Values up to this many characters are parsed whole.
WHOLE = 2**18

_DEEPEST = 1000  # levels; the scanner of the standard library stops about there too
_BLANKS = re.compile(r"[ \t\n\r]*")
_STRING = re.compile(r'(?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*+')
_LONGEST_ESCAPE = 6  # characters
_REST_OF_NUMBER = re.compile(r"[-+.\w]*\Z")  # it may go on in the next piece


class JsonStream:
    """The check of one text: feed it all, then finish. Raises `ValueError` for what is no JSON."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("surrogatepass")
        self._scan = json.JSONDecoder().raw_decode
        self._text = ""
        self._at = 0  # what comes before is done
        self._path: list[str | int] = []  # of the containers that are open: the present key or index in each
        self._closers: list[str] = []  # of the containers that are open
        self._expects = self._value
        self._found: Found | None = None
        self._is_last = False

    def feed(self, chunk: bytes) -> Iterator[Found]:
        """Take *chunk*, and give the values that it completes, each with the keys and indices that lead to it.

        A value that is too long to be parsed whole is not among them; its parts are. Each is parsed when it is asked
        for: many at a time would have the interpreter look for garbage again and again.
        """
        self._text = self._text[self._at :] + self._decoder.decode(chunk)
        self._at = 0
        yield from self._advance()

    def finish(self) -> Iterator[Found]:
        """Give the last values."""
        self._is_last = True
        self._text = self._text[self._at :] + self._decoder.decode(b"", final=True)
        self._at = 0
        yield from self._advance()
        if self._expects != self._end:
            raise ValueError("it ends too early")

    def _advance(self) -> Iterator[Found]:
        while True:
            self._at = self._after_blanks(self._at)
            if self._at >= len(self._text) or not self._expects():
                return
            if self._found is not None:
                found, self._found = self._found, None
                yield found

    def _after_blanks(self, at: int) -> int:
        blanks = _BLANKS.match(self._text, at)
        return at if blanks is None else blanks.end()

    # Each of the following takes what it expects and says what comes next. It returns False where it needs more text.

    def _value(self) -> bool:
        scanned = self._scanned()
        if scanned is not None:
            self._found = (*self._path,), scanned[0]
            self._at = scanned[1]
            self._expects = self._comma if self._closers else self._end
            return True
        if self._is_last or len(self._text) - self._at < WHOLE:
            return self._more()
        return self._open()

    def _scanned(self) -> tuple[Any, int] | None:
        """Return the value that begins here, and where it ends; None where its end has not come."""
        try:
            value, end = self._scan(self._text, self._at)
        except RecursionError:
            raise ValueError("it is nested too deeply") from None
        except ValueError:
            return None
        if isinstance(value, int | float) and not self._is_last and _REST_OF_NUMBER.match(self._text, end):
            return None
        return value, end

    def _open(self) -> bool:
        """Take the beginning of a value that is long."""
        opener = self._text[self._at]
        self._at += 1
        if opener == '"':
            self._expects = self._rest_of_string
        elif opener in "[{" and len(self._closers) < _DEEPEST:
            self._closers.append("]" if opener == "[" else "}")
            self._path.append(0 if opener == "[" else "")
            self._expects = self._first_of_list if opener == "[" else self._first_key
        else:
            raise ValueError("a value is wrong")
        return True

    def _rest_of_string(self) -> bool:
        matched = _STRING.match(self._text, self._at)
        self._at = self._at if matched is None else matched.end()
        if len(self._text) - self._at < _LONGEST_ESCAPE and '"' not in self._text[self._at : self._at + 1]:
            return self._more()
        if self._text[self._at] != '"':
            raise ValueError("a text is wrong")
        self._at += 1
        self._expects = self._comma if self._closers else self._end
        return True

    def _first_of_list(self) -> bool:
        if self._text[self._at] == "]":
            return self._close()
        self._expects = self._value
        return True

    def _first_key(self) -> bool:
        if self._text[self._at] == "}":
            return self._close()
        self._expects = self._key
        return True

    def _key(self) -> bool:
        scanned = self._scanned() if self._text[self._at] == '"' else None
        if scanned is None:
            is_short = self._text[self._at] == '"' and len(self._text) - self._at < WHOLE
            if is_short:
                return self._more()
            raise ValueError("a key is wrong")
        self._path[-1], self._at = scanned
        self._expects = self._colon
        return True

    def _colon(self) -> bool:
        if self._text[self._at] != ":":
            raise ValueError("a colon is missing")
        self._at += 1
        self._expects = self._value
        return True

    def _comma(self) -> bool:
        found = self._text[self._at]
        if found == self._closers[-1]:
            return self._close()
        if found != ",":
            raise ValueError("a comma is missing")
        self._at += 1
        last = self._path[-1]
        if isinstance(last, int):
            self._path[-1] = last + 1
            self._expects = self._value
        else:
            self._expects = self._key
        return True

    def _close(self) -> bool:
        self._at += 1
        self._closers.pop()
        self._path.pop()
        self._expects = self._comma if self._closers else self._end
        return True

    def _end(self) -> bool:
        raise ValueError("more follows its end")

    def _more(self) -> bool:
        if self._is_last:
            raise ValueError("it ends too early")
        return False
