"""Where everything stands: from a page's grid of 24 columns to boxes on one sheet or on several. Pure.

One sheet: the rows of the grid share the height; where they would be too low, the sheet is laid out larger and drawn
smaller. Several sheets (paper, long tables): rows have their natural height, tiles are never cut in two, and a long
table goes on from sheet to sheet with its header.
"""

from collections.abc import Iterable, Iterator, Sequence

from attrs import evolve, frozen

from looker_tasks.emulator.drawing.canvas import Box
from looker_tasks.emulator.drawing.head import MARGIN, head_height
from looker_tasks.emulator.drawing.page import Page, Tile
from looker_tasks.emulator.drawing.paper import Size
from looker_tasks.emulator.drawing.tables import Table, parts_of, table_of
from looker_tasks.emulator.drawing.tiles import HEAD

GRID_COLUMNS = 24

_GUTTER = 12.0
_LOWEST_ROW = 34.0
_ROW = 48.0
_HIGHEST_ROW = 84.0
_TAB = 40.0
_NARROWEST_SHEET = 640.0
_NARROWEST_LONE_TILE = 320.0
_LARGEST_SHEET = 6000.0
_DENSEST_PAPER = 1.7  # pixels of layout to a point of paper: smaller print cannot be read
_CARD_MARGIN = 12.0
_ROWS_WORTH_BEGINNING = 3


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
class _Block:
    """Tiles that share rows of the grid, and so stay together."""

    tiles: tuple[Tile, ...]
    first: int
    rows: int


@frozen
class _Section:
    """The blocks of one tab, or those without a tab."""

    label: str | None
    blocks: tuple[_Block, ...]


def lay_out(page: Page, size: Size, *, paged: bool) -> tuple[Sheet, ...]:
    """Lay *page* out on sheets of the shape of *size*: on one, or where *paged* on as many as it takes."""
    if _is_lone(page):
        return (_lone_tile(page, size),)
    sections = _sections(page)
    if paged:
        return _several_sheets(page, sections, size)
    width, height = _roomy(page, sections, size)
    return (_one_sheet(page, sections, width, height, _row_height(page, sections, width, height)),)


def _is_lone(page: Page) -> bool:
    """Tell whether *page* is one look, query or dashboard element rather than a dashboard."""
    return len(page.tiles) == 1 and not page.filters and page.tiles[0].title in {"", page.title}


def _lone_tile(page: Page, size: Size) -> Sheet:
    scale = max(1.0, _NARROWEST_LONE_TILE / size.width, _NARROWEST_LONE_TILE * 0.6 / size.height)
    width, height = size.width * scale, size.height * scale
    tile = evolve(page.tiles[0], title=page.tiles[0].title or page.title)
    return Sheet(width, height, (PlacedTile(tile, Box(0, 0, width, height)),))


def _sections(page: Page) -> tuple[_Section, ...]:
    by_tab: dict[str | None, list[Tile]] = {}
    for tile in page.tiles:
        by_tab.setdefault(tile.tab, []).append(tile)
    return tuple(_Section(tab, tuple(_blocks(tiles, page))) for tab, tiles in by_tab.items())


def _blocks(tiles: Iterable[Tile], page: Page) -> Iterator[_Block]:
    """Cut the grid between rows, wherever no tile crosses."""
    in_order = sorted(tiles, key=lambda tile: (tile.row, tile.column))
    if page.single_column:
        for tile in in_order:
            yield _Block((evolve(tile, column=0, width=GRID_COLUMNS),), tile.row, max(1, tile.height))
        return
    together: list[Tile] = []
    end = 0
    for tile in in_order:
        if together and tile.row >= end:
            yield _Block(tuple(together), together[0].row, end - together[0].row)
            together = []
        end = max(end if together else 0, tile.row + max(1, tile.height))
        together.append(tile)
    if together:
        yield _Block(tuple(together), together[0].row, end - together[0].row)


def _rows_and_labels(sections: Sequence[_Section]) -> tuple[int, float]:
    rows = sum(block.rows for section in sections for block in section.blocks)
    return max(1, rows), _TAB * sum(section.label is not None for section in sections)


def _row_height(page: Page, sections: Sequence[_Section], width: float, height: float) -> float:
    rows, labels = _rows_and_labels(sections)
    return min(_HIGHEST_ROW, (height - head_height(page, width) - 2 * MARGIN + _GUTTER - labels) / rows)


def _roomy(page: Page, sections: Sequence[_Section], size: Size) -> tuple[float, float]:
    """Find the smallest sheet of the shape of *size*, not smaller than it, on which no row is too low."""
    width = max(size.width, _NARROWEST_SHEET)
    while width < _LARGEST_SHEET and _row_height(page, sections, width, width * size.height / size.width) < _LOWEST_ROW:
        width *= 1.05
    return width, width * size.height / size.width


def _one_sheet(page: Page, sections: Sequence[_Section], width: float, height: float, row: float) -> Sheet:
    items: list[Item] = []
    y = head_height(page, width) + MARGIN
    for section in sections:
        if section.label is not None:
            items.append(TabLabel(section.label, Box(MARGIN, y, width - 2 * MARGIN, _TAB)))
            y += _TAB
        for block in section.blocks:
            items.extend(_placed(block, y, width, row))
            y += block.rows * row
    return Sheet(width, height, tuple(items), has_head=True)


