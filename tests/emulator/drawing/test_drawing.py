"""Drawing: what is in the files, and how large they are."""

import pickle
import subprocess
import sys

import pytest
from attrs import evolve

from looker_tasks.emulator.content import Visualization
from looker_tasks.emulator.drawing.drawing import draw
from looker_tasks.emulator.drawing.page import Page, PaperSize, RenderFormat, Tile
from looker_tasks.emulator.drawing.theme import theme_named
from tests.emulator.drawing.samples import (
    BY_DAY,
    BY_REGION,
    COUNT,
    REGION,
    TOTAL,
    colour_at,
    dashboard,
    lone,
    numbered,
    page_sizes,
    picture,
    rows,
    texts,
)

KINDS: tuple[Visualization, ...] = (
    "looker_column",
    "looker_bar",
    "looker_line",
    "looker_area",
    "looker_scatter",
)


def test_a_pdf_holds_the_text_of_its_dashboard() -> None:
    """Title, filters, tile titles, axes and cells of a dashboard are real text."""
    [text] = texts(draw(dashboard(), "pdf", 1200, 800))
    for wanted in (
        *("Business Pulse", "Region is West", "Status is any value"),
        *("Total Revenue", "$1,234,567.89", "By Region", "Customers Region", "North", "By Day", "Mar 2"),
        *("Orders ID", "row-0000", "more rows"),
    ):
        assert wanted in text


@pytest.mark.parametrize("kind", KINDS)
def test_charts_name_their_axes(kind: Visualization) -> None:
    """Each chart with axes carries the names along one and the label of both."""
    [text] = texts(draw(lone(kind, BY_REGION), "pdf", 600, 400))
    for wanted in ("A Look", "Customers Region", "Orders Total Revenue", "West", "East", "North", "$0"):
        assert wanted in text


def test_a_pie_tells_the_shares() -> None:
    """A pie's legend has each name with its share."""
    drawn = rows((REGION, COUNT), ("West", 1), ("East", 3))
    [text] = texts(draw(lone("looker_pie", drawn), "pdf", 600, 400))
    assert "West 25.0%" in text
    assert "East 75.0%" in text


@pytest.mark.parametrize("size", [(300, 200), (1200, 800), (801, 1203), (1, 1), (1280, 1)])
@pytest.mark.parametrize(("result_format", "kind"), [("png", "PNG"), ("jpg", "JPEG")])
def test_pictures_have_the_size_asked_for(result_format: RenderFormat, kind: str, size: tuple[int, int]) -> None:
    """PNG and JPG are exactly as many pixels as asked for, however few."""
    image = picture(draw(dashboard(), result_format, *size))
    assert (image.format, image.size) == (kind, size)


def test_a_pdf_without_paper_has_the_size_asked_for() -> None:
    """Without a paper size a PDF is one page of width x height points."""
    assert page_sizes(draw(dashboard(), "pdf", 1200, 801)) == [(1200, 801)]


@pytest.mark.parametrize(
    ("paper", "width", "height"),
    [
        ("letter", 612, 792),
        ("legal", 612, 1008),
        ("tabloid", 792, 1224),
        ("a0", 2383.94, 3370.39),
        ("a1", 1683.78, 2383.94),
        ("a2", 1190.55, 1683.78),
        ("a3", 841.89, 1190.55),
        ("a4", 595.28, 841.89),
        ("a5", 419.53, 595.28),
    ],
)
def test_paper_gives_the_page_its_size(paper: PaperSize, width: float, height: float) -> None:
    """A paper size wins over width and height; landscape turns it."""
    page = Page("Paper", (Tile("Total", "single_value", TOTAL),), paper_size=paper)
    assert page_sizes(draw(page, "pdf", 50, 5000)) == [pytest.approx((width, height), abs=0.01)]
    turned = draw(evolve(page, landscape=True), "pdf", 50, 5000)
    assert page_sizes(turned) == [pytest.approx((height, width), abs=0.01)]


