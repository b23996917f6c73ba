"""Placing elements on the grid of a dashboard. Pure."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Protocol

from attrs import frozen

COLUMNS = 24


class Sized(Protocol):
    """What has a wanted size, in columns and rows of the grid."""

    @property
    def width(self) -> int:
        """Columns, of 24."""
        ...

    @property
    def height(self) -> int:
        """Rows."""
        ...


@frozen
class Place:
    """Where one element stands and how large it is."""

    row: int
    column: int
    width: int
    height: int


def placed(sizes: Iterable[Sized]) -> list[Place]:
    """Fill lines from left to right, each as high as its highest element and stretched to the whole width."""
    lines: list[list[Sized]] = []
    for size in sizes:
        if lines and sum(each.width for each in lines[-1]) + size.width <= COLUMNS:
            lines[-1].append(size)
        else:
            lines.append([size])
    places: list[Place] = []
    top = 0
    for line in lines:
        height = max(each.height for each in line)
        places += _line(line, top, height)
        top += height
    return places


def _line(line: Sequence[Sized], top: int, height: int) -> list[Place]:
    wanted = sum(each.width for each in line)
    edges = [0]
    for each in line:
        edges.append(edges[-1] + each.width)
    scaled = [edge * COLUMNS // wanted for edge in edges]
    return [Place(top, left, right - left, height) for left, right in pairwise(scaled)]
