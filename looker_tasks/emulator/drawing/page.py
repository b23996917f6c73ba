"""What is drawn: a page of tiles. Values alone, picklable, so that a worker thread or process can draw them."""

from typing import Literal

from attrs import frozen

from looker_tasks.emulator.content import Visualization
from looker_tasks.emulator.results import Rows

RenderFormat = Literal["pdf", "png", "jpg"]
PaperSize = Literal["letter", "legal", "tabloid", "a0", "a1", "a2", "a3", "a4", "a5"]


@frozen
class Tile:
    """One element of a page with the rows that it shows, on a grid of 24 columns."""

    title: str
    visualization: Visualization
    rows: Rows | None = None  # None: a text tile
    text: str = ""
    error: str | None = None  # what the tile shows instead of a chart when its query failed
    row: int = 0
    column: int = 0
    width: int = 24
    height: int = 6
    tab: str | None = None  # the label of its tab: tiles of one tab stand together under it


@frozen
class Page:
    """One dashboard, look, query or dashboard element, ready to be drawn."""

    title: str
    tiles: tuple[Tile, ...]
    filters: tuple[tuple[str, str], ...] = ()  # title and value, in order: the filter line
    theme: str | None = None
    single_column: bool = False
    long_tables: bool = False
    paper_size: PaperSize | None = None  # None: the page is as large as width and height ask
    landscape: bool = False
