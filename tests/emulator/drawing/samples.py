"""Rows, tiles and pages to draw, and readers of what was drawn."""

import io

import pypdfium2  # type: ignore[import-untyped]  # the library ships no types
from PIL import Image

from looker_tasks.emulator.content import Visualization
from looker_tasks.emulator.drawing.page import Page, Tile
from looker_tasks.emulator.results import Column, Rows, Value

REGION = Column("customers.region", "Customers Region", "dimension", "string")
DAY = Column("orders.created_date", "Orders Created Date", "dimension", "date")
ORDER = Column("orders.id", "Orders ID", "dimension", "string")
COUNT = Column("orders.count", "Orders Count", "measure", "number", "#,##0")
REVENUE = Column("orders.total_revenue", "Orders Total Revenue", "measure", "number", "$#,##0.00")


def rows(columns: tuple[Column, ...], *values: tuple[Value, ...], totals: tuple[Value, ...] | None = None) -> Rows:
    """Return the rows of a query that took no time."""
    return Rows(columns, values, sql="", seconds=0.0, totals=totals)


def numbered(count: int) -> Rows:
    """Return so many rows, each with a text of its own: "row-0001" and so on."""
    return rows((ORDER, REGION, COUNT), *((f"row-{place:04}", "West", place) for place in range(count)))


BY_REGION = rows((REGION, REVENUE), ("West", 1234.5), ("East", 980.0), ("North", -120.25))
BY_DAY = rows((DAY, COUNT), ("2026-03-01", 5), ("2026-03-02", 9), ("2026-03-03", 7))
TOTAL = rows((REVENUE,), (1234567.891,))

FILTERS = (("Region", "West"), ("Status", ""))


def dashboard() -> Page:
    """Return a small dashboard with a tile of most kinds."""
    tiles = (
        Tile("Total Revenue", "single_value", TOTAL, width=8, height=4),
        Tile("By Region", "looker_column", BY_REGION, column=8, width=16, height=4),
        Tile("By Day", "looker_line", BY_DAY, row=4, width=12, height=5),
        Tile("Orders", "looker_grid", numbered(40), row=4, column=12, width=12, height=5),
    )
    return Page("Business Pulse", tiles, FILTERS)


def lone(visualization: Visualization, drawn: Rows, title: str = "A Look") -> Page:
    """Return the page of a look."""
    return Page(title, (Tile(title, visualization, drawn),))


def texts(pdf: bytes) -> list[str]:
    """Extract the text of each page, its lines joined by spaces."""
    with pypdfium2.PdfDocument(pdf) as document:
        pages = [page.get_textpage().get_text_range() for page in document]
    return [" ".join(page.split()) for page in pages]


def page_sizes(pdf: bytes) -> list[tuple[float, float]]:
    """Return the width and height of each page, in points."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [document[place].get_size() for place in range(len(document))]


def picture(file: bytes) -> Image.Image:
    """Open a picture and decode all of it."""
    image = Image.open(io.BytesIO(file))
    image.load()
    return image


def colour_at(file: bytes, x: int, y: int) -> str:
    """Return the colour of a pixel as #rrggbb."""
    red, green, blue = picture(file).convert("RGB").getpixel((x, y))  # type: ignore[misc]  # RGB has three channels
    return f"#{red:02x}{green:02x}{blue:02x}"
