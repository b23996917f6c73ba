"""Which text is a number that a spreadsheet holds without loss. Pure.

A spreadsheet's number is a double of which 15 digits are shown: a customer's number with leading zeros, an order's id
of 18 digits and a telephone number would come out as other texts than they went in. Such text stays text.
"""

import re
from decimal import Decimal
from enum import Enum

from attrs import frozen

_PLAIN = re.compile(r"(?P<sign>-?)(?P<whole>0|[1-9][0-9]*)(\.(?P<decimals>[0-9]+))?")
_SCIENTIFIC = re.compile(r"-?[0-9](\.[0-9]+[eE][+-]?|[eE]-)[0-9]{1,3}")  # 12E4 may be a product's code
_DIGITS = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_KEPT_DIGITS = 15  # of a whole number, which a spreadsheet shows
_MOST_DECIMALS = 30  # that a number format has


@frozen
class Number:
    """A number, and the number format that shows it as the text did."""

    value: int | float
    number_format: str = "General"


class Text(Enum):
    """Why a text is no number."""

    WORDS = "words"  # it is none
    LOSSY = "lossy"  # it is made of digits, and would come out otherwise


def parse_number(text: str) -> Number | Text:
    """Return the number that *text* is, or why it stays text."""
    if (plain := _PLAIN.fullmatch(text)) is not None:
        return _plain_number(plain)
    if _SCIENTIFIC.fullmatch(text) and _is_kept(text, float(text)):
        return Number(float(text))
    return Text.LOSSY if _DIGITS.fullmatch(text) else Text.WORDS


def _plain_number(plain: "re.Match[str]") -> Number | Text:
    text, decimals = plain[0], plain["decimals"]
    if decimals is None:
        return Number(int(text)) if len(plain["whole"]) <= _KEPT_DIGITS and text != "-0" else Text.LOSSY
    value = float(text)
    if len(decimals) > _MOST_DECIMALS or not _is_kept(text, value) or (value == 0 and plain["sign"]):
        return Text.LOSSY
    return Number(value, f"0.{'0' * len(decimals)}" if decimals.endswith("0") else "General")


def _is_kept(text: str, value: float) -> bool:
    """Return whether the double *value* has all digits of *text*."""
    return Decimal(text) == Decimal(repr(value))
