"""Tables: how wide each column is, how many rows fit, and the rows themselves, written cell by cell as real text."""

from collections.abc import Iterator, Sequence
from itertools import accumulate

from attrs import evolve, frozen

from looker_tasks.emulator.drawing.canvas import Box, Canvas
from looker_tasks.emulator.drawing.number_format import worded
from looker_tasks.emulator.drawing.theme import Theme
from looker_tasks.emulator.drawing.typeface import fitted, width_of, wrapped
from looker_tasks.emulator.results import Column, Rows, Value

ROW = 24.0
"""The height of a row, in pixels."""

_SIZE = 12
_BASELINE = 16.0  # below the top of a row
_PADDING = 8.0  # left and right of a cell's text
_HEADER_LINE = 15.0
_HEADER_LINES = 2
_NARROWEST = 48.0
_WIDEST = 360.0
_READABLE = 92.0  # a column is not squeezed below this
_ROUNDING = 0.01
_ROWS_MEASURED = 200  # the first rows tell how wide a column is


@frozen
class Table:
    """Rows set out in columns of so many pixels."""

    columns: tuple[Column, ...]
    lefts: tuple[float, ...]
    widths: tuple[float, ...]
    headers: tuple[tuple[str, ...], ...]  # each column's label, in lines
    rows: tuple[tuple[Value, ...], ...]
    totals: tuple[Value, ...] | None
    columns_left_out: int

    @property
    def head(self) -> float:
        """The height of the header row."""
        return max(len(lines) for lines in self.headers) * _HEADER_LINE + 10

    @property
    def foot(self) -> float:
        """The height of the row of totals."""
        return 0.0 if self.totals is None else ROW

    @property
    def height(self) -> float:
        """How high it is with all its rows, its totals, and a line on the columns that are left out."""
        return self.head + ROW * len(self.rows) + self.foot + (ROW if self.columns_left_out else 0.0)


def table_of(rows: Rows, width: float) -> Table:
    """Set out *rows* over *width* pixels; columns at the right are left out where all cannot be read."""
    natural = [_natural(column, [row[place] for row in rows.values]) for place, column in enumerate(rows.columns)]
    floors = [min(wish, _READABLE) for wish in natural]
    count = max(1, sum(reached <= width for reached in accumulate(floors)))
    columns, widths = rows.columns[:count], _shared(natural[:count], floors[:count], width)
    headers = tuple(
        wrapped(column.label, room - 2 * _PADDING, _SIZE, _HEADER_LINES, bold=True) or ("",)
        for column, room in zip(columns, widths, strict=True)
    )
    lefts = (0.0, *accumulate(widths[:-1]))
    return Table(columns, lefts, tuple(widths), headers, rows.values, rows.totals, len(rows.columns) - count)


def draw_table(canvas: Canvas, table: Table, box: Box, theme: Theme) -> None:
    """Draw as much of *table* as *box* holds, and say how much more there is."""
    room = box.height - table.head - table.foot + _ROUNDING
    fitting = max(0, int(room // ROW))
    if len(table.rows) > fitting or table.columns_left_out:
        fitting = max(0, int((room - ROW) // ROW))
    rows_left_out = max(0, len(table.rows) - fitting)
    bottom = _draw_whole(canvas, evolve(table, rows=table.rows[:fitting]), box, theme)
    counts = ((rows_left_out, "row"), (table.columns_left_out, "column"))
    more = ", ".join(f"{count:,} more {noun}{'s' if count > 1 else ''}" for count, noun in counts if count)
    if more:
        canvas.text(box.x + _PADDING, bottom + _BASELINE, f"… {more}", _SIZE, theme.quiet)


def _draw_whole(canvas: Canvas, table: Table, box: Box, theme: Theme) -> float:
    """Draw the header, all rows and the totals from the top of *box*; gives the y where they end."""
    y = box.y
    canvas.rectangle(Box(box.x, y, box.width, table.head), theme.header)
    for place, lines in enumerate(table.headers):
        first = y + table.head - 9 - _HEADER_LINE * (len(lines) - 1)
        for number, line in enumerate(lines):
            _write(canvas, table, place, box.x, first + number * _HEADER_LINE, line, theme.text, bold=True)
    y += table.head
    for index, row in enumerate(table.rows):
        if index % 2:
            canvas.rectangle(Box(box.x, y, box.width, ROW), theme.stripe)
        for place, value in enumerate(row[: len(table.columns)]):
            colour = theme.quiet if value is None else theme.text
            _write(canvas, table, place, box.x, y + _BASELINE, worded(value, table.columns[place]), colour)
        y += ROW
    if table.totals is not None:
        canvas.rule(box.x, y, box.width, theme.quiet)
        for place, value in enumerate(table.totals[: len(table.columns)]):
            total = "" if value is None else worded(value, table.columns[place])  # none under a dimension
            _write(canvas, table, place, box.x, y + _BASELINE, total, theme.text, bold=True)
        y += ROW
    canvas.rule(box.x, y, box.width, theme.border)
    return y


def parts_of(table: Table, first_height: float, height: float) -> Iterator[Table]:
    """Cut *table* into parts, each with its header, the last with the totals: none higher than its page leaves it."""
    rows, room = table.rows, first_height
    while rows:
        fitting = max(1, int((room - evolve(table, rows=()).height) // ROW))
        rest = rows[fitting:]
        yield evolve(table, rows=rows[:fitting], totals=None if rest else table.totals)
        rows, room = rest, height


def _write(
    canvas: Canvas, table: Table, place: int, left: float, y: float, text: str, colour: str, *, bold: bool = False
) -> None:
    """Write *text* into the column at *place*: numbers and their header at its right side."""
    width = table.widths[place]
    x = left + table.lefts[place]
    cut = fitted(text, width - 2 * _PADDING, _SIZE, bold=bold)
    if table.columns[place].type == "number":
        canvas.text(x + width - _PADDING, y, cut, _SIZE, colour, bold=bold, anchor="end")
    else:
        canvas.text(x + _PADDING, y, cut, _SIZE, colour, bold=bold)


def _natural(column: Column, values: Sequence[Value]) -> float:
    """Return how wide *column* wants to be: its label on two lines, its values on one."""
    words = column.label.split()
    breaks = [(" ".join(words[:place]), " ".join(words[place:])) for place in range(max(1, len(words)))]
    label = min(max(width_of(line, _SIZE, bold=True) for line in lines) for lines in breaks)
    cells = max((width_of(worded(value, column), _SIZE) for value in values[:_ROWS_MEASURED]), default=0.0)
    return max(_NARROWEST, min(_WIDEST, max(cells, label) + 2 * _PADDING + 1))


def _shared(natural: Sequence[float], floors: Sequence[float], width: float) -> list[float]:
    """Share *width* out: what is over goes to all, what is lacking is taken from the widest."""
    if sum(natural) <= width:
        return [wish * width / sum(natural) for wish in natural]
    if sum(floors) >= width:
        return [floor * width / sum(floors) for floor in floors]
    share = (width - sum(floors)) / (sum(natural) - sum(floors))
    return [floor + (wish - floor) * share for wish, floor in zip(natural, floors, strict=True)]
