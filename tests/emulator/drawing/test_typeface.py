"""Typeface: the room that a text takes."""

import pytest

from looker_tasks.emulator.drawing import engine
from looker_tasks.emulator.drawing.canvas import Canvas
from looker_tasks.emulator.drawing.typeface import fitted, width_of, wrapped
from tests.emulator.drawing.samples import picture


@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize("text", ["Orders Total Revenue", "$1,234,567.89", "iiiillll", "WWWW@@@@", "Übergröße"])
def test_widths_are_those_of_the_font_that_is_drawn(text: str, *, bold: bool) -> None:
    """The width told is the width drawn, within a letter's side bearings and its kerning."""
    canvas = Canvas(900, 60, "#ffffff")
    canvas.text(10, 45, text, 40, "#000000", bold=bold)
    image = picture(engine.file(canvas.svg(900, 60), "png")).convert("L").point(lambda level: 255 - level)
    box = image.getbbox()
    assert box is not None
    assert width_of(text, 40, bold=bold) == pytest.approx(box[2] - 10, rel=0.05, abs=4)


def test_a_text_is_cut_where_it_does_not_fit() -> None:
    """A text that fits is whole, one that does not ends with an ellipsis within its room."""
    assert fitted("Orders", 100, 12) == "Orders"
    cut = fitted("Orders Total Revenue", 60, 12)
    assert cut.endswith("…")
    assert width_of(cut, 12) <= 60
    assert fitted("Orders", 3, 12) == ""


def test_a_text_is_broken_between_words() -> None:
    """Words stay whole; the last line that there is takes what is left, cut."""
    assert wrapped("Orders Total Revenue", 80, 12, 3) == ("Orders Total", "Revenue")
    assert wrapped("one two three four five", 30, 12, 2)[0] == "one"
    assert wrapped("one two three four five", 30, 12, 2)[1].endswith("…")
    assert wrapped("  ", 80, 12, 3) == ()
