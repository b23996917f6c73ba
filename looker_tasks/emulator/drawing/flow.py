"""Sheets that follow each other: tiles are never cut in two, a tab begins a sheet, a long table goes on over sheets."""

from collections.abc import Iterable, Sequence

from attrs import evolve

from looker_tasks.emulator.drawing.canvas import Box
from looker_tasks.emulator.drawing.grid import (
    COLUMNS,
    GUTTER,
    TAB,
    Block,
    Item,
    PlacedRows,
    Section,
    Sheet,
    TabLabel,
    blocks_of,
    placed,
)
from looker_tasks.emulator.drawing.head import MARGIN
from looker_tasks.emulator.drawing.page import Tile
from looker_tasks.emulator.drawing.tables import ROW, parts_of, table_of
from looker_tasks.emulator.drawing.tiles import HEAD
from looker_tasks.emulator.drawing.tiles import MARGIN as CARD_MARGIN

_GRID_ROW = 48.0
_ROWS_WORTH_BEGINNING = 3


def flowed(
    sections: Sequence[Section], width: float, height: float, head: float, *, long_tables: bool
) -> tuple[Sheet, ...]:
    """Fill sheet after sheet, each *width* x *height*, the first under a head *head* high."""
    flow = _Flow(width, height, head)
    for section in sections:
        if section.label is not None:
            if not flow.is_fresh:
                flow.begin_sheet()
            flow.put([TabLabel(section.label, Box(MARGIN, flow.y, width - 2 * MARGIN, TAB))], TAB)
        for block in section.blocks:
            _flow_block(flow, block, long_tables=long_tables)
    return flow.sheets()


def is_table(tile: Tile) -> bool:
    """Return whether *tile* is drawn as a table that may be long."""
    drawn = tile.visualization == "looker_grid" and tile.error is None
    return drawn and tile.rows is not None and bool(tile.rows.values) and bool(tile.rows.columns)


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


def _flow_block(flow: _Flow, block: Block, *, long_tables: bool) -> None:
    """Put *block* on the sheet, its long tables after its other tiles and as wide as the sheet."""
    long = [tile for tile in block.tiles if long_tables and is_table(tile) and _overflows(flow, tile)]
    rest = _widened([tile for tile in block.tiles if tile not in long])
    for part in blocks_of(rest, single_column=False):
        flow.make_room(min(part.rows * _GRID_ROW, flow.bottom - flow.top))
        row = min(_GRID_ROW, (flow.bottom - flow.y + GUTTER) / part.rows)
        flow.put(placed(part, flow.y, flow.width, row), part.rows * row)
    for tile in long:
        _flow_table(flow, tile)


def _flow_table(flow: _Flow, tile: Tile) -> None:
    if tile.rows is None:
        return
    width = flow.width - 2 * MARGIN
    table = table_of(tile.rows, width - 2 * CARD_MARGIN)
    around = HEAD + CARD_MARGIN
    beginning = around + table.head + table.foot + _ROWS_WORTH_BEGINNING * ROW
    flow.make_room(beginning)
    parts = parts_of(table, flow.bottom - flow.y - around, flow.bottom - flow.top - around)
    for place, part in enumerate(parts):
        if place:
            flow.begin_sheet()
        height = around + part.height
        flow.put([PlacedRows(tile, part, Box(MARGIN, flow.y, width, height))], height + GUTTER)


def _overflows(flow: _Flow, tile: Tile) -> bool:
    if tile.rows is None:
        return False
    column = (flow.width - 2 * MARGIN + GUTTER) / COLUMNS
    table = table_of(tile.rows, tile.width * column - GUTTER - 2 * CARD_MARGIN)
    room = tile.height * _GRID_ROW - GUTTER - HEAD - CARD_MARGIN
    return table.height > room or bool(table.columns_left_out)


def _widened(tiles: Sequence[Tile]) -> list[Tile]:
    """Spread what is left of a block over the whole width."""
    if not tiles:
        return []
    left = min(tile.column for tile in tiles)
    right = max(tile.column + tile.width for tile in tiles)
    wider = COLUMNS / max(1, right - left)
    return [
        evolve(tile, column=round((tile.column - left) * wider), width=max(1, int(tile.width * wider)))
        for tile in tiles
    ]
