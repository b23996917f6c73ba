"""How large a page is: the size the client asked for, or that of its paper."""

from attrs import frozen

from looker_tasks.emulator.drawing.page import Page, PaperSize

_POINTS: dict[PaperSize, tuple[float, float]] = {
    "letter": (612, 792),
    "legal": (612, 1008),
    "tabloid": (792, 1224),
    "a0": (2383.94, 3370.39),
    "a1": (1683.78, 2383.94),
    "a2": (1190.55, 1683.78),
    "a3": (841.89, 1190.55),
    "a4": (595.28, 841.89),
    "a5": (419.53, 595.28),
}


@frozen
class Size:
    """A width and a height: points in a PDF, else pixels."""

    width: float
    height: float


def size_of(page: Page, width: int, height: int) -> Size:
    """Return the size of a sheet of *page*: its paper, turned if it is landscape, else *width* x *height*."""
    if page.paper_size is None:
        return Size(width, height)
    short, long = _POINTS[page.paper_size]
    return Size(long, short) if page.landscape else Size(short, long)
