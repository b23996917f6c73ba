"""One column of the table: what is known of its values, and so its type."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

import attrs
import pyarrow as pa

from looker_tasks.tables.columns.cells import Sort, sort_of, text_of
from looker_tasks.tables.columns.numbers import Numbers, converted, number_in
from looker_tasks.tables.columns.texts import TextType, fitting, text_types
from looker_tasks.tables.fields import Family, Field, Pivot

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_NUMERIC: frozenset[Family] = frozenset({"any", "average", "number"})
_UNTOUCHED: Mapping[Family, pa.DataType] = {"any": pa.null(), "average": pa.float64(), "number": pa.int64()}
_EXPECTED: Mapping[Family, str] = {
    "any": "of one type",
    "average": "numbers that one type holds",
    "date": "dates",
    "number": "numbers that one type holds",
    "text": "plain",
    "time": "times",
    "yesno": "yes or no",
}


@attrs.define(eq=False)
class Column:
    """A column: *field*, or the part of it under one value of the pivots. *timezone* is that of the query."""

    field: Field
    pivot: Pivot | None = None
    timezone: str | None = None
    parsed_as: pa.DataType = attrs.field(init=False)  # what Arrow takes its next values for; it refuses all others
    _numbers: Numbers = attrs.field(init=False)
    _text_types: tuple[TextType, ...] = attrs.field(init=False)
    _seen: set[Sort] = attrs.field(init=False, factory=set)
    _has_odd_text: bool = attrs.field(init=False, default=False)  # a text among numbers that is no number
    _is_mended: bool = attrs.field(init=False, default=False)

    def __attrs_post_init__(self) -> None:
        self.parsed_as = _UNTOUCHED.get(self._family, pa.string())
        self._numbers = Numbers(prefers_double=self._family == "average")
        self._text_types = text_types(self._family, self.timezone)

    @property
    def _family(self) -> Family:
        return self.field.family

    def take(self, values: pa.Array) -> pa.Array:
        """Take note of *values* that Arrow parsed as `parsed_as`; return what of them is to be kept."""
        if values.null_count == len(values):
            return values
        if pa.types.is_boolean(values.type):
            self._seen.add("bool")
        elif pa.types.is_string(values.type):
            self._take_texts(values)
        else:
            self._seen.add("number")
            values = self._numbers.add_array(values)
            self._expect_numbers()
        return values

    def take_cells(self, cells: Sequence[object]) -> pa.Array:
        """Take note of *cells* as the json module reads them, numbers as Decimal; return what of them is to be kept."""
        sorts = {sort_of(cell) for cell in cells if cell is not None}
        texts = self._strings([text_of(cell) for cell in cells])
        self._seen |= sorts
        if "text" in sorts:
            self._take_texts(self._strings([cell for cell in cells if isinstance(cell, str)]))
            self.parsed_as = pa.string()
        if "number" in sorts:
            is_average = self._family == "average"
            self._numbers.add((cell for cell in cells if isinstance(cell, Decimal)), are_exact=not is_average)
            self._expect_numbers()
        if sorts == {"bool"}:
            self.parsed_as = pa.bool_()
            return pa.array(cells, pa.bool_())
        return self._parsed(texts) if sorts == {"number"} else texts

    @property
    def arrow_type(self) -> pa.DataType:
        """The type that holds all values until now; text where no other does."""
        if self._family in _NUMERIC and self._seen <= {"number", "text"} and not self._has_odd_text:
            return self._type_of_numbers
        if self._family == "any" and self._seen == {"bool"}:
            return pa.bool_()
        expected: set[Sort] = {"text", "bool"} if self._family == "yesno" else {"text"}
        is_typed = self._text_types and self._seen <= expected
        return self._text_types[0].arrow if is_typed else pa.string()

    @property
    def is_text_for_want_of_a_type(self) -> bool:
        """Whether it is text although Looker promises another type, or because no type holds all its values."""
        usual: set[Sort] = {"number", "text", "bool"} if self._family == "text" else {"text"}
        is_usual = self._family in {"any", "text"} and self._seen <= usual
        return bool(self._seen) and not is_usual and bool(pa.types.is_string(self.arrow_type))

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the table should know of it."""
        notes = []
        if self.is_text_for_want_of_a_type:
            notes.append(f"is text: its values are not all {_EXPECTED[self._family]}")
        elif self._has_lost_its_zone:
            notes.append(f"has no time zone: some of its times are not one moment in {self.timezone}")
        if self._is_mended:
            notes.append("has U+FFFD in place of what is no Unicode")
        return tuple(notes)

    def converted(self, values: pa.Array) -> pa.Array:
        """Convert kept *values* to `arrow_type`, when that takes all values into account."""
        target = self.arrow_type
        if values.type == target:
            return values
        if values.null_count == len(values):
            return pa.nulls(len(values), target)
        if pa.types.is_string(target):
            return values.cast(target)
        if self._text_types:
            return self._text_types[0].read(values.cast(pa.string()))
        return converted(values, target)

    @property
    def _type_of_numbers(self) -> pa.DataType:
        """The type of a column of numbers, of which some may be written as text."""
        if self._family == "any" and self._seen != {"number"}:
            return pa.string()
        return self._numbers.arrow_type or pa.string()

    @property
    def _has_lost_its_zone(self) -> bool:
        found = self.arrow_type
        return self.timezone is not None and bool(pa.types.is_timestamp(found)) and found.tz is None

    def _take_texts(self, texts: pa.Array) -> None:
        self._seen.add("text")
        self._text_types = fitting(self._text_types, texts)
        if self._family in {"average", "number"}:
            found = [number_in(text) for text in texts.to_pylist() if text is not None]
            self._has_odd_text |= None in found
            self._numbers.add(each for each in found if each is not None)

    def _expect_numbers(self) -> None:
        """Have the next numbers parsed as what they will be, or noticed as what they will not."""
        expected = self._numbers.parsed_as
        is_exact = self._family in _NUMERIC or expected == pa.int64()  # text keeps a fraction as it is written
        self.parsed_as = expected if is_exact else pa.string()

    def _parsed(self, texts: pa.Array) -> pa.Array:
        if self._numbers.arrow_type is None or not self._numbers.fit(self.parsed_as):
            return texts
        try:
            values = texts.cast(self.parsed_as)
        except pa.ArrowInvalid:  # beyond the type: kept as it is written
            return texts
        self._numbers.were_doubles |= bool(pa.types.is_floating(values.type))
        return values

    def _strings(self, texts: Sequence[str | None]) -> pa.Array:
        try:
            return pa.array(texts, pa.string())
        except UnicodeEncodeError:  # half of a surrogate pair, which JSON can escape
            self._is_mended = True
            return pa.array([text and _LONE_SURROGATE.sub("\ufffd", text) for text in texts], pa.string())
