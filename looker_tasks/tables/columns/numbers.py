"""Which type holds all numbers of a column exactly. Decided after the last of them, never by the first ones.

JSON does not tell an integer from a decimal from a double, so their digits do. Without a fraction they are int64. With
a few decimals (money, rates) they are decimal128, which holds 12.30 as it is. With many, as a double has that is no
short decimal, they are float64, provided that each of them is what a double prints. What databases compute as a double
(averages, medians, percentiles) is float64 at once.
"""

import math
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
from attrs import define

from looker_tasks.tables.columns.cells import text_of

DIGITS: Final = 38  # of a decimal128, and of DuckDB's decimals
_LARGEST: Final = pa.decimal256(2 * DIGITS, DIGITS)
# Arrow parses a number of as many digits as a type has, and then multiplies it to the type's scale without a look at
# what overflows: so that nothing does, types that are parsed as have fewer digits than they could have.
_PARSED_DIGITS = 28
_WIDE: Final = pa.decimal256(46, 30)
_SHORT_SCALE = 9  # decimals that are not taken for the fraction of a double; BigQuery's NUMERIC has as many
_INT64 = (-(2**63), 2**63 - 1)
_DOUBLE_DIGITS = 15  # that a double holds whatever they are
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")  # of RFC 8259


def exact(text: str) -> Decimal:
    """Return the number that *text*, a number of JSON, is; a zero has no exponent and no more than some decimals."""
    number = Decimal(text)
    return number if number or 0 <= -int(number.as_tuple().exponent) <= _SHORT_SCALE else Decimal(0)


def number_in(text: str) -> Decimal | None:
    """Return the number that *text* is, written as JSON has it; None where it is something else, as "007" is."""
    return exact(text) if _NUMBER.fullmatch(text) else None


@define
class Numbers:
    """What is known of the numbers of a column."""

    prefers_double: bool = False
    scale: int = 0  # the most decimals
    low: Decimal = Decimal(0)
    high: Decimal = Decimal(0)
    are_doubles: bool = True  # whether a double holds each of them exactly
    were_doubles: bool = False  # whether some are known as doubles alone: how they were written is forgotten

    @property
    def arrow_type(self) -> pa.DataType | None:
        """The type that holds all of them exactly; None where none does."""
        if self.prefers_double and self.are_doubles:
            return pa.float64()
        if self.were_doubles:
            return None
        if self.scale == 0 and _INT64[0] <= self.low and self.high <= _INT64[1]:
            return pa.int64()
        is_decimal = self._digits + self.scale <= DIGITS
        if self.are_doubles and not (is_decimal and self.scale <= _SHORT_SCALE):
            return pa.float64()
        return pa.decimal128(DIGITS, self.scale) if is_decimal else None

    def fit(self, target: pa.DataType) -> bool:
        """Tell whether none of them overflows *target* where that is a decimal; Arrow itself does not notice."""
        if not pa.types.is_decimal(target):
            return True
        return bool(self._digits + target.scale <= target.precision and self.scale <= target.scale)

    @property
    def parsed_as(self) -> pa.DataType:
        """The type as which more of them are parsed, so that one that does not fit is noticed."""
        found = self.arrow_type
        if found is not None and pa.types.is_decimal(found) and found.scale <= _SHORT_SCALE:
            return pa.decimal128(_PARSED_DIGITS, found.scale)
        return found if found == pa.int64() or (found == pa.float64() and self.prefers_double) else _WIDE

    @property
    def _digits(self) -> int:
        return max(bound.adjusted() + 1 for bound in (self.low, self.high))

    def add(self, numbers: Iterable[Decimal], *, are_exact: bool = True) -> None:
        """Take note of *numbers*; *are_exact*: a number that a double would round is no double."""
        for number in numbers:
            exponent = number.as_tuple().exponent
            self.scale = max(self.scale, -int(exponent))
            self.low, self.high = min(self.low, number), max(self.high, number)
            self.are_doubles = self.are_doubles and _is_double(number, is_exact=are_exact)

    def add_array(self, numbers: pa.Array) -> pa.Array:
        """Take note of *numbers* that Arrow parsed, and return them with no more decimals than they need."""
        bounds = pc.min_max(numbers)
        if not bounds["min"].is_valid:
            return numbers
        if pa.types.is_floating(numbers.type):
            self.were_doubles = True
            return numbers
        if pa.types.is_decimal256(numbers.type):
            numbers = _narrowed(numbers, self.scale)
        low, high = Decimal(bounds["min"].as_py()), Decimal(bounds["max"].as_py())
        scale = numbers.type.scale if pa.types.is_decimal(numbers.type) else 0
        self.scale = max(self.scale, scale)
        self.low, self.high = min(self.low, low), max(self.high, high)
        is_short = max(low.copy_abs(), high.copy_abs()).scaleb(scale) < 10**_DOUBLE_DIGITS
        self.are_doubles = self.are_doubles and (is_short or _are_printed_by_doubles(numbers))
        return numbers


def converted(numbers: pa.Array, target: pa.DataType) -> pa.Array:
    """Convert *numbers*, also ones written as text, to a type that holds them exactly."""
    if pa.types.is_floating(target) and pa.types.is_integer(numbers.type):
        return numbers.cast(target, safe=False)  # a double holds them, or the type would be another
    if pa.types.is_decimal(numbers.type) and pa.types.is_decimal(target):
        return numbers.cast(target)
    texts = numbers.cast(pa.string())  # Arrow rounds a decimal twice on its way to a double
    try:
        return texts.cast(target)
    except pa.ArrowInvalid:  # an integer with an exponent, as "1e3"
        return pa.array([text and text_of(exact(text)) for text in texts.to_pylist()], pa.string()).cast(target)


def _is_double(number: Decimal, *, is_exact: bool) -> bool:
    nearest = float(number)
    return math.isfinite(nearest) and (not is_exact or Decimal(repr(nearest)) == number)


def _narrowed(numbers: pa.Array, scale: int) -> pa.Array:
    """Give *numbers* with as few decimals as they need, and not fewer than *scale*."""
    for fewer in range(scale, numbers.type.scale):
        try:
            return numbers.cast(pa.decimal256(2 * DIGITS, fewer))
        except pa.ArrowInvalid:
            continue
    return numbers


def _are_printed_by_doubles(numbers: pa.Array) -> bool:
    """Tell whether each of *numbers* is what a double prints."""
    texts = numbers.cast(pa.string())
    return bool(texts.cast(pa.float64()).cast(pa.string()).cast(_LARGEST).equals(texts.cast(_LARGEST)))
