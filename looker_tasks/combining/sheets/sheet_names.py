r"""Titles → names of sheets: legal and unique, as Excel wants them. Pure.

Excel's rules: 1 to 31 UTF-16 units, none of ``[ ] : * ? / \``, no apostrophe at either end, not "History", and no two
names that differ in letters' case alone.
"""

import re
import unicodedata

LONGEST = 31  # UTF-16 units
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_INVISIBLE = {"Cc", "Cf", "Cn", "Co", "Cs"}  # control characters, halves of surrogate pairs and their like
_RESERVED = "history"
_WITHOUT_NAME = "Sheet"


class SheetNames:
    """The names of one workbook's sheets, as they are taken one by one."""

    def __init__(self) -> None:
        self._taken = {_RESERVED}

    def take(self, title: str) -> str:
        """Return a legal name for *title* that no earlier one has: the second of two gets " (2)"."""
        base = _legal(title)
        name, number = base, 1
        while _compared(name) in self._taken:
            number += 1
            suffix = f" ({number})"
            name = _cut(base, LONGEST - len(suffix)) + suffix
        self._taken.add(_compared(name))
        return name


def _legal(title: str) -> str:
    visible = "".join(" " if unicodedata.category(each) in _INVISIBLE else each for each in title)
    spaced = " ".join(_FORBIDDEN.sub("-", visible).split()).strip(" '")
    return _cut(spaced, LONGEST) or _WITHOUT_NAME


def _cut(text: str, units: int) -> str:
    """Return as much of *text* as fits into so many UTF-16 units, without a blank or an apostrophe at the cut."""
    return text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore").rstrip(" '")


def _compared(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()