def test_paper_says_nothing_to_a_picture() -> None:
    """A picture keeps its pixels whatever the paper."""
    page = evolve(dashboard(), paper_size="a4", landscape=True, long_tables=True)
    assert picture(draw(page, "png", 640, 480)).size == (640, 480)


@pytest.mark.parametrize("paper", ["a4", None])
def test_a_long_table_has_every_row_once(paper: PaperSize | None) -> None:
    """With long tables all rows are there, each once, under a header on every page, with the other tiles."""
    long = Tile("Long", "looker_grid", evolve(numbered(130), totals=(None, None, 8385)), row=9, width=24, height=5)
    page = evolve(dashboard(), tiles=(*dashboard().tiles[:3], long), paper_size=paper, long_tables=True)
    pages = texts(draw(page, "pdf", 1000, 700))
    whole = " ".join(pages)
    assert len(pages) > 2
    assert [whole.count(f"row-{place:04}") for place in range(130)] == [1] * 130
    assert all("Orders ID" in text for text in pages if "row-" in text)
    assert sum("8,385" in text for text in pages) == 1
    assert "more rows" not in whole
    assert "Total Revenue" in pages[0]


def test_a_short_table_stays_in_its_tile() -> None:
    """A table that fits its tile is not moved by long tables."""
    page = Page("Short", (Tile("A", "looker_grid", numbered(3)), Tile("B", "looker_line", BY_DAY, row=6)))
    [text] = texts(draw(evolve(page, long_tables=True), "pdf", 1000, 800))
    assert all(f"row-000{place}" in text for place in range(3))


def test_a_table_is_cut_and_says_so() -> None:
    """Without long tables a table ends at its tile, with the number of rows that follow."""
    [text] = texts(draw(lone("looker_grid", numbered(500)), "pdf", 800, 600))
    shown = text.count("row-")
    assert 15 < shown < 25
    assert f"{500 - shown} more rows" in text


def test_tiles_of_a_tab_stand_together() -> None:
    """Each tab's label stands over its tiles; on paper a tab begins a page."""
    tiles = (
        Tile("One", "single_value", TOTAL, tab="Overview"),
        Tile("Two", "single_value", TOTAL, row=0, tab="Details"),
        Tile("Three", "single_value", TOTAL, row=6, tab="Overview"),
    )
    [text] = texts(draw(Page("Tabbed", tiles), "pdf", 800, 900))
    order = [text.index(word) for word in ("Overview", "One", "Three", "Details", "Two")]
    assert order == sorted(order)
    many = tuple(evolve(tile, row=tile.row + 12 * copy) for copy in range(3) for tile in tiles)
    pages = texts(draw(Page("Tabbed", many, paper_size="a5"), "pdf", 800, 900))
    assert [("Overview" in page, "Details" in page) for page in pages].count((True, True)) == 0


def test_a_single_column_stacks_the_tiles() -> None:
    """Tiles that stood beside each other stand under each other, in the order of the grid."""
    tiles = (Tile("Left", "single_value", TOTAL, width=12), Tile("Right", "single_value", TOTAL, column=12, width=12))
    beside = draw(Page("P", tiles), "png", 1000, 800)
    stacked = draw(Page("P", tiles, single_column=True), "png", 1000, 800)
    card, background = theme_named(None).card, theme_named(None).background
    # between the two tiles, in the middle of the page, the background shows; one tile over the whole width covers it
    assert colour_at(beside, 500, 200) == background
    assert colour_at(stacked, 500, 90) == card


@pytest.mark.parametrize("name", [None, "Looker", "no such theme", "Looker Dark", "dark"])
def test_a_theme_gives_its_colours(name: str | None) -> None:
    """The page and the cards have the theme's colours; an unknown theme is Looker's own."""
    drawn = draw(evolve(dashboard(), theme=name), "png", 800, 600)
    theme = theme_named("dark" if name in {"Looker Dark", "dark"} else None)
    assert colour_at(drawn, 3, 300) == theme.background
    assert colour_at(drawn, 790, 3) == theme.head
    assert colour_at(drawn, 30, 120) == theme.card


