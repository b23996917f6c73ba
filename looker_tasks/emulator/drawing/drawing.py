"""Draw a page: lay it out, put every tile on its sheet, and give the bytes of the file."""

from looker_tasks.emulator.content import Visualization
from looker_tasks.emulator.drawing import engine
from looker_tasks.emulator.drawing.binding import bound
from looker_tasks.emulator.drawing.canvas import Canvas
from looker_tasks.emulator.drawing.grid import Item, PlacedRows, PlacedTile, Sheet, TabLabel
from looker_tasks.emulator.drawing.head import MARGIN, draw_head
from looker_tasks.emulator.drawing.layout import lay_out
from looker_tasks.emulator.drawing.page import Page, RenderFormat, Tile
from looker_tasks.emulator.drawing.paper import size_of
from looker_tasks.emulator.drawing.tables import draw_table
from looker_tasks.emulator.drawing.theme import Theme, theme_named
from looker_tasks.emulator.drawing.tiles import body_of, draw_card, draw_tile
from looker_tasks.emulator.drawing.typeface import fitted
from looker_tasks.emulator.results import Column, Rows


def draw(page: Page, result_format: RenderFormat, width: int, height: int) -> bytes:
    """Draw *page* as a file, the same bytes for the same input; blocks for 50 to 500 milliseconds.

    A picture is *width* x *height* pixels. A PDF is as many points, or as large as its paper, and then on as many pages
    as it takes; long tables take pages in any PDF.
    """
    is_pdf = result_format == "pdf"
    size = size_of(page, width, height) if is_pdf else size_of(Page("", ()), width, height)
    paged = is_pdf and (page.paper_size is not None or page.long_tables)
    theme = theme_named(page.theme)
    files = [
        engine.file(_drawn(sheet, page, theme).svg(size.width, size.height), result_format)
        for sheet in lay_out(page, size, paged=paged)
    ]
    return bound(files) if is_pdf else files[0]


def warm_up() -> None:
    """Load the fonts and the JavaScript, once in a process, so that the first page is not slow."""
    columns = (Column("x", "X", "dimension", "string"), Column("y", "Y", "measure", "number"))
    rows = Rows(columns, (("a", 1), ("b", 2)), sql="", seconds=0.0)
    kinds: tuple[Visualization, ...] = ("looker_column", "looker_line", "looker_pie", "looker_grid")
    tiles = tuple(Tile(kind, kind, rows, row=6 * place) for place, kind in enumerate(kinds))
    draw(Page("", tiles), "pdf", 800, 600)


def _drawn(sheet: Sheet, page: Page, theme: Theme) -> Canvas:
    canvas = Canvas(sheet.width, sheet.height, theme.background)
    if sheet.has_head:
        draw_head(canvas, page, sheet.width, theme)
    for item in sheet.items:
        _draw_item(canvas, item, theme)
    return canvas


def _draw_item(canvas: Canvas, item: Item, theme: Theme) -> None:
    match item:
        case TabLabel(text, box):
            canvas.text(MARGIN, box.y + 22, fitted(text, box.width, 16, bold=True), 16, theme.text, bold=True)
            canvas.rule(box.x, box.bottom - 10, box.width, theme.series[0])
        case PlacedTile(tile, box):
            draw_tile(canvas, tile, box, theme)
        case PlacedRows(tile, table, box):
            draw_card(canvas, box, theme)
            draw_table(canvas, table, body_of(canvas, tile, box, theme), theme)
