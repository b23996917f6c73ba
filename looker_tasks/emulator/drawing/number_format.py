"""How a value is worded for a reader: the spreadsheet format of its column, Yes and No, ∅ for null.

Pure. The axis of a chart gets the same format in d3's language, with no more digits than an axis needs.
"""

import math
import re
from decimal import Decimal
from functools import lru_cache

from attrs import frozen

from looker_tasks.emulator.drawing.typeface import printable
from looker_tasks.emulator.results import Column, Value

NULL = "∅"

_QUOTED = re.compile(r'"([^"]*)"|\\(.)|_.|\*.')
_DIGITS = re.compile(r"[#0?][#0?,]*(?:\.[#0?]+)?(,*)")
_MILLION = 1e6
_AXIS_DECIMALS_UNDER = 10  # an axis that ends above this has whole numbers
_DECIMALS_OF_BARE_FLOAT = 2


@frozen
class NumberFormat:
    """A spreadsheet's number format ("$#,##0.00"), its first section, understood."""

    prefix: str = ""
    suffix: str = ""
    decimals: int | None = None  # None: whole numbers whole, others to two places
    grouped: bool = False
    scale: float = 1.0  # 100 for percent, 0.001 for each trailing comma

    def worded(self, number: float) -> str:
        """Write *number*, with a minus before all else."""
        scaled = abs(number) * self.scale
        decimals = self.decimals
        if decimals is None:
            decimals = 0 if scaled == int(scaled) else _DECIMALS_OF_BARE_FLOAT
        digits = f"{scaled:{',' if self.grouped else ''}.{decimals}f}"
        sign = "-" if number < 0 and digits.strip("0.,") else ""
        return f"{sign}{self.prefix}{digits}{self.suffix}"

    def d3(self, largest: float) -> str:
        """Return it as a d3 format for an axis that ends at *largest* (scaled already where it is a percentage)."""
        if self.suffix.startswith("%"):
            return ".0%" if largest * self.scale >= _AXIS_DECIMALS_UNDER else ".1~%"
        currency = "$" if self.prefix else ""
        if largest >= _MILLION:
            return f"{currency}.3~s"
        return f"{currency},.0f" if largest >= _AXIS_DECIMALS_UNDER else f"{currency},.2~f"


@lru_cache(maxsize=256)
def number_format(value_format: str) -> NumberFormat:
    """Understand *value_format*, a spreadsheet's number format as LookML has it in `value_format`.

    Prefix, suffix, thousands, decimals, percent and trailing commas ('0.0,,"M"') count; colours, conditions and the
    sections for negative numbers and zero do not. Without any digit place the number is written bare.
    """
    marks: list[str] = []

    def kept(match: re.Match[str]) -> str:
        marks.append(match[1] or match[2] or "")
        return chr(0xE000 + len(marks) - 1)  # a private character holds the place of a literal

    def unmarked(text: str) -> str:
        return re.sub("[\ue000-\uf8ff]", lambda held: marks[ord(held[0]) - 0xE000], text)

    section = re.sub(r"\[[^\]]*\]", "", _QUOTED.sub(kept, value_format)).split(";")[0]
    digits = _DIGITS.search(section)
    if digits is None:
        return NumberFormat(grouped=True)
    places, trailing = digits[0].rstrip(","), len(digits[1] or "")
    if "." not in places:  # the pattern takes trailing commas with the digits when no decimals stand between
        trailing = len(digits[0]) - len(places)
    suffix = unmarked(section[digits.end() :])
    return NumberFormat(
        prefix=unmarked(section[: digits.start()]),
        suffix=suffix,
        decimals=len(places.partition(".")[2]),
        grouped="," in places,
        scale=(100.0 if "%" in suffix else 1.0) * 0.001**trailing,
    )


def format_of(column: Column) -> NumberFormat:
    """Return the number format of *column*: its own, else thousands for a measure and bare digits for a dimension."""
    if column.value_format:
        return number_format(column.value_format)
    return NumberFormat(grouped=column.kind == "measure")


def worded(value: Value, column: Column) -> str:
    """Write *value* as a reader of *column* sees it."""
    if value is None:
        return NULL
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, str):
        return printable(value)
    return format_of(column).worded(float(value)) if math.isfinite(value) else NULL


def number(value: Value) -> float | None:
    """Return *value* as a number that can be drawn, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    return float(value) if math.isfinite(value) else None
