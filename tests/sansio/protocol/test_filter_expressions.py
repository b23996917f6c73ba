"""`literal` makes the expression that matches one text alone, by Looker's own grammar."""

import re
from enum import Enum

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from looker_tasks.errors import InvalidExport
from looker_tasks.sansio.protocol.filter_expressions import FilterType, literal

HARD = {
    "Smith, Jones & Co": '"Smith, Jones & Co"',
    "100% Juice": '"100% Juice"',
    "O'Neil": '"O\'Neil"',
    'Ünïted "Q" Ltd': '"Ünïted \\"Q\\" Ltd"',
    "-Dash": '"-Dash"',
    "A/B Test": "A/B Test",
    "under_score": '"under_score"',
    "car^et": '"car^et"',
    "car^%et": '"car^^%et"',
    "car^ et": '"car^^ et"',
    " NULL": '" NULL"',
    "NULL": '"NULL"',
    "Null": '"Null"',
    "EMPTY": '"EMPTY"',
    "empty": '"empty"',
    "北京公司": "北京公司",
    "back\\slash": '"back\\\\slash"',
    "trailing ": '"trailing "',
    "two\nlines": '"two\\nlines"',
    "{{ _user_attributes['x'] }}": "\"{{ _user_attributes['x'] }}\"",
    "dash-inside": "dash-inside",
    "": "EMPTY",
}


class Unparsed(Exception):
    """The expression is not one alternative that matches one text."""


def matched(expression: str) -> str:
    """Return the one text that *expression* matches, as the grammar's rule MATCH reads it."""
    if re.fullmatch(r"(?i)null|empty", expression) or expression.startswith(("-", "{{")):
        raise Unparsed
    quoted = len(expression) > 1 and expression[0] == expression[-1] == '"'
    rest, text = expression[1:-1] if quoted else expression, []
    while rest:
        if found := re.match(r"\^([%_,^\-])", rest):
            piece = found[1]
        elif found := re.match(r"\^ ", rest):
            piece = " "
        elif found := re.match(r'\\(["\\/%,_^\-])', rest):
            piece = found[1]
        elif found := re.match(r"\\([bfnrt])", rest):
            piece = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}[found[1]]
        elif found := re.match(r"\\u([0-9a-fA-F]{4})", rest):
            piece = chr(int(found[1], 16))
        elif found := re.match(r'[^\x00-\x1f"\\%_,^]' if not quoted else r'[^\x00-\x1f"\\]', rest):
            piece = found[0]
        else:
            raise Unparsed
        text.append(piece)
        rest = rest[found.end() :]
    return "".join(text)


@pytest.mark.parametrize(("text", "expression"), HARD.items())
def test_hard_names_are_quoted_as_looker_quotes_them(text: str, expression: str) -> None:
    """Each expression is what Looker's own filter field writes; the carets were compared with its grammar by hand."""
    assert literal(text) == expression


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1) | st.text("^%_,-\" \\NULnul'a{", min_size=1))
@example("null")
@example("^^ ^")
@example('\\"')
def test_a_literal_matches_its_own_text_alone(text: str) -> None:
    """Whatever the text, the grammar reads its literal as one alternative that is this text."""
    assert matched(literal(text)) == text


@pytest.mark.parametrize(
    ("text", "filter_type", "expression"),
    [
        ("5", "number", "5"),
        ("-5.50", "number", "-5.50"),
        (" +007 ", "number", "7"),
        ("0", "number", "0"),
        ("0.5", "number", "0.5"),
        (".5", "number", ".5"),
        ("1e3", "number", "1e3"),
        ("true", "yesno", "Yes"),
        ("No", "yesno", "No"),
        ("2026-01-05", "date", "2026-01-05"),
        ("last month", "date", "last month"),
        ("orders.created_date", "unquoted", "orders.created_date"),
    ],
)
def test_other_filters_have_literals_of_their_own(text: str, filter_type: FilterType, expression: str) -> None:
    """A number, a yes/no, a date and an unquoted parameter are written without quotes."""
    assert literal(text, filter_type) == expression


@pytest.mark.parametrize(
    ("text", "filter_type", "complaint"),
    [
        ("Acme", "number", "'Acme' is not a number, and the filter takes numbers"),
        ("1,5", "number", "'1,5' is not a number"),
        ("", "number", "'' is not a number"),
        ("perhaps", "yesno", "'perhaps' is not one of Yes, No"),
        (" ", "date", "an empty text matches nothing in a filter of type date"),
        ("", "unquoted", "an empty text"),
        (5, "string", "5 is not a text"),
    ],
)
def test_what_can_never_match_is_refused(text: str, filter_type: FilterType, complaint: str) -> None:
    """A text that a filter of the type cannot hold is an `InvalidExport` and no other expression."""
    with pytest.raises(InvalidExport, match=re.escape(complaint)):
        literal(text, filter_type)


class _Customer(str, Enum):  # noqa: UP042  # as people write them: its text is not its value
    ACME = "Acme"
    SMITH = "Smith, Jones"


def test_the_literal_of_a_member_of_an_enum_is_that_of_its_value() -> None:
    """However it is written on: as a part of a longer expression it would be `_Customer.ACME` otherwise."""
    assert f"{literal(_Customer.ACME)},{literal(_Customer.SMITH)}" == 'Acme,"Smith, Jones"'
