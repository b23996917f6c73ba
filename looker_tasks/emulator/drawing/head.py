"""The head of a dashboard: its title, and the filters it was drawn with, as a line of chips."""

from attrs import frozen

from looker_tasks.emulator.drawing.canvas import Box, Canvas
from looker_tasks.emulator.drawing.page import Page
from looker_tasks.emulator.drawing.theme import Theme
from looker_tasks.emulator.drawing.typeface import fitted, width_of

MARGIN = 16.0

_TITLE_SIZE = 22
_TITLE_HEIGHT = 52.0
_CHIP_SIZE = 12
_CHIP_HEIGHT = 24.0
_CHIP_PADDING = 10.0
_GAP = 8.0


@frozen
class _Chip:
    title: str
    value: str
    box: Box


def head_height(page: Page, width: float) -> float:
    """Return how high the head of *page* is on a sheet so wide."""
    chips = _chips(page, width)
    return chips[-1].box.bottom + 12 if chips else _TITLE_HEIGHT


def draw_head(canvas: Canvas, page: Page, width: float, theme: Theme) -> None:
    """Draw the title and the filter line across the top of the sheet."""
    height = head_height(page, width)
    canvas.rectangle(Box(0, 0, width, height), theme.head)
    canvas.rule(0, height - 1, width, theme.border)
    title = fitted(page.title, width - 2 * MARGIN, _TITLE_SIZE, bold=True)
    canvas.text(MARGIN, 34, title, _TITLE_SIZE, theme.text, bold=True)
    for chip in _chips(page, width):
        canvas.rectangle(chip.box, theme.chip, radius=_CHIP_HEIGHT / 2)
        y = chip.box.y + _CHIP_HEIGHT * 0.67
        canvas.text(chip.box.x + _CHIP_PADDING, y, chip.title, _CHIP_SIZE, theme.quiet)
        after = chip.box.x + _CHIP_PADDING + width_of(f"{chip.title} ", _CHIP_SIZE)
        canvas.text(after, y, chip.value, _CHIP_SIZE, theme.text, bold=True)


def _chips(page: Page, width: float) -> list[_Chip]:
    """Set the filters in lines as wide as the sheet: "Region is" quietly, its value in bold."""
    chips: list[_Chip] = []
    x, y = MARGIN, _TITLE_HEIGHT - 4
    room = width - 2 * MARGIN
    for name, wanted in page.filters:
        title = fitted(f"{name} is", room * 0.5, _CHIP_SIZE)
        spent = width_of(f"{title} ", _CHIP_SIZE) + 2 * _CHIP_PADDING
        value = fitted(wanted or "any value", room - spent, _CHIP_SIZE, bold=True)
        wide = spent + width_of(value, _CHIP_SIZE, bold=True)
        if x > MARGIN and x + wide > MARGIN + room:
            x, y = MARGIN, y + _CHIP_HEIGHT + 6
        chips.append(_Chip(title, value, Box(x, y, wide, _CHIP_HEIGHT)))
        x += wide + _GAP
    return chips
