"""One tile: its card, its title, and what it shows: a chart, a table, a single value, a text, or why there is none."""

import re
from math import floor

from looker_tasks.emulator.drawing import engine
from looker_tasks.emulator.drawing.canvas import Box, Canvas
from looker_tasks.emulator.drawing.charts import chart_of
from looker_tasks.emulator.drawing.number_format import worded
from looker_tasks.emulator.drawing.page import Tile
from looker_tasks.emulator.drawing.tables import draw_table, table_of
from looker_tasks.emulator.drawing.theme import Theme
from looker_tasks.emulator.drawing.typeface import fitted, width_of, wrapped
from looker_tasks.emulator.results import Rows

HEAD = 34.0
"""The height of a tile's title, above what it shows."""

MARGIN = 12.0
"""What a card leaves free around what it shows, in pixels."""

_TITLE_SIZE = 14
_TEXT_SIZE = 13
_NOTE_SIZE = 11
_LARGEST_VALUE = 72
_SMALLEST_VALUE = 14
_SMALLEST_CHART = 40  # pixels: under this there is no room for axes
_MARKUP = re.compile(r"<[A-Za-z/][^<>]*>|[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")


def draw_tile(canvas: Canvas, tile: Tile, box: Box, theme: Theme) -> None:
    """Draw *tile* as a card that fills *box*."""
    draw_card(canvas, box, theme)
    inner = box.inset(MARGIN, MARGIN, MARGIN, MARGIN)
    if tile.error is not None:
        _message(canvas, tile.error, body_of(canvas, tile, box, theme), theme.alarm)
    elif tile.rows is None:
        _text(canvas, tile, inner, theme)
    elif not tile.rows.values or not tile.rows.columns:
        _message(canvas, "No results", body_of(canvas, tile, box, theme), theme.quiet)
    elif tile.visualization == "single_value":
        _single_value(canvas, tile, tile.rows, inner, theme)
    else:
        _rows(canvas, tile, tile.rows, body_of(canvas, tile, box, theme), theme)


def draw_card(canvas: Canvas, box: Box, theme: Theme) -> None:
    """Draw the empty card of a tile."""
    canvas.rectangle(box, theme.card, stroke=theme.border, radius=4)


def body_of(canvas: Canvas, tile: Tile, box: Box, theme: Theme) -> Box:
    """Write the tile's title into its card, and give what is left below it."""
    if not tile.title.strip():
        return box.inset(MARGIN, MARGIN, MARGIN, MARGIN)
    title = fitted(tile.title, box.width - 2 * MARGIN, _TITLE_SIZE, bold=True)
    canvas.text(box.x + MARGIN, box.y + 23, title, _TITLE_SIZE, theme.text, bold=True)
    return box.inset(MARGIN, HEAD, MARGIN, MARGIN)


def _rows(canvas: Canvas, tile: Tile, rows: Rows, body: Box, theme: Theme) -> None:
    if min(body.width, body.height) < _SMALLEST_CHART:
        return
    note_height = _NOTE_SIZE + 5
    chart = chart_of(rows, tile.visualization, body.width, body.height, theme)
    if chart is None:
        draw_table(canvas, table_of(rows, body.width), body, theme)
        return
    if chart.note:
        chart = chart_of(rows, tile.visualization, body.width, body.height - note_height, theme) or chart
        canvas.text(body.right, body.bottom, chart.note, _NOTE_SIZE, theme.quiet, anchor="end")
    canvas.nest(engine.chart(chart.spec), body.x, body.y)


def _single_value(canvas: Canvas, tile: Tile, rows: Rows, inner: Box, theme: Theme) -> None:
    """Write the first measure of the first row large, and the tile's title beneath it, as Looker does."""
    measures = (place for place, column in enumerate(rows.columns) if column.kind == "measure")
    place = next(measures, 0)
    value = worded(rows.values[0][place], rows.columns[place])
    size = min(_LARGEST_VALUE, inner.height * 0.5)
    size = floor(max(_SMALLEST_VALUE, min(size, size * inner.width / max(1.0, width_of(value, size)))))
    label_size = max(11, min(16, size / 2.6))
    label = fitted(tile.title.strip() or rows.columns[place].label, inner.width, label_size)
    top = inner.y + (inner.height - size * 0.75 - label_size * 1.9) / 2
    middle = inner.x + inner.width / 2
    baseline = top + size * 0.75
    canvas.text(middle, baseline, fitted(value, inner.width, size), size, theme.text, anchor="middle")
    canvas.text(middle, baseline + label_size * 1.9, label, label_size, theme.quiet, anchor="middle")


def _text(canvas: Canvas, tile: Tile, inner: Box, theme: Theme) -> None:
    """Write a text tile: its title large, then its paragraphs, without their Markdown and HTML marks."""
    y = inner.y
    if tile.title.strip():
        y += 20
        canvas.text(inner.x, y, fitted(tile.title, inner.width, 18, bold=True), 18, theme.text, bold=True)
        y += 6
    for paragraph in tile.text.splitlines():
        heading = paragraph.lstrip().startswith("#")
        plain = _MARKUP.sub("", _LINK.sub(r"\1", paragraph)).strip().lstrip("#").strip()
        size = _TEXT_SIZE + 2 if heading else _TEXT_SIZE
        left = int((inner.bottom - y) // (size * 1.45))
        if left < 1:
            return
        for line in wrapped(plain, inner.width, size, left, bold=heading):
            y += size * 1.45
            canvas.text(inner.x, y, line, size, theme.text, bold=heading)
        y += size * 0.4


def _message(canvas: Canvas, text: str, body: Box, colour: str) -> None:
    """Write *text* in the middle of *body*, over a few lines if it is long."""
    line_height = _TEXT_SIZE * 1.45
    lines = wrapped(text, body.width, _TEXT_SIZE, max(1, min(6, int(body.height // line_height))))
    y = body.y + (body.height - line_height * len(lines)) / 2
    for line in lines:
        y += line_height
        canvas.text(body.x + body.width / 2, y - 4, line, _TEXT_SIZE, colour, anchor="middle")
