"""Which type all strings of a column are: dates, times with or without a zone, or yes and no.

A value has a type if it is a value of that type: `2026-06-30` is a date, and so is the week that Looker writes as its
first day; a month, `2026-06`, is no day, and stays text. Times are as Looker wrote them, in the zone of the query
where that is known, and without one where it is not.
"""

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from looker_tasks.tables.fields import Family

_YES = pa.array(["Yes", "true"])
_YES_OR_NO = pa.array(["Yes", "true", "No", "false"])


@frozen
class TextType:
    """A type that strings may be read as."""

    arrow: pa.DataType
    is_local: bool = False  # whether they are times of the type's zone, and do not name it

    def read(self, strings: pa.Array) -> pa.Array:
        """Read *strings*. Raises pyarrow.ArrowInvalid where one of them is no such value."""
        if pa.types.is_boolean(self.arrow):
            if pc.all(pc.is_in(strings.drop_null(), _YES_OR_NO)).as_py() is False:
                raise pa.ArrowInvalid("neither yes nor no")
            return pc.if_else(strings.is_valid(), pc.is_in(strings, _YES), None)
        if self.is_local:  # Arrow refuses the hours that a zone has twice or not at all
            return pc.assume_timezone(strings.cast(pa.timestamp(self.arrow.unit)), self.arrow.tz)
        return strings.cast(self.arrow)

    def fits(self, strings: pa.Array) -> bool:
        """Tell whether all *strings* can be read so."""
        try:
            self.read(strings)
        except pa.ArrowInvalid:
            return False
        return True


_TIMES = (TextType(pa.timestamp("us")), TextType(pa.timestamp("us", "UTC")))  # the latter with their offsets


def text_types(family: Family, timezone: str | None) -> tuple[TextType, ...]:
    """Return the types that strings of *family* may have, the best first; *timezone* is that of the query."""
    if family == "yesno":
        return (TextType(pa.bool_()),)
    if family not in {"date", "time"}:
        return ()
    times = _TIMES if timezone is None else (TextType(pa.timestamp("us", timezone), is_local=True), *_TIMES)
    return (TextType(pa.date32()), *times) if family == "date" else times


def fitting(types: Iterable[TextType], strings: pa.Array) -> tuple[TextType, ...]:
    """Return those of *types* that all *strings* can be read as."""
    return tuple(each for each in types if each.fits(strings))
