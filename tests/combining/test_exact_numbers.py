"""Which text is a number without loss."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from looker_tasks.combining.exact_numbers import Number, Text, parse_number


@pytest.mark.parametrize(
    ("text", "value", "number_format"),
    [
        ("0", 0, "General"),
        ("-17", -17, "General"),
        ("123456789012345", 123456789012345, "General"),
        ("51542.91", 51542.91, "General"),
        ("12.50", 12.5, "0.00"),
        ("-3.0", -3.0, "0.0"),
        ("0.30000000000000004", 0.30000000000000004, "General"),
        ("1.0E-5", 1e-5, "General"),
        ("2.5e+20", 2.5e20, "General"),
        ("1e-07", 1e-7, "General"),
    ],
)
def test_numbers_that_lose_nothing_are_numbers(text: str, value: float, number_format: str) -> None:
    """A plain number is one, and its number format shows the zeros that it ends in."""
    assert parse_number(text) == Number(value, number_format)


@pytest.mark.parametrize(
    "text",
    [
        "007",
        "-0",
        "-0.0",
        "+49301234567",
        "1234567890123456",
        "0.1234567890123456789",
        "12E4",
        ".5",
        "5.",
        "1e-999",
        "00",
    ],
)
def test_digits_that_would_change_stay_text(text: str) -> None:
    """Leading zeros, long ids, telephone numbers and codes are told from words, and are no numbers."""
    assert parse_number(text) is Text.LOSSY


@pytest.mark.parametrize(
    "text", ["", " 1", "1 ", "1,234", "$5", "12%", "nan", "inf", "1_000", "٣", "2026-01-01", "=1+1", "0x1F", "1\n"]
)
def test_words_are_text(text: str) -> None:
    """What is not made of digits alone is text."""
    assert parse_number(text) is Text.WORDS


@given(st.one_of(st.from_regex(r"-?[0-9]{1,20}(\.[0-9]{1,20})?", fullmatch=True), st.floats(allow_nan=False).map(repr)))
def test_a_number_shows_its_text_again(text: str) -> None:
    """Whatever becomes a number has all digits of its text, and shows them by its format."""
    number = parse_number(text)
    if isinstance(number, Number):
        decimals = len(number.number_format) - 2
        shown = repr(number.value) if number.number_format == "General" else f"{number.value:.{decimals}f}"
        assert shown == text or float(text) == number.value
        if "e" not in text and number.number_format != "General":
            assert shown == text


@given(
    st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15).filter(lambda value: value != 0)
)
def test_every_measure_is_a_number(value: float) -> None:
    """A double as programs write it is a number, to its last digit."""
    number = parse_number(repr(value))
    assert isinstance(number, Number)
    assert number.value == value