def _placed(block: _Block, y: float, width: float, row: float) -> Iterator[PlacedTile]:
    column = (width - 2 * MARGIN + _GUTTER) / GRID_COLUMNS
    for tile in block.tiles:
        left = min(max(0, tile.column), GRID_COLUMNS - 1)
        across = min(max(1, tile.width), GRID_COLUMNS - left)
        top = y + (tile.row - block.first) * row
        box = Box(MARGIN + left * column, top, across * column - _GUTTER, max(1, tile.height) * row - _GUTTER)
        yield PlacedTile(tile, box)


class _Flow:
    """Sheets being filled from the top: what does not fit begins the next."""

    def __init__(self, width: float, height: float, head: float) -> None:
        self.width = width
        self.top = MARGIN
        self.bottom = height - MARGIN
        self.y = head + MARGIN
        self._height = height
        self._sheets: list[list[Item]] = [[]]

    @property
    def is_fresh(self) -> bool:
        return not self._sheets[-1]

    def begin_sheet(self) -> None:
        self._sheets.append([])
        self.y = self.top

    def make_room(self, height: float) -> None:
        if self.y + height > self.bottom and not self.is_fresh:
            self.begin_sheet()

    def put(self, items: Iterable[Item], height: float) -> None:
        self._sheets[-1].extend(items)
        self.y += height

    def sheets(self) -> tuple[Sheet, ...]:
        return tuple(
            Sheet(self.width, self._height, tuple(items), has_head=place == 0)
            for place, items in enumerate(self._sheets)
        )


def _several_sheets(page: Page, sections: Sequence[_Section], size: Size) -> tuple[Sheet, ...]:
    """Fill sheet after sheet; a tab begins a new one."""
    width = max(size.width, _NARROWEST_SHEET)
    if page.paper_size is not None:
        width = size.width * _DENSEST_PAPER
    height = width * size.height / size.width
    head = head_height(page, width)
    filling = _row_height(page, sections, width, height)
    whole = [tile for tile in page.tiles if page.long_tables and _is_table(tile)]
    if filling >= _LOWEST_ROW and not whole:
        return (_one_sheet(page, sections, width, height, filling),)
    flow = _Flow(width, height, head)
    for section in sections:
        if section.label is not None:
            if not flow.is_fresh:
                flow.begin_sheet()
            flow.put([TabLabel(section.label, Box(MARGIN, flow.y, width - 2 * MARGIN, _TAB))], _TAB)
        for block in section.blocks:
            _flow_block(flow, block, long_tables=page.long_tables)
    return flow.sheets()


def _flow_block(flow: _Flow, block: _Block, *, long_tables: bool) -> None:
    """Put *block* on the sheet, its long tables after its other tiles and as wide as the sheet."""
    long = [tile for tile in block.tiles if long_tables and _is_table(tile) and _overflows(flow, tile)]
    rest = _widened([tile for tile in block.tiles if tile not in long])
    for part in _blocks(rest, Page("", ())):
        flow.make_room(min(part.rows * _ROW, flow.bottom - flow.top))
        row = min(_ROW, (flow.bottom - flow.y + _GUTTER) / part.rows)
        flow.put(_placed(part, flow.y, flow.width, row), part.rows * row)
    for tile in long:
        _flow_table(flow, tile)


def _flow_table(flow: _Flow, tile: Tile) -> None:
    if tile.rows is None:
        return
    width = flow.width - 2 * MARGIN
    table = table_of(tile.rows, width - 2 * _CARD_MARGIN)
    around = HEAD + _CARD_MARGIN
    beginning = around + table.head + table.foot + _ROWS_WORTH_BEGINNING * 24
    flow.make_room(beginning)
    parts = parts_of(table, flow.bottom - flow.y - around, flow.bottom - flow.top - around)
    for place, part in enumerate(parts):
        if place:
            flow.begin_sheet()
        height = around + part.height
        flow.put([PlacedRows(tile, part, Box(MARGIN, flow.y, width, height))], height + _GUTTER)


def _is_table(tile: Tile) -> bool:
    drawn = tile.visualization == "looker_grid" and tile.error is None
    return drawn and tile.rows is not None and bool(tile.rows.values) and bool(tile.rows.columns)


def _overflows(flow: _Flow, tile: Tile) -> bool:
    if tile.rows is None:
        return False
    column = (flow.width - 2 * MARGIN + _GUTTER) / GRID_COLUMNS
    table = table_of(tile.rows, tile.width * column - _GUTTER - 2 * _CARD_MARGIN)
    room = tile.height * _ROW - _GUTTER - HEAD - _CARD_MARGIN
    return table.height > room or bool(table.columns_left_out)


def _widened(tiles: Sequence[Tile]) -> list[Tile]:
    """Spread what is left of a block over the whole width."""
    if not tiles:
        return []
    left = min(tile.column for tile in tiles)
    right = max(tile.column + tile.width for tile in tiles)
    wider = GRID_COLUMNS / max(1, right - left)
    return [
        evolve(tile, column=round((tile.column - left) * wider), width=max(1, int(tile.width * wider)))
        for tile in tiles
    ]
