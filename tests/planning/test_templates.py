"""Fields in texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from looker_tasks.planning.filling.templates import Field, parse_template


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("plain", ("plain",)),
        ("", ()),
        ("{a}", (Field("a"),)),
        ("{ a }", (Field("a"),)),
        ("x{a.b c}/{date:%Y/%m}.{format}", ("x", Field("a.b c"), "/", Field("date", "%Y/%m"), ".", Field("format"))),
        ("{a!expression}", (Field("a", is_expression=True),)),
        ("{{a}}", ("{a}",)),
        ("{{{a}}}", ("{", Field("a"), "}")),
        ("{n:03}", (Field("n", "03"),)),
        ("{{ _user_attributes['x'] }},b", ("{{ _user_attributes['x'] }},b",)),
    ],
)
def test_a_text_is_taken_to_pieces(text: str, pieces: tuple[str | Field, ...]) -> None:
    """Fields, doubled braces, and Looker's own braces, which stay."""
    assert parse_template(text).pieces == pieces


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{a", "a lone { in '{a'; expected a field such as {customer}, or {{ for a brace"),
        ("a}", "a lone } in 'a}'"),
        ("{}", "a lone {"),
        ("{a!r}", "{a!r}: !r is unknown; expected a!expression"),
    ],
)
def test_a_wrong_brace_is_told(text: str, complaint: str) -> None:
    """What begins or ends nothing is no text."""
    with pytest.raises(ValueError, match="expected") as raised:
        parse_template(text)
    assert str(raised.value).startswith(complaint)


@given(st.text("{}ab!: "))
def test_any_text_is_a_template_or_a_complaint(text: str) -> None:
    """With its braces doubled, every text is itself."""
    assert str(parse_template(text.replace("{", "{{").replace("}", "}}"))) == text