HOSTILE = "<b>&amp; \"q\" 'x' ]]> \x00\x07\x1b\ud800 ${a} %s {{b}}"


@pytest.mark.parametrize("kind", [*KINDS, "looker_pie", "looker_grid", "single_value"])
def test_hostile_text_is_text(kind: Visualization) -> None:
    """Markup, control characters, lone surrogates and templates in values, labels and titles are drawn as they are."""
    column = evolve(COUNT, label=HOSTILE)
    page = Page(
        HOSTILE,
        (Tile(HOSTILE, kind, rows((REGION, column, evolve(column, name="b")), (HOSTILE, 3, 4), ("b", 5, 6))),),
        ((HOSTILE, HOSTILE),),
    )
    [text] = texts(draw(page, "pdf", 900, 900))
    assert "<b>&amp; \"q\" 'x' ]]> ${a} %s {{b}}" in text


def test_hostile_text_tiles_and_errors_are_text() -> None:
    """A text tile loses its marks, an error does not."""
    note = Tile("", "text", text="# Head & more\n**bold** <i>tag</i> [link](http://x)", height=4)
    broken = Tile("", "looker_line", error=HOSTILE, row=4, height=4)
    [text] = texts(draw(Page("P", (note, broken)), "pdf", 900, 900))
    assert "Head & more bold tag link" in text
    assert "<b>&amp;" in text


def test_letters_and_symbols_are_extractable() -> None:
    """Latin, Greek, Cyrillic, currencies, arrows and the sign for null are drawn in fonts that come along."""
    words = ("Łódź", "Ærø", "Ωμέγα", "Привет", "€5", "₹", "→", "≥", "✓", "★")
    drawn = rows((REGION, COUNT), *((word, None) for word in words))
    file = draw(lone("looker_grid", drawn), "pdf", 600, 500)
    [text] = texts(file)
    for word in (*words, "∅"):
        assert word in text
    assert b"LookerEmulatorSymbols" in file
    assert b"DejaVu" not in file


@pytest.mark.parametrize("kind", [*KINDS, "looker_pie", "looker_grid", "single_value"])
def test_nothing_is_told(kind: Visualization) -> None:
    """A query without rows draws "No results"."""
    [text] = texts(draw(lone(kind, rows((REGION, COUNT))), "pdf", 400, 300))
    assert "No results" in text


@pytest.mark.parametrize("kind", [*KINDS, "looker_pie", "looker_grid", "single_value"])
@pytest.mark.parametrize("size", [(60, 40), (300, 200)])
def test_odd_rows_are_drawn(kind: Visualization, size: tuple[int, int]) -> None:
    """One row, nulls alone, no dimension, no measure and infinite numbers are drawn, in small tiles too."""
    odd = (
        rows((REGION, COUNT), ("West", 1)),
        rows((REGION, COUNT), (None, None), (None, None)),
        rows((COUNT,), (0,)),
        rows((REGION,), ("West",), ("East",)),
        rows((REGION, COUNT), ("West", float("inf")), ("East", float("nan"))),
    )
    tiles = tuple(Tile("", kind, drawn, column=place * 4, width=4) for place, drawn in enumerate(odd))
    assert page_sizes(draw(Page("Odd", tiles), "pdf", *size)) == [size]


def test_the_same_page_is_the_same_file() -> None:
    """Drawing twice gives the same bytes, in this process and in another; what is drawn can be sent to one."""
    page = evolve(dashboard(), paper_size="a5", long_tables=True)
    here = draw(page, "pdf", 800, 600)
    script = (
        "import pickle, sys; from looker_tasks.emulator.drawing.drawing import draw;"
        "sys.stdout.buffer.write(draw(*pickle.load(sys.stdin.buffer)))"
    )
    job = pickle.dumps((page, "pdf", 800, 600))
    there = subprocess.run((sys.executable, "-c", script), input=job, capture_output=True, check=True).stdout
    assert here == draw(page, "pdf", 800, 600) == there
    assert len(page_sizes(here)) > 1
    assert draw(page, "png", 800, 600) == draw(page, "png", 800, 600)
