"""Where everything stands: from a page's grid to boxes on one sheet or on several. Pure.

One sheet: the rows of the grid share the height; where they would be too low, the sheet is laid out larger and drawn
smaller. Several sheets (paper, long tables): rows have their natural height, and the sheets follow each other.
"""

from collections.abc import Sequence

from attrs import evolve

from looker_tasks.emulator.drawing.canvas import Box
from looker_tasks.emulator.drawing.flow import flowed, is_table
from looker_tasks.emulator.drawing.grid import (
    GUTTER,
    TAB,
    Item,
    PlacedTile,
    Section,
    Sheet,
    TabLabel,
    placed,
    sections_of,
)
from looker_tasks.emulator.drawing.head import MARGIN, head_height
from looker_tasks.emulator.drawing.page import Page
from looker_tasks.emulator.drawing.paper import Size

_LOWEST_ROW = 34.0
_HIGHEST_ROW = 84.0
_NARROWEST_SHEET = 640.0
_NARROWEST_LONE_TILE = 320.0
_LOWEST_LONE_TILE = 200.0
_LARGEST_SHEET = 6000.0
_DENSEST_PAPER = 1.7  # pixels of layout to a point of paper: smaller print cannot be read


def lay_out(page: Page, size: Size, *, paged: bool) -> tuple[Sheet, ...]:
    """Lay *page* out on sheets of the shape of *size*: on one, or where *paged* on as many as it takes."""
    if _is_lone(page) and not paged:
        return (_lone_tile(page, size),)
    sections = sections_of(page)
    if paged:
        return _several_sheets(page, sections, size)
    width, height = _roomy(page, sections, size)
    return (_one_sheet(page, sections, width, height, _row_height(page, sections, width, height)),)


def _is_lone(page: Page) -> bool:
    """Return whether *page* is one look, query or dashboard element rather than a dashboard."""
    return len(page.tiles) == 1 and not page.filters and page.tiles[0].title in {"", page.title}


def _lone_tile(page: Page, size: Size) -> Sheet:
    scale = max(1.0, _NARROWEST_LONE_TILE / size.width, _LOWEST_LONE_TILE / size.height)
    width, height = size.width * scale, size.height * scale
    tile = evolve(page.tiles[0], title=page.tiles[0].title or page.title)
    return Sheet(width, height, (PlacedTile(tile, Box(0, 0, width, height)),))


def _rows_and_labels(sections: Sequence[Section]) -> tuple[int, float]:
    rows = sum(block.rows for section in sections for block in section.blocks)
    return max(1, rows), TAB * sum(section.label is not None for section in sections)


def _row_height(page: Page, sections: Sequence[Section], width: float, height: float) -> float:
    rows, labels = _rows_and_labels(sections)
    return min(_HIGHEST_ROW, (height - head_height(page, width) - 2 * MARGIN + GUTTER - labels) / rows)


def _roomy(page: Page, sections: Sequence[Section], size: Size) -> tuple[float, float]:
    """Find the smallest sheet of the shape of *size*, not smaller than it, on which no row is too low."""
    width = max(size.width, _NARROWEST_SHEET)
    while width < _LARGEST_SHEET and _row_height(page, sections, width, width * size.height / size.width) < _LOWEST_ROW:
        width *= 1.05
    return width, width * size.height / size.width


def _one_sheet(page: Page, sections: Sequence[Section], width: float, height: float, row: float) -> Sheet:
    items: list[Item] = []
    y = head_height(page, width) + MARGIN
    for section in sections:
        if section.label is not None:
            items.append(TabLabel(section.label, Box(MARGIN, y, width - 2 * MARGIN, TAB)))
            y += TAB
        for block in section.blocks:
            items.extend(placed(block, y, width, row))
            y += block.rows * row
    return Sheet(width, height, tuple(items), has_head=True)


def _several_sheets(page: Page, sections: Sequence[Section], size: Size) -> tuple[Sheet, ...]:
    """Fill one sheet if all fits on it, else one after the other."""
    width = max(size.width, _NARROWEST_SHEET) if page.paper_size is None else size.width * _DENSEST_PAPER
    height = width * size.height / size.width
    row = _row_height(page, sections, width, height)
    if row >= _LOWEST_ROW and not (page.long_tables and any(is_table(tile) for tile in page.tiles)):
        return (_one_sheet(page, sections, width, height, row),)
    return flowed(sections, width, height, head_height(page, width), long_tables=page.long_tables)
