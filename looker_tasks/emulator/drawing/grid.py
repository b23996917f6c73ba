"""The grid of 24 columns that a page's tiles stand on, and what stands on a sheet. Pure."""

from collections.abc import Iterable, Iterator

from attrs import evolve, frozen

from looker_tasks.emulator.drawing.canvas import Box
from looker_tasks.emulator.drawing.head import MARGIN
from looker_tasks.emulator.drawing.page import Page, Tile
from looker_tasks.emulator.drawing.tables import Table

GUTTER = 12.0
"""What is left free between tiles, in pixels."""

TAB = 40.0
"""The height of the label of a tab, in pixels."""

COLUMNS = 24


@frozen
class TabLabel:
    """The label over the tiles of a tab."""

    text: str
    box: Box


@frozen
class PlacedTile:
    """A tile, and the box that it fills."""

    tile: Tile
    box: Box


@frozen
class PlacedRows:
    """The part of a long table that stands on this sheet."""

    tile: Tile
    table: Table
    box: Box


Item = TabLabel | PlacedTile | PlacedRows


@frozen
class Sheet:
    """One sheet, in pixels of the layout."""

    width: float
    height: float
    items: tuple[Item, ...]
    has_head: bool = False


@frozen
class Block:
    """Tiles that share rows of the grid, and so stay together."""

    tiles: tuple[Tile, ...]
    first: int
    rows: int


@frozen
class Section:
    """The blocks of one tab, or those without a tab."""

    label: str | None
    blocks: tuple[Block, ...]


def sections_of(page: Page) -> tuple[Section, ...]:
    """Put the tiles of each tab together, in the order in which the tabs are first named."""
    by_tab: dict[str | None, list[Tile]] = {}
    for tile in page.tiles:
        by_tab.setdefault(tile.tab, []).append(tile)
    return tuple(
        Section(tab, tuple(blocks_of(tiles, single_column=page.single_column))) for tab, tiles in by_tab.items()
    )


def blocks_of(tiles: Iterable[Tile], *, single_column: bool) -> Iterator[Block]:
    """Cut the grid between rows, wherever no tile crosses."""
    in_order = sorted(tiles, key=lambda tile: (tile.row, tile.column))
    if single_column:
        for tile in in_order:
            yield Block((evolve(tile, column=0, width=COLUMNS),), tile.row, max(1, tile.height))
        return
    together: list[Tile] = []
    end = 0
    for tile in in_order:
        if together and tile.row >= end:
            yield Block(tuple(together), together[0].row, end - together[0].row)
            together = []
        end = max(end if together else 0, tile.row + max(1, tile.height))
        together.append(tile)
    if together:
        yield Block(tuple(together), together[0].row, end - together[0].row)


def placed(block: Block, y: float, width: float, row: float) -> Iterator[PlacedTile]:
    """Return the boxes of the tiles of *block*, from *y* down, on a sheet *width* wide with rows *row* high."""
    column = (width - 2 * MARGIN + GUTTER) / COLUMNS
    for tile in block.tiles:
        left = min(max(0, tile.column), COLUMNS - 1)
        across = min(max(1, tile.width), COLUMNS - left)
        top = y + (tile.row - block.first) * row
        box = Box(MARGIN + left * column, top, across * column - GUTTER, max(1, tile.height) * row - GUTTER)
        yield PlacedTile(tile, box)
