"""The SVG of one page, written piece by piece: the one place where text of users becomes markup.

Lengths are pixels of the page, from its upper left corner. What a shape or a text means is not known here.
"""

from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from attrs import frozen

from looker_tasks.emulator.drawing.typeface import FONT, printable, runs

Anchor = Literal["start", "middle", "end"]


@frozen
class Box:
    """A rectangle of the page."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The x of its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The y of its lower edge."""
        return self.y + self.height

    def inset(self, left: float, top: float, right: float, bottom: float) -> "Box":
        """Take these margins off it; at least a pixel is left."""
        width = max(1.0, self.width - left - right)
        return Box(self.x + left, self.y + top, width, max(1.0, self.height - top - bottom))


class Canvas:
    """A page under the pen: *width* x *height* pixels of *background*."""

    def __init__(self, width: float, height: float, background: str) -> None:
        self._width = width
        self._height = height
        self._pieces: list[str] = []
        self.rectangle(Box(0, 0, width, height), background)

    def rectangle(self, box: Box, fill: str, *, stroke: str | None = None, radius: float = 0) -> None:
        """Fill *box*; a *stroke* draws its outline."""
        outline = f' stroke="{stroke}"' if stroke else ""
        corners = f' rx="{radius:g}"' if radius else ""
        place = f'x="{box.x:.2f}" y="{box.y:.2f}" width="{box.width:.2f}" height="{box.height:.2f}"'
        self._pieces.append(f'<rect {place} fill="{fill}"{outline}{corners}/>')

    def rule(self, x: float, y: float, width: float, colour: str) -> None:
        """Draw a line of one pixel, level, *width* long."""
        self.rectangle(Box(x, y, width, 1), colour)

    def text(
        self, x: float, y: float, text: str, size: float, fill: str, *, bold: bool = False, anchor: Anchor = "start"
    ) -> None:
        """Write one line with its baseline at *y*, as real text; *anchor* says what *x* is of it."""
        if not text.strip():
            return
        weight = ' font-weight="bold"' if bold else ""
        aligned = f' text-anchor="{anchor}"' if anchor != "start" else ""
        place = f'x="{x:.2f}" y="{y:.2f}" font-size="{size:g}" fill="{fill}"'
        parts = "".join(
            escape(part) if font == FONT else f'<tspan font-family="{font}">{escape(part)}</tspan>'
            for part, font in runs(printable(text))
        )
        self._pieces.append(f"<text {place}{weight}{aligned}>{parts}</text>")

    def nest(self, svg: str, x: float, y: float) -> None:
        """Put a whole SVG document with its upper left corner at *x*, *y*."""
        self._pieces.append(f'<g transform="translate({x:.2f},{y:.2f})">{svg}</g>')

    def svg(self, width: float, height: float) -> str:
        """Return the page as a document of *width* x *height*, whole: what does not fit the shape is left blank."""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
            f'width="{width:g}" height="{height:g}" viewBox="0 0 {self._width:.3f} {self._height:.3f}" '
            f'preserveAspectRatio="xMidYMin" font-family={quoteattr(FONT)}>{"".join(self._pieces)}</svg>'
        )
